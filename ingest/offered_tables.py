"""The tables of an offer's files, with the place of each settled: which sheet, which header, which lines of data.

Raises MissingFacts for what must be said, CandidateError where no line is a header, EditionFault for a file that cannot
be opened.
"""

from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from ingest.archive import open_archived
from ingest.catalog import Catalog, Index
from ingest.faults import EditionFault, Fault, Words
from ingest.formats import legacy
from ingest.formats.opening import format_of_member, lines_in, places_in, sniff
from ingest.formats.place import Place
from ingest.formats.zipped import members_of
from ingest.guess import Found, bounded, find_tables, index_named
from ingest.offer import CandidateError, Missing, MissingFacts, Offer, OfferedFile
from ingest.printed import HEADER_JOINT, TOP_LINES
from ingest.territory import Gazetteer
from ingest.text import header_key, tidy

# rows that are looked at to guess marks and names; a table of provinces is far shorter
_ENOUGH_ROWS = 2_000
_WHICH_TABLE = Words("có nhiều bảng giống nhau: lấy bảng nào", "several tables look alike: which one is it")
_WHICH_MEMBER = Words("bảng nằm trong tệp nào của gói zip", "which file of the zip holds the table")
_WHICH_INDEX = Words(
    "là chỉ số nào; tên tệp và tiêu đề cột không cho biết", "which index it is; neither name nor headers tell"
)


@dataclass(frozen=True)
class OpenedTable:
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


def open_tables(offer: Offer, catalog: Catalog, places: Gazetteer) -> tuple[Index, list[OpenedTable]]:
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
        for line in islice(lines_in(offer.path(one), one.name, format, place, encoding), TOP_LINES):
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
) -> OpenedTable:
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
    return OpenedTable(
        one, format, place, found, one.layout, rows, printed.header, _names(printed.header, words, roles)
    )


def _names(header: list[str], words: set[str], roles: dict[str, str]) -> list[int]:
    """Positions of the columns that hold territory names."""
    keys = [{header_key(part) for part in (text, *text.split(HEADER_JOINT))} for text in header]
    return [
        position
        for position, text in enumerate(header)
        if words & keys[position] and roles.get(header_key(text), "territory") == "territory"
    ]


def _index_asked(catalog: Catalog) -> Missing:
    return Missing("--index", _WHICH_INDEX, tuple(sorted(catalog.indices)))


def _no_header(offer: Offer, one: OfferedFile, format: str, known: Place, index: Index) -> CandidateError:
    """What to do where no line has words of the index: shown are the lines that might be the header."""
    path, encoding = offer.path(one), one.layout.get("encoding")
    first = []
    for place in places_in(path, one.name, format, encoding, known.member)[:3]:
        lines = islice(lines_in(path, one.name, format, place, encoding), TOP_LINES)
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
