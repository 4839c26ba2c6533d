"""A file that somebody wants to add: read as the edition it claims to be, shown, and shelved with its description."""

import hashlib
import os
import re
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ingest.archive import PrintedTable, parse_csv
from ingest.catalog import Catalog, Edition, Index
from ingest.catalog_reader import parse_edition
from ingest.faults import EditionFault, Fault
from ingest.header import Layout, read_layout
from ingest.reader import Cell, read_edition
from ingest.settings import Shelf
from ingest.territory import Gazetteer
from ingest.text import header_key, tidy

_NAMED = re.compile(r"(?P<index>[a-z0-9_]+?)[_ -]?(?P<edition>(19|20)\d{2})", re.IGNORECASE)
_SCHEMA_LINE = "# yaml-language-server: $schema=ingest/catalog/_schema/edition.schema.json\n"


class CandidateError(ValueError):
    """The file cannot be taken as it was offered; the message lists what is missing or wrong."""


@dataclass(frozen=True)
class Offer:
    """What the person said about the file. None = to be guessed from the file's name and content."""

    file: Path
    index: str | None = None
    edition: int | None = None
    basis: str | None = None
    published_on: str | None = None
    source_url: str | None = None
    source_kind: str | None = None
    coverage: str | None = None
    decimal: str | None = None
    absent: tuple[str, ...] = ()


@dataclass
class Candidate:
    """A file read as an edition: its description, how its columns were understood, and what stops it, if anything."""

    offer: Offer
    description: dict[str, Any]
    edition: Edition
    header: list[str]
    mapping: list[tuple[str, str]]
    cells: list[Cell] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def examine(offer: Offer, catalog: Catalog, places: Gazetteer) -> Candidate:
    """Read the file without writing anything. Raises CandidateError naming every fact that must be given.

    Faults of the content do not raise: they are in the result, each with its place and remedy.
    """
    if not offer.file.is_file():
        raise CandidateError(f"{offer.file} is not a file")
    data = offer.file.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    first_line = data.split(b"\n", 1)[0]
    if b"," not in first_line and (b";" in first_line or b"\t" in first_line):
        raise CandidateError(f"{offer.file.name} has semicolons or tabs between its cells: save it as CSV with commas")
    if data[:2] == b"PK":
        raise CandidateError(f"{offer.file.name} is a spreadsheet or archive: save the table as CSV in UTF-8")
    try:
        printed = parse_csv(data, offer.file.name, sha256, "utf-8-sig")
    except EditionFault as error:
        raise CandidateError(str(error)) from error
    if not printed.rows:
        raise CandidateError(f"{offer.file.name} has a header and no row")
    index, year = _index_and_year(offer, catalog)
    _check_absent(offer, index)
    decimal = offer.decimal or _decimal(printed)
    basis = offer.basis or _basis(printed, catalog, places)
    if basis is None:
        raise CandidateError("the names fit the lists of both periods or neither: say --basis 63, 34 or VN")
    vintage = 1 + max(
        (one.vintage for one in catalog.editions_of(index.code) if (one.year, one.basis) == (year, basis)), default=0
    )
    same = [table.sha256 for one in catalog.editions_of(index.code) for table in one.tables]
    if sha256 in same:
        raise CandidateError(f"{offer.file.name} is already in the archive: the same bytes belong to a known edition")
    description = _description(offer, index, year, basis, vintage, printed, decimal)
    with tempfile.TemporaryDirectory() as folder:
        shelf = Shelf(Path(folder) / "catalog", Path(folder) / "archive")
        target = shelf.archive / description["tables"][0]["file"]
        target.parent.mkdir(parents=True)
        target.write_bytes(data)
        try:
            edition = parse_edition(description, shelf.catalog / "candidate.yaml", shelf)
        except EditionFault as error:
            raise CandidateError(str(error)) from error
        layout = read_layout(printed.header, index, edition, edition.tables[0], catalog.common)
        candidate = Candidate(offer, description, edition, printed.header, _mapping(printed.header, layout))
        try:
            candidate.cells = read_edition(edition, catalog, places)
        except EditionFault as error:
            candidate.faults = error.faults
    _check_coverage(candidate, places)
    return candidate


def _check_absent(offer: Offer, index: Index) -> None:
    known = {component.code for component in index.components}
    unknown = [name for name in offer.absent if name.split(".")[0] not in known]
    if unknown:
        raise CandidateError(f"--absent names {', '.join(unknown)}; components are {', '.join(sorted(known))}")


def _check_coverage(candidate: Candidate, places: Gazetteer) -> None:
    """A table that lacks units of its list is taken only when the person says that it does."""
    edition = candidate.edition
    if candidate.faults or edition.coverage == "partial":
        return
    listed = {place.code for place in places.territories.values() if place.is_listed(edition.basis, edition.year)}
    missing = listed - {cell.territory_code for cell in candidate.cells}
    if missing:
        names = ", ".join(sorted(places.territories[code].name_vi for code in missing)[:5])
        raise CandidateError(
            f"{len(missing)} of the {len(listed)} units of the list are not in the table ({names} ...): "
            "say --partial if it is only a part of what was published"
        )


