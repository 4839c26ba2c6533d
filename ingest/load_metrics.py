"""Bring the raw figures of metrics up to date: one file a delivery, read anew when anything behind it changed."""

from pathlib import Path

import pyarrow.parquet as pq

from ingest import raw
from ingest.catalog import Catalog
from ingest.faults import EditionFault
from ingest.fingerprint import fingerprint
from ingest.metric_catalog import Delivery
from ingest.metric_reader import read_delivery
from ingest.report import LoadedMetrics
from ingest.settings import Settings
from ingest.territory import Gazetteer


def load_deliveries(catalog: Catalog, places: Gazetteer, settings: Settings) -> list[LoadedMetrics]:
    """Read every delivery that changed; one that is faulty, or whose description is, keeps the figures read last."""
    loaded = [load_delivery(delivery, catalog, places, settings) for delivery in catalog.deliveries]
    for source, key in catalog.unreadable_deliveries:
        path = _raw_path(settings, source, key)
        if path.exists():
            loaded.append(LoadedMetrics(source, key, "last_good_kept", False, path, _figures_in(path)))
    return loaded


def load_delivery(delivery: Delivery, catalog: Catalog, places: Gazetteer, settings: Settings) -> LoadedMetrics:
    """Read one delivery into its raw Parquet file unless that file was made from the same things already."""
    path = _raw_path(settings, delivery.source, delivery.key)
    source = catalog.metric_sources[delivery.source]
    excluded = settings.excluded_publishers & set(source.publishers.values())
    made_from = fingerprint(
        [source.path, delivery.path], [delivery.shelf.archive / delivery.file], " ".join(sorted(excluded))
    )
    changed = False
    if raw.fingerprint_of(path) != made_from:
        try:
            cells = read_delivery(source, delivery, places, excluded)
        except EditionFault as error:
            kept = _figures_in(path) if path.exists() else 0
            status = "last_good_kept" if path.exists() else "stopped"
            return LoadedMetrics(delivery.source, delivery.key, status, False, path, kept, tuple(error.faults))
        changed = raw.write(path, raw.PROVINCIAL_METRIC, map(vars, cells), made_from)
    return LoadedMetrics(delivery.source, delivery.key, "loaded", changed, path, _figures_in(path))


def _raw_path(settings: Settings, source: str, key: str) -> Path:
    return settings.raw / "provincial_metric" / source / f"{key}.parquet"


def _figures_in(path: Path) -> int:
    return int(pq.read_metadata(path).num_rows)
