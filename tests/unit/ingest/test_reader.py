"""The generic reader: every published cell once, and a clear stop for everything that it cannot be sure of."""

from collections.abc import Callable

import pytest

from ingest.faults import Fault
from tests.unit.ingest.conftest import Workbench

Faults = Callable[..., list[Fault]]
GOOD = "Tỉnh,Tổng 2020,Thứ nhất\nHà Nội,1.5,2\nĐà Nẵng,3,4.25\n"


def test_each_cell_keeps_its_text_value_and_place(bench: Workbench) -> None:
    cell = next(cell for cell in bench.read(GOOD) if cell.territory_code == "48" and cell.component_code == "first")
    assert (cell.value, cell.value_text, cell.printed_decimals) == (4.25, "4.25", 2)
    assert (cell.source_row, cell.source_column, cell.source_header) == (3, 3, "Thứ nhất")
    assert (cell.source_url, cell.source_kind) == ("https://example.test/table", "official")


@pytest.mark.parametrize("header", [" thứ nhất ", "Thứ\u00a0nhất*", "MỘT", "Thu\u031b\u0301  nhất"])
def test_headers_match_whatever_their_case_blanks_and_footnote_star(bench: Workbench, header: str) -> None:
    assert len(bench.read(GOOD.replace("Thứ nhất", header))) == 4


@pytest.mark.parametrize("name", ["Da Nang", "TP. Đà Nẵng", "ĐÀ NẴNG", " Đà  Nẵng\u00a0"])
def test_places_match_in_every_known_spelling(bench: Workbench, name: str) -> None:
    assert {cell.territory_code for cell in bench.read(GOOD.replace("Đà Nẵng", name))} == {"01", "48"}


def test_one_name_means_another_unit_on_another_list(bench: Workbench) -> None:
    table = "Tỉnh,Tổng 2020,Thứ nhất\nLào Cai,1,2\n"
    assert {cell.territory_code for cell in bench.read(table)} == {"10"}
    bench.edition["basis"] = "34"
    bench.shelf.catalog.joinpath("synthetic/editions/2020_63.yaml").unlink()
    assert {cell.territory_code for cell in bench.read(table)} == {"15-2025"}


def test_a_blank_of_a_complete_table_is_no_data_and_of_a_partial_one_is_not_there(bench: Workbench) -> None:
    table = GOOD.replace("4.25", " ")
    blank = [cell for cell in bench.read(table) if cell.value is None]
    assert [(cell.value_status, cell.value_text) for cell in blank] == [("no_data", " ")]
    bench.edition["coverage"] = "partial"
    assert all(cell.value is not None for cell in bench.read(table))


@pytest.mark.parametrize("token", ["KCDL", "n/a", "chưa có"])
def test_declared_tokens_are_no_data(bench: Workbench, token: str) -> None:
    bench.edition["no_data"] = ["chưa có"]
    cells = bench.read(GOOD.replace("4.25", token))
    assert [(c.value, c.value_text) for c in cells if c.value_status == "no_data"] == [(None, token)]


def test_zero_is_no_data_only_where_the_scale_starts_above_it(bench: Workbench) -> None:
    table = GOOD.replace("4.25", "0")
    assert [cell.value for cell in bench.read(table) if cell.value_text == "0"] == [0.0]
    bench.index["zero_is_no_data"] = True
    assert [(c.value, c.value_status) for c in bench.read(table) if c.value_text == "0"] == [(None, "no_data")]


def test_a_declared_decimal_comma_is_read_and_a_point_then_is_not(bench: Workbench, faults_of: Faults) -> None:
    bench.table["decimal"] = ","
    cells = bench.read('Tỉnh,Tổng 2020,Thứ nhất\nHà Nội,"1,50",2\n')
    assert [(cell.value, cell.printed_decimals) for cell in cells] == [(1.5, 2), (2.0, 0)]
    [fault] = faults_of('Tỉnh,Tổng 2020,Thứ nhất\nHà Nội,"1.234",2\n')
    assert (fault.code, fault.row, fault.column, fault.text) == ("number_unreadable", 2, "Tổng 2020", "1.234")


