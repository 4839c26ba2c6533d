"""Where points of the total are to be won: recomputed from the facts."""

import duckdb


def test_the_own_best_is_the_best_so_far_under_the_same_method(bi: duckdb.DuckDBPyConnection) -> None:
    """Lào Cai of today, PCI 2021: within the weights of 2013 to 2021, whatever was reached before or after them."""
    wrong = bi.execute(
        """
        with best as (
            select component_code, max(value) as value, max(edition_year) filter (value = peak) as edition_year
            from (
                select *, max(value) over (partition by component_code) as peak from marts.fct_index_comparable
                where index_code = 'PCI' and territory_code = '15-2025' and edition_year between 2013 and 2021
            )
            group by component_code
        )
        select * from reporting.rpt_improvement_lever as l join best as b using (component_code)
        where l.index_code = 'PCI' and l.territory_code = '15-2025'
            and (l.edition_year <> 2021 or l.own_best <> b.value or l.own_best_edition_year <> b.edition_year
                or abs(l.gap_to_own_best - (b.value - l.score)) > 1e-9)
        """
    ).fetchall()
    assert wrong == []
    assert bi.execute(
        "select count(*) from reporting.rpt_improvement_lever"
        " where index_code = 'PCI' and method = 'backcast_mean' and units_compared = 34"
    ).fetchone() == (10,)


def test_points_are_the_gap_times_the_weight(bi: duckdb.DuckDBPyConnection) -> None:
    wrong = bi.execute(
        """
        select l.* from reporting.rpt_improvement_lever as l
        join marts.component_weight as w using (index_code, component_code)
        where l.edition_year between w.from_edition and w.to_edition and w.parent_component_code = 'total'
            and abs(l.points_to_own_best
                - l.gap_to_own_best * w.weight * case w.aggregation when 'weighted_mean_x10' then 10 else 1 end) > 1e-9
        """
    ).fetchall()
    assert wrong == []


def test_the_order_is_that_of_the_points(bi: duckdb.DuckDBPyConnection) -> None:
    wrong = bi.execute(
        """
        select * from (
            select lever_rank, rank() over (
                partition by index_code, territory_code order by points_to_top_quartile desc, points_to_region_best desc
            ) as place
            from reporting.rpt_improvement_lever
        ) where lever_rank <> place
        """
    ).fetchall()
    assert wrong == []


def test_each_lever_says_what_it_assumes(bi: duckdb.DuckDBPyConnection) -> None:
    texts = bi.execute("select assumption_vi, method = 'backcast_mean' from reporting.rpt_improvement_lever").fetchall()
    assert all("Giả định: trọng số giữ nguyên" in text for text, _ in texts)
    assert all(("bình quân các tỉnh trước sáp nhập" in text) == is_mean for text, is_mean in texts)
    assert {is_mean for _, is_mean in texts} == {True, False}
