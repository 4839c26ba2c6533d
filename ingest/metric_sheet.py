"""A sheet of metrics that somebody handed in: which source it is of, how it reads, what the preflight says of it."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from ingest.catalog import Catalog
from ingest.catalog_reader import parse_delivery
from ingest.faults import EditionFault, Fault
from ingest.formats.opening import lines_in, places_in
from ingest.formats.place import Line, Place
from ingest.metric_catalog import Delivery, MetricSource
from ingest.metric_reader import (
    METRIC_CODE,
    Blank,
    MetricCell,
    MetricReading,
    declared_columns,
    missing_headers,
    read_sheet,
)
from ingest.metric_record import on_record
from ingest.period import kind_of
from ingest.preflight.delivered import Delivered
from ingest.preflight.metrics import metric_remarks, sheet_faults
from ingest.printed import PrintedFile, lay_out
from ingest.remarks import Remark
from ingest.settings import Shelf
from ingest.territory import Gazetteer
from ingest.text import header_key, tidy

# a header stands within these lines, and as many below it show whose labels they are
_TOP = 60
_SCHEMA_LINE = "# yaml-language-server: $schema=ingest/catalog/_schema/delivery.schema.json\n"
# the first lines of one table of a file
Top = tuple[Place, Sequence[Line]]


@dataclass
class DeliveryCandidate:
    """A sheet read as a delivery: its description, what each column was taken for, and what stops it, if anything.

    `faults` no acceptance lifts; of `remarks`, those that hold want a person's decision.
    """

    source: MetricSource
    delivery: Delivery
    description: dict[str, Any]
    mapping: list[tuple[str, str]]
    cells: list[MetricCell] = field(default_factory=list)
    blanks: list[Blank] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def first_tables(path: Path, file_name: str, format: str, encoding: str | None = None) -> list[Top]:
    """The first lines of every table of a file. A CSV is tried with each delimiter. Raises EditionFault."""
    tops: list[Top] = []
    for place in places_in(path, file_name, format, encoding):
        for delimiter in (",", ";", "\t") if format == "csv" else (place.delimiter,):
            tried = replace(place, delimiter=delimiter)
            try:
                tops.append((tried, list(islice(lines_in(path, file_name, format, tried, encoding), _TOP))))
            except EditionFault:
                if delimiter == "," or format != "csv":
                    raise
    return tops


def match(tables: Sequence[Top], sources: Iterable[MetricSource]) -> MetricSource | None:
    """The one source whose sheets look like this: its header is there, and the labels below are its own.

    Where several have the header, the one of which all labels are known; None when that is none or several.
    """
    shares = {source.code: (source, _known_share(tables, source)) for source in sources}
    for least in (1.0, 0.0):
        fitting = [source for source, share in shares.values() if share is not None and share >= least and share > 0]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            return None
    return None


def find_table(tables: Sequence[Top], source: MetricSource, file_name: str) -> Place:
    """Where the source's table stands, with the line of its header. Raises EditionFault: nowhere, or in two places."""
    found = [found for top in tables for found in _headers(top, source)]
    if len(found) == 1:
        return found[0][0]
    if found:
        text = "; ".join(f"{place.sheet or ''} {place.header[0]}".strip() for place, _ in found)
        raise EditionFault([Fault("sheet_doubled", file_name, text=text)])
    text = ", ".join(declared_columns(source).values())
    raise EditionFault([Fault("sheet_not_found", file_name, text=text)])


def _headers(top: Top, source: MetricSource) -> Iterator[tuple[Place, list[Line]]]:
    """Each line of a table that is the source's header, and the lines below it. Other headers are a fault later."""
    place, lines = top
    for position, line in enumerate(lines):
        keys = {header_key(cell) for cell in line.cells if tidy(cell)}
        if len(keys) > 1 and not list(missing_headers(source, frozenset(keys))):
            yield replace(place, header=(line.number, line.number)), list(lines[position + 1 :])


def _known_share(tables: Sequence[Top], source: MetricSource) -> float | None:
    """How many of the labels under the source's header are its own, from 0 to 1; None without that header."""
    shares = []
    for top in tables:
        for place, below in _headers(top, source):
            header = next(line for line in top[1] if line.number == place.header[0])
            shares.append(_share_below(source, header, below))
    return max(shares, default=None)


def _share_below(source: MetricSource, header: Line, below: list[Line]) -> float:
    wanted = header_key(source.columns.get("metric", ""))
    column = next((at for at, cell in enumerate(header.cells) if header_key(cell) == wanted), None)
    if not wanted or column is None:
        return 1.0  # a constant says the metric
    labels = [tidy(line.cells[column]) for line in below if column < len(line.cells) and tidy(line.cells[column])]
    if source.metrics:
        own = [label for label in labels if header_key(label) in source.metrics]
    else:
        own = [label for label in labels if METRIC_CODE.fullmatch(label)]
    return len(own) / len(labels) if labels else 0.0


