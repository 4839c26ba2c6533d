"""The archive's real inconsistencies are found, all of them and nothing else (the list in quality/README.md)."""

import duckdb


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
    idle = bi.execute(
        "select rule_code from reporting.rpt_check where evaluated = 0 and rule_code <> 'edition_loaded'"
    ).fetchall()
    assert idle == []


def test_a_merged_province_is_published_as_the_mean_of_its_predecessors(bi: duckdb.DuckDBPyConnection) -> None:
    """The official practice that back-casts follow: the one edition published on both lists proves it."""
    differences = bi.execute(
        """
        with score as (
            select * from marts.fct_index_result
            where index_code = 'DTI' and edition_year = 2024 and component_code = 'total' and measure = 'score'
        ),
        mean_of_predecessors as (
            select p.territory_code, avg(score.value) as mean
            from marts.territory_predecessor as p
            join score on score.basis = '63' and score.territory_code = p.predecessor_code
            group by p.territory_code
        )
        select count(*), max(abs(score.value - m.mean))
        from score join mean_of_predecessors as m using (territory_code) where score.basis = '34'
        """
    ).fetchone()
    assert differences is not None
    assert differences[0] == 34
    assert differences[1] < 0.0001  # both tables are printed to four decimals


def test_no_regression_is_found_across_a_break(bi: duckdb.DuckDBPyConnection) -> None:
    crossed = bi.execute(
        "select f.* from reporting.rpt_finding as f join reporting.rpt_index_change as c"
        " using (index_code, edition_year, basis, territory_code, component_code, measure)"
        " where f.kind = 'regression' and not c.is_comparable"
    ).fetchall()
    assert crossed == []
