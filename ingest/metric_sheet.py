"""A sheet of metrics that somebody handed in: how it reads, what the preflight says of it, and its way to the shelf."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ingest.catalog import Catalog
from ingest.catalog_reader import parse_delivery
from ingest.faults import EditionFault, Words
from ingest.formats.opening import sniff
from ingest.metric_catalog import Delivery, MetricSource
from ingest.metric_match import find_table, first_tables
from ingest.metric_reader import (
    MetricCell,
    MetricReading,
    open_delivery,
    read_delivery,
    read_sheet,
)
from ingest.metric_record import figure_of, on_record
from ingest.offer import CandidateError, Offer
from ingest.period import kind_of
from ingest.preflight.delivered import Delivered
from ingest.preflight.metrics import metric_remarks, sheet_faults
from ingest.remarks import HELD, Remark, outcome
from ingest.settings import Shelf
from ingest.territory import Gazetteer
from ingest.text import tidy
from ingest.yaml_file import as_yaml, write_new

_SCHEMA_LINE = "# yaml-language-server: $schema=ingest/catalog/_schema/delivery.schema.json\n"
# what a description without a place on a shelf yet is called
_UNPLACED = Path("metrics/candidate.yaml")


@dataclass
class DeliveryCandidate:
    """A sheet read as a delivery: its description, what each column was taken for, and what stops it, if anything."""

    offer: Offer
    description: dict[str, Any]
    delivery: Delivery
    mapping: list[tuple[str, str]] = field(default_factory=list)
    cells: list[MetricCell] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    # the delivery whose figures these are, to the last one: then there is nothing to add
    repeats: Delivery | None = None

    # a delivery is only held against what is on record
    facts: tuple[Words, ...] = ()

    @property
    def outcome(self) -> str:
        return outcome(self.remarks)

    @property
    def subject(self) -> dict[str, Any]:
        """What names the delivery."""
        return {"metrics": self.delivery.source, "edition": self.delivery.name, "vintage": self.delivery.vintage}

    @property
    def title(self) -> str:
        return f"{self.delivery.source} {self.delivery.name}, vintage {self.delivery.vintage}"

    @property
    def unreadable(self) -> bool:
        """Whether it cannot be read at all as described: no acceptance can let it in."""
        return not self.cells


def examine_delivery(
    offer: Offer, source: MetricSource, catalog: Catalog, places: Gazetteer, received_on: date
) -> DeliveryCandidate:
    """Read the offer's file as the next delivery of `source`, writing nothing, and hold it against what is on record.

    What the offer says of its layout (format, place, encoding, decimal) is kept. Raises EditionFault when the file
    cannot be opened or has no table of the source; what is wrong with its rows is in the candidate's remarks.
    """
    file = offer.files[0]
    path, said = offer.path(file), dict(file.layout)
    said.setdefault("format", sniff(path, file.name))
    if "place" not in said:
        tables = first_tables(path, file.name, said["format"], said.get("encoding"))
        said["place"] = find_table(tables, source, file.name).describe()
    description: dict[str, Any] = {
        "source": source.code,
        "delivery": received_on.isoformat(),
        "title": offer.title,
        "file": file.file,
        "name": file.name,
        "sha256": file.sha256,
        "rows": 1,
        "received_on": received_on.isoformat(),
        **said,
        "source_url": offer.source_url,
        "source_kind": offer.source_kind,
        "notes": offer.notes,
    }
    description = {name: value for name, value in description.items() if value}
    # the sheet itself says which period is its newest, and the delivery is named after that
    try:
        reading = _read(parse_delivery(description, catalog, _UNPLACED, offer.shelf), source, places)
    except EditionFault:
        return inspect_delivery(offer, description, catalog, places)
    name = _name(source, reading, received_on)
    vintage = 1 + max((one.vintage for one in _vintages(catalog, source, name)), default=0)
    description |= {"delivery": name, "rows": max(len(reading.cells) + len(reading.blanks), 1)}
    if vintage > 1:
        description["vintage"] = vintage
    return inspect_delivery(offer, description, catalog, places)


def inspect_delivery(
    offer: Offer, description: dict[str, Any], catalog: Catalog, places: Gazetteer
) -> DeliveryCandidate:
    """Read an offer as `description` says and run the preflight. Raises EditionFault for a wrong description."""
    delivery = parse_delivery(description, catalog, _UNPLACED, offer.shelf)
    source = catalog.metric_sources[delivery.source]
    candidate = DeliveryCandidate(offer, description, delivery)
    try:
        reading = _read(delivery, source, places)
    except EditionFault as error:
        candidate.remarks = [Remark.of(fault) for fault in error.faults]
        return candidate
    candidate.mapping = _mapping(reading)
    seen = Delivered(source, delivery, reading.cells, reading.blanks, on_record(catalog, places))
    if faults := reading.faults or sheet_faults(seen):
        candidate.remarks = [Remark.of(fault) for fault in faults]
        return candidate
    candidate.cells = reading.cells
    candidate.repeats = _same(delivery, reading.cells, catalog, places)
    if candidate.repeats is None:
        candidate.remarks = metric_remarks(seen)
    return candidate


def _read(delivery: Delivery, source: MetricSource, places: Gazetteer) -> MetricReading:
    return read_sheet(source, delivery, open_delivery(delivery), places, frozenset())


def _name(source: MetricSource, reading: MetricReading, received_on: date) -> str:
    """The newest period of the sheet where periods name its deliveries; else the day that it came."""
    labels = [
        (cell.period_start, cell.period_label)
        for cell in reading.cells
        if source.every and kind_of(cell.period_start, cell.period_end) == source.every
    ]
    return max(labels)[1] if labels else received_on.isoformat()


def _vintages(catalog: Catalog, source: MetricSource, name: str) -> list[Delivery]:
    """The known vintages of one delivery, the newest first."""
    known = [one for one in catalog.deliveries_of(source.code) if one.name == name]
    return sorted(known, key=lambda one: one.vintage, reverse=True)


def _same(delivery: Delivery, cells: list[MetricCell], catalog: Catalog, places: Gazetteer) -> Delivery | None:
    """The delivery of the same bytes, or the newest vintage of this delivery, if it holds these very figures."""
    source = catalog.metric_sources[delivery.source]
    for one in catalog.deliveries_of(source.code):
        if (one.sha256, one.place) == (delivery.sha256, delivery.place):
            return one
    for one in _vintages(catalog, source, delivery.name)[:1]:
        if _figures(read_delivery(source, one, places, frozenset())) == _figures(cells):
            return one
    return None


def _figures(cells: list[MetricCell]) -> set[tuple[object, ...]]:
    return {(*figure_of(cell), cell.unit, cell.qualifier, cell.value, cell.note, cell.source_url) for cell in cells}


def _mapping(reading: MetricReading) -> list[tuple[str, str]]:
    """Each header and what it was taken for, in the order of the file."""
    meaning = {position: part for part, position in reading.parts.items()}
    return [(tidy(header), meaning.get(position, "ignored")) for position, header in enumerate(reading.header)]


def shelve_delivery(candidate: DeliveryCandidate, shelf: Shelf, accepted: dict[str, Any] | None = None) -> Path:
    """Write the delivery's YAML; its bytes are in the archive already. Returns the YAML's path; the next run loads it.

    `accepted` ({why, on, remarks}) says who decided against the preflight. Raises CandidateError for a candidate that
    is held without such a decision, that cannot be read, or whose place on the shelf somebody took meanwhile.
    """
    if candidate.unreadable or (candidate.outcome == HELD and accepted is None):
        raise CandidateError("\n".join(remark.what.en for remark in candidate.remarks if remark.holds))
    description = candidate.description | ({"accepted": accepted} if accepted else {})
    path = shelf.catalog / "metrics" / candidate.delivery.source / f"{candidate.delivery.key}.yaml"
    write_new(path, _SCHEMA_LINE + as_yaml(description))
    return path
