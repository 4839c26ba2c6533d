"""What a file tells by itself: where its table stands, its index, year and territorial list, its decimal mark.

Everything guessed here is written into the edition's YAML and shown before it is; reading never guesses.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path

from ingest.catalog import Catalog, Index
from ingest.faults import EditionFault
from ingest.formats.opening import lines_in, places_in
from ingest.formats.place import Line, NumberCell, Place
from ingest.printed import HEADER_JOINT, TOP_LINES, join_headers
from ingest.territory import Gazetteer
from ingest.text import header_key, tidy

# deeper headers than this have not been seen
_DEEPEST = 3
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_DAY = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)\d{2}|(?:19|20)\d{2}-\d{2}-\d{2}")
_DECIMAL = re.compile(r"[+-]?\d+([.,])\d+\s*%?")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?\s*%?")
# how an index's headers write the edition's year
_EDITION = "{edition}"


@dataclass(frozen=True)
class Found:
    """A header in one table of a file: where, the lines down to it, and how many of its columns each index knows."""

    place: Place
    above: list[Line]
    header: list[str]
    known: Counter[str]
    has_territory: bool

    def worth(self, index: str | None) -> tuple[int, bool, int]:
        """How much it looks like a header: columns known, a column of territories, and no line more than it needs."""
        first, last = self.place.header
        known = self.known[index] if index else max(self.known.values(), default=0)
        return known, self.has_territory, first - last


def find_tables(
    path: Path,
    file: str,
    format: str,
    known: Place,
    encoding: str | None,
    index: str | None,
    catalog: Catalog,
    declared: Sequence[str] = (),
) -> list[Found]:
    """The header of each table of the file that looks like one of an index (of `index`), the best first.

    `known` is what was said about the place, and is kept; `declared` are headers that somebody said the meaning of.
    Raises EditionFault when the file cannot be read.
    """
    said = set(map(header_key, declared))
    words = {code: _header_words(one) | said for code, one in catalog.indices.items() if index in (None, code)}
    territory = {header_key(word) for word in catalog.common["roles"]["territory"]}
    found, unreadable = [], []
    for place in _places(path, file, format, known, encoding):
        try:
            top = list(islice(lines_in(path, file, format, place, encoding), TOP_LINES))
        except EditionFault as error:
            unreadable.append(error)  # perhaps only the delimiter that was tried does not fit
            continue
        best = max(_headers(place, top, known, words, territory), key=lambda one: one.worth(index), default=None)
        if best is not None and best.worth(index)[0]:
            found.append(best)
    if not found and unreadable:
        raise unreadable[0]
    return sorted(found, key=lambda one: one.worth(index), reverse=True)


def _places(path: Path, file: str, format: str, known: Place, encoding: str | None) -> Iterator[Place]:
    for place in places_in(path, file, format, encoding, known.member):
        if known.sheet in (None, place.sheet) and known.table in (None, place.table):
            said = replace(known, sheet=place.sheet, table=place.table, pages=known.pages or place.pages)
            if format == "csv" and known.delimiter == ",":
                yield from (replace(said, delimiter=delimiter) for delimiter in (",", ";", "\t"))
            else:
                yield said


def _headers(
    place: Place, top: list[Line], known: Place, words: dict[str, set[str]], territory: set[str]
) -> Iterator[Found]:
    """Every block of lines that an index knows a column of, as a header."""
    parts = {header_key(part) for own in words.values() for word in own for part in (word, *word.split(HEADER_JOINT))}
    telling = {line.number for line in top if not all(map(parts.isdisjoint, map(_keys, line.cells)))}
    for start, line in enumerate(top):
        for block in (top[start : start + deep] for deep in range(1, _DEEPEST + 1)):
            span = (line.number, block[-1].number)
            if known.header not in ((1, 1), span) or not (
                any(map(tidy, line.cells)) and any(map(tidy, block[-1].cells))
            ):
                continue
            if telling.isdisjoint(each.number for each in block):
                continue
            header = join_headers(block)
            keys = [_keys(text) for text in header if tidy(text)]
            hits = Counter({code: sum(bool(own & parts) for parts in keys) for code, own in words.items()})
            named = any(territory & parts for parts in keys)
            yield Found(replace(place, header=span), top[:start], header, hits, named)


@lru_cache(maxsize=4096)
def _keys(header: str) -> frozenset[str]:
    """What a header may be known by: whole or in parts, its year as any edition's."""
    keys = {header_key(part) for part in (header, *header.split(HEADER_JOINT))}
    return frozenset(keys | {_YEAR.sub(_EDITION, key) for key in keys})


def _header_words(index: Index) -> set[str]:
    return {header_key(name) for one in index.components for names in one.headers.values() for name in names}


