"""What can be pulled: one YAML a source, checked against its JSON Schema."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.catalog_reader import read_document
from ingest.faults import EditionFault, Fault
from ingest.receipts import NO_EDITION
from ingest.settings import PACKAGE_ROOT, Shelf

SOURCES = "sources"


@dataclass(frozen=True)
class Editions:
    """The reference years that a publisher has. `lag`: years from a reference year to its publication."""

    first: int
    last: int | None = None
    step: int = 1
    lag: int = 1

    def years(self, this_year: int) -> list[int]:
        """The years that should be out, oldest first."""
        newest = this_year - self.lag
        return list(range(self.first, (newest if self.last is None else min(self.last, newest)) + 1, self.step))


@dataclass(frozen=True)
class PullSource:
    """One thing that a publisher offers, and how it is asked for.

    index, metrics    what it delivers: results of an index, or the metric source of that code; exactly one is set
    kind              how close to the publisher: travels with the figures
    options           of the connector, as its part of the JSON Schema says
    layout            what is known of the tables that come, as its part of the JSON Schema says
    hosts             the only ones that are asked or followed to; without a port: 80 and 443
    pause_seconds     between two requests to a host
    max_bytes         of one answer, unpacked
    status            "documented": others describe it so; "unconfirmed": a pattern that nobody was seen to use
    """

    code: str
    title: str
    publisher: str
    publisher_code: str
    index: str | None
    metrics: str | None
    kind: str
    connector: str
    options: Mapping[str, Any]
    layout: Mapping[str, Any]
    editions: Editions | None
    hosts: tuple[str, ...]
    pause_seconds: float
    max_bytes: int
    terms: str
    status: str
    notes: str | None
    seen_on: str | None
    path: Path

    @property
    def by_hand(self) -> bool:
        """Nothing can be pulled: somebody asks for the file and drops it into the inbox."""
        return self.connector == "drop"

    def partitions(self, this_year: int) -> list[str]:
        """The editions that should be out, oldest first, or ["all"] where every answer holds all there is."""
        return [str(year) for year in self.editions.years(this_year)] if self.editions else [NO_EDITION]


def load_sources(shelves: tuple[Shelf, ...]) -> tuple[dict[str, PullSource], list[Fault]]:
    """The sources by code, and what is wrong with the files that cannot be used.

    A source of the installation's own shelf replaces the one of the same code that ships.
    """
    sources: dict[str, PullSource] = {}
    faults: list[Fault] = []
    for shelf in shelves:
        for path in sorted((shelf.catalog / SOURCES).glob("*.yaml")):
            try:
                sources[path.stem] = _source(read_document(path, "source"), path)
            except EditionFault as error:
                faults.extend(error.faults)
                # a broken replacement must not leave the replaced one in force
                sources.pop(path.stem, None)
    return dict(sorted(sources.items())), faults


def slugs(options: Mapping[str, Any]) -> list[str]:
    """The parts of a family of pages: as listed, or made of the names in a reference table that ships.

    The rule: the column's text in lower case, every run of other signs than a-z and 0-9 as one hyphen; `except` gives
    the slugs of names that the publisher writes otherwise.
    """
    declared = options.get("slugs")
    if not declared:
        return []
    if isinstance(declared, list):
        return list(declared)
    with (PACKAGE_ROOT / "archive" / declared["table"]).open(encoding="utf-8", newline="") as file:
        names = [row[declared["column"]] for row in csv.DictReader(file)]
    other = declared.get("except", {})
    return [other.get(name) or re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") for name in names]


def _source(doc: dict[str, Any], path: Path) -> PullSource:
    if doc["source"] != path.stem:
        raise EditionFault([Fault("catalog_invalid", path.name, text=f"name the file {doc['source']}.yaml")])
    editions = doc.get("editions")
    return PullSource(
        code=doc["source"],
        title=doc["title"],
        publisher=doc["publisher"],
        publisher_code=doc["publisher_code"],
        index=doc["delivers"].get("index"),
        metrics=doc["delivers"].get("metrics"),
        kind=doc["kind"],
        connector=doc["connector"],
        options=doc[doc["connector"]],
        layout=doc.get("layout", {}),
        editions=Editions(**editions) if editions else None,
        hosts=tuple(doc.get("hosts", ())),
        pause_seconds=float(doc.get("pause_seconds", 2)),
        max_bytes=doc.get("max_bytes", 50_000_000),
        terms=doc["terms"],
        status=doc["status"],
        notes=doc.get("notes"),
        seen_on=str(doc["seen_on"]) if doc.get("seen_on") else None,
        path=path,
    )
