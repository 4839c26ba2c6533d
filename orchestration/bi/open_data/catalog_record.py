"""`catalog.jsonld`: the open data as a DCAT 3 catalog, a dataset per table, its CSV and Parquet as distributions.

Addresses are relative to the file, so the record stays true wherever the folder is put.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.bi.open_data.description import Resource
from orchestration.bi.open_data.offered import Offer
from orchestration.datapackage import PublishedFile
from orchestration.labels import description_en

FILE_NAME = "catalog.jsonld"
_MEDIA = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_THEME = "http://publications.europa.eu/resource/authority/data-theme/GOVE"
_LANGUAGES = [{"@id": f"http://publications.europa.eu/resource/authority/language/{code}"} for code in ("VIE", "ENG")]
_RIGHTS = {
    "@type": "dct:RightsStatement",
    "rdfs:label": [
        {"@value": "Số liệu thuộc các nơi công bố; khi dùng phải trích dẫn nơi công bố.", "@language": "vi"},
        {"@value": "Rights stay with the publishers of the figures; cite them.", "@language": "en"},
    ],
}


@dataclass(frozen=True)
class Facts:
    """What the record says beside the files. `covers` holds the first and last year or day by table."""

    country_vi: str
    country_en: str
    publisher: str | None
    issued: date
    modified: date
    covers: Mapping[str, tuple[str, str]]
    creators: Mapping[str, Sequence[str]]


def covered(rows: pa.Table) -> tuple[str, str] | None:
    """First and last year of the editions, or first and last day of the periods, that rows are about; None without."""
    for first, last in (("edition_year", "edition_year"), ("period_start", "period_end")):
        if {first, last} <= set(rows.column_names):
            start, end = pc.min(rows[first]).as_py(), pc.max(rows[last]).as_py()
            return (str(start), str(end)) if start is not None and end is not None else None
    return None


def creators(rows: pa.Table, index_code: str | None, offer: Offer) -> list[str]:
    """The publishers whose figures rows hold."""
    codes = {index_code} if index_code else set()
    if "index_code" in rows.column_names:
        codes |= set(pc.unique(rows["index_code"]).to_pylist())
    return sorted({index.publisher for index in offer.indices if index.code in codes})


def record(resources: Sequence[Resource], facts: Facts) -> dict[str, Any]:
    """The whole record as JSON-LD; its context is inline."""
    catalog: dict[str, Any] = {
        "@context": _CONTEXT,
        "@id": "#catalog",
        "@type": "dcat:Catalog",
        "dct:title": _both(
            "Dữ liệu mở: chỉ số đánh giá tỉnh và quốc gia", "Open data: indices of provinces and of the country"
        ),
        "dct:description": _both(
            "Kết quả đã công bố của các chỉ số đánh giá cấp tỉnh và quốc gia, giữ đúng như bản gốc, kèm nguồn.",
            "Published results of the indices that judge the provinces and the country, as printed, with their source.",
        ),
        **_occasion(facts),
        "dct:language": _LANGUAGES,
        "dcat:themeTaxonomy": {"@id": "http://publications.europa.eu/resource/authority/data-theme"},
        "dcat:dataset": [_dataset(resource, facts) for resource in resources],
    }
    return catalog


def _dataset(resource: Resource, facts: Facts) -> dict[str, Any]:
    name = resource.offered.table.full_name
    dataset: dict[str, Any] = {
        "@id": f"#{name}",
        "@type": "dcat:Dataset",
        "dct:identifier": name,
        "dct:title": _both(resource.offered.title_vi, resource.offered.title_en),
        **_occasion(facts),
        "dct:language": _LANGUAGES,
        "dct:spatial": {"@type": "dct:Location", "skos:prefLabel": _both(facts.country_vi, facts.country_en)},
        "dcat:theme": {"@id": _THEME},
        "dcat:keyword": [*_both("chỉ số", "index"), *_both("tỉnh", "province")],
        "dcat:distribution": [
            _distribution(resource, kind, file, facts)
            for kind, file in (("csv", resource.csv), ("parquet", resource.parquet))
        ],
    }
    if said := description_en(resource.offered.table):
        dataset["dct:description"] = {"@value": said, "@language": "en"}
    if facts.creators[name]:
        dataset["dct:creator"] = [_agent(creator) for creator in facts.creators[name]]
    if name in facts.covers:
        first, last = facts.covers[name]
        kind = "xsd:date" if "-" in first else "xsd:gYear"
        dataset["dct:temporal"] = {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@value": first, "@type": kind},
            "dcat:endDate": {"@value": last, "@type": kind},
        }
    return dataset


def _distribution(resource: Resource, kind: str, file: PublishedFile, facts: Facts) -> dict[str, Any]:
    return {
        "@id": f"#{resource.offered.table.full_name}.{kind}",
        "@type": "dcat:Distribution",
        "dct:title": f"{resource.offered.title_vi} ({kind})",
        "dcat:accessURL": {"@id": file.path},
        "dcat:downloadURL": {"@id": file.path},
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{_MEDIA[kind]}"},
        "dcat:byteSize": {"@value": str(file.bytes), "@type": "xsd:nonNegativeInteger"},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": {"@value": file.sha256, "@type": "xsd:hexBinary"},
        },
        "dct:rights": _RIGHTS,
        "dct:modified": _day(facts.modified),
    }


def _occasion(facts: Facts) -> dict[str, Any]:
    said: dict[str, Any] = {"dct:issued": _day(facts.issued), "dct:modified": _day(facts.modified)}
    return said | {"dct:publisher": _agent(facts.publisher)} if facts.publisher else said


def _agent(name: str) -> dict[str, str]:
    return {"@type": "foaf:Agent", "foaf:name": name}


def _both(vi: str, en: str) -> list[dict[str, str]]:
    return [{"@value": vi, "@language": "vi"}, {"@value": en, "@language": "en"}]


def _day(day: date) -> dict[str, str]:
    return {"@value": day.isoformat(), "@type": "xsd:date"}
