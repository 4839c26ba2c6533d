"""The descriptor: valid, complete, and true to the files beside it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from frictionless import Package

from orchestration import datapackage
from orchestration.datapackage import PublishedFile
from orchestration.publish import publish

MakeWarehouse = Callable[..., Path]


@pytest.fixture
def folder(make_warehouse: MakeWarehouse, tmp_path: Path) -> Path:
    return publish(make_warehouse(tmp_path / "w.duckdb"), tmp_path / "published", "raw 1234").folder


@pytest.fixture
def descriptor(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return found


def test_is_a_valid_data_package(folder: Path) -> None:
    report = Package.validate_descriptor(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])
    package = Package.from_descriptor(str(folder / "datapackage.json"))
    assert {resource.name for resource in package.resources} == {path.stem for path in (folder / "parquet").iterdir()}
    assert all(resource.schema.fields for resource in package.resources)


def test_a_wrong_one_would_not_be(folder: Path, descriptor: dict[str, Any]) -> None:
    descriptor["resources"][0]["schema"]["primaryKey"] = ["no_such_column"]
    assert not Package.validate_descriptor(descriptor).valid


def test_describes_every_parquet_file_as_it_is(folder: Path, descriptor: dict[str, Any]) -> None:
    kinds = {"int32": "integer", "int64": "integer", "double": "number", "string": "string", "bool": "boolean",
             "date32[day]": "date", "timestamp[us]": "datetime", "decimal128(9, 4)": "number"}  # fmt: skip
    for resource in descriptor["resources"]:
        file = PublishedFile.of(folder, resource["path"])
        assert (resource["bytes"], resource["hash"]) == (file.bytes, f"sha256:{file.sha256}")
        parquet = pq.ParquetFile(folder / resource["path"])
        assert resource["chiso:rows"] == parquet.metadata.num_rows
        fields = [(field["name"], field["type"]) for field in resource["schema"]["fields"]]
        assert fields == [(field.name, kinds[str(field.type)]) for field in parquet.schema_arrow]


def test_takes_words_keys_and_sources_from_the_warehouse(descriptor: dict[str, Any]) -> None:
    by_name = {resource["name"]: resource for resource in descriptor["resources"]}
    assert by_name["marts.dim_edition"]["schema"]["primaryKey"] == ["index_code", "edition_year"]
    fact = by_name["marts.fct_index_result"]
    assert fact["title"] == "Kết quả chỉ số, đúng như công bố"
    assert fact["description"].endswith("it's all here.")
    fields = {field["name"]: field for field in fact["schema"]["fields"]}
    assert fields["value"]["title"] == "Giá trị"
    assert fields["version"]["constraints"] == {"required": True}
    assert "constraints" not in fields["value"]
    assert descriptor["sources"] == [
        {"title": "Liên đoàn Thương mại và Công nghiệp Việt Nam", "chiso:index_codes": ["PCI"]},
        {"title": "UNDP", "chiso:index_codes": ["PAPI"]},
    ]
    assert "NOTICE" in descriptor["licenses"][0]["title"]


def test_tells_which_parts_belong_together(folder: Path, descriptor: dict[str, Any]) -> None:
    duckdb_file = PublishedFile.of(folder, "chiso.duckdb")
    assert descriptor[datapackage.DUCKDB_KEY] == duckdb_file.as_properties()
    with duckdb.connect(folder / "chiso.duckdb", read_only=True) as connection:
        stamp = connection.execute("from marts.published_version").fetchall()
    assert stamp == [(descriptor[datapackage.CONTENT_KEY], "raw 1234")]
    assert pq.read_table(folder / "parquet/marts.published_version.parquet").to_pylist() == [
        {"content_sha256": descriptor[datapackage.CONTENT_KEY], "built_from": "raw 1234"}
    ]
