"""The ten questions that everybody asks: each is answered by the published file, and the answers hold together."""

import duckdb
import pytest

from tests.stock_queries import STOCK_QUERIES, parameters


def test_there_are_ten() -> None:
    assert len(STOCK_QUERIES) == 10


@pytest.mark.parametrize("name", STOCK_QUERIES)
def test_each_is_answered(name: str, bi: duckdb.DuckDBPyConnection) -> None:
    sql = STOCK_QUERIES[name]
    assert bi.execute(sql, parameters(bi)(sql)).fetchall() != []


def test_two_predecessors_are_never_made_one(bi: duckdb.DuckDBPyConnection) -> None:
    """On the list of 63 the home province is two units: each keeps its own figure."""
    sql = STOCK_QUERIES["components"]
    edition = bi.execute(
        "select index_code, edition_year, basis from reporting.rpt_index_overview where is_home and basis = '63'"
        " group by all having count(*) = 2 and count(score) = 2 order by edition_year desc, index_code limit 1"
    ).fetchone()
    assert edition is not None
    given = dict(zip(("index_code", "edition_year", "basis"), edition, strict=True))
    shown = {
        (unit, value) for _, _, _, unit, value, *_ in bi.execute(sql, given).fetchall() if value is not None
    }  # fmt: skip
    published = bi.execute(
        "select territory_name_vi, value from marts.fct_index_result inner join reporting.rpt_index_overview"
        " using (index_code, edition_year, basis, territory_code)"
        " where is_home and index_code = ? and edition_year = ? and basis = ? and measure = 'score' and is_current"
        " and value is not null", list(edition)
    ).fetchall()  # fmt: skip
    assert shown == set(published)
    assert len({unit for unit, _ in shown}) == 2