def bounded(
    path: Path, file: str, format: str, found: Found, encoding: str | None, places: Gazetteer, names: Sequence[int]
) -> Place:
    """The place with its lines of data bounded: lines of units, group headings and notes are left out.

    `names` are positions of territory names. A line with figures is never left out: when no list knows its name, that
    is a fault of reading and not a loss.
    """
    place = found.place
    last = None
    skip: set[int] = set()
    pending: list[int] = []
    for line in lines_in(path, file, format, place, encoding):
        if line.number <= place.header[1] or not any(map(tidy, line.cells)):
            continue
        named = any(places.knows(line.cells[column]) for column in names if column < len(line.cells))
        if named or not _is_aside(line, names, first=last is None):
            last = line.number
            skip.update(pending)
            pending = []
        else:
            pending.append(line.number)
    return replace(place, last=last if pending else place.last, skip=place.skip | skip)


def _is_aside(line: Line, names: Sequence[int], first: bool) -> bool:
    """Whether a line is a heading, a note, or, above the first data, the units or numbers of the columns.

    Anything else that nobody knows is data with a name that no list has.
    """
    own = [tidy(cell) for position, cell in enumerate(line.cells) if position not in line.merged and tidy(cell)]
    if len(own) == 1:
        return not _PLAIN_NUMBER.fullmatch(own[0])
    if first and _counted(own):
        return True
    figures = [tidy(cell) for position, cell in enumerate(line.cells) if position not in names and tidy(cell)]
    if first:  # units may hold digits, "(1-10)", but no figure
        return not any(_PLAIN_NUMBER.fullmatch(text) for text in figures) and not _no_data(figures)
    return not any(char.isdigit() for text in figures for char in text) and not _no_data(figures)


def _counted(texts: Sequence[str]) -> bool:
    """Whether a line numbers its columns: (1) (2) (3), every cell of it."""
    numbers = [text.strip("()[] ") for text in texts]
    starts = {str(start): start for start in (0, 1, 2)}
    start = starts.get(numbers[0])
    return start is not None and numbers == [str(start + step) for step in range(len(numbers))]


def _no_data(texts: Sequence[str]) -> bool:
    """Whether a cell looks like a token for missing data: short, in capitals or dashes."""
    return any((text.isupper() and len(text) <= 5) or set(text) <= set("-–—.…*") for text in texts)


def index_named(name: str, catalog: Catalog) -> str | None:
    """The one index whose code stands in a file's name, as in "pci_2018.csv" or "Bang diem PAR INDEX 2024.xlsx"."""
    text = re.sub(r"[^A-Z0-9]+|(?<=[A-Z])(?=(?:19|20)\d{2})", "_", name.upper())
    named = [code for code in catalog.indices if f"_{code}_" in f"_{text}_"]
    longest = [code for code in named if not any(code != other and code in other for other in named)]
    return longest[0] if len(longest) == 1 else None


def years_told(name: str, found: Found, index: Index) -> set[int]:
    """The reference years in the file's name; without any, those in its headers; else those in the titles above."""
    titles = [found.place.sheet or "", *(cell for line in found.above for cell in line.cells)]
    return years_in([name]) or years_in_headers(found.header, index) or years_in(titles)


def years_in_headers(header: Sequence[str], index: Index) -> set[int]:
    """The years of headers that the index writes with one, such as "PCI 2018"."""
    patterns = [
        re.compile(re.escape(header_key(text)).replace(re.escape(_EDITION), r"(\d{4})"))
        for one in index.components
        for texts in one.headers.values()
        for text in texts
        if _EDITION in text
    ]
    parts = [header_key(part) for text in header for part in (text, *text.split(HEADER_JOINT))]
    return {int(match[1]) for pattern in patterns for part in parts if (match := pattern.fullmatch(part))}


def years_in(texts: Iterable[str]) -> set[int]:
    """The years that texts name, but for those of days."""
    return {int(year) for text in texts for year in _YEAR.findall(_DAY.sub(" ", text))}


def decimals_shown(rows: Sequence[Sequence[str]]) -> dict[str, tuple[int, int]]:
    """The decimal marks of the cells that are text, each with the row and the column (from 0) that first shows it.

    Cells that a file holds as numbers have no mark to mistake.
    """
    shown: dict[str, tuple[int, int]] = {}
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if not isinstance(cell, NumberCell) and (match := _DECIMAL.fullmatch(tidy(cell))):
                shown.setdefault(match[1], (number, column))
    return shown


def bases_of(names: Sequence[str], year: int, places: Gazetteer) -> list[str]:
    """The territorial lists on which every one of the names stands, and which are long enough for all of them."""
    units = {name for name in names if not places.is_above(name)}
    lists = {name for place in places.territories.values() for name in place.lists}
    for basis in sorted(lists):
        listed = {place.code for place in places.territories.values() if place.is_listed(basis, year)}
        if len(listed) > 1 and {places.resolve(name, basis) for name in units} == listed:
            return [basis]  # the whole list, and nothing else
    return [
        basis
        for basis in sorted(lists)
        if all(places.resolve(name, basis) for name in names)
        and sum(place.is_listed(basis, year) for place in places.territories.values()) >= len(units)
    ]
