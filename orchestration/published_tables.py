"""The tables that BI gets: what may be among them, and how each is read and written to Parquet.

Belongs here: one table at a time. How the files come to stand where readers look is `publish`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.duckdb_resource import quoted

SCHEMAS = ("marts", "reporting")

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
# types that every driver, Parquet reader and the Table Schema know alike
_ARROW_TYPES: dict[str, pa.DataType] = {
    "BOOLEAN": pa.bool_(),
    "TINYINT": pa.int8(),
    "SMALLINT": pa.int16(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "FLOAT": pa.float32(),
    "DOUBLE": pa.float64(),
    "VARCHAR": pa.string(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
}


class PublishError(RuntimeError):
    """What the warehouse holds cannot be published; the message says what to mend."""


@dataclass(frozen=True)
class Column:
    """One column as declared. `type` is DuckDB's name for it."""

    name: str
    type: str
    nullable: bool
    comment: str | None


@dataclass(frozen=True)
class Table:
    """One table as declared; `primary_key` is empty where none is."""

    schema: str
    name: str
    comment: str | None
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"

    def in_database(self, database: str) -> str:
        return f"{quoted(database)}.{quoted(self.schema)}.{quoted(self.name)}"


@dataclass(frozen=True)
class DerivedTable:
    """A table that is made while publishing: its rows, and for each column the column that it is taken from.

    `parents` names (schema, table, column); columns that describe the publication itself have none.
    """

    table: Table
    rows: pa.Table
    parents: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)


def list_tables(connection: duckdb.DuckDBPyConnection, database: str, schemas: Sequence[str] = SCHEMAS) -> list[Table]:
    """The tables of some schemas, the public ones if not told, of an attached database, in the order of their names.

    Raises PublishError when there are none, when one is a view, or when a name or type would not travel.
    """
    views = connection.execute(
        "select schema_name || '.' || view_name from duckdb_views()"
        " where database_name = ? and list_contains(?, schema_name) and not internal order by all",
        [database, list(schemas)],
    ).fetchall()
    if views:
        names = ", ".join(name for (name,) in views)
        raise PublishError(f"only tables can be published, and these are views: {names}; materialise them as tables")
    described = connection.execute(
        "select schema_name, table_name, comment from duckdb_tables()"
        " where database_name = ? and list_contains(?, schema_name) and not internal order by all",
        [database, list(schemas)],
    ).fetchall()
    if not described:
        raise PublishError(f"the warehouse has no table in {' or '.join(schemas)}; build the models first")
    return [_describe(connection, database, schema, name, comment) for schema, name, comment in described]


def _describe(
    connection: duckdb.DuckDBPyConnection, database: str, schema: str, name: str, comment: str | None
) -> Table:
    where = [database, schema, name]
    columns = connection.execute(
        "select column_name, data_type, is_nullable, comment from duckdb_columns()"
        " where database_name = ? and schema_name = ? and table_name = ? order by column_index",
        where,
    ).fetchall()
    keys = connection.execute(
        "select constraint_column_names from duckdb_constraints()"
        " where database_name = ? and schema_name = ? and table_name = ? and constraint_type = 'PRIMARY KEY'",
        where,
    ).fetchall()
    table = Table(schema, name, comment, tuple(Column(*row) for row in columns), tuple(keys[0][0]) if keys else ())
    for name_ in (table.name, *(column.name for column in table.columns)):
        if not _NAME.fullmatch(name_):
            raise PublishError(f"{table.full_name}: {name_!r} is no name of lower-case letters, digits and underscores")
    arrow_schema(table)
    return table


def uncommented(tables: Sequence[Table]) -> list[str]:
    """Names of the tables and columns that carry no comment (the contract is: none)."""
    bare: list[str] = []
    for table in tables:
        if not table.comment:
            bare.append(table.full_name)
        bare += [f"{table.full_name}.{column.name}" for column in table.columns if not column.comment]
    return bare


def arrow_schema(table: Table) -> pa.Schema:
    """The explicit Parquet schema of a table; comments travel as `description` of the fields and of the whole."""
    fields = []
    for column in table.columns:
        decimal = _DECIMAL.fullmatch(column.type)
        kind = pa.decimal128(int(decimal[1]), int(decimal[2])) if decimal else _ARROW_TYPES.get(column.type)
        if kind is None:
            raise PublishError(
                f"{table.full_name}.{column.name} is of type {column.type}, which not every BI tool reads;"
                f" cast it to one of {', '.join([*_ARROW_TYPES, 'DECIMAL'])}"
            )
        fields.append(pa.field(column.name, kind, column.nullable, _described(column.comment)))
    return pa.schema(fields, metadata=_described(table.comment))


def _described(comment: str | None) -> dict[str, str] | None:
    return {"description": comment} if comment else None


def read_sorted(connection: duckdb.DuckDBPyConnection, database: str, table: Table) -> pa.Table:
    """All rows, ordered by all columns from left to right, so that the same content always comes in the same order."""
    names = ", ".join(quoted(column.name) for column in table.columns)
    return read_rows(connection, f"select {names} from {table.in_database(database)} order by all nulls last", table)


def read_rows(connection: duckdb.DuckDBPyConnection, query: str, table: Table) -> pa.Table:
    """What a query gives, as rows of `table`."""
    return connection.execute(query).to_arrow_table().cast(arrow_schema(table)).combine_chunks()


def write_parquet(rows: pa.Table, path: Path) -> None:
    """Write one Parquet file. The same rows give the same bytes; every setting that shapes them is spelled out."""
    pq.write_table(
        rows,
        path,
        version="2.6",
        data_page_version="1.0",
        compression="snappy",
        row_group_size=122_880,
        use_dictionary=True,
        write_statistics=True,
        store_schema=True,
    )
