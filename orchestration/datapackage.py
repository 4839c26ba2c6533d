"""`datapackage.json`: what the published files are, whose figures they hold, and which belong together.

A Frictionless Data Package (v1). The resources keep to its general profile with a table schema: its *tabular* profile
is for CSV only. Properties of our own start with `chiso:`.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.duckdb_resource import quoted
from orchestration.labels import label_vi
from orchestration.published_tables import Column, PublishError, Table

# raise it when files are written in another way, so that the same figures are published again
FORMAT = 2
FILE_NAME = "datapackage.json"
CONTENT_KEY = "chiso:content_sha256"
DUCKDB_KEY = "chiso:duckdb"

_FIELD_TYPES = {
    "BOOLEAN": "boolean",
    "TINYINT": "integer",
    "SMALLINT": "integer",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "VARCHAR": "string",
    "DATE": "date",
    "TIMESTAMP": "datetime",
}


@dataclass(frozen=True)
class PublishedFile:
    """One file of the publication: `path` relative to the published folder, size in bytes, SHA-256 in hex."""

    path: str
    bytes: int
    sha256: str

    @classmethod
    def of(cls, root: Path, path: str) -> "PublishedFile":
        """Measure the file `path` under `root`."""
        with (root / path).open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return cls(path, (root / path).stat().st_size, digest)

    def as_properties(self) -> dict[str, Any]:
        return {"path": self.path, "bytes": self.bytes, "hash": f"sha256:{self.sha256}"}


def read_sources(connection: duckdb.DuckDBPyConnection, database: str) -> list[dict[str, Any]]:
    """The publishers of the editions held, each with the indices that it publishes; the order is of their names.

    Raises PublishError when `marts.dim_edition` does not say: figures are not passed on without their publisher.
    """
    try:
        found = connection.execute(
            "select publisher, list(distinct index_code order by index_code)"
            f" from {quoted(database)}.marts.dim_edition where publisher is not null"
            " group by publisher order by publisher"
        ).fetchall()
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise PublishError(f"marts.dim_edition must name index_code and publisher of each edition: {error}") from error
    return [{"title": publisher, "chiso:index_codes": codes} for publisher, codes in found]


def resource(table: Table, rows: int, file: PublishedFile) -> dict[str, Any]:
    """The entry of one Parquet file."""
    entry: dict[str, Any] = {
        "name": table.full_name,
        "type": "table",
        **file.as_properties(),
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "chiso:rows": rows,
        "schema": {"fields": [_field(column) for column in table.columns]},
    }
    if table.comment:
        entry |= {"title": label_vi(table), "description": table.comment}
    if table.primary_key:
        entry["schema"]["primaryKey"] = list(table.primary_key)
    return entry


def content(resources: Sequence[Mapping[str, Any]], sources: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Everything that the descriptor says about the content, and nothing about the occasion of publishing it."""
    return {
        "profile": "data-package",
        "name": "chiso",
        "chiso:format": FORMAT,
        "title": "Chiso: chỉ số của tỉnh và các chỉ số quốc gia (indices of the province and of the country)",
        "description": (
            "Số liệu do các nhà công bố công bố, giữ đúng như bản gốc, kèm nguồn và cơ quan chủ trì; cách dùng và"
            " trích dẫn ở tệp NOTICE của dự án. Published figures kept as printed, with their source and lead agency;"
            " citation and terms are in the project's NOTICE."
        ),
        "licenses": [
            {
                "name": "LicenseRef-Chiso-NOTICE",
                "title": "Quyền thuộc các nhà công bố; xem NOTICE (rights stay with the publishers; see NOTICE)",
            }
        ],
        "sources": list(sources),
        "resources": list(resources),
    }


def content_sha256(described: Mapping[str, Any]) -> str:
    """SHA-256 over the description, which holds the hash of every file: another figure, type or comment changes it."""
    canonical = json.dumps(described, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def stamped(
    described: Mapping[str, Any],
    content_hash: str,
    built_from: str,
    duckdb_file: PublishedFile,
    stamp_resource: Mapping[str, Any],
) -> dict[str, Any]:
    """The whole descriptor: the content, its hash, what it was built from, and the DuckDB file that goes with it."""
    whole = {
        **described,
        CONTENT_KEY: content_hash,
        "chiso:built_from": built_from,
        DUCKDB_KEY: duckdb_file.as_properties(),
    }
    whole["resources"] = sorted([*described["resources"], stamp_resource], key=lambda entry: str(entry["name"]))
    return whole


def to_text(descriptor: Mapping[str, Any]) -> str:
    return json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n"


def read_published(published_dir: Path) -> dict[str, Any] | None:
    """The descriptor that stands in the folder; None when there is none, or none that can be read.

    An unreadable one is not an error here: it can only be mended by publishing again.
    """
    try:
        found = json.loads((published_dir / FILE_NAME).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def files_of(descriptor: Mapping[str, Any]) -> list[PublishedFile]:
    """The files that a descriptor of ours names, the DuckDB file first.

    Raises KeyError, TypeError or AttributeError when it is not of our making.
    """
    entries = [descriptor[DUCKDB_KEY], *descriptor["resources"]]
    return [PublishedFile(entry["path"], entry["bytes"], entry["hash"].removeprefix("sha256:")) for entry in entries]


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "type": _FIELD_TYPES.get(column.type, "number")}
    if column.comment:
        field |= {"title": label_vi(column), "description": column.comment}
    if not column.nullable:
        field["constraints"] = {"required": True}
    return field
