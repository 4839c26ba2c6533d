"""What a reading of the catalog came to, edition by edition: for the models, the lineage and the person watching."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.catalog import Catalog, Edition, EditionId
from ingest.faults import Fault


@dataclass(frozen=True)
class Loaded:
    """What became of one edition: loaded, stopped, last_good_kept, withheld or excluded.

    `described` is its row of raw.EDITION but for status and currency; where the last good figures are kept, it is the
    row that belongs to them and not to the faulty file. `edition` is None when its description cannot be read.
    """

    index: str
    key: str
    status: str
    changed: bool
    path: Path
    described: dict[str, Any]
    edition: Edition | None
    faults: tuple[Fault, ...] = ()

    @property
    def id(self) -> EditionId:
        return self.index, self.described["edition_year"], self.described["basis"], self.described["vintage"]

    @property
    def cells(self) -> int:
        return int(self.described["cells_loaded"])


@dataclass(frozen=True)
class LoadedMetrics:
    """What became of one delivery of a metric source: loaded, stopped or last_good_kept."""

    source: str
    key: str
    status: str
    changed: bool
    path: Path
    cells: int
    faults: tuple[Fault, ...] = ()


@dataclass
class LoadReport:
    catalog: Catalog
    editions: list[Loaded] = field(default_factory=list)
    metrics: list[LoadedMetrics] = field(default_factory=list)
    other_faults: list[tuple[str | None, Fault]] = field(default_factory=list)

    @property
    def faults(self) -> list[tuple[str | None, Fault]]:
        editions = [(loaded.index, fault) for loaded in self.editions for fault in loaded.faults]
        metrics = [(None, fault) for loaded in self.metrics for fault in loaded.faults]
        return [*editions, *metrics, *self.other_faults]