def examine_delivery(
    path: Path,
    file_name: str,
    sha256: str,
    source: MetricSource,
    catalog: Catalog,
    places: Gazetteer,
    *,
    shelf: Shelf,
    received_on: date,
    format: str,
    place: Place | None = None,
    encoding: str | None = None,
    decimal: str | None = None,
    source_url: str | None = None,
    file: str | None = None,
) -> DeliveryCandidate:
    """Read a sheet as the next delivery of `source`, writing nothing; what is wrong with it is in the candidate.

    `file` is its path in the archive, its name where it is not there yet. Raises EditionFault when there is no table of
    the source in it, or columns are missing or unknown: then nothing can be read.
    """
    place = place or find_table(first_tables(path, file_name, format, encoding), source, file_name)
    said = {"format": format, "place": place.describe(), "encoding": encoding, "decimal": decimal}
    description: dict[str, Any] = {
        "source": source.code,
        "delivery": received_on.isoformat(),
        "file": file or file_name,
        "name": file_name,
        "sha256": sha256,
        "rows": 1,
        "received_on": received_on.isoformat(),
        **{name: value for name, value in said.items() if value and (name, value) != ("format", "csv")},
    }
    if source_url:
        description["source_url"] = source_url
    unplaced = shelf.catalog / "metrics" / source.code / "candidate.yaml"
    # the sheet itself says which period is its newest, and the delivery is named after that
    reading = _read(path, parse_delivery(description, catalog, unplaced, shelf), source, places)
    description["delivery"] = _name(source, reading, received_on)
    description["vintage"] = _vintage(catalog, source, description["delivery"])
    description["rows"] = max(len(reading.cells) + len(reading.blanks), 1)
    delivery = parse_delivery(description, catalog, unplaced, shelf)
    cells = [replace(cell, delivery=delivery.name, vintage=delivery.vintage) for cell in reading.cells]
    seen = Delivered(source, delivery, cells, reading.blanks, on_record(catalog, places))
    faults = reading.faults or [*_known_bytes(catalog, delivery, file_name), *sheet_faults(seen)]
    return DeliveryCandidate(
        source=source,
        delivery=delivery,
        description={name: value for name, value in description.items() if (name, value) != ("vintage", 1)},
        mapping=_mapping(reading),
        cells=cells,
        blanks=reading.blanks,
        faults=faults,
        remarks=[] if faults else metric_remarks(seen),
    )


def _read(path: Path, delivery: Delivery, source: MetricSource, places: Gazetteer) -> MetricReading:
    called = delivery.called or delivery.file
    lines = lines_in(path, called, delivery.format, delivery.place, delivery.encoding)
    printed_file = PrintedFile(delivery.file, called, delivery.sha256)
    printed = lay_out(lines, delivery.place, printed_file, pads=delivery.format != "csv")
    return read_sheet(source, delivery, printed, places, frozenset())


def _name(source: MetricSource, reading: MetricReading, received_on: date) -> str:
    """The newest period of the sheet where periods name its deliveries; else the day that it came."""
    labels = [
        (cell.period_start, cell.period_label)
        for cell in reading.cells
        if source.every and kind_of(cell.period_start, cell.period_end) == source.every
    ]
    return max(labels)[1] if labels else received_on.isoformat()


def _vintage(catalog: Catalog, source: MetricSource, name: str) -> int:
    known = [one.vintage for one in catalog.deliveries_of(source.code) if one.name == name]
    return 1 + max(known, default=0)


def _known_bytes(catalog: Catalog, delivery: Delivery, file_name: str) -> Iterator[Fault]:
    for one in catalog.deliveries_of(delivery.source):
        if one.sha256 == delivery.sha256 and one.place == delivery.place:
            yield Fault("delivery_known", file_name, text=f"{one.source} {one.key}")


def _mapping(reading: MetricReading) -> list[tuple[str, str]]:
    """Each header and what it was taken for, in the order of the file."""
    meaning = {position: part for part, position in reading.parts.items()}
    return [(tidy(header), meaning.get(position, "ignored")) for position, header in enumerate(reading.header)]


def shelve_delivery(
    candidate: DeliveryCandidate, shelf: Shelf, file: str, accepted: dict[str, Any] | None = None
) -> Path:
    """Write the delivery's YAML onto a shelf whose archive holds its bytes at `file`; the next run loads it.

    `accepted` ({why, on, remarks}) is there when a person let it in against the preflight. Returns the YAML's path.
    Raises EditionFault while the candidate has faults: nothing is written then.
    """
    if candidate.faults:
        raise EditionFault(candidate.faults)
    description = candidate.description | {"file": file} | ({"accepted": accepted} if accepted else {})
    path = shelf.catalog / "metrics" / candidate.source.code / f"{candidate.delivery.key}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    text = yaml.safe_dump(description, sort_keys=False, allow_unicode=True, width=118)
    beside.write_text(_SCHEMA_LINE + text, encoding="utf-8")
    os.replace(beside, path)
    return path
