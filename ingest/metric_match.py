"""Which source a sheet of metrics is of, and where in the file its table stands: judged by header and labels alone."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from ingest.faults import EditionFault, Fault
from ingest.formats.opening import lines_in, places_in
from ingest.formats.place import Line, Place
from ingest.metric_catalog import MetricSource
from ingest.metric_reader import METRIC_CODE, declared_columns, missing_headers
from ingest.printed import TOP_LINES
from ingest.text import header_key, tidy

# the first lines of one table of a file
Top = tuple[Place, Sequence[Line]]


def first_tables(path: Path, file_name: str, format: str, encoding: str | None = None) -> list[Top]:
    """The first lines of every table of a file. A CSV is tried with each delimiter. Raises EditionFault."""
    tops: list[Top] = []
    unreadable: list[EditionFault] = []
    for place in places_in(path, file_name, format, encoding):
        for delimiter in (",", ";", "\t") if format == "csv" else (place.delimiter,):
            tried = replace(place, delimiter=delimiter)
            try:
                tops.append((tried, list(islice(lines_in(path, file_name, format, tried, encoding), TOP_LINES))))
            except EditionFault as error:
                unreadable.append(error)  # perhaps only the delimiter that was tried does not fit
    if unreadable and not tops:
        raise unreadable[0]
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
        keys = {source.heading(cell) for cell in line.cells if tidy(cell)}
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
