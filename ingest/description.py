"""From what is said about files and what they tell by themselves to an edition's description, its YAML to be.

Everything guessed is in the description and shown; what cannot be guessed is asked for. Raises MissingFacts for that,
CandidateError for an offer that contradicts itself, EditionFault for a file that cannot be opened.
"""

from pathlib import Path
from typing import Any

from ingest.archive import open_table
from ingest.catalog import Catalog, Index, Table
from ingest.catalog_reader import parse_edition
from ingest.faults import EditionFault, Words
from ingest.guess import bases_of, decimals_shown, years_told
from ingest.known_editions import corrections_of, next_vintage
from ingest.offer import CandidateError, Missing, MissingFacts, Offer
from ingest.offered_tables import OpenedTable, open_tables
from ingest.reader import read_edition
from ingest.settings import Shelf
from ingest.territory import Gazetteer
from ingest.text import header_key, tidy

_WHICH_YEAR = Words("năm của số liệu", "the reference year of the figures")
_WHICH_LIST = Words(
    "danh sách tỉnh của bảng; tên trong bảng hợp với cả hai hoặc không danh sách nào",
    "the territorial list that the table is on; its names fit both or neither",
)
# what a description without a place on a shelf yet is called
UNPLACED = Path("candidate.yaml")


def describe(offer: Offer, catalog: Catalog, places: Gazetteer) -> dict[str, Any]:
    """The description of an offer whose files tell the rest by themselves."""
    index, tables = open_tables(offer, catalog, places)
    year = offer.edition or _year(offer, index, tables)
    basis = offer.basis or _basis(offer, index, year, tables, places)
    _check_absent(offer, index)
    described = [_table(offer, index, one) for one in tables]
    return _finished(offer, index, year, basis, described, catalog, places)


def describe_as_said(offer: Offer, catalog: Catalog, places: Gazetteer) -> dict[str, Any]:
    """The description of an offer that says everything: index, year, basis, and the layout of each of its files."""
    if offer.index is None or offer.edition is None or offer.basis is None:
        raise CandidateError(f"{offer.name}: index, edition and basis must be said")
    index = catalog.indices[offer.index]
    tables = [
        {"file": one.file, "name": one.name, "sha256": one.sha256, "rows": 1, **one.layout, **_sources(offer, index)}
        for one in offer.files
    ]
    return _finished(offer, index, offer.edition, offer.basis, tables, catalog, places)


def _finished(
    offer: Offer,
    index: Index,
    year: int,
    basis: str,
    tables: list[dict[str, Any]],
    catalog: Catalog,
    places: Gazetteer,
) -> dict[str, Any]:
    """The whole description, with what can be counted once the layout is settled."""
    description = _head(offer, index, year, basis, catalog) | {"tables": tables}
    for described, table in zip(tables, parse_edition(description, UNPLACED, offer.shelf).tables, strict=True):
        described["rows"] = max(_rows(table, offer.shelf), 1)
    return description | _absent(offer, description, index, catalog, places)


def _year(offer: Offer, index: Index, tables: list[OpenedTable]) -> int:
    told = years_told(offer.name, tables[0].found, index)
    if len(told) != 1:
        among = tuple(map(str, sorted(told)))
        raise MissingFacts(offer.name, [Missing("--edition", _WHICH_YEAR, among)])
    return told.pop()


def _basis(offer: Offer, index: Index, year: int, tables: list[OpenedTable], places: Gazetteer) -> str:
    if index.level == "national":
        return "VN"
    names = [row[one.names[-1]] for one in tables if one.names for row in one.rows]
    fitting = bases_of([name for name in names if places.knows(name)], year, places)
    if len(fitting) != 1:
        if unknown := [name for name in names if not places.knows(name)]:
            first = ", ".join(map(repr, unknown[:5]))
            raise CandidateError(f"{offer.name}: no territory list knows {first}; mend the names after the original")
        raise MissingFacts(offer.name, [Missing("--basis", _WHICH_LIST, ("63", "34", "VN"))])
    return fitting[0]


