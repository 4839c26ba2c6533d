"""Workbooks of Excel since 2007 (.xlsx, .xlsm): what each cell shows, streamed row by row."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lxml import etree
from openpyxl.utils.cell import column_index_from_string, get_column_letter, range_boundaries

from ingest.faults import EditionFault, Fault
from ingest.formats.cells import ERRORS, Shown, cell_text, error_matters
from ingest.formats.damage import missing, unreadable
from ingest.formats.place import Line, Place
from ingest.formats.spans import Row, Span, checked, spread
from ingest.formats.xlsx_parts import Package, Sheet, text_of, unescape
from ingest.text import tidy

MAX_ROW = 1_048_576
MAX_COLUMN = 16_384
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_TRUE = ("1", "true")

column_of = lru_cache(maxsize=None)(column_index_from_string)


def places(source: Path, file: str, encoding: str | None) -> list[Place]:
    """A place for each sheet that the workbook shows, in its order. Raises EditionFault."""
    with Package(source, file) as package:
        return [Place(sheet=sheet.name) for sheet in package.sheets if not sheet.hidden]


def lines(source: Path, file: str, place: Place, encoding: str | None) -> Iterator[Line]:
    """The rows of a sheet, numbered as Excel does. Raises EditionFault: no such sheet, damaged, or a cell in error."""
    with Package(source, file) as package:
        sheet = find_sheet(package.sheets, place, file)
        layout = _survey(package, sheet)
        spans = checked(layout.spans, file, layout.last_row, layout.width)
        yield from spread(_rows(package, sheet, place), spans, layout.hidden_columns)


def find_sheet(sheets: list[Sheet], place: Place, file: str) -> Sheet:
    """The sheet that `place` names, or the first one shown. Raises EditionFault: no such, or hidden."""
    shown = [sheet for sheet in sheets if not sheet.hidden]
    named = [sheet for sheet in sheets if place.sheet and tidy(sheet.name) == tidy(place.sheet)]
    found = next(iter(named if place.sheet else shown), None)
    if found is None:
        raise missing(file, f"sheet {place.sheet!r}, but {', '.join(repr(sheet.name) for sheet in sheets[:30])}")
    if found.hidden and place.hidden == "refuse":
        raise EditionFault([Fault("part_hidden", file, text=f"sheet {found.name!r}")])
    return found


@dataclass(frozen=True)
class _Layout:
    """What of a sheet's layout stands before or after its rows. `last_row` and `width` bound cells with content."""

    spans: list[Span]
    hidden_columns: frozenset[int]
    last_row: int
    width: int


def _survey(package: Package, sheet: Sheet) -> _Layout:
    """Goes through the sheet once for its layout: merged cells are listed after the rows that they change."""
    spans: list[Span] = []
    hidden: set[int] = set()
    last_row = width = number = 0
    for element in package.elements(sheet.part, ("col", "row", "mergeCell")):
        tag = etree.QName(element).localname
        if tag == "col":
            hidden |= _hidden_by(element, package.file, sheet.part)
        elif tag == "mergeCell":
            spans.append(_span(element.get("ref", ""), package.file, sheet.part))
        else:
            number = _row_number(element, number, package.file)
            used = _used_width(element)
            if used:
                last_row, width = number, max(width, used)
    return _Layout(spans, frozenset(hidden), last_row, width)


def _hidden_by(column: etree._Element, file: str, part: str) -> set[int]:
    """The positions of the columns that a `col` hides, or shows with no width."""
    if column.get("hidden") not in _TRUE and column.get("width") not in ("0", "0.0"):
        return set()
    first, last = column.get("min", ""), column.get("max", "")
    if not (re.fullmatch("[0-9]{1,5}", first) and re.fullmatch("[0-9]{1,5}", last)):
        raise unreadable(file, f"{part}: hidden columns {first!r} to {last!r}")
    return set(range(int(first) - 1, min(int(last), MAX_COLUMN)))


def _span(reference: str, file: str, part: str) -> Span:
    try:
        left, top, right, bottom = range_boundaries(reference)
    except (ValueError, TypeError) as error:
        raise unreadable(file, f"{part}: merged cells {reference[:40]!r}") from error
    if left is None or top is None or right is None or bottom is None or not 1 <= left <= right <= MAX_COLUMN:
        raise unreadable(file, f"{part}: merged cells {reference[:40]!r}")
    if not 1 <= top <= bottom <= MAX_ROW:
        raise unreadable(file, f"{part}: merged cells {reference[:40]!r}")
    return Span(top, bottom, left - 1, right - 1)


