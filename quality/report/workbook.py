"""The report as an .xlsx: a sheet for each table, with typed figures and days, and every row's source.

Belongs here: what a spreadsheet program needs. Does not belong here: what is said (`sections`, `cover`).
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from quality.numbers_vi import MOST_DECIMALS_IN_PROSE
from quality.report.cover import Cover
from quality.report.layout import Section, Table, Value, text
from quality.report.model import Number

HEAD_ROW = 3
LONGEST_TEXT = 32_000
# a program that reads the file as text, or a reader who edits the cell, might take what begins so for a formula
FORMULA_STARTS = ("=", "+", "-", "@", "\t")
_DAY = "dd/mm/yyyy"
# in points; the second is the format's own limit
_LINE, _HIGHEST_ROW = 15, 409
_THIN = Side(style="thin", color="B8C2CC")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_SHADE = PatternFill("solid", start_color="E7EDF3")


def workbook_bytes(cover: Cover, sections: Iterable[Section], as_of: date) -> bytes:
    """Make the file; the first sheet says what it is."""
    made = Workbook()
    moment = datetime(as_of.year, as_of.month, as_of.day)  # noqa: DTZ001 - a day, written as the format asks
    made.properties.title, made.properties.creator = cover.title_vi, "Chiso"
    made.properties.language = "vi-VN"
    made.properties.created = made.properties.modified = moment
    first = made.worksheets[0]
    _cover_sheet(first, cover)
    for number, section in enumerate(sections, start=1):
        for table in section.workbook:
            sheet = made.create_sheet(table.sheet)
            several = f": {table.title_vi}" if len(section.workbook) > 1 else ""
            english = f": {table.title_en}" if several else ""
            _table_sheet(sheet, table, f"{number}. {section.title_vi}{several}", f"{section.title_en}{english}")
            _print_setup(sheet, cover.footer_vi, is_side=True)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def _cover_sheet(sheet: Worksheet, cover: Cover) -> None:
    sheet.title = cover.summary_sheet.sheet
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 80, 14
    lines = [(cover.title_vi, _font(14, bold=True)), (cover.subtitle_vi, _font(12, bold=True))]
    lines.append((cover.title_en, _font(italic=True)))
    lines += [(said, _font()) for said in cover.about_vi] + [(cover.about_en, _font(italic=True))]
    for place, (said, font) in enumerate(lines, start=1):
        cell = sheet.cell(place, 1)
        put(cell, said)
        cell.font, cell.alignment = font, Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[place].height = _LINE * (1 + len(said) // 80) + 4
    _write_grid(sheet, cover.summary_sheet, len(lines) + 2)
    _print_setup(sheet, cover.footer_vi, is_side=False)


def _table_sheet(sheet: Worksheet, table: Table, vietnamese: str, english: str) -> None:
    put(sheet.cell(1, 1), vietnamese)
    put(sheet.cell(2, 1), english)
    sheet.cell(1, 1).font, sheet.cell(2, 1).font = _font(13, bold=True), _font(italic=True)
    _write_grid(sheet, table, HEAD_ROW)
    sheet.freeze_panes = f"A{HEAD_ROW + 1}"
    last = HEAD_ROW + max(1, len(table.rows))
    sheet.auto_filter.ref = f"A{HEAD_ROW}:{get_column_letter(len(table.titles))}{last}"
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    printed = table.roles.count("read")
    for place, width in enumerate(table.widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.print_area = f"A1:{get_column_letter(printed)}{last}"


def _write_grid(sheet: Worksheet, table: Table, head: int) -> None:
    for place, title in enumerate(table.titles, start=1):
        cell = sheet.cell(head, place)
        put(cell, title)
        cell.font, cell.fill, cell.border = _font(bold=True), _SHADE, _BORDER
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    sheet.row_dimensions[head].height = _height(table, table.titles)
    if not table.rows:
        put(sheet.cell(head + 1, 1), table.empty_vi)
    for row, values in enumerate(table.rows, start=head + 1):
        for place, value in enumerate(values, start=1):
            cell = sheet.cell(row, place)
            put(cell, value)
            is_wrapped = table.roles[place - 1] != "trace"
            cell.font, cell.border = _font(), _BORDER
            cell.alignment = Alignment(wrap_text=is_wrapped, vertical="top")
        sheet.row_dimensions[row].height = _height(table, values)


def _height(table: Table, values: Sequence[Value]) -> float:
    """Not every program makes room for lines that it breaks: say how many there are, with some to spare."""
    lines = [
        sum(1 + int(1.15 * len(line) / width) for line in text(value).split("\n"))
        for value, width, role in zip(values, table.widths, table.roles, strict=True)
        if role != "trace"
    ]
    return min(_LINE * max(lines, default=1) + 2, _HIGHEST_ROW)


def _font(size: float = 11, bold: bool = False, italic: bool = False) -> Font:
    return Font(name="Calibri", size=size, bold=bold, italic=italic)


def put(cell: Cell | MergedCell, value: Value) -> None:
    """Write a value as what it is. A text is a text, whatever it begins with."""
    if isinstance(value, Number):
        is_whole = value.decimals == 0 and float(value.value).is_integer()
        cell.value = int(value.value) if is_whole else value.value
        cell.number_format = _number_format(value)
    elif isinstance(value, date):
        cell.value = value
        cell.number_format = _DAY
    elif value:
        cell.value = value[:LONGEST_TEXT]
        cell.data_type = "s"
        if value.startswith(FORMULA_STARTS):
            cell.quotePrefix = True


def _number_format(number: Number) -> str:
    if not number.is_grouped:
        return "0"
    decimals = min(number.decimals, MOST_DECIMALS_IN_PROSE)
    return "#,##0" + (f".{'0' * decimals}" if decimals else "")


def _print_setup(sheet: Worksheet, footer: str, is_side: bool) -> None:
    sheet.page_setup.paperSize = int(sheet.PAPERSIZE_A4)
    sheet.page_setup.orientation = "landscape" if is_side else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom, sheet.page_margins.footer = 0.6, 0.8, 0.3
    # in a footer & begins a code
    printed = sheet.oddFooter
    assert isinstance(printed, HeaderFooterItem)
    printed.center.text = f"{footer.replace('&', '&&')} · &P/&N"
