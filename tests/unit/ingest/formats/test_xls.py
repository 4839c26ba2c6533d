"""Workbooks of Excel 97–2003 read as those of today do."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
import xlwt

from ingest.formats.place import NumberCell, Place
from tests.unit.ingest.formats.conftest import fault, places, read, texts

Save = Callable[[xlwt.Workbook], Path]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    def save_as_xls(book: xlwt.Workbook) -> Path:
        target = tmp_path / "synthetic.bin"
        book.save(str(target))
        return target

    return save_as_xls


@pytest.fixture
def book() -> xlwt.Workbook:
    return xlwt.Workbook()


@pytest.mark.parametrize(
    ("value", "number_format", "shown", "is_number"),
    [
        (65.0, "General", "65", True),
        (65.08, "0.0", "65.08", True),
        (1e-7, "General", "0.0000001", True),
        (0.855, "0.0%", "85.5%", True),
        (85.5, '0.0"%"', "85.5%", True),
        (True, "General", "TRUE", False),
        (dt.date(2025, 6, 30), "dd/mm/yyyy", "2025-06-30", False),
        ("65,08", "General", "65,08", False),
        ("Lào Cai", "General", "Lào Cai", False),
    ],
)
def test_a_cell_reads_as_it_is_shown_but_unrounded(
    save: Save, book: xlwt.Workbook, value: object, number_format: str, shown: str, is_number: bool
) -> None:
    book.add_sheet("a").write(0, 0, value, xlwt.easyxf(num_format_str=number_format))
    (line,) = read(save(book))
    assert line.cells == [shown]
    assert isinstance(line.cells[0], NumberCell) is is_number


def test_rows_have_the_numbers_that_excel_shows(save: Save, book: xlwt.Workbook) -> None:
    sheet = book.add_sheet("a")
    sheet.write(2, 1, "x")
    assert [(line.number, line.cells) for line in read(save(book))] == [(1, []), (2, []), (3, ["", "x"])]


def test_merged_cells_repeat_their_text_and_say_so(save: Save, book: xlwt.Workbook) -> None:
    sheet = book.add_sheet("a")
    sheet.write_merge(0, 0, 0, 2, "Bảng 1")
    sheet.write_merge(1, 2, 0, 0, "Miền núi")
    sheet.write(1, 1, 5)
    sheet.write(2, 1, 6)
    assert [(line.cells, sorted(line.merged)) for line in read(save(book))] == [
        (["Bảng 1"] * 3, [1, 2]),
        (["Miền núi", "5"], []),
        (["Miền núi", "6"], [0]),
    ]


def test_hidden_rows_and_columns_say_so(save: Save, book: xlwt.Workbook) -> None:
    sheet = book.add_sheet("a")
    for row in range(3):
        sheet.write(row, 0, row)
    sheet.row(1).hidden = True
    sheet.col(0).hidden = True
    lines = read(save(book))
    assert [line.hidden for line in lines] == [False, True, False]
    assert lines[0].hidden_columns == {0}


def test_only_sheets_that_are_shown_are_places(save: Save, book: xlwt.Workbook) -> None:
    book.add_sheet("Điểm").write(0, 0, "x")
    book.add_sheet("ẩn").visibility = 1
    source = save(book)
    assert places(source) == [Place(sheet="Điểm")]
    assert fault(read, source, Place(sheet="Tổng")).code == "place_missing"
    assert fault(read, source, Place(sheet="ẩn")).code == "part_hidden"


def test_a_spreadsheet_error_is_a_fault_with_its_cell_unless_beside_the_table(save: Save, book: xlwt.Workbook) -> None:
    sheet = book.add_sheet("a")
    sheet.write(0, 0, "x")
    sheet.row(1).set_cell_error(1, "#DIV/0!")
    source = save(book)
    found = fault(read, source)
    assert (found.code, found.row, found.column, found.text) == ("cell_error", 2, "B2", "#DIV/0!")
    assert texts(source, Place(last=1))[0] == ["x"]


def test_a_date_out_of_the_calendar_is_a_fault_with_its_cell(save: Save, book: xlwt.Workbook) -> None:
    book.add_sheet("a").write(0, 2, 1e12, xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    found = fault(read, save(book))
    assert (found.code, found.row, found.column) == ("file_unreadable", 1, "C1")
