"""A file that may become an edition, read as the one that it seems to be: what was guessed, what the preflight saw.

Nothing is written here. What is written about a candidate is its description, which is the edition's YAML.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Any

from ingest.archive import open_archived, open_table
from ingest.catalog import Catalog, Edition, Index, Table
from ingest.catalog_reader import parse_edition
from ingest.faults import EditionFault, Fault, Words
from ingest.formats import legacy
from ingest.formats.opening import format_of_member, lines_in, places_in, sniff
from ingest.formats.place import Place
from ingest.guess import Found, bases_of, bounded, decimals_shown, find_tables, index_named, years_told
from ingest.header import read_layout
from ingest.offer import KINDS, CandidateError, Missing, MissingFacts, Offer, OfferedFile
from ingest.preflight import Inspected, Preflight, on_list, preflight
from ingest.reader import Cell, read_edition
from ingest.remarks import Remark, outcome
from ingest.settings import Shelf
from ingest.territory import Gazetteer
from ingest.text import header_key, tidy

# rows that are looked at to guess marks and names; a table of provinces is far shorter
_ENOUGH_ROWS = 2_000
# a header stands within these lines
_TOP = 60


@dataclass
class Candidate:
    """An offer read as an edition: its description, how its columns were understood, and what stops it, if anything."""

    offer: Offer
    description: dict[str, Any]
    edition: Edition
    mapping: list[tuple[str, str]]
    cells: list[Cell] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    facts: list[Words] = field(default_factory=list)
    # what the preflight could prove; None where it was not run
    preflight: Preflight | None = None
    # the edition whose figures these are, to the last cell: then there is nothing to add
    repeats: Edition | None = None

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


@dataclass(frozen=True)
class _Opened:
    """One file of the offer with its place settled: its table's description so far, and its first rows."""

    file: OfferedFile
    format: str
    place: Place
    found: Found
    layout: dict[str, Any]
    rows: list[list[str]]
    header: list[str]


def examine(offer: Offer, catalog: Catalog, places: Gazetteer) -> Candidate:
    """Read an offer without writing anything, and hold it against the catalog and the edition before.

    Raises MissingFacts naming every fact that must be said, CandidateError for an offer that contradicts itself,
    EditionFault for a file that cannot be opened. What is wrong with its content is in the candidate's remarks.
    """
    index, tables = _opened(offer, catalog, places)
    year = offer.edition or _year(offer, index, tables)
    basis = offer.basis or _basis(offer, index, year, tables, catalog, places)
    _check_absent(offer, index)
    description = _head(offer, index, year, basis, _next_vintage(catalog, index, year, basis))
    description["tables"] = [_table(offer, index, one) for one in tables]
    description |= _absent(offer, description, index, catalog, places)
    return inspect(offer, description, catalog, places)


def examine_described(offer: Offer, catalog: Catalog, places: Gazetteer) -> Candidate:
    """The same for an offer that says everything: index, year, basis, and the whole layout of each of its files.

    Raises EditionFault for a file that cannot be opened.
    """
    if offer.index is None or offer.edition is None or offer.basis is None:
        raise CandidateError(f"{offer.name}: index, edition and basis must be said")
    index, year, basis = catalog.indices[offer.index], offer.edition, offer.basis
    description = _head(offer, index, year, basis, _next_vintage(catalog, index, year, basis))
    description["tables"] = [
        {"file": one.file, "name": one.name, "sha256": one.sha256, "rows": 1, **one.layout, **_sources(offer, index)}
        for one in offer.files
    ]
    for table in parse_edition(description, Path("candidate.yaml"), offer.shelf).tables:
        rows = _rows_of(table, offer.shelf)
        next(one for one in description["tables"] if one["file"] == table.file)["rows"] = max(rows, 1)
    description |= _absent(offer, description, index, catalog, places)
    return inspect(offer, description, catalog, places)


def inspect(offer: Offer, description: dict[str, Any], catalog: Catalog, places: Gazetteer) -> Candidate:
    """Read an offer as `description` says and run the preflight. Raises EditionFault for a wrong description."""
    edition = parse_edition(description, Path("candidate.yaml"), offer.shelf)
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
    for one in _known(catalog, index, edition.year, edition.basis)[:1]:
        if _all_there(candidate.cells, _cells_of(one, catalog, places)):
            candidate.repeats = one
            return candidate
    before = _before(edition, index, catalog, places)
    cells_before = on_list(_cells_of(before, catalog, places), edition.basis, places) if before else []
    others = [(one, _cells_of(one, catalog, places)) for one in catalog.editions_of(index.code)]
    seen = Inspected(edition, index, candidate.cells, before, cells_before, others)
    found = preflight(seen, places)
    candidate.remarks = [*_beside_its_vintages(candidate, catalog, places), *found.remarks]
    candidate.facts, candidate.preflight = found.facts, found
    return candidate


