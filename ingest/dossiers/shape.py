"""How a delivered file is laid out: its columns under the declared names, and what it holds them as.

Only the head of a file is read, and its last byte. Files of one shape are read by one query.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.dossiers.columns import Column
from ingest.dossiers.refusal import Place, Refusal, shown

_DELIMITERS = (",", ";")
# longer than any line of column names
_HEAD = 1 << 16


@dataclass(frozen=True)
class Held:
    """A declared column in a file: what it is called there, and held as (text, integer, moment, flag)."""

    called: str
    held_as: str = "text"


@dataclass(frozen=True)
class Shape:
    """The layout of a file. `held` has the declared columns that it has, in the file's order, or the declared one."""

    format: str
    held: tuple[tuple[str, Held], ...]
    delimiter: str = ""

    def held_as(self, column: str) -> str:
        return next((held.held_as for name, held in self.held if name == column), "text")


def shape_of(path: Path, format: str, place: Place, columns: Mapping[str, Column]) -> Shape | list[Refusal]:
    """The shape of a file, or why it has none. Raises OSError where it cannot be opened."""
    if format == "parquet":
        return _parquet(path, place, columns)
    with path.open("rb") as file:
        head = file.readline(_HEAD)
        file.seek(0, 2)
        if file.tell():
            file.seek(-1, 2)
        if file.read(1) != b"\n":
            return [Refusal(place, "incomplete")]
    if format == "jsonl":  # which keys each line has is looked at where the lines are read
        return Shape(format, tuple((name, Held(name)) for name in columns))
    try:
        line = head.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        return [Refusal(place, "encoding", row=1)]
    names, delimiter = max(
        ((next(csv.reader([line], delimiter=delimiter), []), delimiter) for delimiter in _DELIMITERS),
        key=lambda read: len(read[0]),
    )
    return _laid_out(place, columns, Shape(format, (), delimiter), [(name, Held(name)) for name in names])


def _parquet(path: Path, place: Place, columns: Mapping[str, Column]) -> Shape | list[Refusal]:
    try:
        schema = pq.read_schema(path)
    except pa.ArrowInvalid:  # the footer is written last
        return [Refusal(place, "incomplete")]
    laid_out = _laid_out(
        place, columns, Shape("parquet", ()), [(field.name, Held(field.name, _held_as(field.type))) for field in schema]
    )
    if isinstance(laid_out, list):
        return laid_out
    wrong = [
        Refusal(place, "column_type", column=name)
        for name, held in laid_out.held
        if not columns[name].takes(held.held_as)
    ]
    # the order of columns makes no other shape
    return wrong or Shape("parquet", tuple(sorted(laid_out.held, key=lambda one: one[0])))


def _held_as(type_: pa.DataType) -> str:
    if pa.types.is_dictionary(type_):
        type_ = type_.value_type
    if pa.types.is_null(type_):
        return "nothing"
    if pa.types.is_string(type_) or pa.types.is_large_string(type_):
        return "text"
    if pa.types.is_integer(type_):
        return "integer"
    if pa.types.is_boolean(type_):
        return "flag"
    return "moment" if pa.types.is_timestamp(type_) and type_.tz is not None else str(type_)


def _laid_out(
    place: Place, columns: Mapping[str, Column], shape: Shape, found: Sequence[tuple[str, Held]]
) -> Shape | list[Refusal]:
    """The shape with the columns found, or the columns that are too many, too few or there twice."""
    meant = {name: column.name for column in columns.values() for name in column.names}
    if not any(called in meant for called, _ in found):
        return [Refusal(place, "header_missing", row=1)]
    refusals = list(_misnamed(place, meant, [called for called, _ in found]))
    there = {meant[called] for called, _ in found if called in meant}
    refusals += [
        Refusal(place, "column_missing", column=column.name)
        for column in columns.values()
        if column.must_be_there and column.name not in there
    ]
    return refusals or Shape(shape.format, tuple((meant[called], held) for called, held in found), shape.delimiter)


def _misnamed(place: Place, meant: Mapping[str, str], called: Sequence[str]) -> Iterator[Refusal]:
    seen: set[str] = set()
    for number, name in enumerate(called, 1):
        if name not in meant:
            yield Refusal(place, "column_unknown", row=1, column=shown(name, number))
        elif meant[name] in seen:
            yield Refusal(place, "column_twice", row=1, column=name)
        else:
            seen.add(meant[name])
