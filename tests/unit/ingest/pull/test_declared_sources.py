"""The sources that ship: each valid, each documented address among them, nothing asked that was not documented."""

import csv
import re
from pathlib import Path

import pytest
import yaml

from ingest.catalog_reader import load_catalog
from ingest.pull.source import SOURCES, Editions, load_sources, slugs
from ingest.settings import PACKAGE_ROOT, Settings, Shelf

SHIPPED = Settings.from_env({}).shelves[:1]
TEXTS = [path.read_text(encoding="utf-8") for path in sorted((PACKAGE_ROOT / "catalog" / SOURCES).glob("*.yaml"))]


def endpoints() -> list[dict[str, str]]:
    with (PACKAGE_ROOT / "archive/reference/open_data_endpoints.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_all_are_valid_and_deliver_to_something_that_exists() -> None:
    sources, faults = load_sources(SHIPPED)
    assert not faults
    assert len(sources) == len(TEXTS)
    indices = load_catalog(SHIPPED).indices
    assert {source.index for source in sources.values() if source.index} <= set(indices)


def test_every_documented_host_and_table_is_declared() -> None:
    # legal documents, and a merger map that is deprecated: no figures
    not_declared = {"csdlvb.laocai.gov.vn", "csdlvb-backend.laocai.gov.vn", "sapnhap.bando.com.vn"}
    text = "\n".join(TEXTS)
    for row in endpoints():
        for host in set(re.findall(r"https://([a-z0-9.-]+)", row["endpoint"])) - not_declared:
            assert host in text, host
        for table in re.findall(r"PX-Web table (.*)", row["format"]):
            for name in table.split(" / "):
                assert f"table: {name}.px" in text, name


def test_no_host_was_invented() -> None:
    documented = {host for row in endpoints() for host in re.findall(r"https://([a-z0-9.-]+)", row["endpoint"])}
    for source in load_sources(SHIPPED)[0].values():
        for host in source.hosts:
            assert host in documented or host.removeprefix("www.") in documented, host


def test_slugs_follow_the_rule_and_its_exceptions() -> None:
    family = {"table": "reference/provinces_63.csv", "column": "name_ascii", "except": {"Ho Chi Minh": "tp-hcm"}}
    made = slugs({"slugs": family})
    assert len(set(made)) == 63
    assert {"thanh-hoa", "ba-ria-vung-tau", "tp-hcm"} <= set(made)
    assert "ho-chi-minh" not in made
    assert slugs({"slugs": ["a", "b"]}) == ["a", "b"]
    assert slugs({}) == []


def test_editions_that_should_be_out() -> None:
    assert Editions(2022).years(2026) == [2022, 2023, 2024, 2025]
    assert Editions(2022, lag=0).years(2024) == [2022, 2023, 2024]
    assert Editions(2018, last=2022, step=2).years(2026) == [2018, 2020, 2022]
    assert Editions(2027).years(2026) == []


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    (tmp_path / "catalog" / SOURCES).mkdir(parents=True)
    return Shelf(tmp_path / "catalog", tmp_path / "archive")


def document(code: str) -> dict[str, object]:
    path = PACKAGE_ROOT / "catalog" / SOURCES / f"{code}.yaml"
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def test_the_own_shelf_replaces_whole(shelf: Shelf) -> None:
    mine = document("papi_data") | {"title": "mine", "hosts": ["papi.example"]}
    del mine["notes"]
    (shelf.catalog / SOURCES / "papi_data.yaml").write_text(yaml.safe_dump(mine))
    source = load_sources((*SHIPPED, shelf))[0]["papi_data"]
    assert (source.title, source.notes, source.hosts) == ("mine", None, ("papi.example",))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"source": "other"}, "name the file other.yaml"),
        ({"connector": "ckan"}, "ckan"),
        ({"delivers": {"index": "PAPI", "metrics": "x"}}, "delivers"),
        ({"file": {"page": "papi.org.vn"}}, "file"),
        ({"file": {"address": "https://papi.org.vn/a", "page": "https://papi.org.vn/b"}}, "file"),
        ({"hosts": []}, "hosts"),
        ({"hosts": None}, "hosts"),
        ({"editions": {"last": 2020}}, "first"),
        ({"pause_seconds": -1}, "pause_seconds"),
        ({"verify_tls": False}, "verify_tls"),
    ],
)
def test_a_broken_replacement_is_told_and_does_not_leave_the_shipped_one_in_force(
    shelf: Shelf, changes: dict[str, object], said: str
) -> None:
    (shelf.catalog / SOURCES / "papi_data.yaml").write_text(yaml.safe_dump(document("papi_data") | changes))
    sources, [fault] = load_sources((*SHIPPED, shelf))
    assert "papi_data" not in sources
    assert said in str(fault)