def _opened(offer: Offer, catalog: Catalog, places: Gazetteer) -> tuple[Index, list[_Opened]]:
    if offer.index and offer.index.upper() not in catalog.indices:
        raise CandidateError(f"no index {offer.index}; known are {', '.join(sorted(catalog.indices))}")
    said = (offer.index or index_named(offer.name, catalog) or "").upper() or None
    tables, index = [], catalog.indices[said] if said else None
    for one in offer.files:
        format = one.layout.get("format") or _format(offer, one)
        known = Place.parse(one.layout.get("place", {}))
        _refuse_legacy(offer, one, format, known)
        found = find_tables(offer.path(one), one.name, format, known, one.layout.get("encoding"), said, catalog)
        if not found:
            raise MissingFacts(
                one.name, [_index_asked(catalog)] if said is None else _headers_asked(one, catalog.indices[said])
            )
        if index is None:
            index = _index_of(found[0], one, catalog)
        chosen = _chosen(found, one, index)
        tables.append(_open(offer, one, format, chosen, index, catalog, places))
    assert index is not None  # an offer has at least one file
    return index, tables


def _refuse_legacy(offer: Offer, one: OfferedFile, format: str, known: Place) -> None:
    """A workbook typed in a font of the old encodings holds text that no list knows: say so, and not "unknown"."""
    encoding = one.layout.get("encoding")
    for place in places_in(offer.path(one), one.name, format, encoding, known.member):
        for line in islice(lines_in(offer.path(one), one.name, format, place, encoding), _TOP):
            if old := legacy.detect(" ".join(line.cells)):
                raise EditionFault([Fault("encoding_legacy", one.name, line.number, text=str(old))])


def _format(offer: Offer, one: OfferedFile) -> str:
    format = sniff(offer.path(one), one.name)
    if format != "zip":
        return format
    member = one.layout.get("place", {}).get("member")
    if member is None:
        raise MissingFacts(one.name, [Missing("--member", "which file of the zip holds the table")])
    return format_of_member(offer.path(one), one.name, member)


def _index_of(found: Found, one: OfferedFile, catalog: Catalog) -> Index:
    (code, hits), *rest = found.known.most_common(2)
    if hits < 2 or (rest and rest[0][1] == hits):
        raise MissingFacts(one.name, [_index_asked(catalog)])
    return catalog.indices[code]


def _chosen(found: list[Found], one: OfferedFile, index: Index) -> Found:
    best = [one for one in found if one.worth(index.code)[:2] == found[0].worth(index.code)[:2]]
    if len(best) > 1:
        names = tuple(str(each.place.sheet or each.place.table or each.place.delimiter) for each in best)
        option = "--sheet" if best[0].place.sheet else "--table"
        raise MissingFacts(one.name, [Missing(option, "several tables look alike: which one is it", names)])
    return best[0]


def _open(
    offer: Offer, one: OfferedFile, format: str, found: Found, index: Index, catalog: Catalog, places: Gazetteer
) -> _Opened:
    encoding = one.layout.get("encoding")
    territory = {header_key(word) for word in catalog.common["roles"]["territory"]}
    territory |= {header_key(h) for h, role in one.layout.get("roles", {}).items() if role == "territory"}
    columns = [
        position
        for position, header in enumerate(found.header)
        if territory & {header_key(part) for part in (header, *header.split(" | "))}
    ]
    known = Place.parse(one.layout.get("place", {}))
    place = found.place
    if known.first is None and known.last is None and not known.skip:
        place = bounded(offer.path(one), one.name, format, found, encoding, places, columns)
    printed = open_archived(offer.shelf, one.file, one.sha256, format, place, encoding, one.name)
    rows = [cells for _, cells in islice(printed.rows, _ENOUGH_ROWS)]
    if not rows:
        raise EditionFault([Fault("file_unreadable", one.name, printed.header_line, text="a header and no row")])
    return _Opened(one, format, place, found, one.layout, rows, printed.header)


