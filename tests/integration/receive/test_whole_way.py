"""From the inbox to BI and alerts: one real run over files that may enter, one that may not, and a new index."""

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
from tests.integration.receive.synthetic import pci_2018
from tests.integration.receive.test_add import expected
from tests.integration.receive.test_quarantine import SOURCE, another_unit, drop

# synthetic figures of one month, by the label that the template prints
SHEET = {"Công khai, minh bạch": 16.5, "Tiến độ, kết quả giải quyết": 19.25, "Mức độ hài lòng": 17.75}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = Installation(tmp_path_factory.mktemp("whole") / "home")
    settings = Settings.from_env({"CHISO_HOME": str(made.home), "CHISO_AS_OF": "2026-11-22"})
    drop(settings, "pci_2018.csv", pci_2018().rows, SOURCE)
    faulty = pci_2018(seed=2)
    another_unit(faulty)
    drop(settings, "pci_2026.csv", faulty.rows, {**SOURCE, "basis": "63", "index": "PCI", "edition": 2021})
    fill_in(made, settings.inbox / "so_lieu_thang_10.xlsx")
    follow_readme(made.home, tmp_path_factory.mktemp("reader"))
    return made


def follow_readme(home: Path, folder: Path) -> None:
    """The README's recipe for a new index, word for word; it ends with `chiso run`."""
    section = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8").partition("### A new index")[2]
    [table] = re.findall(r"```csv\n(.*?)```", section.partition("## Map")[0], re.DOTALL)
    [commands] = re.findall(r"```bash\n(.*?)```", section.partition("## Map")[0], re.DOTALL)
    (folder / ".venv").symlink_to(PROJECT_ROOT / ".venv")
    (folder / "example_2025.csv").write_text(table, encoding="utf-8")
    env = {**os.environ, "CHISO_HOME": str(home), "CHISO_AS_OF": "2026-11-22"}
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
    again = ran.chiso("run")
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
