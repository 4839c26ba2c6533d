"""Bring the raw layer up to date with the catalog: read what changed, stop what is faulty, leave the rest alone."""

import hashlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from ingest import raw
from ingest.archive import read_archived
from ingest.catalog import Catalog, Edition, MetricSource, Table
from ingest.catalog_reader import load_catalog
from ingest.faults import EditionFault, Fault
from ingest.metric_reader import read_metrics
from ingest.reader import read_edition
from ingest.reference import write_reference
from ingest.report import Loaded, LoadReport
from ingest.settings import PACKAGE_ROOT, Settings
from ingest.territory import FOLDER, Gazetteer, gazetteer
from ingest.text import tidy


def load_all(settings: Settings, progress: Callable[[str], None] = lambda message: None) -> LoadReport:
    """Read every edition and metric source whose file, description or reader changed since it was last read.

    One that is faulty stops alone: its last good raw file, where there is one, stays. Files of editions that left the
    catalog, or whose publisher is excluded, are removed. Writes the catalog and the reference lists beside them.
    """
    catalog = load_catalog(settings.shelves)
    places = gazetteer()
    report = LoadReport(catalog, other_faults=list(catalog.faults))
    for edition in catalog.editions:
        loaded = load_edition(edition, catalog, places, settings)
        if loaded.changed or loaded.faults:
            progress(f"{edition.index} {edition.key}: {loaded.status}, {loaded.cells} cells")
        report.editions.append(loaded)
    for source in catalog.metric_sources:
        loaded = load_metric_source(source, places, settings)
        if loaded.changed or loaded.faults:
            progress(f"metrics {source.code}: {loaded.status}, {loaded.cells} cells")
        report.metrics.append(loaded)
    report.other_faults.extend(_unclaimed(catalog))
    kept = {loaded.path for loaded in (*report.editions, *report.metrics) if loaded.status != "excluded"}
    for folder in ("index_result", "provincial_metric"):
        for path in sorted((settings.raw / folder).rglob("*.parquet")):
            if path not in kept:
                path.unlink()
    write_reference(settings.raw, report, places)
    return report


def load_edition(edition: Edition, catalog: Catalog, places: Gazetteer, settings: Settings) -> Loaded:
    """Read one edition into its raw Parquet file unless that file was made from the same things already."""
    path = settings.raw / "index_result" / edition.index / f"{edition.key}.parquet"
    index = catalog.indices[edition.index]
    if index.publisher_code in settings.excluded_publishers:
        return Loaded(edition.index, edition.key, "excluded", path.exists(), 0, 0, 0, path, edition)
    made_from = _fingerprint(
        [edition.path, edition.shelf.catalog / edition.index.lower() / "index.yaml"],
        [edition.shelf.archive / table.file for table in edition.tables],
    )
    if raw.fingerprint_of(path) == made_from:
        return _counted(path, edition, places, changed=False)
    try:
        cells, _ = read_edition(edition, catalog, places)
    except EditionFault as error:
        return _stopped(error, path, edition.index, edition.key, edition)
    own = {
        "index_code": edition.index,
        "edition_year": edition.year,
        "basis": edition.basis,
        "vintage": edition.vintage,
    }
    changed = raw.write(path, raw.INDEX_RESULT, ({**own, **vars(cell), **_locator(cell)} for cell in cells), made_from)
    return _counted(path, edition, places, changed)


def load_metric_source(source: MetricSource, places: Gazetteer, settings: Settings) -> Loaded:
    """Read one metric file into its raw Parquet file unless that file was made from the same things already."""
    path = settings.raw / "provincial_metric" / f"{source.code}.parquet"
    made_from = _fingerprint([source.path], [source.shelf.archive / source.file])
    changed = False
    if raw.fingerprint_of(path) != made_from:
        try:
            cells = read_metrics(source, places)
        except EditionFault as error:
            return _stopped(error, path, "", source.code, None)
        changed = raw.write(path, raw.PROVINCIAL_METRIC, ({**vars(c), **_locator(c)} for c in cells), made_from)
    rows = pq.read_metadata(path).num_rows
    return Loaded("", source.code, "loaded", changed, rows, rows, 0, path, None)


def _locator(cell: Any) -> dict[str, str]:
    return {"source_locator": f"{cell.source_file}#R{cell.source_row}C{cell.source_column}"}


def _stopped(error: EditionFault, path: Path, index: str, key: str, edition: Edition | None) -> Loaded:
    faults = tuple(error.faults)
    if not path.exists():
        return Loaded(index, key, "stopped", False, 0, 0, 0, path, edition, faults)
    table = pq.read_table(path, columns=["source_row"])
    return Loaded(index, key, "last_good_kept", False, 0, table.num_rows, 0, path, edition, faults)


def _counted(path: Path, edition: Edition, places: Gazetteer, changed: bool) -> Loaded:
    table = pq.read_table(path, columns=["source_file", "source_row", "territory_code"])
    rows = len(set(zip(table["source_file"].to_pylist(), table["source_row"].to_pylist(), strict=True)))
    codes = set(table["territory_code"].to_pylist())
    units = sum(edition.basis in places.territories[code].lists for code in codes)
    return Loaded(edition.index, edition.key, "loaded", changed, rows, table.num_rows, units, path, edition)


def _fingerprint(texts: list[Path], files: list[Path]) -> str:
    digest = hashlib.sha256(_reader_fingerprint().encode())
    for path in (*texts, *files):
        digest.update(path.read_bytes() if path.is_file() else b"missing")
    return digest.hexdigest()


@cache
def _reader_fingerprint() -> str:
    """What every reading depends on beside its own files: the readers' code and the shared words and places."""
    digest = hashlib.sha256()
    shared = [PACKAGE_ROOT / "catalog" / "common.yaml", *sorted(FOLDER.glob("*.csv"))]
    reference = sorted((PACKAGE_ROOT / "archive" / "reference").glob("province*.csv"))
    for path in (*sorted(PACKAGE_ROOT.glob("*.py")), *shared, *reference):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _unclaimed(catalog: Catalog) -> Iterator[tuple[str | None, Fault]]:
    """Rows of a file that editions share and none of them claims: figures that would be lost in silence."""
    claims: dict[str, list[tuple[Edition, Table]]] = {}
    for edition in catalog.editions:
        for table in edition.tables:
            claims.setdefault(table.file, []).append((edition, table))
    for file, tables in claims.items():
        if not any(table.where for _, table in tables):
            continue
        edition, first = tables[0]
        try:
            printed = read_archived(edition.shelf, file, first.sha256, first.encoding)
        except EditionFault:
            continue  # the editions that claim the file carry this fault themselves
        for cells, line in zip(printed.rows, printed.lines, strict=True):
            row = dict(zip(printed.header, map(tidy, cells), strict=True))
            if not any(all(row.get(h) == v for h, v in table.where.items()) for _, table in tables):
                owner = edition.index if len({one.index for one, _ in tables}) == 1 else None
                yield owner, Fault("row_unclaimed", file, line, text=" | ".join(cells[:3]))
