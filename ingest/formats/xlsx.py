"""Workbooks of Excel since 2007 (.xlsx, .xlsm): what each cell shows, streamed row by row."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree
from openpyxl.utils.cell import get_column_letter, range_boundaries

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
            return _column(match[1]) if match else position + 1
    return 0


def _rows(package: Package, sheet: Sheet, place: Place) -> Iterator[Row]:
    read = _CellReader(package)
    number = 0
    for element in package.elements(sheet.part, ("row",)):
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


def _row_of(name: str) -> int:
    return int(name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


class _CellReader:
    """Reads the cells of one workbook."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._kinds: dict[str, Callable[[etree._Element, str, str], str]] = {
            "n": self._number,
            "s": self._shared,
            "b": lambda cell, value, name: "TRUE" if value in _TRUE else "FALSE",
        }

    def cells(self, row: etree._Element, number: int) -> tuple[list[str], list[Fault]]:
        """The texts of a row up to its last one that is not blank, and a fault for each cell that shows an error."""
        cells: list[str] = []
        faults: list[Fault] = []
        column = 0
        for cell in row:
            if not isinstance(cell.tag, str) or etree.QName(cell).localname != "c":
                continue
            column = self._position(cell, column, number)
            if not len(cell):
                continue
            name = f"{get_column_letter(column)}{number}"
            text, problem = self._text(cell, name)
            if problem:
                faults.append(Fault("cell_error", self._package.file, number, name, problem))
            if text:
                cells.extend([""] * (column - len(cells)))
                cells[column - 1] = text
        return cells, faults

    def _position(self, cell: etree._Element, before: int, number: int) -> int:
        reference = cell.get("r")
        if reference is None:
            column = before + 1
        else:
            match = _REFERENCE.fullmatch(reference)
            column = _column(match[1]) if match and int(match[2]) == number else 0
        if not before < column <= MAX_COLUMN:
            raise unreadable(self._package.file, f"the cell {str(reference)[:20]!r} out of its place", row=number)
        return column

    def _text(self, cell: etree._Element, name: str) -> tuple[str, str]:
        """What the cell shows, and what error that is ("" when none)."""
        kind = cell.get("t", "n")
        value, formula, inline = None, False, ""
        for child in cell:
            tag = etree.QName(child).localname if isinstance(child.tag, str) else ""
            if tag == "v":
                value = child.text or ""
            elif tag == "f":
                formula = True
            elif tag == "is":
                inline = text_of(child)
        if kind == "inlineStr":
            text = inline
        elif value is None or (value == "" and kind != "str"):
            return "", "the formula has no saved value; open the file in Excel and save it" if formula else ""
        else:
            read = self._kinds.get(kind)
            text = read(cell, value, name) if read else unescape(value)
        return text, text if kind == "e" or text in ERRORS else ""

    def _number(self, cell: etree._Element, value: str, name: str) -> str:
        style = cell.get("s", "0")
        shown = self._package.shown
        kind = shown[int(style)] if style.isdecimal() and int(style) < len(shown) else Shown.NUMBER
        try:
            if not _NUMBER.fullmatch(value.strip()):
                raise ValueError(f"{value[:40]!r} is no number")
            return cell_text(float(value), kind, self._package.epoch)
        except ValueError as error:
            raise unreadable(self._package.file, str(error), _row_of(name), name) from error

    def _shared(self, cell: etree._Element, value: str, name: str) -> str:
        texts = self._package.texts
        if not re.fullmatch("[0-9]{1,9}", value) or int(value) >= len(texts):
            raise unreadable(self._package.file, f"the text number {value[:20]!r} of {len(texts)}", _row_of(name), name)
        return texts[int(value)]
