"""The gate on the real archive: a critical data fault keeps an edition from being published, killed or not."""

import csv
import hashlib
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
import yaml

from ingest.accepted import accept
from ingest.load import load_all
from ingest.settings import PACKAGE_ROOT, Settings
from orchestration.dbt_assets import GATE
from tests.conftest import AS_OF, Installation

WEIGHTS = (0.5, 0.5, 2, 0.5, 1, 0.5, 0.5, 2, 2, 0.5)  # of the ten sub-indices in the order of the table


def another_year(rows: list[list[str]]) -> None:
    """Move every figure a little, so that the table repeats no other; total and rank follow from the sub-indices."""
    dice = random.Random(2018)
    for row in rows:
        parts = [round(min(max(float(cell) + dice.gauss(0, 0.3), 1.5), 9.5), 4) for cell in row[1:11]]
        row[1:12] = [f"{part:.4f}" for part in [*parts, sum(w * x for w, x in zip(WEIGHTS, parts, strict=True))]]
    for rank, row in enumerate(sorted(rows, key=lambda row: -float(row[11])), start=1):
        row[12] = str(rank)


def shelve(home: Path, change: Callable[[list[list[str]]], None] = lambda rows: None) -> None:
    """Put a synthetic PCI 2018 on the home's shelf, in the layout of the year before; `change` spoils it."""
    described = yaml.safe_load((PACKAGE_ROOT / "catalog/pci/editions/2017_63.yaml").read_text(encoding="utf-8"))
    [table] = described["tables"]
    printed = (PACKAGE_ROOT / "archive" / table["file"]).read_text(encoding="utf-8-sig")
    header, *rows = csv.reader(io.StringIO(printed))
    another_year(rows)
    change(rows)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([[name.replace("2017", "2018") for name in header], *rows])
    data = text.getvalue().encode()
    table |= {"file": "pci/synthetic.csv", "sha256": hashlib.sha256(data).hexdigest(), "rows": len(rows)}
    described |= {"edition": 2018, "title": "synthetic", "published_on": "2019-03-28"}
    for path in ("archive/pci", "catalog/pci/editions"):
        (home / path).mkdir(parents=True, exist_ok=True)
    (home / "archive/pci/synthetic.csv").write_bytes(data)
    (home / "catalog/pci/editions/2018_63.yaml").write_text(yaml.safe_dump(described), encoding="utf-8")


def out_of_scale(rows: list[list[str]]) -> None:
    rows[5][10] = "61.5"  # a sub-index, from 1 to 10


