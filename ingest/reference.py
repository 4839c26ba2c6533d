"""The catalog and the list of places as raw Parquet, so that the models read one kind of thing only."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest import raw
from ingest.catalog import TOTAL, Edition, Index
from ingest.faults import Fault, Words
from ingest.report import Loaded, LoadReport
from ingest.territory import Gazetteer
from ingest.text import name_key

_EDITION_ID = ("index_code", "edition_year", "basis", "vintage")


def write_reference(folder: Path, report: LoadReport, places: Gazetteer) -> None:
    """Write raw/catalog and raw/reference whole; unchanged files keep their bytes."""
    indices = list(report.catalog.indices.values())
    catalog, reference = folder / "catalog", folder / "reference"
    raw.write(catalog / "index.parquet", raw.INDEX, map(_index, indices))
    raw.write(catalog / "component.parquet", raw.COMPONENT, (row for index in indices for row in _components(index)))
    raw.write(catalog / "methodology.parquet", raw.METHODOLOGY, (row for index in indices for row in _spans(index)))
    raw.write(
        catalog / "component_weight.parquet",
        raw.COMPONENT_WEIGHT,
        (row for index in indices for row in _weights(index)),
    )
    current = _current_vintages(report.editions)
    raw.write(catalog / "edition.parquet", raw.EDITION, (_edition(one, current) for one in report.editions))
    raw.write(
        catalog / "edition_source.parquet",
        raw.EDITION_SOURCE,
        (row for one in report.editions if one.edition for row in _sources(one.edition)),
    )
    raw.write(catalog / "ingest_fault.parquet", raw.INGEST_FAULT, _faults(report))
    raw.write(
        reference / "territory.parquet",
        raw.TERRITORY,
        (
            {
                "territory_code": place.code,
                "gso_code": place.gso_code,
                "name_vi": place.name_vi,
                "name_en": place.name_en,
                "kind": place.kind,
                "region_code": place.region_code,
                "region_vi": place.region_vi,
                "valid_from": place.valid_from,
                "valid_to": place.valid_to,
                "successor_code": place.successor_code,
                "population": place.population,
                "population_year": place.population_year,
                "on_63_list": "63" in place.lists,
                "on_34_list": "34" in place.lists,
            }
            for _, place in sorted(places.territories.items())
        ),
    )
    raw.write(
        reference / "territory_alias.parquet",
        raw.TERRITORY_ALIAS,
        ({"alias": alias, "alias_key": name_key(alias), "territory_code": code} for alias, code in places.aliases),
    )
    raw.write(
        reference / "territory_predecessor.parquet",
        raw.TERRITORY_PREDECESSOR,
        (
            {
                "territory_code": one.territory_code,
                "predecessor_code": one.predecessor_code,
                "predecessor_name_vi": one.predecessor_name_vi,
                "relation": one.relation,
                "population_2022": one.population,
                "population_share": one.share,
            }
            for one in places.predecessors
        ),
    )


def _index(index: Index) -> dict[str, Any]:
    low, high = index.scale or (None, None)
    return {
        "index_code": index.code,
        "level": index.level,
        "name_vi": index.name_vi,
        "name_en": index.name_en,
        "publisher": index.publisher,
        "publisher_code": index.publisher_code,
        "citation": index.citation,
        "passing_on": index.passing_on,
        "terms": index.terms,
        "successor_index_code": index.successor,
        "note": index.note,
        "scale_min": low,
        "scale_max": high,
        "higher_is_better": index.higher_is_better,
        "in_plan": index.in_plan,
    }


def _components(index: Index) -> Iterator[dict[str, Any]]:
    for order, component in enumerate(index.components):
        low, high = component.scale or (index.scale if component.code == TOTAL else None) or (None, None)
        yield {
            "index_code": index.code,
            "component_code": component.code,
            "parent_component_code": component.parent,
            "kind": component.kind,
            "name_vi": component.name_vi,
            "name_en": component.name_en,
            "scale_min": low,
            "scale_max": high,
            "sort_order": order,
        }


def _spans(index: Index) -> Iterator[dict[str, Any]]:
    for span in index.compositions:
        yield {
            "index_code": index.code,
            "component_code": span.component,
            "aggregation": span.aggregation,
            "break_reason_vi": span.break_vi,
            "break_reason_en": span.break_en,
            "evidence": span.evidence,
            "from_edition": span.first,
            "to_edition": span.last,
        }


def _weights(index: Index) -> Iterator[dict[str, Any]]:
    for span in index.compositions:
        for weight in span.weights:
            low, high = weight.scale or (None, None)
            yield {
                "index_code": index.code,
                "component_code": weight.component,
                "parent_component_code": span.component,
                "weight_text": weight.text,
                "aggregation": span.aggregation,
                "evidence": span.evidence,
                "from_edition": span.first,
                "to_edition": span.last,
                "weight": weight.value,
                "scale_min": low,
                "scale_max": high,
            }


def _current_vintages(editions: list[Loaded]) -> dict[tuple[str, int, str], int]:
    """The newest vintage that could be read, per edition and basis."""
    current: dict[tuple[str, int, str], int] = {}
    for one in editions:
        if one.status in ("loaded", "last_good_kept"):
            key = _edition_key(one.described)
            current[key] = max(current.get(key, 0), one.described["vintage"])
    return current


def _edition_key(row: dict[str, Any]) -> tuple[str, int, str]:
    return row["index_code"], row["edition_year"], row["basis"]


def _edition(one: Loaded, current: dict[tuple[str, int, str], int]) -> dict[str, Any]:
    is_current = current.get(_edition_key(one.described)) == one.described["vintage"]
    reason = _reason(one.faults)
    return {
        **one.described,
        "load_status": one.status,
        "withheld_reason_vi": reason.vi if reason else None,
        "withheld_reason_en": reason.en if reason else None,
        "is_current": is_current,
    }


def _reason(faults: tuple[Fault, ...]) -> Words | None:
    """Why the figures of the newest file are not shown: the first fault, and how many more there are."""
    if not faults:
        return None
    first, more = faults[0].message(), len(faults) - 1
    return Words(*(f"{said} (+{more})" if more else said for said in first))


def _sources(edition: Edition) -> Iterator[dict[str, Any]]:
    for table_no, table in enumerate(edition.tables, start=1):
        for source_no, source in enumerate(table.sources, start=1):
            yield {
                "index_code": edition.index,
                "edition_year": edition.year,
                "basis": edition.basis,
                "vintage": edition.vintage,
                "table_no": table_no,
                "source_no": source_no,
                "title": source.title,
                "source_file": table.file,
                "source_sha256": table.sha256,
                "source_url": source.url,
                "source_kind": source.kind,
                "publisher": source.publisher,
                "notes": source.notes,
            }


def _faults(report: LoadReport) -> Iterator[dict[str, Any]]:
    for one in report.editions:
        for fault in one.faults:
            yield _fault({name: one.described[name] for name in _EDITION_ID}, fault)
    for source in report.metrics:
        for fault in source.faults:
            yield _fault({}, fault)
    for index, fault in report.other_faults:
        yield _fault({"index_code": index}, fault)


def _fault(edition: dict[str, Any], fault: Fault) -> dict[str, Any]:
    """`edition` has as much of what names an edition as is known."""
    return {
        **{name: edition.get(name) for name in _EDITION_ID},
        "fault_code": fault.code,
        "file": fault.file,
        "row": fault.row,
        "column_header": fault.column,
        "cell_text": fault.text,
        "message_vi": fault.message().vi,
        "message_en": fault.message().en,
        "remedy_vi": fault.remedy().vi,
        "remedy_en": fault.remedy().en,
    }
