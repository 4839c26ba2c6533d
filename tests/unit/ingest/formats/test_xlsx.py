"""Workbooks of today: what each cell shows, and nothing of what a spreadsheet can hide taken for a figure."""

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.worksheet.worksheet import Worksheet

from ingest.faults import EditionFault
from ingest.formats.place import NumberCell, Place
from tests.unit.ingest.formats.conftest import SHEET, SYNTHETIC, bare_workbook, fault, places, read, texts, with_member

Save = Callable[..., Path]
Pack = Callable[[dict[str, bytes | str]], Path]


@pytest.fixture
def book() -> Workbook:
    return Workbook()


def first(book: Workbook) -> Worksheet:
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    return sheet


def test_rows_have_the_numbers_that_excel_shows(workbook: Save, book: Workbook) -> None:
    first(book)["B3"] = "Tỉnh"
    first(book)["A6"] = 1
    assert [(line.number, line.cells) for line in read(workbook(book))] == [
        (1, []),
        (2, []),
        (3, ["", "Tỉnh"]),
        (4, []),
        (5, []),
        (6, ["1"]),
    ]


@pytest.mark.parametrize(
    ("value", "number_format", "shown", "is_number"),
    [
        (65.0, "General", "65", True),
        (65.08, "0.0", "65.08", True),
        (1 / 3, "General", "0.3333333333333333", True),
        (1e-7, "General", "0.0000001", True),
        (1.5e20, "General", "150000000000000000000", True),
        (-0.5, "General", "-0.5", True),
        (2025, '0" năm"', "2025", True),
        (0.855, "0.0%", "85.5%", True),
        (0.07, "0%", "7%", True),
        (85.5, '0.0"%"', "85.5%", True),
        (True, "General", "TRUE", False),
        (dt.date(2025, 6, 30), "dd/mm/yyyy", "2025-06-30", False),
        (dt.datetime(2025, 6, 30, 8, 30), "dd/mm/yyyy hh:mm", "2025-06-30T08:30:00", False),  # noqa: DTZ001
        ("65,08", "General", "65,08", False),
        ("N/A", "General", "N/A", False),
        ("  x ", "General", "  x ", False),
    ],
)
def test_a_cell_reads_as_it_is_shown_but_unrounded(
    workbook: Save, book: Workbook, value: object, number_format: str, shown: str, is_number: bool
) -> None:
    first(book)["A1"] = value
    first(book)["A1"].number_format = number_format
    (line,) = read(workbook(book))
    assert line.cells == [shown]
    assert isinstance(line.cells[0], NumberCell) is is_number


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!"])
def test_a_spreadsheet_error_is_a_fault_with_its_cell(workbook: Save, book: Workbook, error: str) -> None:
    for row in SYNTHETIC:
        first(book).append(row)
    first(book)["B3"] = error
    found = fault(read, workbook(book))
    assert (found.code, found.row, found.column, found.text) == ("cell_error", 3, "B3", error)


def test_an_error_typed_as_text_is_one_too(workbook: Save) -> None:
    source = with_member(workbook([["x"]]), SHEET, lambda xml: xml.replace("<t>x</t>", "<t>#N/A</t>"))
    assert fault(read, source).code == "cell_error"


def test_errors_beside_the_table_stop_nothing(workbook: Save) -> None:
    source = workbook([["#REF!"], ["Tỉnh"], ["#N/A"], ["Lào Cai"], ["#NUM!"]])
    place = Place(header=(2, 2), skip=frozenset({3}), last=4)
    assert texts(source, place)[3] == ["Lào Cai"]


def test_every_cell_of_a_row_in_error_is_named(workbook: Save) -> None:
    with pytest.raises(EditionFault) as raised:
        read(workbook([["#REF!", 1, "#N/A"]]))
    assert [found.column for found in raised.value.faults] == ["A1", "C1"]


