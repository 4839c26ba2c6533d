"""Bring the raw layer up to date with the catalog: read what changed, stop what is faulty, leave the rest alone."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from ingest import raw
from ingest.accepted import Withheld, put_back
from ingest.archive import open_table
from ingest.catalog import Catalog, Edition, EditionId, Table
from ingest.catalog_reader import load_catalog
from ingest.faults import EditionFault, Fault
from ingest.fingerprint import fingerprint
from ingest.load_metrics import load_deliveries
from ingest.period import parse_published_on
from ingest.quarantine import held
from ingest.reader import Cell, read_edition
from ingest.reference import write_reference
from ingest.report import Loaded, LoadReport
from ingest.settings import Settings, SettingsError
from ingest.territory import Gazetteer, gazetteer
from ingest.text import header_key, tidy
from ingest.working_calendar import write_calendar


class CatalogError(Exception):
    """An index's own description cannot be read: nothing is loaded, because all its editions would be withdrawn."""


def load_all(
    settings: Settings,
    progress: Callable[[str], None] = lambda message: None,
    withheld: Mapping[EditionId, Withheld] | None = None,
) -> LoadReport:
    """Read every edition and metric delivery whose file, description or reader changed since it was last read.

    One that is faulty stops alone: its last good figures, where there are any, stay with the description that belongs
    to them; so do those of one that is `withheld`, and where it has none, its raw file goes. Files of editions that
    left the catalog, or whose publisher is excluded, are removed. Writes the catalog and the reference lists beside
    them. Raises CatalogError, and SettingsError for a publisher that nobody knows.
    """
    catalog = load_catalog(settings.shelves)
    if catalog.unreadable_indices:
        raise CatalogError("; ".join(str(fault) for fault in catalog.unreadable_indices))
    _check_publishers(catalog, settings)
    places = gazetteer()
    report = LoadReport(catalog, other_faults=list(catalog.faults))
    for edition in catalog.editions:
        report.editions.append(_told(load_edition(edition, catalog, places, settings), progress))
    for index, key in catalog.unreadable:
        path = _raw_path(settings, index, key)
        if path.exists():
            report.editions.append(Loaded(index, key, "last_good_kept", False, path, _described_in(path), None))
    report.editions = [_withhold(one, withheld or {}, settings) for one in report.editions]
    report.metrics = load_deliveries(catalog, places, settings)
    report.other_faults.extend(_unclaimed(catalog))
    report.other_faults.extend((one.subject.get("index"), one.fault()) for one in held(settings.quarantine))
    kept = {loaded.path for loaded in report.editions if loaded.status != "excluded"}
    kept |= {loaded.path for loaded in report.metrics}
    for folder in ("index_result", "provincial_metric"):
        for path in sorted((settings.raw / folder).rglob("*.parquet")):
            if path not in kept:
                path.unlink()
    write_reference(settings.raw, report, places)
    write_calendar(settings.raw, settings.as_of)
    return report


def load_edition(edition: Edition, catalog: Catalog, places: Gazetteer, settings: Settings) -> Loaded:
    """Read one edition into its raw Parquet file unless that file was made from the same things already."""
    path = _raw_path(settings, edition.index, edition.key)
    index = catalog.indices[edition.index]
    if index.publisher_code in settings.excluded_publishers:
        return Loaded(edition.index, edition.key, "excluded", path.exists(), path, _described(edition, [], 0), edition)
    made_from = fingerprint(
        [edition.path, index.path], [edition.shelf.archive / table.file for table in edition.tables]
    )
    if raw.fingerprint_of(path) == made_from:
        return Loaded(edition.index, edition.key, "loaded", False, path, _described_in(path), edition)
    try:
        cells = read_edition(edition, catalog, places)
    except EditionFault as error:
        last_good = put_back(settings, path) or path.exists()
        status = "last_good_kept" if last_good else "stopped"
        described = _described_in(path) if last_good else _described(edition, [], 0)
        return Loaded(edition.index, edition.key, status, False, path, described, edition, tuple(error.faults))
    codes = {cell.territory_code for cell in cells}
    described = _described(edition, cells, sum(edition.basis in places.territories[code].lists for code in codes))
    own = {name: described[name] for name in ("index_code", "edition_year", "basis", "vintage")}
    rows = ({**own, **vars(cell)} for cell in cells)
    changed = raw.write(path, raw.INDEX_RESULT, rows, made_from, json.dumps(described, default=str))
    return Loaded(edition.index, edition.key, "loaded", changed, path, described, edition)