def _check_absent(offer: Offer, index: Index) -> None:
    known = {component.code for component in index.components}
    unknown = [name for name in offer.absent if name.split(".")[0] not in known]
    if unknown:
        raise CandidateError(f"--absent names {', '.join(unknown)}; components are {', '.join(sorted(known))}")


def _head(offer: Offer, index: Index, year: int, basis: str, catalog: Catalog) -> dict[str, Any]:
    """An edition's description but for its tables."""
    vintage = next_vintage(catalog, index, year, basis)
    description: dict[str, Any] = {"index": index.code, "edition": year, "basis": basis}
    if vintage > 1:
        description["vintage"] = vintage
    description["title"] = offer.title or f"{index.name_en} {year}"
    for name in ("published_on", "accessed_on"):
        if getattr(offer, name):
            description[name] = getattr(offer, name)
    description["coverage"] = offer.coverage or "complete"
    for name in ("absent", "no_data"):
        if getattr(offer, name):
            description[name] = list(getattr(offer, name))
    corrections = list(offer.corrections) or corrections_of(catalog, index, year, basis)
    if corrections:
        description["corrections"] = corrections
    if offer.notes:
        description["notes"] = offer.notes
    return description


def _sources(offer: Offer, index: Index) -> dict[str, Any]:
    source = {"kind": offer.source_kind or "compiled", "publisher": index.publisher}
    source["title"] = offer.title or f"{index.name_en}, {offer.name}"
    return {"sources": [{"url": offer.source_url, **source} if offer.source_url else source]}


def _rows(table: Table, shelf: Shelf) -> int:
    """How many rows of a table belong to its edition."""
    printed = open_table(shelf, table)
    where = {header_key(header): value for header, value in table.where.items()}
    keys = [header_key(header) for header in printed.header]
    return sum(
        all(tidy(cells[keys.index(key)]) == value for key, value in where.items() if key in keys)
        for _, cells in printed.rows
    )


def _absent(
    offer: Offer, description: dict[str, Any], index: Index, catalog: Catalog, places: Gazetteer
) -> dict[str, Any]:
    """Part of a table lacks columns by its nature: those that it does not have are recorded as absent."""
    if offer.coverage != "partial" or offer.absent:
        return {}
    every = sorted(f"{figure.component}.{figure.measure}" for figure in index.expected(description["edition"]))
    trial = parse_edition({**description, "absent": every}, UNPLACED, offer.shelf)
    try:
        there = {f"{cell.component_code}.{cell.measure}" for cell in read_edition(trial, catalog, places)}
    except EditionFault:
        return {}  # what is wrong is said when it is read for good
    absent = [name for name in every if name not in there]
    return {"absent": absent} if absent else {}


def _table(offer: Offer, index: Index, one: OpenedTable) -> dict[str, Any]:
    table: dict[str, Any] = {
        "file": one.file.file,
        "name": one.file.name,
        "sha256": one.file.sha256,
        "rows": 1,
    }
    if one.format != "csv":
        table["format"] = one.format
    if place := one.place.describe():
        table["place"] = place
    marks = decimals_shown(one.rows)
    if "decimal" not in one.layout and len(marks) > 1:
        cells = " / ".join(f"{one.rows[r][c]} ({one.header[c]}, data row {r + 1})" for r, c in marks.values())
        question = Words(f"số liệu dùng cả hai dấu thập phân: {cells}", f"its numbers use both marks, as in {cells}")
        raise MissingFacts(one.file.name, [Missing("--decimal", question, (".", ","))])
    if "decimal" not in one.layout and set(marks) == {","}:
        table["decimal"] = ","
    if "unit_sign" not in one.layout and any(tidy(cell).endswith("%") for row in one.rows for cell in row):
        table["unit_sign"] = "%"
    if index.level == "national" and "territory" not in one.layout:
        table["territory"] = "VN"
    table |= {name: value for name, value in one.layout.items() if name not in ("format", "place")}
    if "sources" not in table:
        table |= _sources(offer, index)
    return table
