"""Spark's Parquet into the working DuckDB file, where the tables stand laid out and empty.

The tables come from dbt on DuckDB, so types, comments and constraints are those of a build on DuckDB, and every row
brought home is held against them.
"""

import os
from collections.abc import Iterable

import duckdb
import pyarrow.dataset as ds
import pyarrow.fs as pafs

from ingest.settings import Settings
from orchestration.duckdb_resource import quoted, writer

# one row a dossier: what Spark is there for, and nothing at home reads it
STAYS = {("records", "fct_dossier")}


class NotBrought(RuntimeError):
    """What Spark made is not what was laid out; the message names table and columns."""


def warehouse(settings: Settings) -> str:
    """Where Spark keeps its tables: a folder, or the address of one in an object store (CHISO_SPARK_WAREHOUSE)."""
    return os.environ.get("CHISO_SPARK_WAREHOUSE", "").strip() or str(settings.home / "spark" / "warehouse")


def bring_home(settings: Settings, tables: Iterable[tuple[str, str]]) -> None:
    """Fill the laid-out tables (schema, name) of the working file. All of them or none. Raises NotBrought."""
    filesystem, root = _open(warehouse(settings))
    with writer(settings.warehouse) as connection:
        connection.execute("begin")
        for schema, name in tables:
            if (schema, name) not in STAYS:
                rows = _read(filesystem, f"{root}/{schema}.db/{name}")
                # a table kept by month has no file before its first month
                if rows.files:
                    _fill(connection, schema, name, rows)
        connection.execute("commit")


def _open(place: str) -> tuple[pafs.FileSystem, str]:
    if "://" not in place:
        return pafs.LocalFileSystem(), place
    # Hadoop's name of its S3 client
    filesystem, root = pafs.FileSystem.from_uri(place.replace("s3a://", "s3://", 1))
    return filesystem, root.rstrip("/")


def _read(filesystem: pafs.FileSystem, folder: str) -> ds.FileSystemDataset:
    # files that begin with _ or . are Spark's own and passed over
    return ds.dataset(folder, filesystem=filesystem, format="parquet", partitioning="hive")


def _fill(connection: duckdb.DuckDBPyConnection, schema: str, name: str, rows: ds.FileSystemDataset) -> None:
    table = f"{quoted(schema)}.{quoted(name)}"
    laid_out = [column[0] for column in connection.execute(f"describe {table}").fetchall()]
    if set(laid_out) != set(rows.schema.names):
        differing = ", ".join(sorted(set(laid_out) ^ set(rows.schema.names)))
        raise NotBrought(f"{schema}.{name}: only here or only on Spark: {differing}; build it on Spark again")
    connection.register("from_spark", rows)
    connection.execute(f"insert into {table} by name select * from from_spark")
    connection.unregister("from_spark")