def test_a_formula_without_saved_value_is_a_fault_and_one_with_it_is_its_value(workbook: Save) -> None:
    source = workbook([["x"], ["=1+1"]])
    found = fault(read, source)
    assert (found.code, found.column) == ("cell_error", "A2")
    valued = with_member(source, SHEET, lambda xml: xml.replace("<v />", "<v>2</v>").replace("<v></v>", "<v>2</v>"))
    assert texts(valued) == [["x"], ["2"]]


def test_a_formula_whose_value_is_no_text_is_blank(workbook: Save) -> None:
    source = with_member(
        workbook([["x"], [5, 7]]), SHEET, lambda xml: xml.replace('t="n"><v>5', 't="str"><f>""</f><v>')
    )
    assert texts(source) == [["x"], ["", "7"]]


def test_merged_cells_repeat_their_text_and_say_so(workbook: Save, book: Workbook) -> None:
    sheet = first(book)
    sheet.append(["Bảng 1"])
    sheet.append(["Tỉnh", "Điểm"])
    sheet.append(["Lào Cai", 65.5])
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("B3:B5")
    lines = read(workbook(book))
    assert [(line.cells, sorted(line.merged)) for line in lines] == [
        (["Bảng 1"] * 3, [1, 2]),
        (["Tỉnh", "Điểm"], []),
        (["Lào Cai", "65.5"], []),
        (["", "65.5"], [1]),
        (["", "65.5"], [1]),
    ]
    assert isinstance(lines[4].cells[1], NumberCell)


def test_whole_rows_and_columns_merged_end_with_the_content(workbook: Save) -> None:
    merged = '</sheetData><mergeCells><mergeCell ref="A1:XFD1"/><mergeCell ref="C2:C1048576"/></mergeCells>'
    source = with_member(
        workbook([["Bảng 1"], ["a", "b", "c"]]), SHEET, lambda xml: xml.replace("</sheetData>", merged)
    )
    assert texts(source) == [["Bảng 1"] * 3, ["a", "b", "c"]]


def test_hidden_rows_and_columns_say_so(workbook: Save, book: Workbook) -> None:
    for row in SYNTHETIC:
        first(book).append(row)
    first(book).row_dimensions[2].hidden = True
    first(book).column_dimensions["B"].hidden = True
    lines = read(workbook(book))
    assert [line.hidden for line in lines] == [False, True, False]
    assert {line.hidden_columns for line in lines} == {frozenset({1})}


def test_only_sheets_that_are_shown_are_places(workbook: Save, book: Workbook) -> None:
    first(book).title = "Đơn vị"
    first(book)["A1"] = 5
    for name, state in (("ẩn", "hidden"), ("rất ẩn", "veryHidden")):
        book.create_sheet(name).sheet_state = state
    chart = BarChart()
    chart.add_data(Reference(first(book), min_col=1, min_row=1))
    book.create_chartsheet("biểu đồ").add_chart(chart)
    book.create_sheet("Điểm")["A1"] = "x"
    source = workbook(book)
    assert places(source) == [Place(sheet="Đơn vị"), Place(sheet="Điểm")]
    assert texts(source, Place(sheet=" Điểm")) == [["x"]]
    assert texts(source) == [["5"]]
    missing = fault(read, source, Place(sheet="Tổng"))
    assert missing.code == "place_missing"
    assert "'Điểm'" in missing.text
    assert fault(read, source, Place(sheet="ẩn")).code == "part_hidden"
    assert texts(source, Place(sheet="ẩn", hidden="read")) == []


def test_a_size_that_the_sheet_claims_is_not_believed(workbook: Save) -> None:
    source = workbook()
    lying = with_member(source, SHEET, lambda xml: xml.replace('ref="A1:B3"', 'ref="A1:XFD1048576"'))
    assert texts(lying) == [["Tỉnh", "Điểm"], ["Lào Cai", "65.08"], ["Hà Giang", "60"]]