@pytest.mark.parametrize("cell", ["1,5", "4.2.5", "4.25 điểm", "1e3", "~4", "4.25*", "-"])
def test_an_unreadable_number_is_never_guessed(faults_of: Faults, cell: str) -> None:
    [fault] = faults_of(GOOD.replace("4.25", f'"{cell}"'))
    assert (fault.code, fault.row, fault.column) == ("number_unreadable", 3, "Thứ nhất")
    assert "row 3" in str(fault)
    assert "no_data" in fault.remedy().en


@pytest.mark.parametrize(
    ("table", "code", "text"),
    [
        ("Tỉnh,Tổng 2020\nHà Nội,1\n", "header_missing", "first (score)"),
        ("Tỉnh,Tổng 2020,Thứ nhất,Thứ hai\nHà Nội,1,2,3\n", "header_unknown", ""),
        ("Tỉnh,Tổng 2020,Thứ nhất,Một\nHà Nội,1,2,3\n", "header_ambiguous", "first score: Thứ nhất | Một"),
        ("Nơi,Tổng 2020,Thứ nhất\nHà Nội,1,2\n", "header_unknown", ""),
        ("Tỉnh,Tổng 2020,Thứ nhất\nAtlantis,1,2\n", "territory_unmapped", "Atlantis"),
        ("Tỉnh,Tổng 2020,Thứ nhất\nHà Nội,1,2\nHanoi,1,2\n", "territory_doubled", "Hanoi: rows 2, 3"),
        ("Tỉnh,tentinh_vie,Tổng 2020,Thứ nhất\nHà Nội,Huế,1,2\n", "territory_conflict", "Hà Nội / Huế"),
        ("Tỉnh,Tổng 2020,Thứ nhất\nHà Nội,1\n", "row_ragged", "2 cells, header has 3"),
        ("", "file_unreadable", "the file is empty"),
    ],
)
def test_what_stops_a_table(faults_of: Faults, table: str, code: str, text: str) -> None:
    faults = faults_of(table)
    assert (faults[0].code, faults[0].text) == (code, text)
    assert faults[0].message().vi != faults[0].message().en


def test_an_absent_figure_may_be_declared(bench: Workbench) -> None:
    bench.edition["absent"] = ["first"]
    assert len(bench.read("Tỉnh,Tổng 2020\nHà Nội,1\n")) == 1


def test_a_column_may_be_declared_to_hold_another_figure_than_its_label_says(bench: Workbench) -> None:
    bench.table["columns"] = {
        "Tổng 2020": {"component": "first", "measure": "score"},
        "Thứ nhất": {"component": "total", "measure": "score"},
    }
    cells = bench.read("Tỉnh,Tổng 2020,Thứ nhất\nHà Nội,1,2\n")
    assert {cell.component_code: cell.value for cell in cells} == {"first": 1.0, "total": 2.0}


def test_other_bytes_than_recorded_stop_the_edition(bench: Workbench, faults_of: Faults) -> None:
    bench.table["sha256"] = "0" * 64
    assert [fault.code for fault in faults_of(GOOD)] == ["archive_changed"]


def test_bytes_that_are_not_the_declared_encoding_stop_the_edition(bench: Workbench, faults_of: Faults) -> None:
    assert len(bench.read(GOOD, "utf-16")) == 4
    bench.table["encoding"] = "utf-8"
    assert [fault.code for fault in faults_of(GOOD, "utf-16")] == ["file_unreadable"]


def test_a_long_table_says_component_and_measure_in_words(bench: Workbench, faults_of: Faults) -> None:
    bench.index["components"][1]["labels"] = ["The first part"]
    bench.table |= {
        "component_header": "component",
        "columns": {"points": {"measure": "score"}, "rank": {"measure": "rank"}},
        "where": {"year": 2020},
        "roles": {"province": "territory"},
    }
    table = (
        "year,province,component,points,rank\n2020,Hà Nội,The first part,7.5,3\n2020,Huế,Total,8,\n2019,Huế,Total,9,1\n"
    )
    bench.edition["coverage"] = "partial"
    found = {(c.territory_code, c.component_code, c.measure): c.value for c in bench.read(table)}
    assert found == {("01", "first", "score"): 7.5, ("01", "first", "rank"): 3.0, ("46", "total", "score"): 8.0}
    [fault] = faults_of(table.replace("The first part", "Another part"))
    assert (fault.code, fault.row, fault.text) == ("label_unknown", 2, "Another part")
