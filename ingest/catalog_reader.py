"""From the catalog's YAML, checked against its JSON Schema, to the typed objects of `ingest.catalog`."""

import codecs
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from ingest.catalog import (
    Catalog,
    Component,
    Composition,
    Correction,
    Edition,
    Figure,
    Index,
    Source,
    Table,
    Weight,
)
from ingest.faults import EditionFault, Fault
from ingest.formats.place import Place
from ingest.metric_catalog import Delivery, delivery_from, source_from
from ingest.period import parse_published_on
from ingest.settings import PACKAGE_ROOT, Shelf
from ingest.text import header_key

SCHEMAS = PACKAGE_ROOT / "catalog" / "_schema"


def load_catalog(shelves: tuple[Shelf, ...]) -> Catalog:
    """Read every YAML of every shelf. A file that is not valid becomes a fault of its own; the others are read."""
    catalog = Catalog(common=read_document(PACKAGE_ROOT / "catalog" / "common.yaml", "common"))
    # indices first, wherever they stand: an edition needs its own
    for pattern, add in (
        ("*/index.yaml", _add_index),
        ("*/editions/*.yaml", _add_edition),
        ("metrics/*.yaml", _add_metric),
        ("metrics/*/*.yaml", _add_delivery),
    ):
        for shelf in shelves:
            for path in sorted(shelf.catalog.glob(pattern)):
                try:
                    add(catalog, path, shelf)
                except EditionFault as error:
                    index = path.parent.parent.name.upper() if path.parent.name == "editions" else None
                    if add is _add_index:
                        catalog.unreadable_indices.extend(error.faults)
                        continue
                    catalog.faults.extend((index, fault) for fault in error.faults)
                    if add is _add_delivery:
                        catalog.unreadable_deliveries.append((path.parent.name, path.stem))
                    if index:
                        catalog.unreadable.append((index, path.stem))
    return catalog


def _add_index(catalog: Catalog, path: Path, shelf: Shelf) -> None:
    index = _index(read_document(path, "index"), path)
    if index.code.lower() != path.parent.name:
        raise _invalid(path, f"code {index.code} does not match the folder {path.parent.name}")
    if index.code in catalog.indices:
        raise _invalid(path, f"the index is already described in {catalog.indices[index.code].path}")
    catalog.indices[index.code] = index


def _add_edition(catalog: Catalog, path: Path, shelf: Shelf) -> None:
    edition = parse_edition(_load(path), path, shelf)
    if edition.index not in catalog.indices:
        raise _invalid(path, f"index {edition.index} has no index.yaml")
    if path.stem != edition.key:
        raise _invalid(path, f"name the file {edition.key}.yaml after its edition, basis and vintage")
    twin = next((one for one in catalog.editions_of(edition.index) if one.key == edition.key), None)
    if twin is not None:
        raise _invalid(path, f"this edition is already described in {twin.path.name}; use the next vintage")
    catalog.editions.append(edition)


def _add_metric(catalog: Catalog, path: Path, shelf: Shelf) -> None:
    source = source_from(read_document(path, "metric"), path)
    if source.code != path.stem:
        raise _invalid(path, f"name the file {source.code}.yaml after its source")
    if source.code in catalog.metric_sources:
        raise _invalid(path, f"the source is already described in {catalog.metric_sources[source.code].path}")
    unsaid = {"metric", "territory", "period", "unit"} - {*source.columns, *source.constants}
    if source.metrics:
        unsaid.discard("unit")  # each label has its own
    if unsaid:
        raise _invalid(path, f"neither a column nor a constant says: {', '.join(sorted(unsaid))}")
    catalog.metric_sources[source.code] = source


def _add_delivery(catalog: Catalog, path: Path, shelf: Shelf) -> None:
    delivery = parse_delivery(_load(path), catalog, path, shelf)
    if path.parent.name != delivery.source or path.stem != delivery.key:
        raise _invalid(path, f"name the file {delivery.source}/{delivery.key}.yaml after source, delivery and vintage")
    twin = next((one for one in catalog.deliveries_of(delivery.source) if one.key == delivery.key), None)
    if twin is not None:
        raise _invalid(path, f"this delivery is already described in {twin.path}; use the next vintage")
    catalog.deliveries.append(delivery)


def parse_delivery(doc: dict[str, Any], catalog: Catalog, path: Path, shelf: Shelf) -> Delivery:
    """The delivery that a description means. Raises EditionFault when it does not fit the schema or has no layout."""
    _check(doc, path, "delivery")
    source = catalog.metric_sources.get(doc["source"])
    if source is None:
        raise _invalid(path, f"the source {doc['source']} has no layout metrics/{doc['source']}.yaml")
    try:
        codecs.lookup(doc.get("encoding", "utf-8"))
        return delivery_from(doc, source, path, shelf)
    except (ValueError, LookupError) as error:
        raise _invalid(path, str(error)) from error


@cache
def _validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8")))


def read_document(path: Path, kind: str) -> dict[str, Any]:
    """A YAML of the catalog that fits the schema of its kind. Raises EditionFault when it does not."""
    document = _load(path)
    _check(document, path, kind)
    return document


def _load(path: Path) -> dict[str, Any]:
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError) as error:  # an impossible date is a ValueError of YAML's own reading
        raise _invalid(path, str(error)) from error
    if not isinstance(document, dict):
        raise _invalid(path, "it holds no mapping of names to values")
    return document


def _check(document: Any, path: Path, kind: str) -> None:
    if said := complaints(document, kind):
        raise _invalid(path, said)