def _withhold(loaded: Loaded, withheld: Mapping[EditionId, Withheld], settings: Settings) -> Loaded:
    """The edition with the figures accepted last, or with none, when its own are withheld; else as it is."""
    why, described = withheld.get(loaded.id), loaded.described
    if why is None:
        return loaded
    if why.last_good_stands_in and put_back(settings, loaded.path):
        status, code, described = "last_good_kept", "withheld_last_good_kept", _described_in(loaded.path)
    else:
        loaded.path.unlink(missing_ok=True)
        status, code = "withheld", "withheld"
        described = {**described, "rows_loaded": 0, "territories_published": 0, "cells_loaded": 0}
    fault = Fault(code, loaded.described["source_file"], why=why.why)
    return replace(loaded, status=status, described=described, faults=(*loaded.faults, fault))


def _check_publishers(catalog: Catalog, settings: Settings) -> None:
    known = {index.publisher_code for index in catalog.indices.values()}
    known |= {publisher for source in catalog.metric_sources.values() for publisher in source.publishers.values()}
    named = {
        "CHISO_EXCLUDE_PUBLISHERS": settings.excluded_publishers,
        "CHISO_RELEASE_PUBLISHERS": settings.released_publishers or frozenset(),
    }
    for setting, codes in named.items():
        if unknown := codes - known:
            raise SettingsError(f"{setting} names {', '.join(sorted(unknown))}; known are {', '.join(sorted(known))}")


def _told(loaded: Loaded, progress: Callable[[str], None]) -> Loaded:
    if loaded.changed or loaded.faults:
        progress(f"{loaded.index} {loaded.key}: {loaded.status}, {loaded.cells} cells")
    return loaded


def _raw_path(settings: Settings, index: str, key: str) -> Path:
    return settings.raw / "index_result" / index / f"{key}.parquet"


def _described(edition: Edition, cells: list[Cell], units: int) -> dict[str, Any]:
    """The edition's row of raw.EDITION but for its status; `units` counts territories of its list with a figure."""
    published_on, precision = parse_published_on(edition.published_on)
    table = edition.tables[0]
    source = table.sources[0]
    return {
        "index_code": edition.index,
        "edition_year": edition.year,
        "basis": edition.basis,
        "vintage": edition.vintage,
        "title": edition.title,
        "published_on": published_on,
        "published_on_precision": precision,
        "accessed_on": edition.accessed_on,
        "coverage": edition.coverage,
        "territories_expected": edition.territories_expected,
        "rows_declared": sum(table.rows for table in edition.tables),
        "rows_loaded": len({(cell.source_file, cell.source_row) for cell in cells}),
        "territories_published": units,
        "cells_loaded": len(cells),
        "source_file": table.file,
        "source_sha256": table.sha256,
        "source_url": source.url,
        "source_kind": source.kind,
        "publisher": source.publisher,
        "notes": edition.notes,
    }


def _described_in(path: Path) -> dict[str, Any]:
    """The description that was recorded with the figures of a raw file."""
    described: dict[str, Any] = json.loads(raw.about(path))
    for name in ("published_on", "accessed_on"):
        described[name] = date.fromisoformat(described[name]) if described[name] else None
    return described


def _unclaimed(catalog: Catalog) -> Iterator[tuple[str | None, Fault]]:
    """Rows of a file that editions share and none of them claims: figures that would be lost in silence."""
    claims: dict[str, list[tuple[Edition, Table]]] = {}
    for edition in catalog.editions:
        for table in edition.tables:
            claims.setdefault(table.file, []).append((edition, table))
    for file, tables in claims.items():
        # a pulled answer holds every year there is, and each one was offered when it came
        if any(table.name for _, table in tables) or not any(table.where for _, table in tables):
            continue
        edition, first = tables[0]
        try:
            printed = open_table(edition.shelf, first)
        except EditionFault:
            continue  # the editions that claim the file carry this fault themselves
        for line, cells in printed.rows:
            row = dict(zip(map(header_key, printed.header), map(tidy, cells), strict=True))
            if not any(all(row.get(header_key(h)) == v for h, v in table.where.items()) for _, table in tables):
                owner = edition.index if len({one.index for one, _ in tables}) == 1 else None
                yield owner, Fault("row_unclaimed", file, line, text=" | ".join(cells[:3]))