def _used_width(row: etree._Element) -> int:
    """How far to the right the row has content. A cell without a reference follows the one before it."""
    for position in range(len(row) - 1, -1, -1):
        if len(row[position]):
            match = _REFERENCE.fullmatch(row[position].get("r", ""))
            return column_of(match[1]) if match else position + 1
    return 0


def _rows(package: Package, sheet: Sheet, place: Place) -> Iterator[Row]:
    read: _CellReader | None = None
    number = 0
    for element in package.elements(sheet.part, ("row",)):
        read = read or _CellReader(package, element.tag.removesuffix("row"))
        number = _row_number(element, number, package.file)
        cells, faults = read.cells(element, number)
        if faults and error_matters(place, number):
            raise EditionFault(faults)
        yield Row(number, cells, element.get("hidden") in _TRUE or element.get("ht") in ("0", "0.0"))


def _row_number(row: etree._Element, before: int, file: str) -> int:
    text = row.get("r")
    if text is None:
        return before + 1
    if not re.fullmatch("[0-9]{1,7}", text) or not before < int(text) <= MAX_ROW:
        raise unreadable(file, f"row {text[:20]!r} follows row {before}", row=before)
    return int(text)


class _CellReader:
    """Reads the cells of one sheet, whose elements have `namespace` before their names. Called for each of millions."""

    def __init__(self, package: Package, namespace: str) -> None:
        self._file = package.file
        self._package = package
        self._cell, self._value, self._formula, self._inline = (f"{namespace}{tag}" for tag in ("c", "v", "f", "is"))
        self._shown = {str(style): shown for style, shown in enumerate(package.shown)}

    def cells(self, row: etree._Element, number: int) -> tuple[list[str], list[Fault]]:
        """The texts of a row up to its last one that is not blank, and a fault for each cell that shows an error."""
        cells: list[str] = []
        faults: list[Fault] = []
        column = 0
        for cell in row:
            if cell.tag != self._cell:
                continue
            column = self._column(cell.get("r"), column + 1, number)
            if not len(cell):
                continue
            try:
                text, problem = self._text(cell)
            except ValueError as error:
                raise unreadable(self._file, str(error), number, get_column_letter(column) + str(number)) from error
            if problem:
                name = get_column_letter(column) + str(number)
                faults.append(Fault("cell_error", self._file, number, name, problem))
            if text:
                if column > len(cells) + 1:
                    cells.extend([""] * (column - 1 - len(cells)))
                cells.append(text)
        return cells, faults

    def _column(self, reference: str | None, due: int, number: int) -> int:
        """The column of a cell; one without a reference follows the one before it. Raises EditionFault."""
        column = due
        if reference is not None:
            match = _REFERENCE.fullmatch(reference)
            column = column_of(match[1]) if match and int(match[2]) == number else 0
        if not due <= column <= MAX_COLUMN:
            raise unreadable(self._file, f"the cell {str(reference)[:20]!r} out of its place", row=number)
        return column

    def _text(self, cell: etree._Element) -> tuple[str, str]:
        """What the cell shows, and what error that is ("" when none). Raises ValueError: no number, text or date."""
        kind = cell.get("t", "n")
        value, formula, text = None, False, ""
        for child in cell:
            if child.tag == self._value:
                value = child.text or ""
            elif child.tag == self._formula:
                formula = True
            elif child.tag == self._inline:
                text = text_of(child)
        if kind == "inlineStr":
            return text, text if text in ERRORS else ""
        if value is None or (value == "" and kind != "str"):
            return "", "the formula has no saved value; open the file in Excel and save it" if formula else ""
        if kind == "n":
            return self._number(value, cell.get("s")), ""
        if kind == "s":
            text = self._shared(value)
        elif kind == "b":
            text = "TRUE" if value in _TRUE else "FALSE"
        else:
            text = unescape(value)
        return text, text if kind == "e" or text in ERRORS else ""

    def _number(self, value: str, style: str | None) -> str:
        if not _NUMBER.fullmatch(value):
            raise ValueError(f"{value[:40]!r} is no number")
        return cell_text(float(value), self._shown.get(style or "0", Shown.NUMBER), self._package.epoch)

    def _shared(self, value: str) -> str:
        texts = self._package.texts
        if not (value.isascii() and value.isdigit()) or len(value) > 9 or int(value) >= len(texts):
            raise ValueError(f"the text number {value[:20]!r} of {len(texts)}")
        return texts[int(value)]
