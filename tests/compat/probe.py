"""Run inside a throw-away environment that holds nothing but some DuckDB driver: say what that driver reads.

probe.py DUCKDB_FILE [--parquet FOLDER] [--sorted]
probe.py DUCKDB_FILE --rows TABLE               prints every row of one table instead, a line each, sorted

Opens the file read-only and reads every table of schemas marts, reporting and wide and every Vietnamese view to the
last value, and the Parquet twin of each table where a folder is given. Prints JSON: {"driver": …, "tables":
{"marts.dim_index": {"rows", "columns", "comments", "sum", "sha256", "twin_sha256"}}}; a view has no twin. The hashes
are made in Python from the values, so that two drivers agree exactly when they read the same; `--sorted` makes them
independent of the order of the rows.
"""

import argparse
import hashlib
import json
import math
from typing import Any

import duckdb


def _digest(rows: "list[tuple[Any, ...]]", in_any_order: bool) -> str:
    said = [repr(row) for row in rows]
    return hashlib.sha256("\n".join(sorted(said) if in_any_order else said).encode()).hexdigest()


def _sum(rows: "list[tuple[Any, ...]]") -> float:
    """Sum of every finite number of the table."""
    numbers = (cell for row in rows for cell in row if isinstance(cell, (int, float)) and not isinstance(cell, bool))
    return math.fsum(number for number in numbers if math.isfinite(number))


def _comments(connection: Any, schema: str, table: str) -> "list[Any]":
    """Every comment of a table or view and its columns."""
    found = connection.execute(
        "select comment from duckdb_tables() where schema_name = ? and table_name = ?"
        " union all select comment from duckdb_views() where schema_name = ? and view_name = ?"
        " union all select comment from duckdb_columns() where schema_name = ? and table_name = ? order by all",
        [schema, table] * 3,
    ).fetchall()
    return [comment for (comment,) in found if comment]


def read(path: str, parquet: "str | None", in_any_order: bool) -> "dict[str, Any]":
    """Everything that the driver finds in the file."""
    connection = duckdb.connect(path, read_only=True)
    listed = connection.execute(
        "select schema_name, table_name, true from duckdb_tables() where schema_name in ('marts', 'reporting', 'wide')"
        " union all select schema_name, view_name, false from duckdb_views() where schema_name = 'tieng_viet'"
        " order by all"
    ).fetchall()
    tables = {}
    for schema, table, has_twin in listed:
        rows = connection.execute(f'select * from "{schema}"."{table}"').fetchall()
        comments = _comments(connection, schema, table)
        tables[f"{schema}.{table}"] = {
            "rows": len(rows),
            "columns": [column[0] for column in connection.description or []],
            "comments": len(comments),
            "comments_sha256": hashlib.sha256("\n".join(comments).encode()).hexdigest(),
            "sum": _sum(rows),
            "sha256": _digest(rows, in_any_order),
        }
        if parquet and has_twin:
            twin = connection.execute("select * from read_parquet(?)", [f"{parquet}/{schema}.{table}.parquet"])
            tables[f"{schema}.{table}"]["twin_sha256"] = _digest(twin.fetchall(), in_any_order)
    return {"driver": duckdb.__version__, "tables": tables}


def rows(path: str, table: str) -> "list[str]":
    """Every row of one table as text, sorted."""
    connection = duckdb.connect(path, read_only=True)
    return sorted(repr(row) for row in connection.execute(f"select * from {table}").fetchall())


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--parquet")
    parser.add_argument("--sorted", action="store_true")
    parser.add_argument("--rows")
    asked = parser.parse_args()
    print(
        "\n".join(rows(asked.file, asked.rows))
        if asked.rows
        else json.dumps(read(asked.file, asked.parquet, asked.sorted))
    )
