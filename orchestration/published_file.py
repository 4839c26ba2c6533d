"""The published DuckDB file: the tables with their comments, and views that show them under Vietnamese names."""

import os
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from orchestration.duckdb_resource import literal, quoted
from orchestration.labels import description_en, distinct_labels
from orchestration.published_tables import SCHEMAS, Table

STORAGE_VERSION = "v1.0.0"  # the one that every driver from 1.1 on opens
VIETNAMESE = "tieng_viet"


def write_duckdb(path: Path, tables: Sequence[tuple[Table, Path]]) -> None:
    """Write a new DuckDB file with the given tables and the rows of their Parquet files, comments and NOT NULL.

    Schema `tieng_viet` holds a view of each table, named by the Vietnamese labels. The file is complete and closed
    when this returns; nothing may stand at `path` before.
    """
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach {literal(os.fspath(path))} as published (storage_version '{STORAGE_VERSION}')")
        # a view keeps its query as it is written, so the query must not name the file
        connection.execute("use published")
        connection.execute("begin")
        for schema in sorted({table.schema for table, _ in tables} | {*SCHEMAS, VIETNAMESE}):
            connection.execute(f"create schema {quoted(schema)}")
        for table, parquet in tables:
            _write_table(connection, table, parquet)
        names = distinct_labels([table for table, _ in tables])
        for (table, _), name in zip(tables, names, strict=True):
            _write_view(connection, table, f"{VIETNAMESE}.{quoted(name)}")
        connection.execute("commit")
        connection.execute("checkpoint published")
        connection.execute("use memory")
        connection.execute("detach published")


def _write_table(connection: duckdb.DuckDBPyConnection, table: Table, parquet: Path) -> None:
    declared = ", ".join(
        f"{quoted(column.name)} {column.type}{'' if column.nullable else ' not null'}" for column in table.columns
    )
    target = _in_file(table)
    connection.execute(f"create table {target} ({declared})")
    connection.register("incoming", pq.read_table(parquet))
    connection.execute(f"insert into {target} select * from incoming")
    connection.unregister("incoming")
    _comment(connection, "table", target, table.comment)
    for column in table.columns:
        _comment(connection, "column", f"{target}.{quoted(column.name)}", column.comment)


def _write_view(connection: duckdb.DuckDBPyConnection, table: Table, name: str) -> None:
    labels = distinct_labels(table.columns)
    shown = ", ".join(
        f"{quoted(column.name)} as {quoted(label)}" for column, label in zip(table.columns, labels, strict=True)
    )
    connection.execute(f"create view {name} as select {shown} from {_in_file(table)}")
    _comment(connection, "view", name, f"{table.full_name}. {description_en(table) or ''}".strip())
    for column, label in zip(table.columns, labels, strict=True):
        _comment(
            connection, "column", f"{name}.{quoted(label)}", f"{column.name}. {description_en(column) or ''}".strip()
        )


def _in_file(table: Table) -> str:
    return f"{quoted(table.schema)}.{quoted(table.name)}"


def _comment(connection: duckdb.DuckDBPyConnection, kind: str, name: str, comment: str | None) -> None:
    if comment:
        connection.execute(f"comment on {kind} {name} is {literal(comment)}")
