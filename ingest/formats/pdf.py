"""Ruled tables of a PDF that has a text layer. A table without rules, or a scan, is for a person to type."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.psexceptions import PSException
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from ingest.formats.damage import CARELESS, damaged, missing, too_large, unreadable
from ingest.formats.pdf_safety import check_streams
from ingest.formats.place import Line, Place
from ingest.text import tidy

MAX_BYTES = 100 << 20
MAX_PAGES = 500
MAX_SECONDS = 300.0
MAX_RULES = 20_000
_SETTINGS = {"vertical_strategy": "lines", "horizontal_strategy": "lines"}
_UNMAPPED = re.compile(r"\(cid:[0-9]+\)")
# pdfminer checks little of what it reads; a damaged file makes it raise any of these
_PDF_ERRORS: tuple[type[Exception], ...] = (
    PdfminerException,
    MalformedPDFException,
    PSException,
    *CARELESS,
)

_Cells = list[list[str]]


def places(source: Path, file: str, encoding: str | None) -> list[Place]:
    """A place for each ruled table of each page. Raises EditionFault: no text in it, protected, damaged, too long."""
    found: list[Place] = []
    has_text = False
    with _opened(source, file) as document:
        for page in _pages(document, file, 1, len(document.pages)):
            count = len(_tables(page, file))
            has_text = has_text or bool(page.chars)
            found += [Place(pages=(page.page_number, page.page_number), table=number) for number in range(1, count + 1)]
    if not has_text:
        raise unreadable(
            file, "no page has text, they are pictures (a scan); read it with OCR or type the table as CSV"
        )
    return found


def lines(source: Path, file: str, place: Place, encoding: str | None) -> Iterator[Line]:
    """The lines of a table, counted from 1 over all its pages; a header that a later page repeats is left out.

    On the first page it is table `place.table`, on the pages after it the first. Raises EditionFault.
    """
    first_page, last_page = place.pages or (1, 1)
    top: list[Line] = []
    number = 0
    with _opened(source, file) as document:
        if not 1 <= first_page <= last_page <= len(document.pages):
            raise missing(file, f"pages {first_page} to {last_page} of {len(document.pages)}")
        for page in _pages(document, file, first_page, last_page):
            wanted = (place.table or 1) if page.page_number == first_page else 1
            laid = _table_lines(page, wanted, file)
            if page.page_number == first_page:
                top = laid[: place.header[1]]
            else:
                laid = _continued(laid, top, place, page.page_number, file)
            for line in laid:
                number += 1
                yield Line(number, line.cells, line.merged)


@contextmanager
def _opened(source: Path, file: str) -> Iterator[Any]:
    size = source.stat().st_size
    if size > MAX_BYTES:
        raise too_large(file, f"{size >> 20} MiB, of PDF are read at most {MAX_BYTES >> 20} MiB")
    check_streams(source, file)
    document = _open(source, file)
    try:
        yield document
    finally:
        document.close()


def _open(source: Path, file: str) -> Any:
    with damaged(file, *_PDF_ERRORS):
        try:
            document = pdfplumber.open(source, unicode_norm="NFC")
            pages = len(document.pages)
        except PdfminerException as error:
            if error.args and isinstance(error.args[0], PDFPasswordIncorrect | PDFEncryptionError):
                raise unreadable(file, "it is protected by a password; save it without") from error
            raise
    if pages > MAX_PAGES:
        document.close()
        raise too_large(file, f"{pages} pages, of PDF are read at most {MAX_PAGES}; cut out those with the table")
    return document


def _pages(document: Any, file: str, first: int, last: int) -> Iterator[Any]:
    """The pages one after the other, each let go before the next. Raises EditionFault when they take too long."""
    until = time.monotonic() + MAX_SECONDS
    for page in document.pages[first - 1 : last]:
        if time.monotonic() > until:
            raise too_large(file, f"page {page.page_number} was not reached in {MAX_SECONDS:.0f} seconds")
        yield page
        page.close()


def _tables(page: Any, file: str) -> list[Any]:
    """The ruled tables of a page that have two columns or more; one column is a frame around text."""
    with damaged(file, *_PDF_ERRORS, saying=f"page {page.page_number}: "):
        if len(page.edges) > MAX_RULES:
            raise too_large(file, f"page {page.page_number} has more than {MAX_RULES} lines drawn on it")
        # bold text is often the same text printed twice
        return [table for table in page.dedupe_chars().find_tables(_SETTINGS) if len(_edges(table, 0)) >= 2]


def _table_lines(page: Any, wanted: int, file: str) -> list[Line]:
    tables = _tables(page, file)
    if wanted > len(tables):
        raise missing(file, f"table {wanted} of {len(tables)} on page {page.page_number}")
    table = tables[wanted - 1]
    with damaged(file, *_PDF_ERRORS, saying=f"page {page.page_number}: "):
        texts = table.extract()
    laid = _lay(table, texts)
    for line in laid:
        if any(_UNMAPPED.search(cell) for cell in line.cells):
            text = f"page {page.page_number}: a font that does not say which letters it shows"
            raise unreadable(file, text, row=line.number)
    return laid


def _edges(table: Any, side: int) -> list[float]:
    """The left (0) or upper (1) edges of the table's cells, in order."""
    return sorted({cell[side] for cell in table.cells})


def _lay(table: Any, texts: list[list[str | None]]) -> list[Line]:
    """The table's cells by row and column; one that is larger than its column or row repeats its text."""
    lefts, tops = _edges(table, 0), _edges(table, 1)
    cells: _Cells = [[""] * len(lefts) for _ in tops]
    merged: list[set[int]] = [set() for _ in tops]
    for row, row_texts in zip(table.rows, texts, strict=True):
        for box, text in zip(row.cells, row_texts, strict=True):
            if box is None:
                continue
            left, top, right, bottom = box
            for y in (position for position, edge in enumerate(tops) if top <= edge < bottom):
                for x in (position for position, edge in enumerate(lefts) if left <= edge < right):
                    cells[y][x] = text or ""
                    if text and (lefts[x], tops[y]) != (left, top):
                        merged[y].add(x)
    return [Line(y + 1, row, frozenset(merged[y])) for y, row in enumerate(cells)]


def _continued(laid: list[Line], top: list[Line], place: Place, page: int, file: str) -> list[Line]:
    """The lines of a later page without the header, or the lines from the table's start to it, that it repeats."""
    if laid and top and len(laid[0].cells) != len(top[0].cells):
        raise unreadable(file, f"page {page}: {len(laid[0].cells)} columns, the table began with {len(top[0].cells)}")
    for repeated in (top, top[place.header[0] - 1 :]):
        if repeated and _alike(laid[: len(repeated)], repeated):
            return laid[len(repeated) :]
    return laid


def _alike(some: list[Line], others: list[Line]) -> bool:
    return [[tidy(cell) for cell in line.cells] for line in some] == [
        [tidy(cell) for cell in line.cells] for line in others
    ]