def _year(offer: Offer, index: Index, tables: list[_Opened]) -> int:
    told = years_told(offer.name, tables[0].found, index)
    if len(told) != 1:
        among = tuple(map(str, sorted(told)))
        raise MissingFacts(offer.name, [Missing("--edition", "the reference year of the figures", among)])
    return told.pop()


def _basis(offer: Offer, index: Index, year: int, tables: list[_Opened], catalog: Catalog, places: Gazetteer) -> str:
    if index.level == "national":
        return "VN"
    territory = {header_key(word) for word in catalog.common["roles"]["territory"]}
    names = []
    for one in tables:
        columns = [
            position
            for position, header in enumerate(one.header)
            if territory & {header_key(part) for part in (header, *header.split(" | "))}
            and one.layout.get("roles", {}).get(header) is None
        ]
        names += [row[columns[-1]] for row in one.rows if columns]
    fitting = bases_of([name for name in names if places.knows(name)], year, places)
    if len(fitting) != 1:
        question = "the territorial list that the table is on; its names fit both or neither"
        raise MissingFacts(offer.name, [Missing("--basis", question, ("63", "34", "VN"))])
    return fitting[0]


def _index_asked(catalog: Catalog) -> Missing:
    return Missing("--index", "which index it is; neither name nor headers tell", tuple(sorted(catalog.indices)))


def _headers_asked(one: OfferedFile, index: Index) -> list[Missing]:
    return [Missing("--header", f"the line of the header; no line of the first ones has words that {index.code} knows")]


def source_unsaid(offer: Offer) -> list[Missing]:
    """What nobody said about where the figures are from: without it they do not enter."""
    missing = []
    if not offer.source_url:
        missing.append(Missing("--source-url", "the address that the file came from"))
    if not offer.source_kind:
        missing.append(Missing("--source-kind", "how close that is to the publisher", KINDS))
    return missing


def _check_absent(offer: Offer, index: Index) -> None:
    known = {component.code for component in index.components}
    unknown = [name for name in offer.absent if name.split(".")[0] not in known]
    if unknown:
        raise CandidateError(f"--absent names {', '.join(unknown)}; components are {', '.join(sorted(known))}")


def _known(catalog: Catalog, index: Index, year: int, basis: str) -> list[Edition]:
    """The vintages of an edition, newest first."""
    of = [one for one in catalog.editions_of(index.code) if (one.year, one.basis) == (year, basis)]
    return sorted(of, key=lambda one: -one.vintage)


def _before(edition: Edition, index: Index, catalog: Catalog, places: Gazetteer) -> Edition | None:
    """The edition to compare with: the newest earlier one on the same list, a complete one if there is any."""
    earlier = [one for one in catalog.editions_of(index.code) if one.year < edition.year]
    earlier = earlier or [one for one in catalog.editions_of(index.code) if one.year > edition.year]
    near = sorted(
        earlier,
        key=lambda one: (
            one.basis == edition.basis,
            one.coverage == "complete",
            -abs(one.year - edition.year),
            one.vintage,
        ),
    )
    return next((one for one in reversed(near) if _cells_of(one, catalog, places)), None)


def _cells_of(edition: Edition, catalog: Catalog, places: Gazetteer) -> list[Cell]:
    key = (edition.index, edition.year, edition.basis, edition.vintage)
    if key not in catalog.compared_with:
        try:
            catalog.compared_with[key] = read_edition(edition, catalog, places)
        except EditionFault:
            catalog.compared_with[key] = []  # it has a finding of its own; there is nothing to compare with then
    return catalog.compared_with[key]


def _figures(cells: list[Cell]) -> dict[tuple[str, str, str], float | str | None]:
    return {
        (c.territory_code, c.component_code, c.measure): c.value if c.value_status != "text" else tidy(c.value_text)
        for c in cells
    }


def _all_there(cells: list[Cell], known: list[Cell]) -> bool:
    """Whether every figure is known already, to at least as many decimals as it is printed with now.

    A part of what is known says nothing new by more decimals: it could not take the whole one's place.
    """
    by_key = {(cell.territory_code, cell.component_code, cell.measure): cell for cell in known}
    part = len(cells) < len(known)
    for cell in cells:
        one = by_key.get((cell.territory_code, cell.component_code, cell.measure))
        if one is None and cell.value_status == "no_data":
            continue
        if one is None or (one.value is None) != (cell.value is None):
            return False
        if cell.value is None or one.value is None:
            if cell.value_status == "text" and tidy(cell.value_text) != tidy(one.value_text):
                return False
            continue
        decimals, known_decimals = cell.printed_decimals or 0, one.printed_decimals or 0
        finer = decimals > known_decimals and not part
        slack = 0.0 if finer else 0.5 * 10.0 ** -min(decimals, known_decimals) + 1e-12
        if abs(cell.value - one.value) > slack:
            return False
    return True


