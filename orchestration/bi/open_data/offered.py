"""Which tables are offered, under which titles and with which rows: `tables.yaml` held against the published file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

from ingest.settings import Settings
from orchestration.bi.release import released_indices, withheld_metrics
from orchestration.duckdb_resource import literal, quoted
from orchestration.published_tables import Column, PublishError, Table, read_rows
from orchestration.wide_tables import SCHEMA as WIDE
from orchestration.wide_tables import table_name

_LIST = Path(__file__).parent / "tables.yaml"


@dataclass(frozen=True)
class Reference:
    """The columns of a table that hold the key of another one."""

    columns: tuple[str, ...]
    table: str
    key: tuple[str, ...]


@dataclass(frozen=True)
class Offered:
    """One table as it leaves the house.

    `table` has only the columns that may; `condition` is SQL; `index_code` is set where all rows are of one index.
    """

    table: Table
    title_vi: str
    title_en: str
    condition: str
    references: tuple[Reference, ...]
    index_code: str | None

    def rows(self, connection: duckdb.DuckDBPyConnection) -> pa.Table:
        """The rows that may leave, ordered by all columns from left to right."""
        names = ", ".join(quoted(column.name) for column in self.table.columns)
        source = f"{quoted(self.table.schema)}.{quoted(self.table.name)}"
        query = f"select {names} from {source} where {self.condition} order by all nulls last"
        return read_rows(connection, query, self.table)


@dataclass(frozen=True)
class Index:
    """An index with whose figures they are and what its publisher says of passing them on."""

    code: str
    name_vi: str
    name_en: str
    publisher: str
    citation: str
    terms: str


@dataclass(frozen=True)
class Offer:
    """Everything that may leave, and the indices whose figures stay inside."""

    tables: tuple[Offered, ...]
    indices: tuple[Index, ...]
    withheld: tuple[Index, ...]


def read_offer(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Offer:
    """What of the published file may leave, by the list and by the publishers' terms.

    Raises PublishError when the list names a table or column that is not published, or the file is of an older
    version; SettingsError when CHISO_RELEASE_PUBLISHERS names an unknown publisher.
    """
    try:
        released = released_indices(connection, settings)
        found = connection.execute(
            "select index_code, name_vi, name_en, publisher, citation, terms from marts.dim_index order by index_code"
        ).fetchall()
        published = _published_tables(connection)
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        said = str(error).splitlines()[0]
        raise PublishError(f"the published file is of an older version; `chiso run` makes it anew ({said})") from error
    indices = [Index(*row) for row in found]
    listed = yaml.safe_load(_LIST.read_text(encoding="utf-8"))
    wanted: dict[str, Mapping[str, Any]] = dict(listed["tables"])
    for index in indices:
        name = f"{WIDE}.{table_name(index.code)}"
        if name in published and index.code in released:
            names = {"name_vi": index.name_vi, "name_en": index.name_en}
            titles = {title: listed["wide"][title].format_map(names) for title in ("title_vi", "title_en")}
            wanted[name] = {**listed["wide"], **titles, "index_code": index.code}
    stay = withheld_metrics(connection, settings)
    return Offer(
        tuple(_offered(name, wanted[name], published, released, stay) for name in sorted(wanted)),
        tuple(index for index in indices if index.code in released),
        tuple(index for index in indices if index.code not in released),
    )


def _offered(
    name: str,
    said: Mapping[str, Any],
    published: Mapping[str, Table],
    released: frozenset[str],
    stay: frozenset[tuple[str, str]],
) -> Offered:
    if name not in published:
        raise PublishError(f"{_LIST.name} lists {name}, which is not published; mend the list or publish it")
    whole = published[name]
    without = set(said.get("without", ()))
    unknown = without - {column.name for column in whole.columns}
    if unknown:
        raise PublishError(f"{_LIST.name} leaves {', '.join(sorted(unknown))} out of {name}, which has no such column")
    kept = tuple(column for column in whole.columns if column.name not in without)
    table = Table(whole.schema, whole.name, whole.comment, kept, whole.primary_key)
    columns = {column.name for column in kept}
    conditions = [f"({said['where']})"] if "where" in said else []
    if "index_code" in columns:
        conditions.append(f"index_code in ({', '.join(map(literal, sorted(released))) or 'null'})")
    if {"source_code", "metric_code"} <= columns:
        conditions += [
            f"not (source_code = {literal(source)} and starts_with(metric_code, {literal(start)}))"
            for source, start in sorted(stay)
        ]
    references = tuple(
        Reference(tuple(names.split()), other, published[other].primary_key)
        for names, other in said.get("references", {}).items()
    )
    condition = " and ".join(conditions) or "true"
    return Offered(table, said["title_vi"], said["title_en"], condition, references, said.get("index_code"))


def _published_tables(connection: duckdb.DuckDBPyConnection) -> dict[str, Table]:
    """The tables of the published file as declared, by their full names."""
    rows = connection.execute(
        "select d.table_schema, d.table_name, t.comment, d.column_name, d.data_type, d.is_nullable, d.is_key, c.comment"
        " from marts.data_dictionary as d"
        " inner join duckdb_tables() as t on t.schema_name = d.table_schema and t.table_name = d.table_name"
        " inner join duckdb_columns() as c on c.schema_name = d.table_schema and c.table_name = d.table_name"
        " and c.column_name = d.column_name"
        " order by d.table_schema, d.table_name, d.position"
    ).fetchall()
    tables: dict[str, Table] = {}
    for schema, name, comment, column, kind, nullable, is_key, meaning in rows:
        before = tables.get(f"{schema}.{name}", Table(schema, name, comment, (), ()))
        tables[before.full_name] = Table(
            schema,
            name,
            comment,
            (*before.columns, Column(column, kind, nullable, meaning)),
            (*before.primary_key, column) if is_key else before.primary_key,
        )
    return tables
