"""A file that may become an edition, read as the one that it seems to be: what was guessed, what the preflight saw.

Nothing is written here. What is written about a candidate is its description, which is the edition's YAML.
"""

from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from ingest.another_year import another_year
from ingest.archive import open_table
from ingest.catalog import Catalog, Edition, Index
from ingest.catalog_reader import parse_edition
from ingest.description import UNPLACED, describe, describe_as_said
from ingest.faults import EditionFault, Words
from ingest.header import read_layout
from ingest.known_editions import all_there, beside_its_vintages, cells_of, edition_before, vintages_of
from ingest.offer import KINDS, CandidateError, Missing, Offer
from ingest.preflight import Inspected, Preflight, on_list, preflight
from ingest.reader import Cell, read_edition
from ingest.remarks import Remark, outcome
from ingest.territory import Gazetteer
from ingest.text import header_key, tidy


@dataclass
class Candidate:
    """An offer read as an edition: its description, how its columns were understood, and what stops it, if anything."""

    offer: Offer
    description: dict[str, Any]
    edition: Edition
    mapping: list[tuple[str, str]]
    cells: list[Cell] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    # what the preflight could prove; None where it was not run
    preflight: Preflight | None = None
    # the edition whose figures these are, to the last cell: then there is nothing to add
    repeats: Edition | None = None

    @property
    def facts(self) -> list[Words]:
        """What was compared and proved, in sentences."""
        return self.preflight.facts if self.preflight else []

    @property
    def outcome(self) -> str:
        return outcome(self.remarks)

    @property
    def subject(self) -> dict[str, Any]:
        """What names the edition."""
        one = self.edition
        return {"index": one.index, "edition": one.year, "basis": one.basis, "vintage": one.vintage}

    @property
    def title(self) -> str:
        one = self.edition
        return f"{one.index} {one.year}, list {one.basis}, vintage {one.vintage}, {one.coverage}"

    @property
    def unreadable(self) -> bool:
        """Whether it cannot be read at all as described: no acceptance can let it in."""
        return not self.cells


def examine(offer: Offer, catalog: Catalog, places: Gazetteer, *, all_said: bool = False) -> Candidate:
    """Read an offer without writing anything, and hold it against the catalog and the edition before.

    `all_said`: the offer leaves nothing to be guessed. Raises MissingFacts naming every fact that must be said,
    CandidateError for an offer that contradicts itself, EditionFault for a file that cannot be opened. What is wrong
    with its content is in the candidate's remarks.
    """
    described = (describe_as_said if all_said else describe)(offer, catalog, places)
    return inspect(offer, described, catalog, places)


def inspect(offer: Offer, description: dict[str, Any], catalog: Catalog, places: Gazetteer) -> Candidate:
    """Read an offer as `description` says and run the preflight. Raises EditionFault for a wrong description."""
    edition = parse_edition(description, UNPLACED, offer.shelf)
    if edition.index not in catalog.indices:
        raise CandidateError(f"no index {edition.index}; known are {', '.join(sorted(catalog.indices))}")
    index = catalog.indices[edition.index]
    candidate = Candidate(offer, description, edition, [])
    try:
        candidate.mapping = _mapping(edition, index, catalog)
        candidate.cells = read_edition(edition, catalog, places)
    except EditionFault as error:
        candidate.remarks = [Remark.of(fault) for fault in error.faults]
        return candidate
    for one in vintages_of(catalog, index, edition.year, edition.basis)[:1]:
        if all_there(as_printed(candidate, catalog, places), cells_of(one, catalog, places)):
            candidate.repeats = one
            return candidate
    before = edition_before(edition, index, catalog, places)
    cells_before = on_list(cells_of(before, catalog, places), edition.basis, places) if before else []
    others = [(one, cells_of(one, catalog, places)) for one in catalog.editions_of(index.code)]
    seen = Inspected(edition, index, candidate.cells, before, cells_before, others)
    found = preflight(seen, places)
    candidate.remarks = [
        *another_year(edition, index),
        *beside_its_vintages(edition, as_printed(candidate, catalog, places), catalog, places),
        *found.remarks,
    ]
    candidate.preflight = found
    return candidate


def as_printed(candidate: Candidate, catalog: Catalog, places: Gazetteer) -> list[Cell]:
    """The candidate's cells without our corrections."""
    if not candidate.edition.corrections:
        return candidate.cells
    return read_edition(replace(candidate.edition, corrections=()), catalog, places)


def source_unsaid(offer: Offer) -> list[Missing]:
    """What nobody said about where the figures are from: without it they do not enter."""
    missing = []
    if not offer.source_url or (offer.source_kind != "compiled" and "://" not in offer.source_url):
        missing.append(Missing("--source-url", Words("địa chỉ lấy tệp", "the address that the file came from")))
    if not offer.source_kind:
        missing.append(
            Missing(
                "--source-kind",
                Words(
                    "nguồn là gì: chính thức, bản sao, kho lưu, báo chí, tự tổng hợp",
                    "how close that is to the publisher: itself, a copy of its page, a repository, the press, compiled",
                ),
                KINDS,
            )
        )
    return missing


def _mapping(edition: Edition, index: Index, catalog: Catalog) -> list[tuple[str, str]]:
    """Each header and what it was taken for, in the order of the first table."""
    printed = open_table(edition.shelf, edition.tables[0])
    layout = read_layout(printed.header, index, edition, edition.tables[0], catalog.common)
    roles = {position: role for role, positions in layout.roles.items() for position in positions}
    mapping = []
    for position, text in enumerate(printed.header):
        figure = layout.figures.get(position)
        if figure:
            meaning = f"{figure.component or '(by row)'} {figure.measure or '(by row)'}"
        elif position in (layout.component_column, layout.measure_column):
            meaning = "component" if position == layout.component_column else "measure"
        else:
            meaning = roles.get(position, "not understood")
        mapping.append((tidy(text), meaning))
    return mapping


def not_understood(candidate: Candidate, index: Index) -> list[tuple[str, str | None]]:
    """The headers that nobody declared, each with the figure (component.measure) that it most looks like."""
    known = {
        header_key(name): f"{component.code}.{measure}"
        for component in index.components
        for measure, names in component.headers.items()
        for name in names
    }
    close = [
        (header, get_close_matches(header_key(header), known, n=1, cutoff=0.6))
        for header, meaning in candidate.mapping
        if meaning == "not understood"
    ]
    return [(header, known[near[0]] if near else None) for header, near in close]
