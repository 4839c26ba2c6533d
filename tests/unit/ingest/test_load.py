"""Bringing raw up to date: a fault stops its edition alone, nothing is lost, nothing is read twice."""

from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import ingest.load
from ingest.catalog_reader import load_catalog
from ingest.load import CatalogError, load_all
from ingest.metric_reader import read_delivery
from ingest.settings import Settings, SettingsError, Shelf
from ingest.territory import gazetteer
from tests.unit.ingest.conftest import Workbench
from tests.unit.ingest.test_reader import GOOD


@pytest.fixture
def settings(bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(Settings, "shelves", property(lambda self: (bench.shelf,)))
    return Settings.from_env({"CHISO_HOME": str(tmp_path / "home"), "CHISO_AS_OF": "2026-11-22"})


def test_what_did_not_change_is_not_read_again(bench: Workbench, settings: Settings) -> None:
    bench.write(GOOD)
    assert [one.changed for one in load_all(settings).editions] == [True]
    assert [one.changed for one in load_all(settings).editions] == [False]
    bench.write(GOOD.replace("4.25", "4.26"))
    assert [one.changed for one in load_all(settings).editions] == [True]


def test_a_faulty_edition_keeps_its_last_good_figures_and_says_so(bench: Workbench, settings: Settings) -> None:
    bench.write(GOOD)
    [good] = load_all(settings).editions
    before = good.path.read_bytes()
    bench.write(GOOD.replace("4.25", "?"))
    report = load_all(settings)
    assert [one.status for one in report.editions] == ["last_good_kept"]
    assert good.path.read_bytes() == before
    [fault] = pq.read_table(settings.raw / "catalog" / "ingest_fault.parquet").to_pylist()
    assert (fault["index_code"], fault["edition_year"], fault["fault_code"], fault["row"]) == (
        "SYNTHETIC",
        2020,
        "number_unreadable",
        3,
    )


def test_a_faulty_edition_does_not_stop_the_others(bench: Workbench, settings: Settings) -> None:
    bench.write(GOOD)
    bench.index = {**bench.index, "code": "OTHER"}
    bench.write(GOOD.replace("Hà Nội", "Atlantis"))
    assert {one.index: one.status for one in load_all(settings).editions} == {"SYNTHETIC": "loaded", "OTHER": "stopped"}


@pytest.mark.parametrize(
    ("text", "says"),
    [("index: [", "catalog_invalid"), ("index: SYNTHETIC\nedition: twenty\n", "catalog_invalid")],
)
def test_a_description_that_is_not_valid_is_a_fault_of_its_own(
    bench: Workbench, settings: Settings, text: str, says: str
) -> None:
    bench.write(GOOD)
    (bench.shelf.catalog / "synthetic" / "editions" / "2021_63.yaml").write_text(text, encoding="utf-8")
    report = load_all(settings)
    assert [one.status for one in report.editions] == ["loaded"]
    assert [(index, fault.code) for index, fault in report.faults] == [("SYNTHETIC", says)]


def test_an_excluded_publisher_leaves_nothing_behind(bench: Workbench, settings: Settings) -> None:
    bench.write(GOOD)
    [loaded] = load_all(settings).editions
    assert loaded.path.exists()
    report = load_all(replace(settings, excluded_publishers=frozenset({"NOBODY"})))
    assert [one.status for one in report.editions] == ["excluded"]
    assert not loaded.path.exists()


def test_a_row_of_a_shared_file_that_no_edition_claims_is_a_fault(bench: Workbench, settings: Settings) -> None:
    bench.table |= {"where": {"year": 2020}, "roles": {}}
    bench.write("year,Tỉnh,Tổng 2020,Thứ nhất\n2020,Hà Nội,1,2\n2019,Hà Nội,3,4\n")
    assert [(fault.code, fault.row) for _, fault in load_all(settings).faults] == [("row_unclaimed", 3)]


def test_a_kill_between_writing_and_swapping_leaves_the_old_file(
    bench: Workbench, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.write(GOOD)
    [good] = load_all(settings).editions
    before = good.path.read_bytes()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    bench.write(GOOD.replace("4.25", "4.26"))
    with monkeypatch.context() as patched:
        patched.setattr(ingest.raw.os, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            load_all(settings)
    assert good.path.read_bytes() == before
    assert [one.changed for one in load_all(settings).editions] == [True]
    assert not list(settings.raw.rglob(".*"))


def test_the_shelf_of_the_installation_adds_to_the_one_that_ships() -> None:
    shelves = Settings.from_env({"CHISO_HOME": "/somewhere"}).shelves
    assert shelves[-1] == Shelf(Path("/somewhere/catalog"), Path("/somewhere/archive"))


@pytest.mark.parametrize(
    "slip",
    [("coverage: complete", "coverage: compleet"), ("title: synthetic", "title: synthetic\npublished_on: 2022-02-31")],
)
def test_a_slip_in_a_description_withdraws_nothing(bench: Workbench, settings: Settings, slip: tuple[str, str]) -> None:
    bench.write(GOOD)
    [good] = load_all(settings).editions
    before = good.path.read_bytes()
    described = bench.shelf.catalog / "synthetic" / "editions" / "2020_63.yaml"
    described.write_text(described.read_text(encoding="utf-8").replace(*slip), encoding="utf-8")
    report = load_all(settings)
    assert [fault.code for _, fault in report.faults] == ["catalog_invalid"]
    assert good.path.read_bytes() == before
    [row] = pq.read_table(settings.raw / "catalog" / "edition.parquet").to_pylist()
    assert (row["load_status"], row["is_current"], row["rows_loaded"]) == ("last_good_kept", True, 2)


def test_the_last_good_figures_keep_the_description_that_belongs_to_them(bench: Workbench, settings: Settings) -> None:
    bench.write(GOOD)
    [good] = load_all(settings).editions
    bench.edition["title"] = "another"
    bench.write(GOOD.replace("4.25", "?"))
    load_all(settings)
    [row] = pq.read_table(settings.raw / "catalog" / "edition.parquet").to_pylist()
    assert row["title"] == "synthetic"
    assert row["source_sha256"] == good.described["source_sha256"]


@pytest.mark.parametrize("slip", [("level: provincial", "level: municipal"), ("first: 1", "first: 1/0")])
def test_an_unreadable_index_stops_everything_and_touches_nothing(
    bench: Workbench, settings: Settings, slip: tuple[str, str]
) -> None:
    bench.write(GOOD)
    [good] = load_all(settings).editions
    described = bench.shelf.catalog / "synthetic" / "index.yaml"
    described.write_text(described.read_text(encoding="utf-8").replace(*slip), encoding="utf-8")
    with pytest.raises(CatalogError, match=r"synthetic/index\.yaml"):
        load_all(settings)
    assert good.path.exists()


def test_a_publisher_that_nobody_knows_cannot_be_excluded(bench: Workbench, settings: Settings) -> None:
    bench.write(GOOD)
    with pytest.raises(SettingsError, match="NOBDY; known are NOBODY"):
        load_all(replace(settings, excluded_publishers=frozenset({"NOBDY"})))


def test_a_declaration_that_no_column_answers_to_is_a_fault(bench: Workbench, settings: Settings) -> None:
    bench.table["not_captured"] = ["Thứ nhât"]
    bench.write(GOOD)
    [stopped] = load_all(settings).editions
    assert [(fault.code, fault.text) for fault in stopped.faults] == [("header_missing", "thứ nhât")]


def test_the_figures_of_an_excluded_publisher_leave_the_metrics_too(tmp_path: Path) -> None:
    """On the shipped metrics: figures that repeat an index go with its publisher, the others stay."""
    shipped = Settings.from_env({"CHISO_HOME": str(tmp_path)})
    catalog = load_catalog(shipped.shelves)
    [delivery] = [one for one in catalog.deliveries if catalog.metric_sources[one.source].publishers]
    source = catalog.metric_sources[delivery.source]
    start, publisher = next(iter(source.publishers.items()))
    everything = {cell.metric_code for cell in read_delivery(source, delivery, gazetteer(), frozenset())}
    left = {cell.metric_code for cell in read_delivery(source, delivery, gazetteer(), frozenset({publisher}))}
    assert everything - left == {code for code in everything if code.startswith(start)} != set()
