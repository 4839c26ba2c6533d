"""Where a table stands in a file, and corrections of what is printed there."""

from collections.abc import Callable, Iterator

import pytest

from ingest.faults import EditionFault, Fault
from ingest.formats.place import Line, NumberCell, Place
from ingest.printed import PrintedFile, PrintedTable, lay_out
from tests.unit.ingest.conftest import Workbench

FILE = PrintedFile("archive/synthetic.xlsx", "synthetic.xlsx", "0" * 64)
CORRECTION = {
    "territory": "48",
    "component": "first",
    "measure": "score",
    "printed": "4.25",
    "corrected": "2.45",
    "reason": "digits swapped, the report's text has 2.45",
    "source": "https://example.test/report",
    "status": "reported",
}
GOOD = "Tỉnh,Tổng 2020,Thứ nhất\nHà Nội,1.5,2\nĐà Nẵng,3,4.25\n"


def table(rows: list[Line], place: Place) -> tuple[PrintedTable, list[tuple[int, list[str]]]]:
    printed = lay_out(iter(rows), place, FILE, pads=True)
    return printed, list(printed.rows)


def lines(*rows: str) -> Iterator[Line]:
    return (Line(number, row.split("|")) for number, row in enumerate(rows, start=1))


def test_a_header_of_two_lines_is_joined_and_notes_below_the_last_line_are_left_out() -> None:
    rows = list(lines("Title", "Tỉnh|Gia nhập|Gia nhập", "Tỉnh|Điểm|Hạng", "|điểm|", "Hà Nội|1|2", "|", "Nguồn: x"))
    printed, found = table(rows, Place(header=(2, 3), last=5, skip=frozenset({4})))
    assert printed.header == ["Tỉnh", "Gia nhập | Điểm", "Gia nhập | Hạng"]
    assert found == [(5, ["Hà Nội", "1", "2"])]
    assert printed.faults == []
    assert printed.locator(5, 2) == "archive/synthetic.xlsx#R5C2"


def test_columns_count_as_in_the_file_and_blank_ones_are_passed_over() -> None:
    printed, found = table(list(lines("|Tỉnh||Tổng", "|Hà Nội||1")), Place())
    assert (printed.columns, found) == ([2, 4], [(2, ["Hà Nội", "1"])])


def test_a_cell_outside_the_columns_with_a_header_is_a_fault() -> None:
    printed, found = table(list(lines("|Tỉnh||Tổng", "|Hà Nội|7|1", "|Đà Nẵng||2")), Place())
    assert [(fault.code, fault.row) for fault in printed.faults] == [("row_ragged", 2)]
    assert [line for line, _ in found] == [3]


@pytest.mark.parametrize(("hidden", "found"), [("refuse", 2), ("read", 2), ("skip", 1)])
def test_hidden_rows_are_refused_until_somebody_decides(hidden: str, found: int) -> None:
    rows = [Line(1, ["Tỉnh", "Tổng"]), Line(2, ["Hà Nội", "1"]), Line(3, ["Đà Nẵng", "2"], hidden=True)]
    printed, read = table(rows, Place(hidden=hidden))
    assert len(read) == found
    assert [fault.code for fault in printed.faults] == (["part_hidden"] if hidden == "refuse" else [])


def test_a_number_in_a_merged_cell_belongs_to_no_single_row_and_a_name_may() -> None:
    rows = [
        Line(1, ["Vùng", "Tỉnh", "Tổng"]),
        Line(2, ["Bắc", "Hà Nội", NumberCell("1")]),
        Line(3, ["Bắc", "Hải Phòng", NumberCell("1")], merged=frozenset({0, 2})),
    ]
    printed, _ = table(rows, Place())
    assert [(fault.code, fault.row, fault.column) for fault in printed.faults] == [("cell_merged", 3, "Tổng")]


def test_a_header_that_is_not_there_is_said_with_the_line() -> None:
    with pytest.raises(EditionFault) as stopped:
        table(list(lines("Tỉnh|Tổng")), Place(header=(9, 9)))
    assert stopped.value.faults[0].row == 9


def test_a_place_reads_back_as_it_was_described() -> None:
    place = Place(sheet="Tổng hợp", header=(3, 4), first=6, last=68, skip=frozenset({9}), hidden="skip", pages=(2, 3))
    assert Place.parse(place.describe()) == place
    assert Place().describe() == {}


def test_a_component_with_a_measure_under_it_is_that_measure(bench: Workbench) -> None:
    bench.table["place"] = {"header": [1, 2]}
    cells = bench.read("Tỉnh,Tổng 2020,Thứ nhất,Thứ nhất\nTỉnh,Điểm,Điểm,Hạng\nHà Nội,2,2,1\n")
    assert {(c.component_code, c.measure): c.value for c in cells} == {
        ("total", "score"): 2,
        ("first", "score"): 2,
        ("first", "rank"): 1,
    }


def test_a_correction_changes_the_value_and_keeps_what_was_printed(bench: Workbench) -> None:
    bench.edition["corrections"] = [CORRECTION]
    [cell] = [one for one in bench.read(GOOD) if (one.territory_code, one.component_code) == ("48", "first")]
    assert (cell.value, cell.value_text, cell.value_status) == (2.45, "4.25", "corrected")
    assert cell.note is not None
    assert "digits swapped" in cell.note


@pytest.mark.parametrize(
    ("change", "said"),
    [({"printed": "4.20"}, "printed now: 4.25"), ({"territory": "01-9"}, "no such cell")],
)
def test_a_correction_fails_once_the_publisher_has_mended_the_cell(
    change: dict[str, str], said: str, bench: Workbench, faults_of: Callable[..., list[Fault]]
) -> None:
    bench.edition["corrections"] = [CORRECTION | change]
    [fault] = faults_of(GOOD)
    assert fault.code == "correction_outdated"
    assert said in fault.text


def test_a_sign_that_follows_each_number_is_taken_off_where_declared(
    bench: Workbench, faults_of: Callable[..., list[Fault]]
) -> None:
    assert {fault.code for fault in faults_of(GOOD.replace("4.25", "4.25%"))} == {"number_unreadable"}
    bench.table["unit_sign"] = "%"
    assert 4.25 in {cell.value for cell in bench.read(GOOD.replace("4.25", "4.25 %"))}