def _beside_its_vintages(candidate: Candidate, catalog: Catalog, places: Gazetteer) -> Iterator[Remark]:
    """A new vintage beside the one that stands: what it restates, and whether it says less."""
    edition = candidate.edition
    for one in _known(catalog, catalog.indices[edition.index], edition.year, edition.basis)[:1]:
        old, new = _figures(_cells_of(one, catalog, places)), _figures(candidate.cells)
        changed = sorted(key for key in old.keys() & new.keys() if old[key] != new[key])
        gone = old.keys() - new.keys()
        if gone or (one.coverage == "complete" and edition.coverage == "partial"):
            yield Remark(
                "says_less",
                True,
                Words(
                    f"Kỳ này đã có, đầy đủ hơn: tệp mới thiếu {len(gone)} số liệu của phiên bản {one.vintage}",
                    f"This edition is known and fuller: the file lacks {len(gone)} figures of vintage {one.vintage}",
                ),
                Words(
                    "Chỉ nhận khi bản mới thay hẳn bản cũ",
                    "Accept it only where the new file replaces the old one as a whole",
                ),
            )
        if changed:
            shown = "; ".join(f"{t} {c} {m}: {old[t, c, m]} → {new[t, c, m]}" for t, c, m in changed[:5])
            yield Remark(
                "restates",
                False,
                Words(
                    f"Sửa {len(changed)} số liệu của phiên bản {one.vintage}",
                    f"Restates {len(changed)} figures of vintage {one.vintage}",
                ),
                Words("Xem nơi công bố có nói vì sao không", "See whether the publisher says why"),
                shown,
            )


def _next_vintage(catalog: Catalog, index: Index, year: int, basis: str) -> int:
    return 1 + max((one.vintage for one in _known(catalog, index, year, basis)), default=0)


def _head(offer: Offer, index: Index, year: int, basis: str, vintage: int) -> dict[str, Any]:
    """An edition's description but for its tables."""
    description: dict[str, Any] = {"index": index.code, "edition": year, "basis": basis}
    if vintage > 1:
        description["vintage"] = vintage
    description["title"] = offer.title or f"{index.name_en} {year}"
    for name in ("published_on", "accessed_on"):
        if getattr(offer, name):
            description[name] = getattr(offer, name)
    description["coverage"] = offer.coverage or "complete"
    for name in ("absent", "no_data", "corrections"):
        if getattr(offer, name):
            description[name] = list(getattr(offer, name))
    if offer.notes:
        description["notes"] = offer.notes
    return description


def _sources(offer: Offer, index: Index) -> dict[str, Any]:
    source = {"kind": offer.source_kind or "compiled", "publisher": index.publisher}
    source["title"] = offer.title or f"{index.name_en}, {offer.name}"
    return {"sources": [{"url": offer.source_url, **source} if offer.source_url else source]}


def _rows_of(table: Table, shelf: Shelf) -> int:
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
    trial = parse_edition({**description, "absent": every}, Path("candidate.yaml"), offer.shelf)
    try:
        there = {f"{cell.component_code}.{cell.measure}" for cell in read_edition(trial, catalog, places)}
    except EditionFault:
        return {}  # what is wrong is said when it is read for good
    absent = [name for name in every if name not in there]
    return {"absent": absent} if absent else {}


def _table(offer: Offer, index: Index, one: _Opened) -> dict[str, Any]:
    table: dict[str, Any] = {
        "file": one.file.file,
        "name": one.file.name,
        "sha256": one.file.sha256,
        "rows": len(one.rows),
    }
    if one.format != "csv":
        table["format"] = one.format
    if place := one.place.describe():
        table["place"] = place
    marks = decimals_shown(one.rows)
    if "decimal" not in one.layout and len(marks) > 1:
        cells = [f"{one.rows[r][c]} ({one.header[c]}, data row {r + 1})" for r, c in marks.values()]
        question = f"its numbers use both marks, as in {' and '.join(cells)}: which is it"
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
