"""The workbook for people who live in Excel, opened again as Excel would, on a synthetic warehouse."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from orchestration.publish import publish
from orchestration.workbook import FILE_NAME, LONG, write_workbook

MakeWarehouse = Callable[..., Path]

_MORE = f"""
create table reporting.rpt_long as select i % 100 = 0 as is_home, i as number from range({LONG + 1}) as r(i);
create table reporting.rpt_words (what varchar, day date, yes boolean);
comment on table reporting.rpt_words is 'Một cái tên rất dài: dài hơn [mức] cho phép. Words.';
create table reporting.rpt_words_too (what varchar);
comment on table reporting.rpt_words_too is 'Một cái tên rất dài: dài hơn [mức] được phép. Words.';
insert into reporting.rpt_words values ('=1+1', date '2026-11-25', true), ('Đắk Lắk', null, null),
    ('a' || chr(7) || 'b', null, false), (repeat('dài ', 10000), null, null), ('-0,5', null, null), ('@x', null, null),
    ('#N/A', null, null);
"""


@pytest.fixture
def published(make_warehouse: MakeWarehouse, tmp_path: Path) -> Path:
    return publish(make_warehouse(tmp_path / "w.duckdb", more=_MORE), tmp_path / "published", "run 1").duckdb


def test_sheets_hold_the_rows_with_their_types_and_nothing_becomes_a_formula(published: Path, tmp_path: Path) -> None:
    assert write_workbook(published, tmp_path)
    book = load_workbook(tmp_path / FILE_NAME)
    sheet = book["Một cái tên rất dài dài hơn…"]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[0] == ["what", "day", "yes"]
    words = [row[0] for row in cells[1:]]
    assert words[:4] == ["#N/A", "-0,5", "=1+1", "@x"]
    assert {cell.data_type for cell in sheet["A"]} == {"s"}
    assert [datetime(2026, 11, 25), True] in [row[1:] for row in cells[1:]]  # noqa: DTZ001 - a day, read as Excel has it
    assert "a\N{REPLACEMENT CHARACTER}b" in words
    (long,) = (word for word in words if word.startswith("dài"))
    assert len(long) == 32_767
    assert long.endswith("(cắt bớt; nguyên văn trong tệp chiso.duckdb)")
    assert "Một cái tên rất dài dài… (2)" in book.sheetnames


def test_a_long_table_shows_the_home_province_and_the_first_sheet_says_so(published: Path, tmp_path: Path) -> None:
    write_workbook(published, tmp_path)
    book = load_workbook(tmp_path / FILE_NAME, read_only=True)
    assert sum(1 for _ in book["rpt_long"].iter_rows()) - 1 == LONG // 100 + 1
    first = list(book["Đọc trước"].iter_rows(values_only=True))
    assert ("rpt_long", "reporting.rpt_long", LONG + 1, LONG // 100 + 1) in first
    assert any(str(row[0]).startswith("Bảng dài chỉ ghi tỉnh nhà hoặc") for row in first)
    book.close()


def test_it_is_written_again_only_for_another_version_or_when_damaged(
    make_warehouse: MakeWarehouse, published: Path, tmp_path: Path
) -> None:
    assert write_workbook(published, tmp_path)
    assert not write_workbook(published, tmp_path)
    other = publish(make_warehouse(tmp_path / "b.duckdb", version="b"), tmp_path / "published", "run 2").duckdb
    assert write_workbook(other, tmp_path)
    book = load_workbook(tmp_path / FILE_NAME)
    book.worksheets[1]["A1"] = 7  # somebody saves over it
    (tmp_path / FILE_NAME).unlink()
    book.save(tmp_path / FILE_NAME)
    assert write_workbook(other, tmp_path)
    assert not write_workbook(other, tmp_path)
    (tmp_path / FILE_NAME).chmod(0o644)
    (tmp_path / FILE_NAME).write_bytes(b"not a workbook")
    assert write_workbook(other, tmp_path)
    assert not (tmp_path / "chiso.part").exists()
