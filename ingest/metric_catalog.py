"""The words of metrics in the catalog: how a source lays out its sheets, and what each delivered sheet is."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ingest.formats.place import Place
from ingest.settings import Shelf
from ingest.text import header_key

EVERY = ("month", "quarter", "year")


@dataclass(frozen=True)
class Metric:
    """What a label of the sheet means. `unit` is the archive's word for it, `scale` the lowest and highest value."""

    label: str
    code: str
    unit: str
    scale: tuple[float, float] | None
    name_vi: str


@dataclass(frozen=True)
class MetricSource:
    """How the sheets of one source are laid out: one figure a row.

    A part of a row (metric, unit, territory, period, ...) is said by a column, by a constant, or by both: then the
    constant stands for a blank cell. Labels and marks are kept under `header_key`. Without `metrics` the metric
    column holds codes.
    """

    code: str
    title: str
    title_vi: str
    every: str | None
    agency: str | None
    columns: dict[str, str]
    also: dict[str, str]
    constants: dict[str, str]
    ignored: dict[str, str]
    metrics: dict[str, Metric]
    sums: dict[str, tuple[str, ...]]
    units: dict[str, str]
    territory_codes: dict[str, str]
    basis_header: str | None
    qualifiers: dict[str, str]
    period_marks: dict[str, str]
    no_data: frozenset[str]
    decimal: str
    publishers: dict[str, str]
    notes: str | None
    path: Path

    @property
    def is_handed_in(self) -> bool:
        """Whether a person fills its sheets in: every part of a figure is a column or a constant, in plain words."""
        said = {*self.columns, *self.constants}
        return (
            {"metric", "territory", "period"} <= said
            and not (self.territory_codes or self.basis_header)
            and ("metric" in self.columns)
        )

    def heading(self, printed: str) -> str:
        """The declared header that a printed one stands for, under `header_key`; else the printed one itself."""
        key = header_key(printed)
        return header_key(self.columns[self.also[key]]) if key in self.also else key

    def unit_of(self, text: str) -> str:
        """The archive's word for a unit as the sheet writes it; the text itself where nothing is declared."""
        return next((unit for known, unit in self.units.items() if header_key(known) == header_key(text)), text)

    def unit_in_sheet(self, unit: str) -> str:
        """How the source's sheets write a unit: the first text that is declared for it."""
        return next((text for text, meant in self.units.items() if meant == unit), unit)

    def metric_of(self, code: str) -> Metric | None:
        return next((metric for metric in self.metrics.values() if metric.code == code), None)


@dataclass(frozen=True)
class Delivery:
    """One delivered file of a source. `vintage` counts restatements of the same delivery."""

    source: str
    name: str
    vintage: int
    title: str
    file: str
    called: str | None
    sha256: str
    rows: int
    received_on: date
    format: str
    place: Place
    encoding: str | None
    decimal: str
    source_url: str | None
    source_kind: str | None
    notes: str | None
    path: Path
    shelf: Shelf

    @property
    def key(self) -> str:
        """The delivery within its source, as YAML and raw files are named: "2026-10", "2026-10_v2"."""
        return self.name if self.vintage == 1 else f"{self.name}_v{self.vintage}"

    @property
    def order(self) -> tuple[date, str, int]:
        """What sorts the deliveries of a source from the earliest to the newest."""
        return self.received_on, self.name, self.vintage


def source_from(doc: dict[str, Any], path: Path) -> MetricSource:
    """The layout that a document means which fits metric.schema.json."""
    return MetricSource(
        code=doc["source"],
        title=doc["title"],
        title_vi=doc.get("title_vi", doc["title"]),
        every=doc.get("every"),
        agency=doc.get("from"),
        columns=doc["columns"],
        also={header_key(header): part for header, part in doc.get("also", {}).items()},
        constants={part: str(text) for part, text in doc.get("constants", {}).items()},
        ignored=doc.get("ignored", {}),
        metrics={header_key(label): _metric(label, item) for label, item in doc.get("metrics", {}).items()},
        sums={total: tuple(parts) for total, parts in doc.get("sums", {}).items()},
        units=doc.get("units", {}),
        territory_codes=doc.get("territory_codes", {}),
        basis_header=doc.get("basis_header"),
        qualifiers=doc.get("qualifiers", {}),
        period_marks={header_key(mark): qualifier for mark, qualifier in doc.get("period_marks", {}).items()},
        no_data=frozenset(doc.get("no_data", ())),
        decimal=doc.get("decimal", "."),
        publishers=doc.get("publishers", {}),
        notes=doc.get("notes"),
        path=path,
    )


def _metric(label: str, item: dict[str, Any]) -> Metric:
    scale = item.get("scale")
    return Metric(
        label=label,
        code=item["code"],
        unit=item["unit"],
        scale=(float(scale[0]), float(scale[1])) if scale else None,
        name_vi=item.get("name_vi", label),
    )


def delivery_from(doc: dict[str, Any], source: MetricSource, path: Path, shelf: Shelf) -> Delivery:
    """The delivery that a document means which fits delivery.schema.json. Raises ValueError for an impossible date."""
    return Delivery(
        source=source.code,
        name=str(doc["delivery"]),
        vintage=doc.get("vintage", 1),
        title=doc.get("title", source.title),
        file=doc["file"],
        called=doc.get("name"),
        sha256=doc["sha256"],
        rows=doc["rows"],
        received_on=date.fromisoformat(str(doc["received_on"])),
        format=doc.get("format", "csv"),
        place=Place.parse(doc.get("place", {})),
        encoding=doc.get("encoding"),
        decimal=doc.get("decimal", source.decimal),
        source_url=doc.get("source_url"),
        source_kind=doc.get("source_kind"),
        notes=doc.get("notes"),
        path=path,
        shelf=shelf,
    )
