"""Provincial metrics: one printed figure a row, with its unit, period and how firm the publisher said that it is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from ingest.archive import open_archived
from ingest.faults import EditionFault, Fault
from ingest.metric_catalog import Delivery, MetricSource
from ingest.period import parse_period, read_label
from ingest.printed import PrintedTable
from ingest.territory import Gazetteer
from ingest.text import header_key, parse_number, tidy

QUALIFIERS = frozenset(
    ("exact", "over", "approx", "average", "estimate", "forecast", "target", "implied", "doubtful", "preliminary")
)
_MAY_LACK = ("note", "source_url")
_REQUIRED = ("metric", "unit", "territory", "period", "value")
METRIC_CODE = re.compile(r"[a-z][a-z0-9_]*")
# a sign that may follow the number in a text cell of this unit
_SIGNS = {"percent": "%"}


@dataclass(frozen=True)
class MetricCell:
    source_code: str
    delivery: str
    vintage: int
    received_on: date
    metric_code: str
    unit: str
    territory_code: str
    territory_text: str
    period_label: str
    period_start: date
    period_end: date | None
    value: float
    value_text: str
    printed_decimals: int
    qualifier: str
    quality: str | None
    note: str | None
    source_url: str | None
    source_kind: str
    source_file: str
    source_sha256: str
    source_row: int
    source_column: int
    source_header: str
    source_locator: str


@dataclass(frozen=True)
class Blank:
    """A row whose value is blank: the figure was not reported, which is not a zero."""

    metric_code: str
    period_label: str
    row: int


@dataclass
class MetricReading:
    """What a sheet came to; `header` and `parts` say which column was taken for what."""

    header: list[str]
    parts: dict[str, int]
    cells: list[MetricCell] = field(default_factory=list)
    blanks: list[Blank] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_delivery(
    source: MetricSource, delivery: Delivery, gazetteer: Gazetteer, excluded: frozenset[str]
) -> list[MetricCell]:
    """All figures of one archived delivery but those of excluded publishers.

    Raises EditionFault listing every bad place; then none is loaded.
    """
    reading = read_sheet(source, delivery, open_delivery(delivery), gazetteer, excluded)
    if reading.faults:
        raise EditionFault(reading.faults)
    return reading.cells


def open_delivery(delivery: Delivery) -> PrintedTable:
    """The table of an archived delivery. Raises EditionFault: missing, changed, of another type, unreadable."""
    shelf, file, place = delivery.shelf, delivery.file, delivery.place
    return open_archived(shelf, file, delivery.sha256, delivery.format, place, delivery.encoding, name=delivery.called)


def read_sheet(
    source: MetricSource, delivery: Delivery, printed: PrintedTable, gazetteer: Gazetteer, excluded: frozenset[str]
) -> MetricReading:
    """Every row of an opened sheet; what is wrong with rows is in the reading. Raises EditionFault for the header's."""
    left_out = tuple(start for start, publisher in source.publishers.items() if publisher in excluded)
    reading = MetricReading(printed.header, _parts(source, printed))
    rows = _Rows(source, delivery, printed, reading, gazetteer)
    for line, cells in printed.rows:
        rows.read(line, cells, left_out)
    reading.faults += printed.faults
    return reading


