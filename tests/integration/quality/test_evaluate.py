"""The whole evaluation: what is written, what an error looks like, and that judging again gives the same."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from quality.alerts.judgement import read_judgement
from quality.findings import subject_id
from quality.gx_runner import GxRunner
from quality.rules import Row, Rule, Suite, Words
from quality.run import Evaluation, evaluate, judge
from quality.suites import RULES, SUITES

AS_OF = date(2026, 11, 22)
BAD_TOTALS = """
insert into evidence.evd_total_identity values
    ('ALPHA', 2002, '63', 1, '2', 'Tây <script>alert(1)</script>', 'total', 61.29, 61.35, -0.06, 0.06, 0.05, 10,
     'a.csv#R3C3', null),
    ('ALPHA', 2001, '63', 1, '2', 'Tây Hồ', 'total', 51.29, 51.35, -0.06, 0.06, 0.05, 10, 'a.csv#R4C3', null)
"""


def _run(warehouse: Path, as_of: date = AS_OF) -> Evaluation:
    return evaluate(warehouse, warehouse.parent / "quality", as_of, "1-2025")


def _sql(warehouse: Path, statement: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(warehouse)) as con:
        return con.execute(statement).fetchall()


def test_findings_and_checks_are_written_with_comments(warehouse: Path) -> None:
    _sql(warehouse, BAD_TOTALS)
    evaluation = _run(warehouse)
    assert (evaluation.count("data_fault"), evaluation.count("data_fault", "warn")) == (2, 2)
    assert _sql(
        warehouse, "select rule_code, edition_year, is_latest_edition from reporting.rpt_finding order by 2"
    ) == [
        ("total_equals_components", 2001, False),
        ("total_equals_components", 2002, True),
    ]
    assert _sql(warehouse, "select count(*), count(distinct rule_code) from reporting.rpt_check") == [(len(RULES),) * 2]
    assert _sql(
        warehouse,
        "select count(*) from duckdb_columns() where schema_name = 'reporting'"
        " and table_name in ('rpt_finding', 'rpt_check') and comment is null",
    ) == [(0,)]
    assert _sql(
        warehouse,
        "select count(*) from duckdb_tables() where table_name in ('rpt_finding', 'rpt_check') and comment is not null",
    ) == [(2,)]


def test_ids_and_rows_are_the_same_on_every_run_and_date(warehouse: Path) -> None:
    _sql(warehouse, BAD_TOTALS)
    first = _run(warehouse)
    assert _run(warehouse) == first
    later = _run(warehouse, date(2027, 1, 5))
    assert [f.finding_id for f in later.findings] == [f.finding_id for f in first.findings]


def test_alerts_learn_what_was_judged_whether_it_failed_or_not(warehouse: Path) -> None:
    """Else they could not tell a mended subject from one that was not looked at."""
    _sql(warehouse, BAD_TOTALS)
    failed = _run(warehouse)
    judgement = read_judgement(warehouse.parent / "quality")
    assert judgement is not None
    ids = {subject_id(finding.rule_code, vars(finding)) for finding in failed.findings}
    assert len(ids) == 2
    assert ids <= judgement.judged
    _sql(warehouse, "update evidence.evd_total_identity set published = recomputed, absolute_difference = 0")
    assert _run(warehouse).findings == ()
    mended = read_judgement(warehouse.parent / "quality")
    assert mended is not None
    assert ids <= mended.judged
    _sql(warehouse, "delete from evidence.evd_total_identity where territory_code = '2'")
    _run(warehouse)
    gone = read_judgement(warehouse.parent / "quality")
    assert gone is not None
    assert not ids & gone.judged


def test_an_expectation_on_a_missing_column_is_an_error_and_the_others_go_on(warehouse: Path, tmp_path: Path) -> None:
    def describe(row: Row) -> Words:
        raise AssertionError("nothing was judged, so nothing is described")

    broken = Suite(
        name="broken",
        table="evidence.evd_key",
        keys=("index_code",),
        sql="select index_code, territory_code, component_code from evidence.evd_key",
        rules=(
            Rule("key_unique", "data_fault", "in_set", {"column": "no_such_column", "value_set": [1]}, describe),
            Rule(
                "score_in_scale",
                "data_fault",
                "in_set",
                {"column": "territory_code", "value_set": ["1", "2"]},
                describe,
            ),
        ),
    )
    with duckdb.connect(str(warehouse), read_only=True) as con:
        checks, findings, _ = judge(con, GxRunner(tmp_path / "docs", AS_OF), [broken], AS_OF, "1-2025")
    raised, other = checks[0], checks[1]
    assert (raised.rule_code, raised.outcome, raised.unexpected) == ("key_unique", "error", 0)
    assert raised.error_text is not None
    assert "no_such_column" in raised.error_text
    assert (other.rule_code, other.outcome, findings) == ("score_in_scale", "passed", [])


@pytest.mark.parametrize(
    ("statement", "rule_code", "text"),
    [
        ("drop table evidence.evd_rank_order", "rank_order_consistent", "evd_rank_order"),
        ("alter table evidence.evd_row_count drop column rows_loaded", "row_count_as_recorded", "rows_loaded"),
        ("delete from seeds.rule where rule_code = 'sources_agree'", "sources_agree", "no default row"),
        ("update seeds.rule set kind = 'regression' where rule_code = 'key_unique'", "key_unique", "calls this rule"),
        (
            "update evidence.evd_total_identity set tolerance = null",
            "total_equals_components",
            "allowed is null in 1 of 1 rows",
        ),
        (
            "update evidence.evd_territory_coverage set is_published = null",
            "territory_set_complete",
            "is_published is null",
        ),
        (
            "insert into seeds.rule (rule_code, index_code, kind, severity, title_vi, title_en, expectation_vi)"
            " values ('never_judged', '*', 'data_fault', 'info', 'x', 'x', 'y')",
            "never_judged",
            "no suite judges",
        ),
    ],
)
def test_what_cannot_be_judged_is_an_error_of_ours(warehouse: Path, statement: str, rule_code: str, text: str) -> None:
    _sql(warehouse, statement)
    evaluation = _run(warehouse)
    (error,) = evaluation.errors
    assert (error.rule_code, error.unexpected) == (rule_code, 0)
    assert error.error_text is not None
    assert text in error.error_text
    assert {c.outcome for c in evaluation.checks if c.rule_code != rule_code} == {"passed"}
    assert _sql(warehouse, f"select outcome from reporting.rpt_check where rule_code = '{rule_code}'") == [("error",)]


def test_a_severity_nobody_knows_is_refused(warehouse: Path) -> None:
    _sql(warehouse, "update seeds.rule set severity = 'loud' where rule_code = 'key_unique'")
    with pytest.raises(ValueError, match="not loud"):
        _run(warehouse)


def test_empty_evidence_says_that_nothing_was_judged(warehouse: Path) -> None:
    for suite in SUITES:
        _sql(warehouse, f"delete from {suite.table}")
    _sql(warehouse, "delete from marts.dim_edition; delete from staging.stg_raw__dossier_delivery")
    evaluation = _run(warehouse)
    assert {(c.outcome, c.evaluated) for c in evaluation.checks} == {("not_judged", 0)}


def test_data_docs_list_every_failing_row_and_need_no_network(warehouse: Path) -> None:
    _sql(warehouse, BAD_TOTALS)
    _sql(
        warehouse,
        "insert into evidence.evd_territory_coverage"
        " select 'ALPHA', 2000, '63', 1, 't' || i, 'Tỉnh ' || i, false, 63, 23 from range(40) as t(i)",
    )
    evaluation = _run(warehouse)
    docs = evaluation.data_docs.parent
    pages = {c.rule_code: docs / str(c.data_docs_page) for c in evaluation.checks}
    coverage = pages["territory_set_complete"].read_text(encoding="utf-8")
    assert all(f">t{i}<" in coverage and f">Tỉnh {i}<" in coverage for i in range(40))
    total = pages["total_equals_components"].read_text(encoding="utf-8")
    assert "<script>alert" not in total
    assert "&lt;script&gt;alert" in total
    for page in docs.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert 'src="http' not in text
        assert '<link rel="stylesheet" href="http' not in text
    assert evaluation.data_docs.name == "index.html"
    assert evaluation.data_docs.exists()


def test_a_failure_while_writing_leaves_the_old_findings(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _sql(warehouse, BAD_TOTALS)
    _run(warehouse)
    before = _sql(warehouse, "select finding_id from reporting.rpt_finding order by 1")
    _sql(warehouse, "delete from evidence.evd_total_identity")
    monkeypatch.setattr("quality.findings._TABLE_COMMENTS", {})
    with pytest.raises(KeyError):
        _run(warehouse)
    assert _sql(warehouse, "select finding_id from reporting.rpt_finding order by 1") == before


def test_a_rule_without_anything_to_judge_has_not_passed(warehouse: Path) -> None:
    _sql(warehouse, "delete from reporting.rpt_target_progress")
    evaluation = _run(warehouse)
    outcomes = {check.rule_code: check.outcome for check in evaluation.checks}
    assert (outcomes["target_missed"], outcomes["target_out_of_reach"]) == ("not_judged", "not_judged")
    assert {outcome for code, outcome in outcomes.items() if not code.startswith("target")} == {"passed"}
    assert not evaluation.errors