def test_cells_without_references_follow_each_other(workbook: Save) -> None:
    def strip(xml: str) -> str:
        for name in ("A1", "B1", "A2", "B2", "A3", "B3", "1", "2", "3"):
            xml = xml.replace(f' r="{name}"', "")
        return xml

    assert texts(with_member(workbook(), SHEET, strip)) == texts(workbook())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('r="A3"', 'r="A7"'),
        ('r="B3"', 'r="A3"'),
        ('r="B3"', 'r="XFE3"'),
        ('<row r="3"', '<row r="1"'),
        ("<v>60</v>", "<v>60a</v>"),
        ("<v>60</v>", "<v>1_000</v>"),
        ("<v>60</v>", "<v>inf</v>"),
        ("</sheetData>", ""),
        ("</worksheet>", '<mergeCells><mergeCell ref="B2:A1"/></mergeCells></worksheet>'),
        ("</worksheet>", '<mergeCells><mergeCell ref="x"/></mergeCells></worksheet>'),
    ],
)
def test_a_sheet_that_contradicts_itself_is_a_fault(workbook: Save, old: str, new: str) -> None:
    damaged = with_member(workbook(), SHEET, lambda xml: xml.replace(old, new, 1))
    assert fault(read, damaged).code == "file_unreadable"


def test_shared_texts_are_joined_from_their_runs_and_unescaped(container: Pack) -> None:
    shared = "<si><r><t>Lào </t></r><r><t>Cai_x000D__x0000_</t></r><rPh><t>x</t></rPh></si><si><t>Huế</t></si>"
    rows = '<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v>0</v></c></row>'
    assert texts(container(bare_workbook(rows, shared))) == [["Huế", "Lào Cai\r_x0000_"]]


@pytest.mark.parametrize("number", ["2", "-1", "x", "1.0"])
def test_a_shared_text_that_is_not_there_is_a_fault_with_its_cell(container: Pack, number: str) -> None:
    rows = f'<row r="4"><c r="B4" t="s"><v>{number}</v></c></row>'
    found = fault(read, container(bare_workbook(rows, "<si><t>a</t></si><si><t>b</t></si>")))
    assert (found.code, found.row, found.column) == ("file_unreadable", 4, "B4")


def test_a_piece_without_rows_is_not_kept_in_memory(container: Pack) -> None:
    piece = "<sheetViews>" + '<sheetView workbookViewId="0"/>' * 400_000 + "</sheetViews>"
    assert fault(read, container(bare_workbook('<row r="1"/>', after=piece))).code == "table_too_large"


def test_too_many_merged_cells_are_a_fault(container: Pack) -> None:
    merged = "".join(f'<mergeCell ref="A{row}:ZZ{row + 900}"/>' for row in range(1, 40_000, 1000))
    source = container(bare_workbook('<row r="1"/>', after=f"<mergeCells>{merged}</mergeCells>"))
    assert fault(read, source).code == "table_too_large"


def test_a_workbook_of_the_strict_kind_reads_alike(workbook: Save) -> None:
    transitional, strict = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/x"
    assert texts(with_member(workbook(), SHEET, lambda xml: xml.replace(transitional, strict))) == texts(workbook())


def test_dates_count_from_the_day_of_the_workbook(workbook: Save, book: Workbook) -> None:
    first(book)["A1"] = 1
    first(book)["A1"].number_format = "yyyy-mm-dd"
    book.epoch = dt.datetime(1904, 1, 1)  # noqa: DTZ001
    assert texts(workbook(book)) == [["1904-01-02"]]


def test_a_date_out_of_the_calendar_is_a_fault_with_its_cell(workbook: Save, book: Workbook) -> None:
    first(book)["C2"] = 1e12
    first(book)["C2"].number_format = "yyyy-mm-dd"
    found = fault(read, workbook(book))
    assert (found.code, found.column) == ("file_unreadable", "C2")


def test_a_missing_part_is_named(workbook: Save, container: Callable[..., Path]) -> None:
    with zipfile.ZipFile(workbook()) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if name != SHEET}
    assert SHEET in fault(read, container(members)).text
