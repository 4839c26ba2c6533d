"""What a reading of the catalog came to, edition by edition: for the models, the lineage and the person watching."""

from dataclasses import dataclass, field
from pathlib import Path

from ingest.catalog import Catalog, Edition
from ingest.faults import Fault


@dataclass(frozen=True)
class Loaded:
    """What became of one edition or metric source: loaded, stopped, last_good_kept or excluded."""

    index: str
    key: str
    status: str
    changed: bool
    rows: int
    cells: int
    territories: int
    path: Path
    edition: Edition | None
    faults: tuple[Fault, ...] = ()


@dataclass
class LoadReport:
    catalog: Catalog
    editions: list[Loaded] = field(default_factory=list)
    metrics: list[Loaded] = field(default_factory=list)
    other_faults: list[tuple[str | None, Fault]] = field(default_factory=list)

    @property
    def faults(self) -> list[tuple[str | None, Fault]]:
        found = [(loaded.index, fault) for loaded in (*self.editions, *self.metrics) for fault in loaded.faults]
        return found + self.other_faults
