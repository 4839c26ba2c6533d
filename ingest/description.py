"""From what is said about files and what they tell by themselves to an edition's description, its YAML to be.

Everything guessed is in the description and shown; what cannot be guessed is asked for. Raises MissingFacts for that,
CandidateError for an offer that contradicts itself, EditionFault for a file that cannot be opened.
"""

from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from ingest.archive import open_archived, open_table
from ingest.catalog import Catalog, Index, Table
from ingest.catalog_reader import parse_edition
from ingest.faults import EditionFault, Fault, Words
from ingest.formats import legacy
from ingest.formats.opening import format_of_member, lines_in, places_in, sniff
from ingest.formats.place import Place
from ingest.formats.zipped import members_of
from ingest.guess import Found, bases_of, bounded, decimals_shown, find_tables, index_named, years_told
from ingest.known_editions import corrections_of, next_vintage
from ingest.offer import CandidateError, Missing, MissingFacts, Offer, OfferedFile
from ingest.printed import HEADER_JOINT
from ingest.reader import read_edition
from ingest.settings import Shelf
from ingest.territory import Gazetteer
from ingest.text import header_key, tidy

# rows that are looked at to guess marks and names; a table of provinces is far shorter
_ENOUGH_ROWS = 2_000
# a header stands within these lines
_TOP = 60
_WHICH_TABLE = Words("có nhiều bảng giống nhau: lấy bảng nào", "several tables look alike: which one is it")
_WHICH_MEMBER = Words("bảng nằm trong tệp nào của gói zip", "which file of the zip holds the table")
_WHICH_YEAR = Words("năm của số liệu", "the reference year of the figures")
_WHICH_LIST = Words(
    "danh sách tỉnh của bảng; tên trong bảng hợp với cả hai hoặc không danh sách nào",
    "the territorial list that the table is on; its names fit both or neither",
)
_WHICH_INDEX = Words(
    "là chỉ số nào; tên tệp và tiêu đề cột không cho biết", "which index it is; neither name nor headers tell"
)
# what a description without a place on a shelf yet is called
UNPLACED = Path("candidate.yaml")


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
    # positions of territory names in `rows`
    names: list[int]


def describe(offer: Offer, catalog: Catalog, places: Gazetteer) -> dict[str, Any]:
    """The description of an offer whose files tell the rest by themselves."""
    index, tables = _opened(offer, catalog, places)
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


def _opened(offer: Offer, catalog: Catalog, places: Gazetteer) -> tuple[Index, list[_Opened]]:
    if offer.index and offer.index.upper() not in catalog.indices:
        raise CandidateError(f"no index {offer.index}; known are {', '.join(sorted(catalog.indices))}")
    said = (offer.index or index_named(offer.name, catalog) or "").upper() or None
    tables, index = [], catalog.indices[said] if said else None
    for one in offer.files:
        one, format = _with_member(offer, one)
        known = Place.parse(one.layout.get("place", {}))
        _refuse_legacy(offer, one, format, known)
        declared = [*one.layout.get("columns", {}), *one.layout.get("roles", {})]
        found = find_tables(
            offer.path(one), one.name, format, known, one.layout.get("encoding"), said, catalog, declared
        )
        if not found:
            if said is None:
                raise MissingFacts(one.name, [_index_asked(catalog)])
            raise _no_header(offer, one, format, known, catalog.indices[said])
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


def _with_member(offer: Offer, one: OfferedFile) -> tuple[OfferedFile, str]:
    """The file with its place inside a zip, where it is one, and its format."""
    format = one.layout.get("format") or sniff(offer.path(one), one.name)
    if format != "zip":
        return one, format
    place = dict(one.layout.get("place", {}))
    if "member" not in place:
        members = members_of(offer.path(one), one.name)
        if len(members) != 1:
            raise MissingFacts(one.name, [Missing("--member", _WHICH_MEMBER, tuple(members[:20]))])
        place["member"] = members[0]
    layout = {**one.layout, "place": place}
    return replace(one, layout=layout), format_of_member(offer.path(one), one.name, place["member"])


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
        raise MissingFacts(one.name, [Missing(option, _WHICH_TABLE, names)])
    return best[0]


def _open(
    offer: Offer, one: OfferedFile, format: str, found: Found, index: Index, catalog: Catalog, places: Gazetteer
) -> _Opened:
    encoding = one.layout.get("encoding")
    words = {header_key(word) for word in catalog.common["roles"]["territory"]}
    roles = {header_key(header): role for header, role in one.layout.get("roles", {}).items()}
    words |= {header for header, role in roles.items() if role == "territory"}
    known = Place.parse(one.layout.get("place", {}))
    place = found.place
    if known.first is None and known.last is None and not known.skip:
        names = _names(found.header, words, roles)
        place = bounded(offer.path(one), one.name, format, found, encoding, places, names)
    printed = open_archived(offer.shelf, one.file, one.sha256, format, place, encoding, one.name)
    rows = [cells for _, cells in islice(printed.rows, _ENOUGH_ROWS)]
    if not rows:
        raise EditionFault([Fault("file_unreadable", one.name, printed.header_line, text="a header and no row")])
    return _Opened(one, format, place, found, one.layout, rows, printed.header, _names(printed.header, words, roles))


def _names(header: list[str], words: set[str], roles: dict[str, str]) -> list[int]:
    """Positions of the columns that hold territory names."""
    keys = [{header_key(part) for part in (text, *text.split(HEADER_JOINT))} for text in header]
    return [
        position
        for position, text in enumerate(header)
        if words & keys[position] and roles.get(header_key(text), "territory") == "territory"
    ]


def _year(offer: Offer, index: Index, tables: list[_Opened]) -> int:
    told = years_told(offer.name, tables[0].found, index)
    if len(told) != 1:
        among = tuple(map(str, sorted(told)))
        raise MissingFacts(offer.name, [Missing("--edition", _WHICH_YEAR, among)])
    return told.pop()


def _basis(offer: Offer, index: Index, year: int, tables: list[_Opened], places: Gazetteer) -> str:
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


def _index_asked(catalog: Catalog) -> Missing:
    return Missing("--index", _WHICH_INDEX, tuple(sorted(catalog.indices)))


def _no_header(offer: Offer, one: OfferedFile, format: str, known: Place, index: Index) -> CandidateError:
    """What to do where no line has words of the index: shown are the lines that might be the header."""
    path, encoding = offer.path(one), one.layout.get("encoding")
    first = []
    for place in places_in(path, one.name, format, encoding, known.member)[:3]:
        lines = islice(lines_in(path, one.name, format, place, encoding), _TOP)
        first += [
            " | ".join(filter(None, map(tidy, line.cells)))[:200] for line in lines if any(map(tidy, line.cells))
        ][:4]
    codes = ", ".join(component.code for component in index.components)
    return CandidateError(
        "\n".join(
            [
                f"{one.name}: no line is headed as {index.code} heads its tables. Say what its columns hold:",
                "  --column 'HEADER=component.measure', and --ignore 'HEADER' for what is left out",
                f"  components of {index.code}: {codes}; measures: score, rank, tier",
                "Its first lines:",
                *(f"  {line}" for line in first or ["(no table found)"]),
            ]
        )
    )


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


def _table(offer: Offer, index: Index, one: _Opened) -> dict[str, Any]:
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
