"""The package: valid to others' tools, true to the published file, the same when nothing changed, never half."""

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
import rdflib
from frictionless import Package as DataPackage
from frictionless import validate
from rdflib.namespace import DCTERMS, RDF

from orchestration.bi.open_data.package import Package, files_of, make_package
from orchestration.datapackage import PublishedFile
from orchestration.published_tables import PublishError
from tests.integration.open_data.conftest import MakeSettings, cut
from tests.integration.pipeline.test_run import content

DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
BASE = "https://du-lieu.example.test/chiso/"


@pytest.fixture(scope="module")
def descriptor(package: Package) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((package.folder / "datapackage.json").read_text(encoding="utf-8"))
    return found


def test_validates_with_its_data(package: Package) -> None:
    report = validate(str(package.folder / "datapackage.json"))
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "note"])[:10]
    assert {task.name for task in report.tasks} == set(package.rows)


def test_wrong_data_would_not(package: Package, tmp_path: Path) -> None:
    folder = cut(package.folder, tmp_path / "cut", ["marts.dim_index", "marts.dim_component"])
    path = folder / "csv" / "marts.dim_component.csv"
    path.write_bytes(path.read_bytes().replace(b'"SIPAS"', b'"SYNTHETIC"', 1))
    report = validate(str(folder / "datapackage.json"))
    assert "foreign-key" in {kind for (kind,) in report.flatten(["type"])}


def test_says_what_the_files_are(package: Package, descriptor: dict[str, Any]) -> None:
    assert DataPackage.from_descriptor(descriptor).name == "chiso-open-data"
    files = files_of(descriptor)
    assert files == [PublishedFile.of(package.folder, file.path) for file in files]
    lying = {str(path.relative_to(package.folder)) for path in package.folder.rglob("*") if path.is_file()}
    assert {file.path for file in files} | {"datapackage.json"} == lying
    by_name = {entry["name"]: entry for entry in descriptor["resources"]}
    fact = by_name["marts.fct_index_result"]
    assert fact["title"].startswith("Kết quả chỉ số, đúng như đã công bố")
    assert "measure" in fact["schema"]["primaryKey"]
    assert fact["schema"]["foreignKeys"][0] == {
        "fields": ["index_code"],
        "reference": {"resource": "marts.dim_index", "fields": ["index_code"]},
    }
    cited = {source["chiso:index_code"]: source["chiso:citation"] for source in descriptor["sources"]}
    assert cited["DTI"] == "Bộ Khoa học và Công nghệ, dti.gov.vn"
    assert "PCI" not in cited


def test_both_files_hold_the_published_figures(package: Package, bi: duckdb.DuckDBPyConnection) -> None:
    where = "where index_code not in ('PCI', 'PGI', 'PAPI')"
    columns = "index_code, edition_year, territory_code, component_code, measure, vintage, value, value_text, note"
    kept = bi.execute(f"select {columns} from marts.fct_index_result {where} order by all").fetchall()
    rows = {}
    for kind, source in (("csv", "read_csv($path, all_varchar = true)"), ("parquet", "read_parquet($path)")):
        path = str(package.folder / kind / f"marts.fct_index_result.{kind}")
        typed = (
            f"select {columns.replace('vintage, value,', 'vintage::int, value::double,')} from {source} order by all"
        )
        typed = typed.replace("edition_year,", "edition_year::int,", 1)
        rows[kind] = duckdb.execute(typed, {"path": path}).fetchall()
    assert rows["parquet"] == kept
    assert len(rows["csv"]) == len(kept) > 1_000
    assert [row[6] for row in rows["csv"]] == [row[6] for row in kept]