def shelve(candidate: Candidate, shelf: Shelf) -> Path:
    """Put the file and its description on the installation's shelf; the next run loads it. Returns the YAML's path.

    Raises CandidateError while the candidate has faults or lacks its source: nothing is written then.
    """
    missing = [
        name
        for name, given in (
            ("--source-url", candidate.offer.source_url),
            ("--source-kind", candidate.offer.source_kind),
        )
        if not given
    ]
    if missing:
        raise CandidateError(f"say where the figures come from: {', '.join(missing)}")
    if candidate.faults:
        raise CandidateError("\n".join(map(str, candidate.faults)))
    archived = shelf.archive / candidate.description["tables"][0]["file"]
    described = shelf.catalog / candidate.edition.index.lower() / "editions" / f"{candidate.edition.key}.yaml"
    archived.parent.mkdir(parents=True, exist_ok=True)
    described.parent.mkdir(parents=True, exist_ok=True)
    beside = archived.with_name(f".{archived.name}.{os.getpid()}")
    shutil.copyfile(candidate.offer.file, beside)
    os.replace(beside, archived)
    text = _SCHEMA_LINE + yaml.safe_dump(candidate.description, sort_keys=False, allow_unicode=True, width=118)
    # the description last: without it the file is not part of the catalog, so a kill leaves nothing half added
    beside = described.with_name(f".{described.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, described)
    return described


def _index_and_year(offer: Offer, catalog: Catalog) -> tuple[Index, int]:
    named = _NAMED.match(offer.file.stem)
    code = (offer.index or (named["index"] if named else "")).upper()
    year = offer.edition or (int(named["edition"]) if named else None)
    missing = []
    if code not in catalog.indices:
        missing.append(f"--index (one of {', '.join(sorted(catalog.indices))})")
    if year is None:
        missing.append("--edition (the reference year)")
    if missing or year is None:
        raise CandidateError(f"{offer.file.name}: say {' and '.join(missing)}")
    return catalog.indices[code], year


def _decimal(printed: PrintedTable) -> str:
    """The decimal mark that the numbers show; a point when none of them has decimals."""
    commas = points = 0
    for row in printed.rows:
        for cell in row:
            text = tidy(cell)
            commas += bool(re.fullmatch(r"[+-]?\d+,\d+", text))
            points += bool(re.fullmatch(r"[+-]?\d+\.\d+", text))
    if commas and points:
        raise CandidateError("the numbers use both decimal marks: say which one with --decimal")
    return "," if commas else "."


def _territory_columns(printed: PrintedTable, catalog: Catalog) -> list[int]:
    known = {header_key(header) for header in catalog.common["roles"]["territory"]}
    return [position for position, header in enumerate(printed.header) if header_key(header) in known]


def _basis(printed: PrintedTable, catalog: Catalog, places: Gazetteer) -> str | None:
    """The one list on which every name stands; where several do, the one that is short enough settles nothing."""
    columns = _territory_columns(printed, catalog)
    if not columns:
        return None
    names = [row[columns[-1]] for row in printed.rows]
    lists = sorted({name for place in places.territories.values() for name in place.lists})
    nowhere = [name for name in names if not any(places.resolve(name, basis) for basis in lists)]
    if nowhere:
        raise CandidateError(
            f"no territory list knows {', '.join(map(repr, nowhere[:10]))}; mend the names in the file"
        )
    fitting = [
        basis
        for basis in lists
        if sum(basis in place.lists for place in places.territories.values()) >= len(names)
        and all(places.resolve(name, basis) for name in names)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _description(
    offer: Offer, index: Index, year: int, basis: str, vintage: int, printed: PrintedTable, decimal: str
) -> dict[str, Any]:
    title = f"{index.name_en} {year}"
    table: dict[str, Any] = {
        "file": f"{index.code.lower()}/{printed.sha256[:12]}_{offer.file.name}",
        "sha256": printed.sha256,
        "rows": len(printed.rows),
    }
    if decimal != ".":
        table["decimal"] = decimal
    source = {"kind": offer.source_kind or "compiled", "publisher": index.publisher, "title": title}
    table["sources"] = [{"url": offer.source_url, **source} if offer.source_url else source]
    description: dict[str, Any] = {"index": index.code, "edition": year, "basis": basis}
    if vintage > 1:
        description["vintage"] = vintage
    description["title"] = title
    if offer.published_on:
        description["published_on"] = offer.published_on
    description["coverage"] = offer.coverage or "complete"
    if offer.absent:
        description["absent"] = list(offer.absent)
    description["tables"] = [table]
    return description


def _mapping(header: list[str], layout: Layout) -> list[tuple[str, str]]:
    """Each header and what it was taken for, in the order of the file."""
    roles = {position: role for role, positions in layout.roles.items() for position in positions}
    mapping = []
    for position, printed in enumerate(header):
        figure = layout.figures.get(position)
        meaning = f"{figure.component} {figure.measure}" if figure else roles.get(position, "not understood")
        mapping.append((tidy(printed), meaning))
    return mapping
