"""DuckDB and Spark give the same tables, row for row and to the last bit of every number."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pytest

from orchestration.spark.bring_home import STAYS
from tests.spark.conftest import Pair, processes_naming

# what a catalog says of tables and columns: order, type, may be empty, comment
LAYOUT = {
    "columns": "select schema_name, table_name, column_name, column_index, data_type, is_nullable, comment"
    " from duckdb_columns() where database_name = ? and not internal order by all",
    "constraints": "select schema_name, table_name, constraint_type, constraint_column_names"
    " from duckdb_constraints() where database_name = ? order by all",
    "comments": "select schema_name, table_name, comment from duckdb_tables() where database_name = ? order by all",
}


@contextmanager
def attached(pair: Pair, file: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB file of both homes, as `duckdb_home` and `spark_home`."""
    with duckdb.connect() as connection:
        for name, home in (("duckdb_home", pair.duckdb), ("spark_home", pair.spark)):
            connection.execute(f"attach '{home / file}' as {name} (read_only)")
        yield connection


def differing(pair: Pair, file: str = "warehouse/chiso.duckdb") -> dict[str, tuple[int, int]]:
    """Table -> rows that only the home of DuckDB has, and rows that only that of Spark has; those that differ."""
    found = {}
    with attached(pair, file) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'duckdb_home' order by all"
        ).fetchall()
        assert len(tables) > 50
        for schema, table in set(tables) - STAYS:
            one, other = (f"{home}.{schema}.{table}" for home in ("duckdb_home", "spark_home"))
            counts = connection.execute(
                f"select (select count(*) from (from {one} except all from {other})),"
                f" (select count(*) from (from {other} except all from {one}))"
            ).fetchone()
            assert counts is not None
            if any(counts):
                found[f"{schema}.{table}"] = (int(counts[0]), int(counts[1]))
    return found


def records(pair: Pair) -> tuple[int, int]:
    """As `differing`, of the table that stays on Spark."""
    ((schema, table),) = STAYS
    files = pair.spark / "spark" / "warehouse" / f"{schema}.db" / table / "*" / "*.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{pair.duckdb / 'warehouse' / 'chiso.duckdb'}' as duckdb_home (read_only)")
        connection.execute(f"create view made_by_spark as from read_parquet('{files}', hive_partitioning = true)")
        one, other = f"duckdb_home.{schema}.{table}", "made_by_spark"
        found = connection.execute(
            f"select (select count(*) from (from {one} except all from {other})),"
            f" (select count(*) from (from {other} except all from {one})), (select count(*) from {one})"
        ).fetchone()
    assert found is not None
    assert found[2] > 0
    return int(found[0]), int(found[1])


@pytest.mark.parametrize("part", LAYOUT)
def test_the_tables_are_laid_out_alike(pair: Pair, part: str) -> None:
    with attached(pair, "warehouse/chiso.duckdb") as connection:
        one, other = (connection.execute(LAYOUT[part], [home]).fetchall() for home in ("duckdb_home", "spark_home"))
    assert one
    assert one == other


def test_the_rows_are_the_same(pair: Pair) -> None:
    assert differing(pair) == {}
    assert records(pair) == (0, 0)


def test_what_is_published_is_the_same(pair: Pair) -> None:
    with attached(pair, "published/chiso.duckdb") as connection:
        hashes = connection.execute(
            "select content_sha256 from duckdb_home.marts.published_version"
            " union all select content_sha256 from spark_home.marts.published_version"
        ).fetchall()
    assert len(hashes) == 2
    assert hashes[0] == hashes[1]


def test_no_process_is_left(pair: Pair) -> None:
    assert processes_naming(str(pair.spark)) == []


def test_a_later_delivery_gives_the_same(pair: Pair) -> None:
    """Months that are there already are replaced, also where nothing is left of them in a table; the others stay."""
    pair.deliver(2, 61)
    pair.run()
    with attached(pair, "warehouse/chiso.duckdb") as connection:
        left = connection.execute(
            "select count(*) from duckdb_home.records.dossier_open where received_month <= '2025-09-01'"
        ).fetchone()
    assert left == (0,)
    assert differing(pair) == {}
    assert records(pair) == (0, 0)
    assert processes_naming(str(pair.spark)) == []
