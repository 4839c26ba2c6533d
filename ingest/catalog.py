"""The words of the catalog: what an index is, how it is composed, and what an edition's file looks like."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ingest.faults import Fault
from ingest.formats.place import Place
from ingest.metric_catalog import Delivery, MetricSource
from ingest.settings import Shelf

TOTAL = "total"
# what names the figures of one edition: index, edition year, basis, vintage
EditionId = tuple[str, int, str, int]


@dataclass(frozen=True)
class Figure:
    """What a column holds: a measure of a component. None = said by a label in the same row."""

    component: str | None = None
    measure: str | None = None


@dataclass(frozen=True)
class Component:
    code: str
    parent: str | None
    kind: str
    name_vi: str
    name_en: str
    scale: tuple[float, float] | None
    headers: dict[str, tuple[str, ...]]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Weight:
    """Share of one component in its parent. `text` as published ("100/1000"), None where never published."""

    component: str
    text: str | None
    scale: tuple[float, float] | None

    @property
    def value(self) -> float | None:
        if self.text is None:
            return None
        numerator, _, denominator = self.text.partition("/")
        return float(numerator) / float(denominator or 1)


@dataclass(frozen=True)
class Composition:
    """How one composite is made of its children over a span of editions: one methodology version of it."""

    component: str
    first: int
    last: int
    aggregation: str | None
    weights: tuple[Weight, ...]
    break_vi: str | None
    break_en: str | None
    evidence: str | None


@dataclass(frozen=True)
class Index:
    code: str
    level: str
    name_vi: str
    name_en: str
    publisher: str
    publisher_code: str
    scale: tuple[float, float] | None
    higher_is_better: bool
    in_plan: bool
    publishes_rank: bool
    zero_is_no_data: bool
    citation: str
    passing_on: str
    terms: str
    successor: str | None
    note: str | None
    components: tuple[Component, ...]
    compositions: tuple[Composition, ...]
    path: Path

    def composition(self, component: str, edition: int) -> Composition | None:
        """The methodology version of `component` that `edition` falls in, if one is known."""
        for span in self.compositions:
            if span.component == component and span.first <= edition <= span.last:
                return span
        return None

    def expected(self, edition: int) -> set[Figure]:
        """The figures that a table of this edition prints unless its YAML says that it does not."""
        figures = {Figure(TOTAL, "score")}
        if self.publishes_rank:
            figures.add(Figure(TOTAL, "rank"))
        pending = [TOTAL]
        while pending:
            span = self.composition(pending.pop(), edition)
            for weight in span.weights if span else ():
                figures.add(Figure(weight.component, "score"))
                pending.append(weight.component)
        return figures


@dataclass(frozen=True)
class Source:
    """Where a table's figures were taken from; `headers` limits it to some columns, empty = all the others."""

    url: str | None
    kind: str
    publisher: str
    title: str
    notes: str | None
    headers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Table:
    """One file (or some rows of a shared one) of an edition, and all that is peculiar about its layout."""

    file: str
    # what its sender called the file, where the archive does not
    name: str | None
    sha256: str
    rows: int
    format: str
    place: Place
    decimal: str
    encoding: str | None
    unit_sign: str | None
    where: dict[str, str]
    columns: dict[str, Figure]
    roles: dict[str, str]
    labels: dict[str, dict[str, dict[str, str]]]
    territory: str | None
    component_header: str | None
    measure_header: str | None
    attach: dict[str, tuple[str, tuple[str, ...]]]
    not_captured: frozenset[str]
    sources: tuple[Source, ...]

    @property
    def called(self) -> str:
        """The file's name for a person."""
        return self.name or self.file


@dataclass(frozen=True)
class Correction:
    """A publisher's error in one printed cell, put right. It fails once the cell no longer reads `printed`."""

    territory: str
    component: str
    measure: str
    printed: str
    corrected: str
    reason: str
    source: str
    status: str


@dataclass(frozen=True)
class Edition:
    """One publication of an index for one reference year on one territorial list; `vintage` counts its restatements."""

    index: str
    year: int
    basis: str
    vintage: int
    title: str
    published_on: str | None
    accessed_on: date | None
    coverage: str
    territories_expected: int | None
    absent: frozenset[str]
    no_data: frozenset[str]
    notes: str | None
    corrections: tuple[Correction, ...]
    tables: tuple[Table, ...]
    path: Path
    shelf: Shelf

    @property
    def key(self) -> str:
        """The edition within its index, as partitions and raw files are named: "2024_34", "2019_63_v2"."""
        suffix = f"_v{self.vintage}" if self.vintage > 1 else ""
        return f"{self.year}_{self.basis}{suffix}"


@dataclass
class Catalog:
    indices: dict[str, Index] = field(default_factory=dict)
    editions: list[Edition] = field(default_factory=list)
    metric_sources: dict[str, MetricSource] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)
    common: dict[str, Any] = field(default_factory=dict)
    faults: list[tuple[str | None, Fault]] = field(default_factory=list)
    # descriptions of indices that cannot be read: without one, nothing of that index could be
    unreadable_indices: list[Fault] = field(default_factory=list)
    # index and file stem of editions whose description cannot be read: what is loaded of them stays
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    # source and file stem of deliveries, likewise
    unreadable_deliveries: list[tuple[str, str]] = field(default_factory=list)
    # cells (ingest.reader.Cell) of editions that a candidate was compared with, so that each is read once
    compared_with: dict[EditionId, list[Any]] = field(default_factory=dict)

    def editions_of(self, index: str) -> list[Edition]:
        return [edition for edition in self.editions if edition.index == index]

    def deliveries_of(self, source: str) -> list[Delivery]:
        return [delivery for delivery in self.deliveries if delivery.source == source]
