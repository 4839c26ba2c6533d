"""From the door to BI and alerts: one real run over what was added and dropped, some of it unfit, and a new index."""

import hashlib
import json
import os
import re
import subprocess
from pathlib import Path

import duckdb
import openpyxl
import pytest

from ingest.settings import PROJECT_ROOT, Settings
from tests.conftest import Installation
from tests.integration.pipeline.test_run import ADDED, ORIGIN
from tests.integration.receive.synthetic import pci_2018
from tests.integration.receive.test_add import expected
from tests.integration.receive.test_quarantine import SOURCE, another_unit, drop

# synthetic figures of one month, by the label that the template prints
SHEET = {"Công khai, minh bạch": 16.5, "Tiến độ, kết quả giải quyết": 19.25, "Mức độ hài lòng": 17.75}


# whose figures this house may not hand on
CHOICE = {"CHISO_EXCLUDE_PUBLISHERS": "undp_cecodes"}


@pytest.fixture(scope="module")
def ran(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = installation.copied(tmp_path_factory.mktemp("whole") / "home")
    settings = Settings.from_env({"CHISO_HOME": str(made.home), "CHISO_AS_OF": "2026-11-22"})
    drop(settings, "pci_2018.csv", pci_2018().rows, SOURCE)
    faulty = pci_2018(seed=2)
    another_unit(faulty)
    drop(settings, "pci_2026.csv", faulty.rows, {**SOURCE, "basis": "63", "index": "PCI", "edition": 2021})
    fill_in(made, settings.inbox / "so_lieu_thang_10.xlsx")
    add(made, tmp_path_factory.mktemp("offered") / "pci_2004.csv")
    shelve_broken(made.home)
    follow_readme(made.home, tmp_path_factory.mktemp("reader"))
    return made


def add(made: Installation, path: Path) -> None:
    """An edition of two provinces, by the command line."""
    path.write_text(ADDED.replace("2018", "2004"), encoding="utf-8")
    added = made.chiso("add", str(path), "--basis", "63", *ORIGIN)
    assert added.returncode == 0, added.stdout + added.stderr


def shelve_broken(home: Path) -> None:
    """An edition on the shelf that cannot be read: its province is on no list."""
    table, described = home / "archive/pgi/pgi_2025.csv", home / "catalog/pgi/editions/2025_63.yaml"
    for path in (table, described):
        path.parent.mkdir(parents=True, exist_ok=True)
    table.write_text("Province,PGI Score\nAtlantis,20\n", encoding="utf-8")
    described.write_text(
        "index: PGI\nedition: 2025\nbasis: '63'\ntitle: synthetic\ncoverage: partial\n"
        "tables:\n  - file: pgi/pgi_2025.csv\n"
        f"    sha256: {hashlib.sha256(table.read_bytes()).hexdigest()}\n    rows: 1\n"
        "    sources: [{kind: official, publisher: nobody, title: synthetic}]\n",
        encoding="utf-8",
    )


def follow_readme(home: Path, folder: Path) -> None:
    """The README's recipe for a new index, word for word; it ends with `chiso run`."""
    section = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8").partition("### A new index")[2]
    [table] = re.findall(r"```csv\n(.*?)```", section.partition("## Map")[0], re.DOTALL)
    [commands] = re.findall(r"```bash\n(.*?)```", section.partition("## Map")[0], re.DOTALL)
    (folder / ".venv").symlink_to(PROJECT_ROOT / ".venv")
    (folder / "example_2025.csv").write_text(table, encoding="utf-8")
    env = {**os.environ, **CHOICE, "CHISO_HOME": str(home), "CHISO_AS_OF": "2026-11-22"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands], cwd=folder, env=env, capture_output=True, text=True, timeout=500
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().splitlines()[-1].strip().startswith("alerts")


def fill_in(made: Installation, path: Path) -> None:
    """The 766 sheet of October 2026 with three of its figures."""
    written = made.chiso("template", "index_766_monthly", "--month", "2026-10", "--out", str(path))
    assert written.returncode == 0, written.stderr
    book = openpyxl.load_workbook(path)
    sheet = book["Số liệu"]
    [header] = [row for row in sheet.iter_rows() if "Giá trị" in [cell.value for cell in row]]
    column = [cell.value for cell in header].index("Giá trị")
    for row in sheet.iter_rows(min_row=header[0].row + 1):
        for cell in row:
            if cell.value in SHEET:
                row[column].value = SHEET[str(cell.value)]
    book.save(path)


@pytest.fixture
def bi(ran: Installation) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(ran.published), read_only=True)


def test_the_edition_is_published_to_the_cell_with_its_origin(bi: duckdb.DuckDBPyConnection) -> None:
    rows = bi.execute(
        "select territory_code, component_code || ' ' || measure, value, source_url, source_sha256, source_locator"
        " from marts.fct_index_result where index_code = 'PCI' and edition_year = 2018"
    ).fetchall()
    assert {(code, what): value for code, what, value, *_ in rows} == expected(pci_2018())
    assert {row[3] for row in rows} == {SOURCE["source_url"]}
    assert all(row[4] in row[5] for row in rows)  # the file in the archive is called by its hash