class _Rows:
    """The rows of one sheet on their way to cells, blanks and faults of a reading."""

    def __init__(
        self,
        source: MetricSource,
        delivery: Delivery,
        printed: PrintedTable,
        reading: MetricReading,
        gazetteer: Gazetteer,
    ) -> None:
        self.source, self.delivery, self.printed = source, delivery, printed
        self.reading, self.gazetteer = reading, gazetteer

    def read(self, line: int, cells: list[str], left_out: tuple[str, ...]) -> None:
        text = self._text(cells)
        if not text["metric"] and not text["value"]:
            return  # a line that was made ready and not used
        raw_value = cells[self.reading.parts["value"]]
        reported = bool(text["value"]) and text["value"] not in self.source.no_data
        faults: list[Fault] = []

        def bad(code: str, part: str) -> None:
            position = self.reading.parts.get(part)
            header = None if position is None else self.printed.header[position]
            faults.append(Fault(code, self.printed.file.called, line, header, text.get(part, "")))

        code, unit = self._metric(text)
        if code is not None and code.startswith(left_out):
            return
        if code is None:
            bad("metric_unknown", "metric")
        if not unit:
            bad("unit_missing", "unit")
        territory = self._territory(text)
        if territory is None:
            bad("territory_unmapped", "territory")
        try:
            label, marked = read_label(text["period"], self.source.period_marks)
        except ValueError:
            label, marked = text["period"], None
            if reported:
                bad("period_unreadable", "period")
        qualifier = self._qualifier(text, marked)
        if qualifier is None:
            bad("qualifier_unknown", "quality" if "quality" in self.reading.parts else "qualifier")
        try:
            value, decimals = parse_number(raw_value, self.delivery.decimal, _SIGNS.get(unit)) if reported else (0.0, 0)
        except ValueError:
            bad("number_unreadable", "value")
        if faults or code is None or territory is None or qualifier is None:
            self.reading.faults += faults
            return
        if not reported:
            self.reading.blanks.append(Blank(code, label, line))
            return
        start, end = parse_period(label)
        column = self.reading.parts["value"]
        self.reading.cells.append(
            MetricCell(
                source_code=self.source.code,
                delivery=self.delivery.name,
                vintage=self.delivery.vintage,
                received_on=self.delivery.received_on,
                metric_code=code,
                unit=unit,
                territory_code=territory,
                territory_text=text["territory"],
                period_label=label,
                period_start=start,
                period_end=end,
                value=value,
                value_text=raw_value,
                printed_decimals=decimals,
                qualifier=qualifier,
                quality=text.get("quality") or None,
                note=text.get("note") or None,
                source_url=text.get("source_url") or self.delivery.source_url,
                source_kind=self._source_kind(text),
                source_file=self.delivery.file,
                source_sha256=self.delivery.sha256,
                source_row=line,
                source_column=self.printed.columns[column],
                source_header=self.printed.header[column],
                source_locator=self.printed.locator(line, self.printed.columns[column]),
            )
        )

    def _text(self, cells: list[str]) -> dict[str, str]:
        """Part -> what the row says: its own cell, or the source's constant where that is blank or there is none."""
        own = {part: tidy(cells[column]) for part, column in self.reading.parts.items()}
        said = {part: text for part, text in own.items() if text}
        return dict.fromkeys(_REQUIRED, "") | self.source.constants | said

    def _metric(self, text: dict[str, str]) -> tuple[str | None, str]:
        """Metric code and unit; no code where the label is not declared. A blank unit is the declared one."""
        unit = self.source.unit_of(text["unit"])
        if not self.source.metrics:
            return (text["metric"] if METRIC_CODE.fullmatch(text["metric"]) else None), unit
        metric = self.source.metrics.get(header_key(text["metric"]))
        return (metric.code, unit or metric.unit) if metric else (None, unit or text["metric"])

    def _territory(self, text: dict[str, str]) -> str | None:
        named = text["territory"]
        if named == self.source.constants.get("territory") and named in self.gazetteer.territories:
            return named
        return self.source.territory_codes.get(named) or self.gazetteer.resolve(named, text.get("basis", ""))

    def _qualifier(self, text: dict[str, str], marked: str | None) -> str | None:
        """How firm the figure is; None for a word that is not declared."""
        if self.source.qualifiers and text.get("quality"):
            return self.source.qualifiers.get(text["quality"])
        qualifier = marked or text.get("qualifier") or "exact"
        return qualifier if qualifier in QUALIFIERS else None

    def _source_kind(self, text: dict[str, str]) -> str:
        said = "source_kind" in self.reading.parts and text.get("source_kind")
        return said or self.delivery.source_kind or self.source.constants.get("source_kind") or "compiled"


def _parts(source: MetricSource, printed: PrintedTable) -> dict[str, int]:
    """Part -> position; every header of the file is either used or declared as ignored."""
    positions = {source.heading(header): position for position, header in enumerate(printed.header)}
    faults = [
        Fault("sheet_header_missing", printed.file.called, printed.header_line, text=header)
        for header in missing_headers(source, frozenset(positions))
    ]
    known = known_headers(source)
    faults += [
        Fault("sheet_header_unknown", printed.file.called, printed.header_line, header)
        for header in printed.header
        if source.heading(header) not in known
    ]
    doubled = len(positions) != len(printed.header)
    if doubled:
        text = ", ".join(printed.header)
        faults.append(Fault("header_ambiguous", printed.file.called, printed.header_line, text=text))
    if faults:
        raise EditionFault(faults)
    columns = declared_columns(source)
    return {part: positions[header_key(header)] for part, header in columns.items() if header_key(header) in positions}


def declared_columns(source: MetricSource) -> dict[str, str]:
    return source.columns | ({"basis": source.basis_header} if source.basis_header else {})


def known_headers(source: MetricSource) -> frozenset[str]:
    """What a header of the source's sheets may be, under `header_key`."""
    return frozenset(map(header_key, (*declared_columns(source).values(), *source.ignored)))


def missing_headers(source: MetricSource, present: frozenset[str]) -> Iterator[str]:
    """The columns that a sheet must have and lacks: all that no constant and no label speaks for, but for notes."""
    for part, header in declared_columns(source).items():
        spoken_for = part in source.constants or part in _MAY_LACK or (part == "unit" and bool(source.metrics))
        if header_key(header) not in present and not spoken_for:
            yield header
