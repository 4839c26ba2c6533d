"""A home with a synthetic metric source, its sheets, and the desk that examines them."""

import csv
import hashlib
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import Workbook

from ingest.catalog import Catalog
from ingest.catalog_reader import load_catalog
from ingest.metric_match import first_tables, match
from ingest.metric_sheet import DeliveryCandidate, examine_delivery, shelve_delivery
from ingest.offer import Offer, OfferedFile
from ingest.settings import Settings, Shelf
from ingest.territory import gazetteer

LAYOUT: dict[str, Any] = {
    "source": "synthetic_monthly",
    "title": "Synthetic sheet",
    "every": "month",
    "decimal": ",",
    "columns": {"metric": "Chỉ tiêu", "unit": "Đơn vị", "period": "Tháng", "value": "Giá trị", "note": "Ghi chú"},
    "constants": {"territory": "15-2025", "source_kind": "official"},
    "units": {"%": "percent", "điểm": "points"},
    "metrics": {
        "Tỷ lệ thử": {"code": "synthetic_rate", "unit": "percent", "scale": [0, 100]},
        "Điểm thử": {"code": "synthetic_points", "unit": "points"},
    },
    "period_marks": {"sơ bộ": "preliminary"},
}
HEADER = ("Chỉ tiêu", "Đơn vị", "Tháng", "Giá trị", "Ghi chú")
Row = Sequence[Any]


class Desk:
    """Writes layouts and sheets into a temporary home, and examines and shelves them as the program does."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings.from_env({"CHISO_HOME": str(home)})
        self.shelf: Shelf = self.settings.shelves[-1]
        self.layout: dict[str, Any] = {**LAYOUT}

    def catalog(self) -> Catalog:
        """The synthetic layout and whatever was shelved; what ships is left out, to keep the tests' figures few."""
        folder = self.shelf.catalog / "metrics"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.layout['source']}.yaml"
        path.write_text(yaml.safe_dump(self.layout, allow_unicode=True), encoding="utf-8")
        return load_catalog((self.shelf,))

    def put(self, data: bytes, name: str) -> OfferedFile:
        """Bytes in the archive under their hash, as the store keeps them."""
        sha256 = hashlib.sha256(data).hexdigest()
        file = f"sha256/{sha256[:2]}/{sha256}{Path(name).suffix}"
        path = self.shelf.archive / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return OfferedFile(name, file, sha256)

    def offer(self, data: bytes, name: str, **said: Any) -> Offer:
        return Offer((self.put(data, name),), self.shelf, **said)

    def examine(self, rows: Sequence[Row], received: str = "2030-02-05", header: Row = HEADER) -> DeliveryCandidate:
        """A sheet of these rows, examined as the source that it looks like."""
        catalog = self.catalog()
        offer = self.offer(as_csv([header, *rows]), "bang.csv")
        tables = first_tables(offer.path(offer.files[0]), offer.name, "csv")
        source = match(tables, catalog.metric_sources.values()) or catalog.metric_sources[self.layout["source"]]
        return examine_delivery(offer, source, catalog, gazetteer(), date.fromisoformat(received))

    def shelve(self, rows: Sequence[Row], received: str = "2030-02-05") -> DeliveryCandidate:
        candidate = self.examine(rows, received)
        accepted = {"why": "synthetic", "on": received, "remarks": ["synthetic"]}
        shelve_delivery(candidate, self.shelf, accepted if candidate.outcome == "held" else None)
        return candidate


def as_csv(rows: Sequence[Row]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def as_xlsx(rows: Sequence[Row], path: Path) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path.read_bytes()


def checks(candidate: DeliveryCandidate) -> dict[str, bool]:
    """Check -> whether it holds the sheet."""
    return {remark.check: remark.holds for remark in candidate.remarks}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "home")
