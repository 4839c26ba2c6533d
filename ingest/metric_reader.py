"""Provincial metrics: one printed figure a row, with its unit, period and how firm the publisher said that it is."""

from dataclasses import dataclass
from datetime import date

from ingest.archive import PrintedTable, read_archived
from ingest.catalog import MetricSource
from ingest.faults import EditionFault, Fault
from ingest.period import parse_period
from ingest.territory import Gazetteer
from ingest.text import header_key, parse_number, tidy

_REQUIRED = ("metric", "unit", "territory", "period", "value", "source_url")
_OPTIONAL = ("qualifier", "quality", "note", "source_kind")


@dataclass(frozen=True)
class MetricCell:
    source_code: str
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
    source_url: str
    source_kind: str
    source_file: str
    source_sha256: str
    source_row: int
    source_column: int
    source_header: str


def read_metrics(source: MetricSource, gazetteer: Gazetteer, excluded: frozenset[str]) -> list[MetricCell]:
    """All figures of one metric file but those of excluded publishers.

    Raises EditionFault listing every bad place; then none is loaded.
    """
    left_out = tuple(start for start, publisher in source.publishers.items() if publisher in excluded)
    printed = read_archived(source.shelf, source.file, source.sha256, "utf-8-sig")
    columns = _columns(source, printed)
    cells: list[MetricCell] = []
    faults: list[Fault] = []
    for row, line in zip(printed.rows, printed.lines, strict=True):
        text = {part: tidy(row[column]) for part, column in columns.items()}
        if text["metric"].startswith(left_out):
            continue

        def bad(code: str, part: str, row: list[str] = row, line: int = line) -> None:
            column = columns[part]
            faults.append(Fault(code, source.file, line, printed.header[column], tidy(row[column])))

        basis = text.get("basis", "")
        territory = source.territory_codes.get(text["territory"]) or gazetteer.resolve(text["territory"], basis)
        if territory is None:
            bad("territory_unmapped", "territory")
        qualifier = source.qualifiers.get(text.get("quality", ""), text.get("qualifier") or "exact")
        try:
            value, decimals = parse_number(text["value"])
        except ValueError:
            bad("number_unreadable", "value")
            continue
        try:
            start, end = parse_period(text["period"])
        except ValueError:
            bad("period_unreadable", "period")
            continue
        if territory is None:
            continue
        cells.append(
            MetricCell(
                source_code=source.code,
                metric_code=text["metric"],
                unit=text["unit"],
                territory_code=territory,
                territory_text=text["territory"],
                period_label=text["period"],
                period_start=start,
                period_end=end,
                value=value,
                value_text=row[columns["value"]],
                printed_decimals=decimals,
                qualifier=qualifier,
                quality=text.get("quality") or None,
                note=text.get("note") or None,
                source_url=text["source_url"],
                source_kind=text.get("source_kind") or source.source_kind or "compiled",
                source_file=source.file,
                source_sha256=source.sha256,
                source_row=line,
                source_column=columns["value"] + 1,
                source_header=printed.header[columns["value"]],
            )
        )
    if faults:
        raise EditionFault(faults)
    return cells


def _columns(source: MetricSource, printed: PrintedTable) -> dict[str, int]:
    """Part -> position, every header of the file either used or declared as ignored."""
    positions = {header_key(header): position for position, header in enumerate(printed.header)}
    declared = dict(source.columns)
    if source.basis_header:
        declared["basis"] = source.basis_header
    faults = [
        Fault("header_missing", source.file, 1, text=declared.get(part, part))
        for part in (*_REQUIRED, *(part for part in (*_OPTIONAL, "basis") if part in declared))
        if header_key(declared.get(part, "")) not in positions
    ]
    known = {header_key(header) for header in (*declared.values(), *source.ignored)}
    faults += [
        Fault("header_unknown", source.file, 1, header) for header in printed.header if header_key(header) not in known
    ]
    if faults:
        raise EditionFault(faults)
    return {part: positions[header_key(header)] for part, header in declared.items()}