def test_the_dcat_record(package: Package, bi: duckdb.DuckDBPyConnection) -> None:
    graph = rdflib.Graph().parse(package.folder / "catalog.jsonld", format="json-ld", publicID=f"{BASE}catalog.jsonld")
    (catalog,) = graph.subjects(RDF.type, DCAT.Catalog)
    datasets = set(graph.objects(catalog, DCAT.dataset))
    assert len(datasets) == len(package.rows)
    for dataset in datasets:
        assert {title.language for title in graph.objects(dataset, DCTERMS.title)} == {"vi", "en"}
        assert graph.value(dataset, DCTERMS.modified).toPython().isoformat() == "2026-11-22"
        for shown in (DCTERMS.issued, DCTERMS.spatial, DCAT.theme, DCTERMS.description):
            assert graph.value(dataset, shown) is not None
        distributions = set(graph.objects(dataset, DCAT.distribution))
        assert len(distributions) == 2
        for one in distributions:
            path = str(graph.value(one, DCAT.downloadURL)).removeprefix(BASE)
            file = PublishedFile.of(package.folder, path)
            assert int(graph.value(one, DCAT.byteSize)) == file.bytes
            checksum = graph.value(one, SPDX.checksum)
            assert str(graph.value(checksum, SPDX.checksumValue)).lower() == file.sha256
            assert graph.value(one, DCTERMS.rights) is not None
            assert str(graph.value(one, DCAT.mediaType)).endswith(("text/csv", "application/vnd.apache.parquet"))
    comparable = rdflib.URIRef(f"{BASE}catalog.jsonld#wide.dti")
    period = graph.value(comparable, DCTERMS.temporal)
    years = bi.execute("select min(edition_year), max(edition_year) from wide.dti").fetchone()
    ends = [graph.value(period, end) for end in (DCAT.startDate, DCAT.endDate)]
    assert tuple(int(str(end)) for end in ends) == years


def test_names_who_offers_it_only_when_told(settings_of: MakeSettings, tmp_path: Path) -> None:
    """Nobody is named as publisher whom the installation did not name."""
    for publisher in ("", "Sở Tài chính (synthetic)"):
        folder = tmp_path / f"named{bool(publisher)}"
        made = make_package(settings_of(CHISO_OPEN_DATA_PUBLISHER=publisher), folder)
        graph = rdflib.Graph().parse(folder / "catalog.jsonld", format="json-ld")
        named = {str(graph.value(agent, rdflib.FOAF.name)) for agent in graph.objects(None, DCTERMS.publisher)}
        assert named == ({publisher} if publisher else set())
        assert ("Đơn vị cung cấp" in (made.folder / "README.md").read_text(encoding="utf-8")) == bool(publisher)


def test_the_same_content_is_the_same_bytes_and_is_left_alone(
    package: Package, settings_of: MakeSettings, tmp_path: Path
) -> None:
    again = make_package(settings_of(), tmp_path / "again")
    assert content(again.folder) == content(package.folder)
    before = {path: path.stat().st_mtime_ns for path in again.folder.rglob("*")}
    assert make_package(settings_of(), again.folder).unchanged
    assert {path: path.stat().st_mtime_ns for path in again.folder.rglob("*")} == before

    for spoilt in ("csv/marts.dim_index.csv", "README.md"):
        (again.folder / spoilt).write_text("spoilt", encoding="utf-8")
        assert not make_package(settings_of(), again.folder).unchanged
        assert content(again.folder) == content(package.folder)
    other = make_package(settings_of(CHISO_RELEASE_PUBLISHERS="MOST"), again.folder)
    assert not other.unchanged
    assert not list(again.folder.glob("csv/wide.sipas.csv"))
    assert [path.name for path in tmp_path.iterdir()] == ["again"]


def test_a_folder_of_somebody_else_is_left_alone(settings_of: MakeSettings, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(PublishError, match="holds something else"):
        make_package(settings_of(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_the_readme_says_what_is_in_it(package: Package) -> None:
    text = (package.folder / "README.md").read_text(encoding="utf-8")
    for name, rows in package.rows.items():
        assert f"| `{name}` |" in text
        assert pq.read_metadata(package.folder / f"parquet/{name}.parquet").num_rows == rows
    assert "Chỉ số năng lực cạnh tranh cấp tỉnh (PCI) (Liên đoàn" in text
    assert "Not in this package (by the publishers' terms, or by choice of who offers it): PAPI, PCI, PGI." in text


def test_a_failure_leaves_the_package_as_it_was(package: Package, settings_of: MakeSettings, tmp_path: Path) -> None:
    folder = tmp_path / "open_data"
    shutil.copytree(package.folder, folder)
    before = content(folder)
    with pytest.raises(ValueError, match="CHISO_RELEASE_PUBLISHERS names NOBODY"):
        make_package(settings_of(CHISO_RELEASE_PUBLISHERS="NOBODY"), folder)
    assert content(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["open_data"]
