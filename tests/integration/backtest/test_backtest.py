"""A small backtest on the real archive: revealable faults are found, nothing is invented, history stays as it was."""

import csv
import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from quality.backtest.page import false_faults, known_inconsistencies, render_page
from quality.backtest.run import FAULTS, Backtest, UnknownEdition, backtest
from tests.conftest import AS_OF, Installation

# one edition each of a table of 63 with ranks, one with sub-dimensions, one of 34, and one country; the replay builds
# all models anew for each of their years
EDITIONS = ("PCI:2016", "PAPI:2024", "DTI:2024:34", "EGDI:2024")
INJECTIONS = 200


def run(installation: Installation, editions: tuple[str, ...], count: int, with_replay: bool = False) -> Backtest:
    home = installation.home
    manifest, warehouse = home / "dbt" / "target" / "manifest.json", home / "warehouse" / "chiso.duckdb"
    return backtest(manifest, warehouse, date.fromisoformat(AS_OF), "15-2025", count, 1, editions, with_replay)


@pytest.fixture(scope="module")
def result(installation: Installation) -> Backtest:
    return run(installation, EDITIONS, INJECTIONS, with_replay=True)


def test_faults_that_a_table_reveals_are_found(result: Backtest) -> None:
    revealed = [outcome for outcome in result.outcomes if outcome.injection.group == "table"]
    missed = [(str(o.injection.key), o.injection.fault.name, o.injection.what) for o in revealed if not o.is_found]
    assert len(result.outcomes) == INJECTIONS
    assert len(revealed) > INJECTIONS / 2
    assert len(missed) <= len(revealed) / 100, missed
    assert {outcome.injection.fault for outcome in result.outcomes} == set(FAULTS)


def test_what_is_published_raises_only_known_inconsistencies(result: Backtest) -> None:
    assert result.replay is not None
    assert false_faults(result.replay) == {}
    known = known_inconsistencies()
    raised = [(key, failure.rule_code) for key, failures in result.clean.items() for failure in failures]
    assert all(raised.count(pair) == known[pair] for pair in raised)


def test_a_later_edition_changes_no_finding(result: Backtest) -> None:
    assert result.replay is not None
    assert result.replay.drifted() == []
    assert {found.territory_code for found in result.replay.then if found.kind == "regression"} > {"10", "15"}


def test_an_edition_that_is_not_there_is_refused(installation: Installation) -> None:
    with pytest.raises(UnknownEdition, match="PCI:2016:63"):
        run(installation, ("PCI:1900",), 1)


def test_the_command_writes_tables_and_page_and_leaves_the_project_alone(
    installation: Installation, tmp_path: Path
) -> None:
    """The same seed gives the same page, here and in another process."""
    copy = Installation(tmp_path / "home")
    shutil.copytree(installation.home, copy.home, copy_function=os.link)
    done = copy.chiso("backtest", "--no-replay", "--editions", "DTI:2024:34", "--injections", "20", "--seed", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "20 faults put in" in done.stdout
    with (copy.home / "quality" / "backtest" / "injections.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 20
    page = (copy.home / "quality" / "backtest" / "BACKTEST.md").read_text(encoding="utf-8")
    assert page == render_page(run(installation, ("DTI:2024:34",), 20))
    assert "table_in_another_unit" in page
    assert "quality/BACKTEST.md\n" not in done.stdout.replace(str(copy.home), "")