def complaints(document: Any, kind: str) -> str:
    """What a document has against its JSON Schema, the first few places; nothing when it fits."""
    plain = json.loads(json.dumps(document, default=str))  # YAML knows dates, JSON Schema does not
    errors = sorted(_validator(kind).iter_errors(plain), key=lambda error: list(map(str, error.path)))
    return "; ".join(
        f"{'/'.join(map(str, e.path)) or 'file'}: {e.message}"
        + (f" ({e.schema['description'].rstrip('.')})" if "description" in e.schema else "")
        for e in errors[:5]
    )


def _invalid(path: Path, text: str) -> EditionFault:
    is_deep = path.parent.name == "editions" or path.parent.parent.name == "metrics"
    place = "/".join(path.parts[-3:] if is_deep else path.parts[-2:])
    return EditionFault([Fault("catalog_invalid", place, text=text)])


def _pair(scale: list[float] | None) -> tuple[float, float] | None:
    return (float(scale[0]), float(scale[1])) if scale else None


def _index(doc: dict[str, Any], path: Path) -> Index:
    components = tuple(
        Component(
            code=item["code"],
            parent=item.get("parent"),
            kind=item["kind"],
            name_vi=item["name_vi"],
            name_en=item["name_en"],
            scale=_pair(item.get("scale")),
            headers={measure: tuple(names) for measure, names in item.get("headers", {}).items()},
            labels=tuple(item.get("labels", ())),
        )
        for item in doc["components"]
    )
    compositions = tuple(
        Composition(
            component=item["component"],
            first=item["from"],
            last=item.get("to", 9999),
            aggregation=item.get("aggregation"),
            weights=tuple(_weight(code, share, item, path) for code, share in item["weights"].items()),
            break_vi=item.get("break_vi"),
            break_en=item.get("break_en"),
            evidence=item.get("evidence"),
        )
        for item in doc.get("methodology", ())
    )
    return Index(
        code=doc["code"],
        level=doc["level"],
        name_vi=doc["name_vi"],
        name_en=doc["name_en"],
        publisher=doc["publisher"],
        publisher_code=doc["publisher_code"],
        scale=_pair(doc.get("scale")),
        higher_is_better=doc.get("higher_is_better", True),
        in_plan=doc.get("in_plan", False),
        publishes_rank=doc.get("publishes_rank", True),
        zero_is_no_data=doc.get("zero_is_no_data", False),
        citation=doc["citation"],
        passing_on=doc.get("passing_on", "ask"),
        terms=doc["terms"],
        successor=doc.get("successor"),
        note=doc.get("note"),
        components=components,
        compositions=compositions,
        path=path,
    )


def _weight(code: str, share: Any, span: dict[str, Any], path: Path) -> Weight:
    weight = Weight(code, None if share is None else str(share), _pair(span.get("scale")))
    try:
        _ = weight.value
    except (ValueError, ZeroDivisionError) as error:
        raise _invalid(path, f"weight {share!r} of {code} is not a number or a fraction") from error
    return weight


def parse_edition(doc: dict[str, Any], path: Path, shelf: Shelf) -> Edition:
    """The edition that a description means. Raises EditionFault when it does not fit the schema."""
    _check(doc, path, "edition")
    accessed = doc.get("accessed_on")
    published = str(doc["published_on"]) if doc.get("published_on") else None
    try:
        parse_published_on(published)
        accessed_on = date.fromisoformat(str(accessed)) if accessed else None
        for table in doc["tables"]:
            codecs.lookup(table.get("encoding", "utf-8"))
    except (ValueError, LookupError) as error:
        raise _invalid(path, str(error)) from error
    return Edition(
        index=doc["index"],
        year=doc["edition"],
        basis=doc["basis"],
        vintage=doc.get("vintage", 1),
        title=doc["title"],
        published_on=published,
        accessed_on=accessed_on,
        coverage=doc["coverage"],
        territories_expected=doc.get("territories_expected"),
        absent=frozenset(doc.get("absent", ())),
        no_data=frozenset(doc.get("no_data", ())),
        notes=doc.get("notes"),
        corrections=tuple(Correction(**item) for item in doc.get("corrections", ())),
        tables=tuple(_table(item) for item in doc["tables"]),
        path=path,
        shelf=shelf,
    )


def _table(doc: dict[str, Any]) -> Table:
    return Table(
        file=doc["file"],
        name=doc.get("name"),
        sha256=doc["sha256"],
        rows=doc["rows"],
        format=doc.get("format", "csv"),
        place=Place.parse(doc.get("place", {})),
        decimal=doc.get("decimal", "."),
        encoding=doc.get("encoding"),
        unit_sign=doc.get("unit_sign"),
        where={header: str(value) for header, value in doc.get("where", {}).items()},
        columns={
            header_key(h): Figure(f.get("component"), f.get("measure")) for h, f in doc.get("columns", {}).items()
        },
        roles={header_key(h): role for h, role in doc.get("roles", {}).items()},
        labels={header_key(h): labels for h, labels in doc.get("labels", {}).items()},
        territory=doc.get("territory"),
        component_header=doc.get("component_header"),
        measure_header=doc.get("measure_header"),
        attach={
            header_key(h): (item["as"], tuple(header_key(to) for to in item["to"]))
            for h, item in doc.get("attach", {}).items()
        },
        not_captured=frozenset(header_key(h) for h in doc.get("not_captured", ())),
        sources=tuple(
            Source(
                url=item.get("url"),
                kind=item["kind"],
                publisher=item["publisher"],
                title=item["title"],
                notes=item.get("notes"),
                headers=frozenset(header_key(h) for h in item.get("headers", ())),
            )
            for item in doc["sources"]
        ),
    )
