"""`datapackage.json` of the open data: a tabular Data Package (v1) over the CSV files, the Parquet twin beside each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from orchestration import datapackage
from orchestration.bi.open_data.offered import Index, Offer, Offered
from orchestration.datapackage import PublishedFile

NAME = "chiso-open-data"
PARQUET_KEY = "chiso:parquet"
FILES_KEY = "chiso:files"
ISSUED_KEY = "chiso:issued"
MODIFIED_KEY = "chiso:modified"
_APOSTROPHE = (
    "Ô văn bản mở đầu bằng = + - @ (hay tab, xuống dòng) mà không phải là số có thêm dấu nháy đơn ở trước để bảng tính"
    " không coi là công thức; tệp Parquet giữ nguyên văn bản gốc. Text cells that begin with = + - @ (or a tab or line"
    " break) and are no plain number have an apostrophe put before them, so that no spreadsheet takes them for a"
    " formula; the Parquet file keeps the exact text."
)


@dataclass(frozen=True)
class Resource:
    """A table of the package with its two files and the number of its rows."""

    offered: Offered
    rows: int
    csv: PublishedFile
    parquet: PublishedFile


def content(offer: Offer, resources: Sequence[Resource], publisher: str | None) -> dict[str, Any]:
    """All that the descriptor says of the content; nothing of the day on which it was made."""
    described: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": NAME,
        "title": "Chỉ số đánh giá tỉnh và quốc gia: dữ liệu mở (indices of provinces and of the country: open data)",
        "description": (
            "Số liệu do các nơi công bố công bố, giữ đúng như bản gốc, kèm nguồn; số tự tính có ghi rõ. Xem README.md."
            " Published figures kept as printed, with their source; what is computed says so. See README.md."
            f" {_APOSTROPHE}"
        ),
        "licenses": [
            {
                "name": "LicenseRef-cite-the-publisher",
                "title": (
                    "Số liệu thuộc các nơi công bố; khi dùng phải trích dẫn nơi công bố (rights stay with the"
                    " publishers; cite the publisher)"
                ),
            }
        ],
        "sources": [_source(index) for index in offer.indices],
        "chiso:withheld": [_named(index) for index in offer.withheld],
        "resources": [_entry(resource) for resource in resources],
    }
    if publisher:
        described["contributors"] = [{"title": publisher, "role": "publisher"}]
    return described


def _named(index: Index) -> dict[str, str]:
    return {"title": index.publisher, "chiso:index_code": index.code, "chiso:citation": index.citation}


def _source(index: Index) -> dict[str, str]:
    return {**_named(index), "chiso:terms": index.terms}


def _entry(resource: Resource) -> dict[str, Any]:
    offered = resource.offered
    entry = datapackage.resource(offered.table, resource.rows, resource.csv) | {
        "profile": "tabular-data-resource",
        "title": f"{offered.title_vi} ({offered.title_en})",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {
            "header": True,
            "delimiter": ",",
            "lineTerminator": "\n",
            "quoteChar": '"',
            "doubleQuote": True,
            "skipInitialSpace": False,
        },
        PARQUET_KEY: resource.parquet.as_properties(),
    }
    entry["schema"]["missingValues"] = [""]
    for field in entry["schema"]["fields"]:
        if field["type"] == "string" and field["name"] not in offered.table.primary_key:
            field.pop("constraints", None)  # a Table Schema takes an empty text, which is a value, for none
    if offered.references:
        entry["schema"]["foreignKeys"] = [
            {
                "fields": list(reference.columns),
                "reference": {"resource": reference.table, "fields": list(reference.key)},
            }
            for reference in offered.references
        ]
    return entry
