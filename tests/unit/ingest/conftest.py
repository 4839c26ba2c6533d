"""A small catalog and archive in a temporary folder: synthetic figures, real readers."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ingest.catalog import Catalog
from ingest.catalog_reader import load_catalog
from ingest.faults import Fault
from ingest.reader import Cell, read_edition
from ingest.settings import Shelf
from ingest.territory import gazetteer

INDEX: dict[str, Any] = {
    "code": "SYNTHETIC",
    "level": "provincial",
    "name_vi": "Chỉ số thử",
    "name_en": "Synthetic index",
    "publisher": "Nobody",
    "publisher_code": "NOBODY",
    "scale": [0, 100],
    "publishes_rank": False,
    "citation": "synthetic",
    "terms": "synthetic",
    "components": [
        {
            "code": "total",
            "kind": "total",
            "name_vi": "Tổng",
            "name_en": "Total",
            "headers": {"score": ["Tổng {edition}"]},
        },
        {
            "code": "first",
            "parent": "total",
            "kind": "sub_index",
            "name_vi": "Thứ nhất",
            "name_en": "First",
            "headers": {"score": ["Thứ nhất", "Một"]},
        },
    ],
    "methodology": [{"component": "total", "from": 2020, "aggregation": "sum", "weights": {"first": 1}}],
}
SOURCE = {"kind": "official", "publisher": "Nobody", "title": "synthetic", "url": "https://example.test/table"}


class Workbench:
    """Writes an index, an edition and its file, and reads them back."""

    def __init__(self, folder: Path) -> None:
        self.shelf = Shelf(folder / "catalog", folder / "archive")
        self.index: dict[str, Any] = {**INDEX}
        self.edition: dict[str, Any] = {"coverage": "complete"}
        self.table: dict[str, Any] = {}

    def write(self, text: str, encoding: str = "utf-8") -> None:
        data = text.encode(encoding)
        code = self.index["code"].lower()
        (self.shelf.archive / code).mkdir(parents=True, exist_ok=True)
        (self.shelf.archive / code / "table.csv").write_bytes(data)
        folder = self.shelf.catalog / code
        (folder / "editions").mkdir(parents=True, exist_ok=True)
        (folder / "index.yaml").write_text(yaml.safe_dump(self.index), encoding="utf-8")
        table = {
            "file": f"{code}/table.csv",
            "sha256": hashlib.sha256(data).hexdigest(),
            "rows": 1,
            "sources": [SOURCE],
            **self.table,
        }
        edition = {
            "index": self.index["code"],
            "edition": 2020,
            "basis": "63",
            "title": "synthetic",
            **self.edition,
            "tables": [table],
        }
        key = f"{edition['edition']}_{edition['basis']}"
        (folder / "editions" / f"{key}.yaml").write_text(yaml.safe_dump(edition), encoding="utf-8")

    def catalog(self) -> Catalog:
        return load_catalog((self.shelf,))

    def read(self, text: str, encoding: str = "utf-8") -> list[Cell]:
        self.write(text, encoding)
        catalog = self.catalog()
        assert catalog.faults == [], [str(fault) for _, fault in catalog.faults]
        return read_edition(catalog.editions[0], catalog, gazetteer())


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return Workbench(tmp_path)


@pytest.fixture
def faults_of(bench: Workbench) -> Callable[..., list[Fault]]:
    """The faults that stop a table; fails when it is read after all."""
    from ingest.faults import EditionFault

    def read(text: str, encoding: str = "utf-8") -> list[Fault]:
        with pytest.raises(EditionFault) as stopped:
            bench.read(text, encoding)
        return stopped.value.faults

    return read
