"""The published tables for people who live in Excel: one workbook, a sheet a table, headed in Vietnamese.

Made from the published file alone. Text is written as text, whatever it begins with, so nothing in it can become a
formula; numbers, dates and true/false keep their type.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from textwrap import shorten
from typing import Any

import duckdb
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from orchestration.duckdb_resource import quoted, read_only
from orchestration.labels import distinct_labels
from orchestration.published_tables import Table, list_tables

FILE_NAME = "chiso.xlsx"
_SEAL = ".xlsx.sha256"
SCHEMAS = ("reporting", "wide")
# tables longer than this are cut to the rows of one of these flags; the whole is in the DuckDB file and in Parquet
LONG = 10_000
_SHOWN = ("is_home", "is_latest_year")
# what Excel allows: of a sheet's name, of a cell
_NAME_LENGTH, _TEXT_LENGTH = 31, 32_767
_CUT = " … (cắt bớt; nguyên văn trong tệp chiso.duckdb)"
_HEADER = {"font": Font(bold=True, color="FFFFFF"), "fill": PatternFill("solid", fgColor="1F4E79")}
_FIRST = "Đọc trước"
_FIRST_TABLE = "reporting.rpt_index_overview"
_WIDTHS = (8, 44)  # of a column, in characters
_ABOUT = (
    "Mỗi trang tính là một bảng của tệp chiso.duckdb; tên cột là nhãn tiếng Việt, giải thích ở trang Từ điển dữ liệu.",
    "Each sheet is a table of chiso.duckdb under Vietnamese labels; the last sheet explains tables and columns.",
    "Ô trống nghĩa là không có số liệu công bố, không phải bằng 0 hay xếp cuối. Empty means not published, never 0.",
    "Số liệu giữ như bản công bố; cột Cách có số liệu cho biết số nào do hệ thống tính. Computed figures say so.",
)


def write_workbook(published: Path, folder: Path) -> bool:
    """Write chiso.xlsx into `folder` from the published DuckDB file; False when it stands there as we wrote it.

    The file is made whole beside and renamed; its SHA-256 lies beside it. Raises WarehouseError when the published file
    cannot be read.
    """
    target = folder / FILE_NAME
    with read_only(published) as connection:
        version = str(_one(connection, "select content_sha256 from marts.published_version"))
        if _stands(target, version):
            return False
        book = Workbook(write_only=True)
        (database,) = connection.execute("select current_database()").fetchone() or ("",)
        tables = sorted(list_tables(connection, database, SCHEMAS), key=lambda table: table.full_name != _FIRST_TABLE)
        tables += [table for table in list_tables(connection, database) if table.name == "data_dictionary"]
        first = book.create_sheet(_FIRST)
        listed = []
        for table, name in zip(tables, _sheet_names(tables), strict=True):
            condition, rows, shown = _extent(connection, table)
            listed.append((name, table.full_name, rows, shown))
            _write_sheet(book.create_sheet(name), connection, table, condition)
        built_from = str(_one(connection, "select built_from from marts.published_version"))
        _write_first(first, version, built_from, listed)
    staged = target.with_suffix(".part")
    book.save(staged)
    staged.chmod(0o444)
    os.replace(staged, target)
    target.with_suffix(_SEAL).write_text(_seal_of(target), encoding="utf-8")
    return True


def _stands(workbook: Path, version: str) -> bool:
    """Whether this workbook is of that version and as we wrote it: people save over files that they were to read."""
    seal = workbook.with_suffix(_SEAL)
    if not workbook.is_file() or not seal.is_file() or seal.read_text(encoding="utf-8") != _seal_of(workbook):
        return False
    book = load_workbook(workbook, read_only=True)
    try:
        return bool(book[_FIRST]["B2"].value == version)
    finally:
        book.close()


def _seal_of(workbook: Path) -> str:
    """A line as `sha256sum --check` reads it."""
    with workbook.open("rb") as stream:
        return f"{hashlib.file_digest(stream, 'sha256').hexdigest()}  {workbook.name}\n"


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> Any:
    found = connection.execute(query).fetchone()
    return found[0] if found else None


def _sheet_names(tables: list[Table]) -> list[str]:
    """Labels cut after a word to what Excel allows, each once whatever the letter case."""
    names: list[str] = []
    for label in distinct_labels(tables):
        plain = "".join(" " if sign in "[]:*?/\\" else sign for sign in label).strip(" '")
        tries = (shorten(plain, _NAME_LENGTH, placeholder=end) for end in ("…", *(f"… ({n})" for n in range(2, 100))))
        names.append(next(one for one in tries if one.casefold() not in {name.casefold() for name in names}))
    return names


def _extent(connection: duckdb.DuckDBPyConnection, table: Table) -> tuple[str, int, int]:
    """Which rows are shown (a condition), how many the table has, and how many are shown."""
    rows = int(_one(connection, f"select count(*) from {_of(table)}"))
    flag = next((name for name in _SHOWN if name in {column.name for column in table.columns}), None)
    if rows <= LONG or flag is None:
        return "true", rows, rows
    return flag, rows, int(_one(connection, f"select count(*) from {_of(table)} where {flag}"))


def _write_first(sheet: Worksheet, version: str, built_from: str, listed: list[tuple[str, str, int, int]]) -> None:
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 36, 70
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", False
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.append([_styled(sheet, "Chiso: chỉ số của tỉnh")])
    sheet.append(["Phiên bản (content_sha256)", version])
    sheet.append(["Nguồn tạo nên", built_from])
    for line in _ABOUT:
        sheet.append([line])
    if any(rows != shown for *_, rows, shown in listed):
        sheet.append(["Bảng dài chỉ ghi tỉnh nhà hoặc năm gần nhất. Long tables show our province or the latest year."])
    sheet.append([])
    sheet.append([_styled(sheet, name) for name in ("Trang tính", "Bảng", "Số dòng của bảng", "Số dòng ở đây")])
    for name, table, rows, shown in listed:
        link = WriteOnlyCell(sheet, name)
        link.hyperlink = f"#'{name}'!A1"
        link.style = "Hyperlink"
        sheet.append([link, table, rows, shown])


def _write_sheet(sheet: Worksheet, connection: duckdb.DuckDBPyConnection, table: Table, condition: str) -> None:
    labels = distinct_labels(table.columns)
    sheet.freeze_panes = "A2"
    longest = ", ".join(f"max(length({quoted(column.name)}::varchar))" for column in table.columns)
    contents = connection.execute(f"select {longest} from {_of(table)} where {condition}").fetchone() or ()
    for number, (label, content) in enumerate(zip(labels, contents, strict=True), 1):
        wanted = max(len(label) / 2, content or 0) + 2
        sheet.column_dimensions[get_column_letter(number)].width = min(max(_WIDTHS[0], wanted), _WIDTHS[1])
    sheet.append([_styled(sheet, label) for label in labels])
    count = 1
    for row in _rows(connection, table, condition):
        sheet.append([_text(sheet, cell) if isinstance(cell, str) else cell for cell in row])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(labels))}{count}"
    sheet.print_title_rows = "1:1"


def _rows(connection: duckdb.DuckDBPyConnection, table: Table, condition: str) -> Iterator[tuple[Any, ...]]:
    found = connection.execute(f"select * from {_of(table)} where {condition}")
    while rows := found.fetchmany(2_000):
        yield from rows


def _of(table: Table) -> str:
    return f"{quoted(table.schema)}.{quoted(table.name)}"


def _styled(sheet: Worksheet, value: str) -> Cell:
    cell = WriteOnlyCell(sheet, value)
    cell.font, cell.fill, cell.alignment = _HEADER["font"], _HEADER["fill"], Alignment(wrap_text=True, vertical="top")
    return cell


def _text(sheet: Worksheet, value: str) -> Cell | str:
    """What shows as this text: no formula or error value, without signs that Excel refuses, cut where too long."""
    shown = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value)
    if len(shown) > _TEXT_LENGTH:
        shown = shown[: _TEXT_LENGTH - len(_CUT)] + _CUT
    if not shown.startswith(("=", "#")):
        return shown
    cell = WriteOnlyCell(sheet, shown)
    cell.data_type = "s"
    return cell
