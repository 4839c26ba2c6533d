"""The archive's real inconsistencies are found, all of them and nothing else (the list in quality/README.md)."""

import duckdb

from quality.suites import service


def test_the_data_faults_of_the_archive(bi: duckdb.DuckDBPyConnection) -> None:
    found = bi.execute(
        "select index_code, edition_year, rule_code, count(*) from reporting.rpt_finding where kind = 'data_fault'"
        " group by all order by all"
    ).fetchall()
    assert found == [
        ("PAPI", 2022, "total_equals_components", 1),
        ("PAPI", 2023, "sources_agree", 1),
        ("PCI", 2011, "total_equals_components", 62),
        ("PCI", 2017, "rank_order_consistent", 2),
        ("PCI", 2022, "total_equals_components", 1),
        ("PCI", 2023, "total_equals_components", 1),
        ("PGI", 2022, "total_equals_components", 1),
        ("SIPAS", 2023, "rank_order_consistent", 2),
    ]


def test_every_rule_could_be_checked(bi: duckdb.DuckDBPyConnection) -> None:
    assert bi.execute("select rule_code, error_text from reporting.rpt_check where outcome = 'error'").fetchall() == []
    idle = bi.execute("select rule_code, outcome from reporting.rpt_check where evaluated = 0 order by all").fetchall()
    # the archive holds no dossier and no actual figure of a plan target, and that is said so
    of_dossiers = {rule.rule_code for suite in service.SUITES for rule in suite.rules}
    assert dict(idle) == dict.fromkeys({*of_dossiers, "target_missed", "target_out_of_reach"}, "not_judged")


def test_no_regression_is_found_across_a_break(bi: duckdb.DuckDBPyConnection) -> None:
    crossed = bi.execute(
        "select f.* from reporting.rpt_finding as f join reporting.rpt_index_change as c"
        " using (index_code, edition_year, basis, territory_code, component_code, measure)"
        " where f.kind = 'regression' and not c.is_comparable"
    ).fetchall()
    assert crossed == []
