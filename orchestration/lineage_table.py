"""`marts.lineage`: which columns each column is made of, from the published tables back to the files as read.

Direct parents only: whoever asks walks up or down. Dagster keeps the same lineage of the models but draws none of it.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pyarrow as pa

from orchestration.column_lineage import Columns
from orchestration.published_tables import Column, DerivedTable, Table, arrow_schema

LINEAGE = Table(
    "marts",
    "lineage",
    "Nguồn gốc của cột. Which column each column is made of, one step at a time, from the published tables back to the"
    " files as read (schema `raw`) and the reviewed reference data (schema `seeds`). One row per column and parent.",
    (
        Column("table_schema", "VARCHAR", False, "Lược đồ. Schema of the table; not all of them are published."),
        Column("table_name", "VARCHAR", False, "Tên bảng. Name of the table."),
        Column("column_name", "VARCHAR", True, "Tên cột. Name of the column; empty where only the tables are known."),
        Column("parent_schema", "VARCHAR", False, "Lược đồ nguồn. Schema of the table that it is made of."),
        Column("parent_table", "VARCHAR", False, "Bảng nguồn. Table that it is made of."),
        Column("parent_column", "VARCHAR", True, "Cột nguồn. Column that it is made of; empty as above."),
    ),
    (),
)


class Edge(NamedTuple):
    """One column and one of its parents; columns are None where only the tables are known."""

    table_schema: str
    table_name: str
    column_name: str | None
    parent_schema: str
    parent_table: str
    parent_column: str | None


def edges_of_models(manifest: Mapping[str, Any], columns_of: Mapping[str, Columns]) -> Iterable[Edge]:
    """The lineage of dbt's models; a model whose columns could not be read gets its tables only."""
    nodes = {**manifest["sources"], **manifest["nodes"]}
    for uid, columns in columns_of.items():
        schema, name = _relation(nodes[uid])
        if not columns:
            for parent in nodes[uid]["depends_on"]["nodes"]:
                yield Edge(schema, name, None, *_relation(nodes[parent]), None)
        for column, parents in columns.items():
            for parent, parent_column in parents:
                yield Edge(schema, name, column, *_relation(nodes[parent]), parent_column)


def edges_of_derived(tables: Iterable[DerivedTable]) -> Iterable[Edge]:
    """The lineage of the tables that are made while publishing."""
    for derived in tables:
        for column, parent in derived.parents.items():
            yield Edge(derived.table.schema, derived.table.name, column, *parent)


def lineage_table(edges: Iterable[Edge]) -> DerivedTable:
    """The edges as rows, each once, in the order of their names."""
    rows = sorted(set(edges), key=lambda edge: [name or "" for name in edge])
    return DerivedTable(LINEAGE, pa.Table.from_pylist([edge._asdict() for edge in rows], arrow_schema(LINEAGE)))


def _relation(node: Mapping[str, Any]) -> tuple[str, str]:
    return node["schema"], str(node.get("alias") or node["name"])
