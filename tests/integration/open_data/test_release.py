"""The switch: by the publishers' terms, by the setting, and a misspelt setting lets nothing out."""

import re

import duckdb
import pyarrow.parquet as pq
import pytest
import yaml

from ingest.settings import Settings, SettingsError
from orchestration.bi.open_data.offered import read_offer
from orchestration.bi.open_data.package import Package
from orchestration.bi.release import released_indices, withheld_metrics
from tests.conftest import ROOT
from tests.integration.open_data.conftest import MakeSettings


def test_every_index_that_ships_says_whether_it_may_be_passed_on() -> None:
    described = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in ROOT.glob("ingest/catalog/*/index.yaml")]
    assert len(described) > 10
    assert {index["code"] for index in described if "passing_on" not in index} == set()
    asks = {index["code"] for index in described if "not repackaged without permission" in index["terms"]}
    assert asks == {index["code"] for index in described if index["passing_on"] == "ask"}


def test_by_default_what_may_be_passed_on_leaves(bi: duckdb.DuckDBPyConnection, settings_of: MakeSettings) -> None:
    everything = {code for (code,) in bi.execute("select index_code from marts.dim_index").fetchall()}
    assert everything - released_indices(bi, settings_of()) == {"PCI", "PGI", "PAPI"}
    assert {start for _, start in withheld_metrics(bi, settings_of())} == {"pci_", "papi_"}


def test_the_setting_takes_the_place_of_the_terms(bi: duckdb.DuckDBPyConnection, settings_of: MakeSettings) -> None:
    chosen = settings_of(CHISO_RELEASE_PUBLISHERS=" vcci , MOST ")
    assert released_indices(bi, chosen) == {"PCI", "PGI", "DTI", "PII"}
    starts = {start for _, start in withheld_metrics(bi, chosen)}
    assert "papi_" in starts
    assert "sipas_" in starts
    assert "pci_" not in starts


def test_an_unknown_publisher_is_refused(bi: duckdb.DuckDBPyConnection, settings_of: MakeSettings) -> None:
    for asked in (released_indices, withheld_metrics):
        with pytest.raises(SettingsError, match=r"CHISO_RELEASE_PUBLISHERS names VCI; known are .*VCCI"):
            asked(bi, settings_of(CHISO_RELEASE_PUBLISHERS="VCI,MOST"))


def test_an_empty_setting_is_refused() -> None:
    with pytest.raises(SettingsError, match="CHISO_RELEASE_PUBLISHERS is empty"):
        Settings.from_env({"CHISO_RELEASE_PUBLISHERS": " , "})


def test_the_setting_brings_rows_back(bi: duckdb.DuckDBPyConnection, settings_of: MakeSettings) -> None:
    """A test that nothing leaks is worth something only if there is something to leak."""
    offer = read_offer(bi, settings_of(CHISO_RELEASE_PUBLISHERS="VCCI"))
    tables = {one.table.full_name: one for one in offer.tables}
    assert "wide.pci" in tables
    assert set(tables["marts.fct_index_result"].rows(bi)["index_code"].to_pylist()) == {"PCI", "PGI"}
    metrics = set(tables["marts.fct_provincial_metric"].rows(bi)["metric_code"].to_pylist())
    assert {"pci_rank", "pci_score"} <= metrics
    assert not any(metric.startswith("papi_") for metric in metrics)


def test_nothing_of_a_withheld_index_is_in_the_package(package: Package) -> None:
    """Neither rows by its code, nor the code or a name of its component as a cell, nor metrics that carry it."""
    said = re.compile(r"\b(PCI|PAPI|PGI|VCCI|CECODES)\b|^(pci|papi|pgi)_")
    found = {}
    for path in (package.folder / "parquet").glob("*.parquet"):
        table = pq.read_table(path)
        for name in table.column_names:
            texts = {cell for cell in table[name].unique().to_pylist() if isinstance(cell, str) and said.search(cell)}
            if texts:
                found[f"{path.stem}.{name}"] = texts
    assert set(package.withheld) == {"PCI", "PGI", "PAPI"}
    # who is named as the publisher of a page that another index was read from; no figure
    assert list(found) == ["marts.edition_source.notes"]
    assert all(text.startswith("publisher of the PCI reprinting") for text in found["marts.edition_source.notes"])


def test_what_is_not_listed_stays(package: Package, bi: duckdb.DuckDBPyConnection) -> None:
    inside = {"rpt_finding", "rpt_check", "rpt_agency_scorecard", "rpt_target_progress", "rpt_reporting_deadline"}
    tables = {name for (name,) in bi.execute("select table_name from duckdb_tables()").fetchall()}
    assert inside <= tables
    assert not inside & {name.split(".")[1] for name in package.rows}
    columns = {name for path in (package.folder / "parquet").iterdir() for name in pq.read_schema(path).names}
    assert not {"lead_agency_vi", "legal_basis"} & columns


def test_a_figure_without_a_public_address_stays(package: Package, bi: duckdb.DuckDBPyConnection) -> None:
    hidden = "select count(*) from marts.fct_provincial_metric where source_url like '%.txt'"
    assert bi.execute(hidden).fetchone() != (0,)
    metrics = pq.read_table(package.folder / "parquet/marts.fct_provincial_metric.parquet")
    assert metrics.num_rows > 2_000
    assert not [url for url in metrics["source_url"].unique().to_pylist() if url.endswith(".txt")]
