"""Tables of a web page, also of the many files named .xls that are one. Nothing is fetched and no script is run.

Hidden is what an element says of itself (`hidden`, `style`); style sheets are not evaluated.
"""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from ingest.formats.damage import damaged, missing, too_large, unreadable
from ingest.formats.encoding import HEAD, encoding_of, read_text
from ingest.formats.place import Line, Place

MAX_BYTES = 16 << 20
MAX_CELLS = 5_000_000
MAX_WIDTH = 16_384
_MAX_COLSPAN, _MAX_ROWSPAN = 1000, 65_534  # the limits of the standard

_META = re.compile(rb"""<meta[^>]*?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]+)""", re.IGNORECASE)
_NOT_SHOWN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))", re.IGNORECASE)
# blanks of the source; a non-breaking one is text
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_BREAKING = frozenset({"br", "p", "div", "li", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6"})
_NO_TEXT = frozenset({"script", "style", "template", "noscript", "head"})


def places(source: Path, file: str, encoding: str | None) -> list[Place]:
    """A place for each table of data: shown, of two rows or more, with no such table inside it. Raises EditionFault."""
    return [Place(table=number) for number, _ in enumerate(_tables(_document(source, file, encoding)), start=1)]


def lines(source: Path, file: str, place: Place, encoding: str | None) -> Iterator[Line]:
    """The rows of a table, counted from 1. Raises EditionFault: no such table, or too large."""
    tables = _tables(_document(source, file, encoding))
    number = place.table or 1
    if number > len(tables):
        raise missing(file, f"table {number} of {len(tables)}")
    grid = _Grid(file)
    for row_number, row in enumerate(_rows(tables[number - 1]), start=1):
        yield grid.line(row_number, row)


def headings(source: Path, file: str, encoding: str | None) -> list[str]:
    """The page's title and its main headings, wherever they stand. Raises EditionFault."""
    root = _document(source, file, encoding)
    return [_BLANKS.sub(" ", "".join(map(str, element.itertext()))) for element in root.iter("title", "h1", "h2")]


def _document(source: Path, file: str, encoding: str | None) -> etree._Element:
    text = read_text(source, file, _encoding(source, file, encoding), MAX_BYTES)
    # as UTF-8 whatever the page says of itself, which was said of other bytes
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    with damaged(file, etree.LxmlError, UnicodeError):
        root = etree.fromstring(text.lstrip("\ufeff").encode("utf-8"), parser)
    fatal = parser.error_log.filter_from_fatals()
    if len(fatal):  # the rest of the page is not in the tree then
        raise unreadable(file, fatal[0].message, row=fatal[0].line)
    if root is None:
        raise unreadable(file, "a page without content")
    return root


def _encoding(source: Path, file: str, declared: str | None) -> str:
    """By the catalog, else by the file's mark, else by the page's own word, else UTF-8."""
    found = encoding_of(source, file, declared)
    if declared or found != "utf-8":
        return found
    with source.open("rb") as stream:
        match = _META.search(stream.read(HEAD))
    if match is None:
        return found
    name = encoding_of(source, file, match[1].decode("ascii"))
    # a page that can be asked in ASCII is not in UTF-16, and browsers take Latin-1 for the wider Windows-1252
    ascii_like = "utf-8" if codecs.lookup(name).name.startswith("utf-16") else name
    return "cp1252" if codecs.lookup(ascii_like).name in ("iso8859-1", "ascii") else ascii_like


def _tables(root: etree._Element) -> list[etree._Element]:
    """The tables that hold rows themselves; one around them only lays out the page."""
    with_rows = [table for table in root.iter("table") if sum(1 for _ in _rows(table)) >= 2]
    around = {ancestor for table in with_rows for ancestor in table.iterancestors("table")}
    return [table for table in with_rows if table not in around and not _is_hidden_inside(table)]


def _is_hidden_inside(element: etree._Element) -> bool:
    return _is_hidden(element) or any(_is_hidden(ancestor) for ancestor in element.iterancestors())


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from child.iterchildren("tr")


def _is_hidden(element: etree._Element) -> bool:
    return element.get("hidden") is not None or bool(_NOT_SHOWN.search(element.get("style", "")))


def _text(cell: etree._Element) -> str:
    """What the cell shows: breaks and blocks as a blank, without scripts and hidden parts."""
    pieces: list[str] = []
    walk = etree.iterwalk(cell, events=("start", "end"))
    for event, element in walk:
        breaks = element is not cell and element.tag in _BREAKING
        if event == "start":
            shown = element is cell or not (element.tag in _NO_TEXT or _is_hidden(element))
            pieces.append(" " if breaks else "")
            if shown:
                pieces.append(element.text or "")
            else:
                walk.skip_subtree()
        else:
            pieces.append(" " if breaks else "")
            if element is not cell:
                pieces.append(element.tail or "")
    return _BLANKS.sub(" ", "".join(pieces)).strip(" ")


class _Grid:
    """Lays cells into columns. `_above` holds, by column, the text that reaches down and for how many rows."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._above: dict[int, tuple[str, int]] = {}
        self._laid = 0

    def line(self, number: int, row: etree._Element) -> Line:
        cells: list[str] = []
        merged: set[int] = set()
        hidden: set[int] = set()
        below: dict[int, tuple[str, int]] = {}

        def lay(text: str, rows_below: int, repeats: bool) -> None:
            if repeats:
                merged.add(len(cells))
            if rows_below:
                below[len(cells)] = (text, rows_below)
            cells.append(text)

        def lay_from_above() -> None:
            while len(cells) in self._above:
                text, rows = self._above.pop(len(cells))
                lay(text, rows - 1, repeats=True)

        for cell in row.iterchildren("td", "th"):
            text = _text(cell)
            rows_below = _span(cell, "rowspan", _MAX_ROWSPAN) - 1
            for repeat in range(_span(cell, "colspan", _MAX_COLSPAN)):
                lay_from_above()
                if _is_hidden(cell):
                    hidden.add(len(cells))
                lay(text, rows_below, repeats=repeat > 0)
            self._check_width(len(cells))
        while self._above:
            if len(cells) not in self._above:
                lay("", 0, repeats=False)
            lay_from_above()
        self._above = below
        self._count(len(cells))
        parent = row.getparent()
        is_hidden = _is_hidden(row) or (parent is not None and _is_hidden(parent))
        return Line(number, cells, frozenset(merged), is_hidden, frozenset(hidden))

    def _check_width(self, width: int) -> None:
        if width > MAX_WIDTH:
            raise too_large(self._file, f"a row of more than {MAX_WIDTH} cells")

    def _count(self, cells: int) -> None:
        self._laid += cells
        if self._laid > MAX_CELLS:
            raise too_large(self._file, f"a table of more than {MAX_CELLS} cells")


def _span(cell: etree._Element, name: str, most: int) -> int:
    """How many rows or columns a cell covers. A rowspan of 0 covers all that follow."""
    match = re.match(r"\s*([0-9]{1,9})", cell.get(name, ""))
    count = int(match[1]) if match else 1
    if count == 0:
        return most if name == "rowspan" else 1
    return min(count, most)
