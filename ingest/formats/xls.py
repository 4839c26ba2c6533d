"""Workbooks of Excel 97–2003 (.xls), what each cell shows. A sheet has at most 65,536 rows, so it is read at once."""

import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlrd
from openpyxl.utils.cell import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900
from xlrd.biffh import error_text_from_code
from xlrd.compdoc import CompDocError

from ingest.faults import EditionFault, Fault
from ingest.formats.cells import ERRORS, Shown, cell_text, error_matters, shown_as
from ingest.formats.damage import CARELESS, damaged, too_large, unreadable
from ingest.formats.place import Line, Place
from ingest.formats.spans import Row, Span, checked, spread
from ingest.formats.xlsx import find_sheet
from ingest.formats.xlsx_parts import Sheet

MAX_BYTES = 32 << 20
# xlrd checks little of what it reads; a damaged file makes it raise any of these
_XLRD_ERRORS: tuple[type[Exception], ...] = (
    xlrd.XLRDError,
    CompDocError,
    struct.error,
    *CARELESS,
)


def places(source: Path, file: str, encoding: str | None) -> list[Place]:
    """A place for each sheet that the workbook shows, in its order. Raises EditionFault."""
    return [Place(sheet=sheet.name) for sheet in _sheets(_open(source, file, encoding)) if not sheet.hidden]


def lines(source: Path, file: str, place: Place, encoding: str | None) -> Iterator[Line]:
    """The rows of a sheet, numbered as Excel does. Raises EditionFault: no such sheet, damaged, or a cell in error."""
    book = _open(source, file, encoding)
    found = find_sheet(_sheets(book), place, file)
    sheet = book.sheet_by_name(found.name)
    width = max((sheet.row_len(row) for row in range(sheet.nrows)), default=0)
    merged = (Span(top + 1, bottom, left, right - 1) for top, bottom, left, right in sheet.merged_cells)
    spans = checked(
        (span for span in merged if span.top <= span.bottom and span.left <= span.right), file, sheet.nrows, width
    )
    hidden = frozenset(column for column, info in sheet.colinfo_map.items() if info.hidden or info.width == 0)
    yield from spread(_rows(book, sheet, place, file), spans, hidden)


def _open(source: Path, file: str, encoding: str | None) -> Any:
    size = source.stat().st_size
    if size > MAX_BYTES:
        raise too_large(file, f"{size >> 20} MiB, of .xls are read at most {MAX_BYTES >> 20} MiB; save it as .xlsx")
    with damaged(file, *_XLRD_ERRORS):
        return xlrd.open_workbook(
            source, logfile=io.StringIO(), formatting_info=True, ragged_rows=True, encoding_override=encoding
        )


def _sheets(book: Any) -> list[Sheet]:
    return [Sheet(sheet.name, "", sheet.visibility != 0) for sheet in book.sheets()]


def _rows(book: Any, sheet: Any, place: Place, file: str) -> Iterator[Row]:
    epoch = CALENDAR_MAC_1904 if book.datemode else CALENDAR_WINDOWS_1900
    shown = _shown_by_style(book)
    for position in range(sheet.nrows):
        number = position + 1
        cells: list[str] = []
        faults: list[Fault] = []
        for column, cell in enumerate(sheet.row(position), start=1):
            name = f"{get_column_letter(column)}{number}"
            try:
                text = _text(cell, shown.get(cell.xf_index, Shown.NUMBER), epoch)
            except ValueError as error:
                raise unreadable(file, str(error), number, name) from error
            if text in ERRORS:
                faults.append(Fault("cell_error", file, number, name, text))
            if text:
                cells.extend([""] * (column - len(cells)))
                cells[column - 1] = text
        if faults and error_matters(place, number):
            raise EditionFault(faults)
        info = sheet.rowinfo_map.get(position)
        yield Row(number, cells, info is not None and bool(info.hidden or info.height == 0))


def _shown_by_style(book: Any) -> dict[int, Shown]:
    formats = {key: shown_as(each.format_str or "General") for key, each in book.format_map.items()}
    return {index: formats.get(style.format_key, Shown.NUMBER) for index, style in enumerate(book.xf_list)}


def _text(cell: Any, shown: Shown, epoch: Any) -> str:
    """What a cell shows. Raises ValueError: a number that is no date where dates stand."""
    match cell.ctype:
        case xlrd.XL_CELL_NUMBER | xlrd.XL_CELL_DATE:
            return cell_text(cell.value, shown, epoch)
        case xlrd.XL_CELL_BOOLEAN:
            return "TRUE" if cell.value else "FALSE"
        case xlrd.XL_CELL_ERROR:
            return str(error_text_from_code.get(cell.value, "#N/A"))
    return str(cell.value)