def never_seen_before(home: Path) -> None:
    """PGI 2025, of which nothing was ever accepted: beyond its scale too."""
    for path in ("archive/pgi", "catalog/pgi/editions"):
        (home / path).mkdir(parents=True, exist_ok=True)
    data = "Province,PGI Score\nHà Nội,200\n".encode()
    (home / "archive/pgi/synthetic.csv").write_bytes(data)
    source = {"kind": "official", "publisher": "nobody", "title": "synthetic"}
    table = {"file": "pgi/synthetic.csv", "sha256": hashlib.sha256(data).hexdigest(), "rows": 1, "sources": [source]}
    described = {"index": "PGI", "edition": 2025, "basis": "63", "title": "synthetic", "coverage": "partial"}
    text = yaml.safe_dump({**described, "absent": ["total.rank"], "tables": [table]})
    (home / "catalog/pgi/editions/2025_63.yaml").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def faulty(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """After a run, and one that was killed before it, with two faulty editions: one had good figures, one never had."""
    made = installation.copied(tmp_path_factory.mktemp("faulty") / "home")
    settings = Settings.from_env({"CHISO_HOME": str(made.home), "CHISO_AS_OF": AS_OF})
    shelve(made.home)
    load_all(settings)
    accept(settings, ())
    shelve(made.home, out_of_scale)
    never_seen_before(made.home)
    env = {**os.environ, "CHISO_HOME": str(made.home), "CHISO_AS_OF": AS_OF}
    before = made.published.read_bytes()
    killed = subprocess.Popen([sys.executable, "-m", "orchestration.cli", "run"], env=env, stdout=subprocess.DEVNULL)
    mark = made.home / "state" / "warehouse.json"
    while killed.poll() is None and "evidence" not in json.loads(mark.read_text(encoding="utf-8"))["stages"][-1:]:
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert made.published.read_bytes() == before
    assert "not a finished build" in made.chiso("publish").stderr
    ran = made.chiso("run")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "last_good_kept PCI 2018" in ran.stdout
    return made


@contextmanager
def published(home: Installation) -> Iterator[Callable[[str], list[tuple[Any, ...]]]]:
    with duckdb.connect(str(home.published), read_only=True) as connection:
        yield lambda sql: connection.execute(sql).fetchall()


def test_the_last_good_figures_stay_published_and_are_marked(faulty: Installation) -> None:
    with published(faulty) as sql:
        assert sql(
            "select load_status, is_current, withheld_reason_vi like '%Điểm nằm ngoài thang đo (1 chỗ)%'"
            " from marts.dim_edition where index_code = 'PCI' and edition_year = 2018"
        ) == [("last_good_kept", True, True)]
        assert sql(
            "select count(*), max(value) < 10 from marts.fct_index_result where index_code = 'PCI'"
            " and edition_year = 2018 and measure = 'score' and component_code <> 'total'"
        ) == [(630, True)]
        assert sql(
            "select is_last_good, withheld_reason_vi is not null, count(*) from reporting.rpt_index_overview"
            " where index_code = 'PCI' and edition_year in (2017, 2018) group by all order by 1"
        ) == [(False, False, 63), (True, True, 63)]


def test_an_edition_of_which_nothing_was_accepted_is_not_there_and_is_said_so(faulty: Installation) -> None:
    with published(faulty) as sql:
        where = "where index_code = 'PGI' and edition_year = 2025"
        assert sql(f"select load_status, is_current, cells_loaded from marts.dim_edition {where}") == [
            ("withheld", False, 0)
        ]
        assert sql(f"select count(*) from marts.fct_index_result {where}") == [(0,)]
        [(message,)] = sql(f"select message_en from reporting.rpt_finding {where} and rule_code = 'edition_loaded'")
    assert "None of this vintage were accepted before" in message
    status = faulty.chiso("status").stdout
    assert "withheld PGI 2025 (63, vintage 1): The figures are withheld" in status
    assert "last_good_kept PCI 2018 (63, vintage 1): The new figures are withheld" in status


def test_what_was_withheld_is_a_finding_a_row_of_data_docs_and_a_failed_check(faulty: Installation) -> None:
    with published(faulty) as sql:
        assert sql(
            "select index_code, severity, is_withheld, observed from reporting.rpt_finding"
            " where rule_code = 'score_in_scale' order by 1"
        ) == [("PCI", "critical", True, "61,5"), ("PGI", "critical", True, "200")]
        [(outcome, unexpected, page)] = sql(
            "select outcome, unexpected, data_docs_page from reporting.rpt_check where rule_code = 'score_in_scale'"
        )
        # the same cells of the figures that stand in are no second copy of a key
        assert sql("select outcome from reporting.rpt_check where rule_code = 'key_unique'") == [("passed",)]
        assert sql("select count(*) from reporting.rpt_finding where kind = 'regression' and is_withheld") == [(0,)]
    assert (outcome, unexpected) == ("failed", 2)
    docs = (faulty.home / "quality" / "data_docs" / page).read_text(encoding="utf-8")
    assert ">pci/synthetic.csv#R7C11<" in docs
    with dg.DagsterInstance.from_config(str(faulty.home / "dagster")) as instance:
        key = dg.AssetCheckKey(dg.AssetKey(["marts", "fct_index_result"]), "score_in_scale")
        [record] = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)
        assert record.event is not None
        assert record.event.dagster_event is not None
        evaluation = record.event.dagster_event.asset_check_evaluation_data
        assert (evaluation.passed, evaluation.severity) == (False, dg.AssetCheckSeverity.ERROR)
        gate = instance.get_latest_materialization_event(GATE)
        assert gate is not None
        assert gate.asset_materialization is not None
        metadata = {name: str(value.value) for name, value in gate.asset_materialization.metadata.items()}
    assert metadata["editions withheld"] == "2"
    assert "PCI 2018_63: last_good_kept" in metadata["which and why"]
    assert "Score outside its scale" in metadata["which and why"]


def test_a_killed_run_is_not_left_as_going_on(faulty: Installation) -> None:
    with dg.DagsterInstance.from_config(str(faulty.home / "dagster")) as instance:
        statuses = [run.status for run in instance.get_runs()]
    assert dg.DagsterRunStatus.STARTED not in statuses


def test_nothing_new_is_nothing_done_while_an_edition_is_withheld(faulty: Installation) -> None:
    assert "Nothing changed since the last run" in faulty.chiso("run").stdout


def test_a_mended_file_is_let_through_by_itself(faulty: Installation, tmp_path: Path) -> None:
    mended = faulty.copied(tmp_path / "home")
    shelve(mended.home, lambda rows: rows[5].__setitem__(10, "6.15"))
    shutil.rmtree(mended.home / "catalog" / "pgi")
    ran = mended.chiso("run")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    with published(mended) as sql:
        assert sql(
            "select load_status, withheld_reason_vi from marts.dim_edition where index_code = 'PCI'"
            " and edition_year = 2018"
        ) == [("loaded", None)]
        assert sql(
            "select count(*) from marts.fct_index_result where edition_year = 2018 and value_text = '6.15'"
            " and index_code = 'PCI'"
        ) == [(1,)]
        assert sql("select count(*) from reporting.rpt_finding where is_withheld or severity = 'critical'") == [(0,)]
    assert not (mended.home / "quality" / "withheld").exists()
