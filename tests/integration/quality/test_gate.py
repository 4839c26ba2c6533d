"""Which editions the gate asks to be withheld, and which not."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from ingest.catalog import EditionId
from orchestration.gate_asset import guards
from quality.gate import CannotJudge, Failure, failing_editions
from quality.suites import SUITES
from tests.conftest import AS_OF


def failing(warehouse: Path, *statements: str) -> dict[EditionId, list[Failure]]:
    with duckdb.connect(str(warehouse)) as con:
        for statement in statements:
            con.execute(statement)
    with duckdb.connect(str(warehouse), read_only=True) as con:
        return failing_editions(con, guards(SUITES), date.fromisoformat(AS_OF), warehouse.parent)


OUT_OF_SCALE = (
    "insert into evidence.evd_score_range values"
    " ('ALPHA', {year}, '63', 1, '1', 'Đông Sơn', 'land', 10.01, 1, 10, 'alpha.csv#R4C5', null)"
)
SHIFTED = (
    "insert into evidence.evd_unit_shift"
    " select * replace ({year} as edition_year, 65 as median_value, 10 as ratio) from evidence.evd_unit_shift limit 1"
)
CRITICAL_SHIFT = "update seeds.rule set severity = 'critical' where rule_code = 'no_unit_shift'"


def test_every_suite_that_can_withhold_reads_evidence_of_figures() -> None:
    """What withholds must be known before anything public is made."""
    found = [suite for suite in SUITES if any(rule.kind == "data_fault" for rule in suite.rules)]
    # the arrival of files, and dossiers, which belong to no edition
    beside = {"editions_loaded", "dossier_files", "dossier_records", "dossier_days"}
    assert {suite.name for suite in found if not suite.guards_publication} == beside
    assert {suite.table.split(".")[0] for suite in guards(SUITES)} == {"evidence"}


def test_a_critical_fault_is_held_against_its_edition(warehouse: Path) -> None:
    found = failing(warehouse, OUT_OF_SCALE.format(year=2002))
    assert {edition: [(f.setting.rule_code, f.places) for f in each] for edition, each in found.items()} == {
        ("ALPHA", 2002, "63", 1): [("score_in_scale", 1)]
    }


def test_a_fault_that_is_not_critical_withholds_nothing(warehouse: Path) -> None:
    assert failing(warehouse, SHIFTED.format(year=2002)) == {}


def test_a_regression_of_severity_critical_withholds_nothing(warehouse: Path) -> None:
    worse = "update reporting.rpt_index_change set value_after = 1, change = -60, change_in_good_direction = -60"
    assert failing(warehouse, "update seeds.rule set severity = 'critical' where kind = 'regression'", worse) == {}


def test_severity_of_one_index_counts(warehouse: Path) -> None:
    override = "insert into seeds.rule (rule_code, index_code, severity) values ('score_in_scale', 'ALPHA', 'warn')"
    assert failing(warehouse, OUT_OF_SCALE.format(year=2002), override) == {}


def test_a_fault_that_shows_by_comparison_is_first_held_against_the_earliest(warehouse: Path) -> None:
    """The edition after a faulty one looks shifted as well; it is asked again when the faulty one is gone."""
    found = failing(warehouse, CRITICAL_SHIFT, SHIFTED.format(year=2002), SHIFTED.format(year=2003))
    assert set(found) == {("ALPHA", 2002, "63", 1)}
    found = failing(warehouse, OUT_OF_SCALE.format(year=2004))
    assert set(found) == {("ALPHA", 2002, "63", 1), ("ALPHA", 2004, "63", 1)}


def test_a_critical_rule_that_cannot_be_judged_lets_nothing_through(warehouse: Path) -> None:
    with pytest.raises(CannotJudge, match="score_in_scale"):
        failing(warehouse, "drop table evidence.evd_score_range")
