"""All editions on today's units: what was published, what is back-cast and how, and what is left out."""

import duckdb
import pytest


def test_a_merged_province_is_published_as_the_mean_of_its_predecessors(bi: duckdb.DuckDBPyConnection) -> None:
    """The official practice that back-casts follow: the edition published on both lists proves it, ranks included."""
    units, differing, worst = bi.execute(
        """
        with score as (
            select basis, territory_code, value from marts.fct_index_result
            where index_code = 'DTI' and edition_year = 2024 and component_code = 'total' and measure = 'score'
        ),
        mean_of_predecessors as (
            select p.territory_code, avg(score.value) as mean
            from marts.territory_predecessor as p
            join score on score.basis = '63' and score.territory_code = p.predecessor_code
            group by p.territory_code
        ),
        beside as (
            select score.territory_code, score.value, m.mean, r.value as rank_published,
                rank() over (order by round(m.mean, 4) desc) as rank_of_mean
            from score join mean_of_predecessors as m using (territory_code)
            join marts.fct_index_result as r on r.territory_code = score.territory_code and r.index_code = 'DTI'
                and r.edition_year = 2024 and r.basis = '34' and r.component_code = 'total' and r.measure = 'rank'
            where score.basis = '34'
        )
        select count(*), count(*) filter (rank_published <> rank_of_mean), max(abs(value - mean)) from beside
        """
    ).fetchone() or (0, None, None)
    assert units == 34
    assert worst < 0.0001  # both tables are printed to four decimals
    assert differing == 0


def test_every_backcast_is_the_mean_of_all_its_predecessors(bi: duckdb.DuckDBPyConnection) -> None:
    """Recomputed from the facts: named predecessors, all of them, their mean."""
    wrong = bi.execute(
        """
        with predecessor as (
            select c.index_code, c.edition_year, c.territory_code, c.component_code, c.value,
                unnest(string_split(c.predecessors, '|')) as predecessor_code
            from marts.fct_index_comparable as c where c.method = 'backcast_mean'
        )
        select p.index_code, p.edition_year, p.territory_code, p.component_code
        from predecessor as p
        left join marts.fct_index_result as f
            on f.is_current and f.measure = 'score' and f.basis = '63' and f.index_code = p.index_code
            and f.edition_year = p.edition_year and f.component_code = p.component_code
            and f.territory_code = p.predecessor_code
        group by all
        having count(*) <> count(f.value) or abs(avg(f.value) - any_value(p.value)) > 1e-9
        """
    ).fetchall()
    assert wrong == []
    incomplete = bi.execute(
        """
        with expected as (
            select territory_code, string_agg(predecessor_code, '|' order by predecessor_code) as predecessors
            from marts.territory_predecessor group by territory_code having count(*) > 1
        )
        select * from marts.fct_index_comparable as c join expected as e using (territory_code)
        where c.method = 'backcast_mean' and c.predecessors <> e.predecessors
        """
    ).fetchall()
    assert incomplete == []


@pytest.mark.parametrize("edition_year", [2005, 2006, 2007, 2008])
def test_ha_tay_belongs_to_ha_noi_until_it_is_merged(bi: duckdb.DuckDBPyConnection, edition_year: int) -> None:
    value, method, predecessors = bi.execute(
        "select value, method, predecessors from marts.fct_index_comparable where index_code = 'PCI'"
        " and edition_year = ? and territory_code = '01' and component_code = 'total'",
        [edition_year],
    ).fetchone() or (None, None, None)
    scores = bi.execute(
        "select value from marts.fct_index_result where index_code = 'PCI' and edition_year = ? and measure = 'score'"
        " and territory_code in ('01', '28') and component_code = 'total'",
        [edition_year],
    ).fetchall()
    assert (method, predecessors) == ("backcast_mean", "01|28")
    assert value == pytest.approx(sum(score for (score,) in scores) / 2)
    old = bi.execute(
        "select territory_code, relation, method from reporting.rpt_index_series where index_code = 'PCI'"
        " and edition_year = ? and unit_code = '01' and component_code = 'total' order by all",
        [edition_year],
    ).fetchall()
    assert old == [
        ("01", "predecessor", "published"),
        ("01", "today", "backcast_mean"),
        ("28", "predecessor", "published"),
    ]


def test_ha_noi_is_published_unchanged_afterwards(bi: duckdb.DuckDBPyConnection) -> None:
    assert bi.execute(
        "select method, predecessors from marts.fct_index_comparable where index_code = 'PCI' and edition_year = 2009"
        " and territory_code = '01' and component_code = 'total'"
    ).fetchone() == ("published_unchanged", None)


def test_a_partial_table_gives_a_backcast_where_every_predecessor_stands_in_it(
    bi: duckdb.DuckDBPyConnection,
) -> None:
    """PCI 2024: Lào Cai is printed, Yên Bái is not, so the new Lào Cai has no value; in 2023 both are."""
    found = bi.execute(
        "select edition_year, coverage, method from marts.fct_index_comparable where index_code = 'PCI'"
        " and edition_year >= 2023 and territory_code = '15-2025' and component_code = 'total' order by all"
    ).fetchall()
    assert found == [(2023, "partial", "backcast_mean")]


def test_a_rank_among_todays_units_needs_all_of_them(bi: duckdb.DuckDBPyConnection) -> None:
    wrong = bi.execute(
        """
        with counted as (
            select *, count(*) over (partition by index_code, edition_year, component_code) as units,
                rank() over (partition by index_code, edition_year, component_code order by value desc) as place
            from marts.fct_index_comparable
        )
        select * from counted
        where (units = 34) <> (rank_computed is not null)
            or (units = 34 and (rank_computed <> place or ranked_among_computed <> 34))
        """
    ).fetchall()
    assert wrong == []


def test_the_new_list_is_compared_with_back_casts_and_never_by_rank(bi: duckdb.DuckDBPyConnection) -> None:
    """DTI 2024 on the list of 34 is compared with the means of 2023, across a break of methodology."""
    rows = bi.execute(
        "select before_method, measure, count(*), bool_or(is_comparable), max(abs(c.value_before - f.value))"
        " from reporting.rpt_index_change as c left join marts.fct_index_comparable as f"
        " on f.index_code = c.index_code and f.edition_year = 2023 and f.territory_code = c.territory_code"
        " and f.component_code = c.component_code"
        " where c.index_code = 'DTI' and c.edition_year = 2024 and c.basis = '34' and c.component_code = 'total'"
        " group by all order by all"
    ).fetchall()
    assert rows == [("backcast_mean", "score", 23, False, 0.0), ("published_unchanged", "score", 11, False, 0.0)]


def test_the_series_of_the_home_unit_stands_beside_its_predecessors(bi: duckdb.DuckDBPyConnection) -> None:
    rows = bi.execute(
        "select territory_code, relation, method, comparable_with_previous, is_home from reporting.rpt_index_series"
        " where index_code = 'PCI' and edition_year = 2022 and unit_code = '15-2025' and component_code = 'total'"
        " order by all"
    ).fetchall()
    assert rows == [
        ("10", "predecessor", "published", False, True),
        ("15", "predecessor", "published", False, True),
        ("15-2025", "today", "backcast_mean", False, True),
    ]


def test_the_series_holds_every_comparable_value(bi: duckdb.DuckDBPyConnection) -> None:
    missing = bi.execute(
        "select index_code, edition_year, territory_code, component_code, value, method from marts.fct_index_comparable"
        " except select index_code, edition_year, territory_code, component_code, value, method"
        " from reporting.rpt_index_series where relation = 'today'"
    ).fetchall()
    assert missing == []
