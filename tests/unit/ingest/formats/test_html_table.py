"""Tables of web pages, also of those that are named .xls."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.formats.place import Place
from tests.unit.ingest.formats.conftest import fault, places, read, texts

Write = Callable[[bytes | str], Path]
TABLE = "<table><tr><th>Tỉnh<th>Điểm<tr><td>Lào Cai<td>65,08</table>"
CELLS = [["Tỉnh", "Điểm"], ["Lào Cai", "65,08"]]


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-16", ""),
        ("utf-8", '<?xml version="1.0" encoding="utf-8"?>'),
        ("utf-8", '<meta charset="utf-8">'),
        ("utf-16", '<meta charset="windows-1252">'),
        ("utf-8", '<meta http-equiv="Content-Type" content="text/html; charset=utf-16">'),
    ],
)
def test_the_encoding_is_that_of_the_mark_or_the_page(write: Write, encoding: str, declared: str) -> None:
    assert texts(write(f"{declared}<html><body>{TABLE}</body></html>".encode(encoding))) == CELLS


def test_the_page_may_name_a_smaller_encoding(write: Write) -> None:
    page = "<meta charset='iso-8859-1'><table><tr><td>à “x”<td>1<tr><td>b<td>2</table>"
    assert texts(write(page.encode("cp1252")))[0] == ["à “x”", "1"]


def test_an_encoding_that_does_not_hold_or_exist_is_a_fault(write: Write) -> None:
    assert fault(places, write(b"<html><table><tr><td>\xff\xff")).code == "file_unreadable"
    assert "x-user" in fault(places, write('<meta charset="x-user-defined">' + TABLE)).text
    legacy = "<html><table><tr><td>Lµo Cai<td>TØnh".encode("latin-1")
    assert fault(places, write(legacy)).code == "encoding_legacy"


def test_only_the_innermost_tables_with_rows_are_places(write: Write) -> None:
    page = f"<table><tr><td>menu<td>{TABLE}<tr><td>x<td>y</table><table><tr><td>one row</table>{TABLE}"
    source = write(page)
    assert places(source) == [Place(table=1), Place(table=2)]
    assert texts(source, Place(table=2)) == CELLS
    assert fault(read, source, Place(table=3)).code == "place_missing"


def test_a_page_without_tables_has_no_places(write: Write) -> None:
    assert places(write("<!DOCTYPE html><html><body><h1>404 Not Found</h1></body></html>")) == []


def test_cells_that_span_are_repeated_and_say_so(write: Write) -> None:
    page = """<table>
      <tr><th rowspan=2>Tỉnh<th colspan=2>Điểm<th rowspan=0>Ghi chú
      <tr><th>2023<th>2024
      <tr><td>Lào Cai<td>60<td>65
    </table>"""
    assert [(line.number, line.cells, sorted(line.merged)) for line in read(write(page))] == [
        (1, ["Tỉnh", "Điểm", "Điểm", "Ghi chú"], [2]),
        (2, ["Tỉnh", "2023", "2024", "Ghi chú"], [0, 3]),
        (3, ["Lào Cai", "60", "65", "Ghi chú"], [3]),
    ]


def test_a_cell_from_above_to_the_right_of_a_short_row_keeps_its_column(write: Write) -> None:
    page = "<table><tr><td>a<td>b<td rowspan=2>c<tr><td>d</table>"
    assert texts(write(page)) == [["a", "b", "c"], ["d", "", "c"]]


def test_text_is_what_the_page_shows(write: Write) -> None:
    page = """<table><tr><td>Thừa  Thiên<br>Huế<script>x()</script><style>y</style>
      <td><p>một</p><p>hai</p><td><span style="display: none">sort</span>65<sup>*</sup> &amp; 1&nbsp;000<!-- no -->
      <tr><td>x</table>"""
    assert texts(write(page))[0] == ["Thừa Thiên Huế", "một hai", "65* & 1\u00a0000"]


def test_hidden_rows_cells_and_tables_say_so_or_are_no_places(write: Write) -> None:
    page = """<div style="display:none"><table><tr><td>a<tr><td>b</table></div>
      <table><tr><td>a<td style="DISPLAY : None">b<tr hidden><td>c<td>d
      <tbody style="visibility:collapse"><tr><td>e</table>"""
    source = write(page)
    assert places(source) == [Place(table=1)]
    assert [(line.hidden, sorted(line.hidden_columns)) for line in read(source)] == [
        (False, [1]),
        (True, []),
        (True, []),
    ]


def test_spans_that_would_fill_memory_are_a_fault(write: Write) -> None:
    wide = "<table>" + "<tr>" + "<td colspan=1000>x" * 20 + "<tr><td>y</table>"
    assert fault(read, write(wide)).code == "table_too_large"
    tall = "<table>" + ("<tr>" + "<td colspan=1000 rowspan=65000>x" * 10) + "<tr>" * 700 + "</table>"
    assert fault(read, write(tall)).code == "table_too_large"


def test_deep_nesting_is_no_trouble(write: Write) -> None:
    deep = "<table><tr><td>" + "<b>" * 1900 + "x" + "</b>" * 1900 + "<tr><td>y</table>"
    assert texts(write(deep)) == [["x"], ["y"]]


def test_a_page_that_the_parser_gives_up_is_not_half_read(write: Write) -> None:
    assert fault(places, write(TABLE + "<b>" * 5000)).code == "file_unreadable"


def test_outside_entities_are_not_fetched(write: Write, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    page = f'<!DOCTYPE html [<!ENTITY x SYSTEM "file://{secret}">]><table><tr><td>&x;<tr><td>y</table>'
    assert "secret" not in str(texts(write(page)))
