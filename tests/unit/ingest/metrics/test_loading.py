"""Deliveries from the shelf to raw Parquet: vintages, last good figures, faults. All figures are synthetic."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from ingest.catalog_reader import load_catalog
from ingest.load_metrics import load_deliveries
from ingest.metric_record import on_record
from ingest.report import LoadedMetrics
from ingest.settings import Shelf
from ingest.territory import gazetteer

from .conftest import Desk

JANUARY = [("Tỷ lệ thử", "%", "01/2030", "97,5", ""), ("Điểm thử", "điểm", "01/2030", "50", "")]
RESTATED = [("Tỷ lệ thử", "%", "01/2030", "96,5", ""), ("Điểm thử", "điểm", "01/2030", "50", "")]
FEBRUARY = [("Tỷ lệ thử", "%", "02/2030", "98", ""), ("Tỷ lệ thử", "%", "01/2030", "95", "")]


def loaded(desk: Desk) -> list[LoadedMetrics]:
    return load_deliveries(desk.catalog(), gazetteer(), desk.settings)


def rows_of(one: LoadedMetrics) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = pq.read_table(one.path).to_pylist()
    return rows


def test_one_raw_file_a_delivery_and_vintage(desk: Desk) -> None:
    desk.shelve(JANUARY)
    desk.shelve(RESTATED, "2030-02-09")
    desk.shelve(FEBRUARY, "2030-03-04")
    report = loaded(desk)
    folder = desk.settings.raw / "provincial_metric" / "synthetic_monthly"
    assert [one.path for one in report] == [folder / f"{key}.parquet" for key in ("2030-01", "2030-01_v2", "2030-02")]
    assert [(one.status, one.cells) for one in report] == [("loaded", 2)] * 3
    [first, *_] = rows_of(report[1])
    assert {name: first[name] for name in ("delivery", "vintage", "received_on", "value", "unit")} == {
        "delivery": "2030-01",
        "vintage": 2,
        "received_on": date(2030, 2, 9),
        "value": 96.5,
        "unit": "percent",
    }
    assert [one.changed for one in loaded(desk)] == [False] * 3


def test_the_record_holds_what_is_in_force(desk: Desk) -> None:
    desk.shelve(JANUARY)
    desk.shelve(RESTATED, "2030-02-09")
    desk.shelve(FEBRUARY, "2030-03-04")
    record = on_record(desk.catalog(), gazetteer())
    got = [(cell.period_label, cell.value) for cell in record.actuals("synthetic_rate", "15-2025", "percent")]
    assert got == [("2030-01", 95.0), ("2030-02", 98.0)]


def test_a_faulty_delivery_stops_alone_and_keeps_its_figures(desk: Desk) -> None:
    desk.shelve(JANUARY)
    desk.shelve(FEBRUARY, "2030-03-04")
    loaded(desk)
    delivery = desk.catalog().deliveries[0]
    (desk.shelf.archive / delivery.file).write_bytes(b"other bytes\n")
    first, second = loaded(desk)
    assert (first.status, first.cells) == ("last_good_kept", 2)
    assert [fault.code for fault in first.faults] == ["archive_changed"]
    assert second.status == "loaded"
    first.path.unlink()
    assert [one.status for one in loaded(desk)] == ["stopped", "loaded"]


Slip = Callable[[Path, dict[str, object]], None]


def _misnamed(path: Path, doc: dict[str, object]) -> None:
    path.rename(path.with_name("2030-03.yaml"))


def _without_layout(path: Path, doc: dict[str, object]) -> None:
    path.write_text(yaml.safe_dump(doc | {"source": "nobody"}), encoding="utf-8")


def _bad_date(path: Path, doc: dict[str, object]) -> None:
    path.write_text(yaml.safe_dump(doc | {"received_on": "2030-02-31"}), encoding="utf-8")


def _unknown_field(path: Path, doc: dict[str, object]) -> None:
    path.write_text(yaml.safe_dump(doc | {"sheet": "x"}), encoding="utf-8")


@pytest.mark.parametrize("slip", [_without_layout, _bad_date, _unknown_field, _misnamed])
def test_an_unreadable_description_keeps_what_was_loaded(desk: Desk, slip: Slip) -> None:
    desk.shelve(JANUARY)
    desk.shelve(FEBRUARY, "2030-03-04")
    loaded(desk)
    path = desk.catalog().deliveries[0].path
    slip(path, yaml.safe_load(path.read_text(encoding="utf-8")))
    catalog = desk.catalog()
    [(_, fault)] = catalog.faults
    assert fault.code == "catalog_invalid"
    assert fault.file.startswith("metrics/synthetic_monthly/2030-0")
    statuses = {one.key: one.status for one in loaded(desk)}
    assert statuses["2030-02"] == "loaded"
    assert statuses == {"2030-01": "last_good_kept", "2030-02": "loaded"} or slip is _misnamed


def test_a_home_delivery_may_follow_a_shipped_layout(desk: Desk, tmp_path: Path) -> None:
    desk.shelve(JANUARY)
    shipped = Shelf(tmp_path / "shipped" / "catalog", tmp_path / "shipped" / "archive")
    (shipped.catalog / "metrics").mkdir(parents=True)
    layout = desk.shelf.catalog / "metrics" / "synthetic_monthly.yaml"
    layout.rename(shipped.catalog / "metrics" / "synthetic_monthly.yaml")
    catalog = load_catalog((shipped, desk.shelf))
    assert catalog.faults == []
    assert [one.key for one in catalog.deliveries_of("synthetic_monthly")] == ["2030-01"]


def test_an_accepted_delivery_records_who_and_why(desk: Desk) -> None:
    desk.shelve(JANUARY)
    candidate = desk.shelve([("Tỷ lệ thử", "%", "02/2030", "97,5", ""), ("Điểm thử", "", "02/2030", "50", "")])
    assert candidate.outcome == "held"
    described = desk.shelf.catalog / "metrics" / "synthetic_monthly" / "2030-02.yaml"
    document = yaml.safe_load(described.read_text(encoding="utf-8"))
    assert document["accepted"]["why"] == "synthetic"
    assert [one.status for one in loaded(desk)] == ["loaded", "loaded"]