def test_what_was_added_is_published_as_printed(bi: duckdb.DuckDBPyConnection) -> None:
    rows = bi.execute(
        "select territory_code, measure, value, value_text, source_url from marts.fct_index_result"
        " where index_code = 'PCI' and edition_year = 2004 and component_code = 'total' order by all"
    ).fetchall()
    origin = "https://example.test/pci"
    assert rows == [
        ("10", "rank", 2.0, "2", origin),
        ("10", "score", 61.5, "61,5", origin),
        ("10", "tier", None, "Khá", origin),
        ("48", "rank", 1.0, "1", origin),
        ("48", "score", 72.5, "72,5", origin),
        ("48", "tier", None, "Tốt", origin),
    ]


def test_a_faulty_edition_stops_alone_and_becomes_a_finding(bi: duckdb.DuckDBPyConnection) -> None:
    stopped = bi.execute(
        "select load_status from marts.dim_edition where index_code = 'PGI' and edition_year = 2025"
    ).fetchall()
    findings = bi.execute(
        "select index_code, edition_year, severity, observed from reporting.rpt_finding"
        " where rule_code = 'edition_loaded'"
    ).fetchall()
    others = bi.execute("select count(*) from marts.fct_index_result where index_code = 'PGI'").fetchone()
    assert stopped == [("stopped",)]
    assert {finding[:3] for finding in findings} == {("PGI", 2025, "critical")}
    assert "Atlantis" in findings[0][3]
    assert others is not None
    assert others[0] > 0


def test_an_excluded_publisher_is_nowhere(bi: duckdb.DuckDBPyConnection) -> None:
    left = bi.execute("select count(*) from marts.fct_index_result where index_code = 'PAPI'").fetchone()
    shown = bi.execute(
        "select distinct edition_status from reporting.rpt_index_overview where index_code = 'PAPI'"
    ).fetchall()
    assert left == (0,)
    assert shown == [("no edition",)]


def test_what_a_run_records(ran: Installation) -> None:
    record = json.loads((ran.home / "state" / "last_run.json").read_text(encoding="utf-8"))
    assert record["as_of"] == "2026-11-22"
    stages = {stage["name"] for stage in record["stages"]}
    assert {"raw_tables", "evidence_models", "quality__edition_gate", "public_models", "findings"} <= stages


def test_the_file_that_may_not_enter_is_a_data_fault_that_somebody_hears_of(
    ran: Installation, bi: duckdb.DuckDBPyConnection
) -> None:
    [(kind, severity, message, remedy)] = bi.execute(
        "select kind, severity, message_vi, remedy_vi from reporting.rpt_finding where rule_code = 'file_held'"
    ).fetchall()
    assert (kind, severity) == ("data_fault", "warn")
    assert "pci_2026.csv" in message
    assert "chiso accept" in remedy
    assert "pci_2026.csv" in ran.chiso("alerts", "list").stdout
    assert "held pci_2026.csv" in ran.chiso("status").stdout
    published = bi.execute(
        "select count(*) from marts.dim_edition where index_code = 'PCI' and edition_year = 2021 and vintage > 1"
    ).fetchone()
    assert published == (0,)


def test_the_sheet_of_a_month_is_published(bi: duckdb.DuckDBPyConnection) -> None:
    rows = bi.execute(
        "select metric_code, value, period_label, delivery, is_current from marts.fct_provincial_metric"
        " where source_code = 'index_766_monthly' order by metric_code"
    ).fetchall()
    assert rows == [
        ("index_766_progress", 19.25, "2026-10", "2026-10", True),
        ("index_766_satisfaction", 17.75, "2026-10", "2026-10", True),
        ("index_766_transparency", 16.5, "2026-10", "2026-10", True),
    ]


def test_the_inbox_is_empty_and_the_next_run_has_nothing_to_do(ran: Installation) -> None:
    assert list((ran.home / "inbox").iterdir()) == []
    again = ran.chiso("run", **CHOICE)
    assert "Nothing changed since the last run" in again.stdout
    recorded = json.loads((ran.home / "state/last_run.json").read_text(encoding="utf-8"))
    assert recorded["outputs"]


def test_the_recipe_for_a_new_index_ends_in_the_published_file(bi: duckdb.DuckDBPyConnection) -> None:
    scores = bi.execute(
        "select territory_code, component_code, value from marts.fct_index_result where index_code = 'EXAMPLE'"
    ).fetchall()
    assert set(scores) == {
        ("01", "total", 75.1),
        ("01", "environment", 38.0),
        ("01", "infrastructure", 37.1),
        ("15-2025", "total", 68.25),
        ("15-2025", "environment", 33.15),
        ("15-2025", "infrastructure", 35.1),
        ("48-2025", "total", 77.4),
        ("48-2025", "environment", 39.2),
        ("48-2025", "infrastructure", 38.2),
    }
