"""`marts.data_dictionary`: labels of every published table and column in Vietnamese and English, and what they mean."""

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from orchestration.labels import description_en, label_en, label_vi
from orchestration.published_tables import Column, DerivedTable, Table, arrow_schema

DICTIONARY = Table(
    "marts",
    "data_dictionary",
    "Từ điển dữ liệu. What the tables and columns of this file are called and mean. One row per table, its column name"
    " empty, and one per column.",
    (
        Column("table_schema", "VARCHAR", False, "Lược đồ. Schema of the table."),
        Column("table_name", "VARCHAR", False, "Tên bảng. Name of the table."),
        Column("position", "INTEGER", False, "Thứ tự cột. Place of the column in the table, from 1; 0 for the table."),
        Column("column_name", "VARCHAR", True, "Tên cột. Name of the column; empty for the table itself."),
        Column("label_vi", "VARCHAR", False, "Nhãn. Vietnamese label, the name in schema `tieng_viet`."),
        Column("label_en", "VARCHAR", False, "Nhãn (tiếng Anh). English label."),
        Column("description_en", "VARCHAR", True, "Giải thích (tiếng Anh). What it is, its unit and special values."),
        Column("data_type", "VARCHAR", True, "Kiểu dữ liệu. Type in DuckDB; empty for the table."),
        Column("is_nullable", "BOOLEAN", True, "Có thể trống. Whether cells may be empty; empty for the table."),
        Column("is_key", "BOOLEAN", True, "Thuộc khóa. Whether it is part of the declared key; empty for the table."),
    ),
    ("table_schema", "table_name", "position"),
)


def data_dictionary(tables: Sequence[Table]) -> DerivedTable:
    """The dictionary of `tables` and of itself, in the order of their names."""
    everything = sorted([*tables, DICTIONARY], key=lambda table: table.full_name)
    rows = [row for table in everything for row in _rows(table)]
    return DerivedTable(DICTIONARY, pa.Table.from_pylist(rows, arrow_schema(DICTIONARY)))


def _rows(table: Table) -> Iterator[dict[str, Any]]:
    yield _row(table, table, 0)
    for position, column in enumerate(table.columns, 1):
        yield _row(table, column, position) | {
            "column_name": column.name,
            "data_type": column.type,
            "is_nullable": column.nullable,
            "is_key": column.name in table.primary_key,
        }


def _row(table: Table, named: Table | Column, position: int) -> dict[str, Any]:
    return {
        "table_schema": table.schema,
        "table_name": table.name,
        "position": position,
        "label_vi": label_vi(named),
        "label_en": label_en(named),
        "description_en": description_en(named),
    }
