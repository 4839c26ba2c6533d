"""Where a file that could not be loaded is at fault: it is read once more, by itself, with its rows counted.

DuckDB's own words about a faulty line print the line: only its number is taken from them.
"""

import re
from collections.abc import Mapping

import duckdb

from ingest.dossiers.columns import Column
from ingest.dossiers.feed import Delivered
from ingest.dossiers.reading import given, judged, lacks_key
from ingest.dossiers.refusal import Refusal, shown
from ingest.dossiers.shape import Shape
from ingest.dossiers.staging import OUR_FAULT, LoadFailed, Staging, short_of_memory

_LINE = re.compile(r"CSV Error on Line: (\d+)")
# so many unknown names are told of one file
_MOST = 20


def diagnose(staging: Staging, delivered: Delivered, shape: Shape) -> list[Refusal]:
    """Why the file cannot be loaded, one refusal for each column and kind of fault; nothing where it can.

    Raises LoadFailed for want of memory.
    """
    connection, columns = staging.connection, staging.columns
    connection.execute("set preserve_insertion_order = true")
    try:
        return _shape_of_records(connection, delivered, shape, columns) or _values(
            connection, delivered, shape, columns
        )
    except duckdb.OutOfMemoryException:
        raise LoadFailed(short_of_memory(staging.ledger.settings)) from None
    except OUR_FAULT:
        raise
    except duckdb.Error as error:
        line = _LINE.search(str(error))
        if line is not None:
            return [Refusal(delivered.place, "row_unreadable", row=int(line[1]))]
        return [Refusal(delivered.place, "file_unreadable")]
    finally:
        connection.execute("set preserve_insertion_order = false")


def _values(
    connection: duckdb.DuckDBPyConnection, delivered: Delivered, shape: Shape, columns: Mapping[str, Column]
) -> list[Refusal]:
    """For each column: the first row where the value is missing or cannot be read, and how many more there are."""
    asked = []
    for column in columns.values():
        for missing in ("is null", "is not null"):
            at_fault = f"filter (where {column.fault()} and given_{column.name} {missing})"
            asked.append(f"min(row_no) {at_fault}, count(*) {at_fault}")
    source = judged(shape, [delivered.found.path], columns, numbered=True)
    counted = connection.execute(f"select {', '.join(asked)} from ({source})").fetchone() or ()
    places = iter(zip(counted[::2], counted[1::2], strict=True))
    return [
        Refusal(delivered.place, code, row, column.name, column.expected, others=count - 1)
        for column in columns.values()
        for code, (row, count) in zip(("value_missing", "value_unreadable"), (next(places), next(places)), strict=True)
        if count
    ]


def _shape_of_records(
    connection: duckdb.DuckDBPyConnection, delivered: Delivered, shape: Shape, columns: Mapping[str, Column]
) -> list[Refusal]:
    """JSON lines that are no objects, and their keys that are not declared, there twice or missing."""
    if shape.format != "jsonl":
        return []
    records = given(shape, [delivered.found.path], columns, numbered=True)
    row, count = connection.execute(
        f"select min(row_no), count(*) from ({records}) where record is null"
    ).fetchone() or (None, 0)
    if count:
        return [Refusal(delivered.place, "row_unreadable", row, others=count - 1)]
    meant = {name: column.name for column in columns.values() for name in column.names}
    keys = connection.execute(
        f"select key, min(row_no), count(*) from (select row_no, unnest(keys) as key from ({records})"
        f" where misshapen) where not list_contains(?, key) group by key order by 2, 1 limit {_MOST}",
        [list(meant)],
    ).fetchall()
    refusals = [
        Refusal(delivered.place, "column_unknown", row, shown(key, place), others=count - 1)
        for place, (key, row, count) in enumerate(keys, 1)
    ]
    lacking = [f"filter (where {lacks_key(column)})" for column in columns.values()]
    asked = ", ".join(f"min(row_no) {where}, count(*) {where}" for where in lacking)
    counted = connection.execute(f"select {asked} from ({records})").fetchone() or ()
    refusals += [
        Refusal(delivered.place, "column_missing", row, column.name, others=count - 1)
        for column, row, count in zip(columns.values(), counted[::2], counted[1::2], strict=True)
        if column.must_be_there and count
    ]
    if refusals:
        return refusals
    row, count = connection.execute(f"select min(row_no), count(*) from ({records}) where misshapen").fetchone() or (
        0,
        0,
    )
    return [Refusal(delivered.place, "row_unreadable", row, others=count - 1)] if count else []
