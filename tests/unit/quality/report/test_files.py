"""The two files: what a reader, a spreadsheet program and a screen reader find in them."""

import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn

from quality.numbers_vi import number_vi
from quality.report import Period, PublishedMissing, write_report
from tests.unit.quality.report.conftest import make_published
from tests.unit.quality.report.synthetic import AS_OF, HALF, HOME, YEAR, Published, Rows, sheets, tables

HOSTILE = '=HYPERLINK("https://evil.example";"x")\r\n\x0b\u202e<w:p/>&amp;\ufffe'
STARTS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1")
Written = Callable[..., tuple[dict[str, Rows], list[Rows]]]


def fill(published: Published) -> Published:
    """Put something into every section, and a series to draw."""
    published.finding("a")
    published.finding("b", severity="info", title_vi="Thành phần giảm")
    published.finding("c", kind="data_fault", title_vi="Tổng không khớp", territory_code="9")
    published.target("online", 80)
    published.target("1", 12500, target_set="service_quality", unit="enterprises")
    published.metric("online", date(2031, 1, 1), date(2031, 3, 31), 70.5)
    published.expect("ALPHA", 2031, expected_by=date(2032, 5, 1))
    published.add(
        "reporting.rpt_reporting_deadline",
        deadline_code="six_month_report",
        what_vi="Báo cáo",
        due_on=date(2031, 5, 25),
    )
    for year, value in ((2029, 65.25), (2030, 64.1)):
        published.add(
            "reporting.rpt_index_series",
            index_code="ALPHA",
            component_code="total",
            edition_year=year,
            basis="63",
            territory_code="1",
            relation="predecessor",
            unit_code=HOME,
            territory_name_vi="Đông Sơn",
            method="published",
            value=value,
        )
    return published


@pytest.fixture
def full(published: Published) -> Published:
    return fill(published)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Both files of the filled warehouse, to read."""
    folder = tmp_path_factory.mktemp("pair")
    return write_report(fill(make_published(folder / "chiso.duckdb")).path, folder, HALF, AS_OF, HOME)


def test_both_files_say_the_same_figures(pair: tuple[Path, Path]) -> None:
    found, book = tables(pair[0]), sheets(pair[1])
    said = [f"{row['Chỉ số']} {row['Đơn vị']} {row['Điểm']} {row['Thứ hạng']}" for row in found[1]]
    for row in book["1 Chỉ số"]:
        (line,) = (line for line in said if f"{row['Mã chỉ số']}\n" in line and f" {row['Đơn vị']} " in line)
        if row["Điểm"] is not None:
            assert f" {number_vi(row['Điểm'], 2)} [" in line
        if row["Hạng"] is not None:
            assert f" {row['Hạng']}" in line
    (target,) = book["3b Chỉ tiêu kế hoạch"]
    assert target["Thực hiện"] == 70.5
    assert any("70,5%" in row.get("Thực hiện", "") for table in found for row in table)


def test_a_workbook_has_figures_and_days_that_can_be_counted_with(pair: tuple[Path, Path]) -> None:
    row = sheets(pair[1])["1 Chỉ số"][0]
    assert (type(row["Điểm"]), type(row["Hạng"]), type(row["Năm của kỳ"])) == (float, int, int)
    assert isinstance(row["Ngày công bố"], datetime)
    assert (row["source_url"], row["source_sha256"]) != (None, None)
    assert row["source_locator"].startswith("alpha_2030.csv#R")


def test_sheets_are_ready_to_filter_and_to_print(pair: tuple[Path, Path]) -> None:
    for sheet in openpyxl.load_workbook(pair[1]).worksheets[1:]:
        assert len(sheet.title) <= 31
        assert (sheet.freeze_panes, sheet.print_title_rows) == ("A4", "$3:$3")
        assert sheet.auto_filter.ref
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth) == ("landscape", 1)
        assert int(sheet.page_setup.paperSize or 0) == 9


def test_no_text_from_a_source_can_be_a_formula_or_break_a_file(full: Published, tmp_path: Path) -> None:
    for place, start in enumerate((HOSTILE, *STARTS)):
        full.finding(f"h{place}", message_vi=start, remedy_vi=start, certainty_vi=start, source_url=start)
    full.change(
        "update marts.dim_territory set name_vi = '=cmd|'' /C calc''!A0' where territory_code in ('1-2025', '1')"
    )
    full.change("update marts.dim_index set name_vi = '@An-pha' where index_code = 'ALPHA'")
    full.change("update marts.dim_edition set withheld_reason_vi = '-1'")
    document, workbook = write_report(full.path, tmp_path, HALF, AS_OF, HOME)
    book = openpyxl.load_workbook(workbook)
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n", "d"}
    risky = [cell for cell in cells if str(cell.value).startswith(("=", "+", "-", "@")) and cell.data_type == "s"]
    assert len(risky) > len(STARTS)
    assert all(cell.quotePrefix for cell in risky)
    with zipfile.ZipFile(workbook) as packed:
        sheets = [packed.read(name) for name in packed.namelist() if name.startswith("xl/worksheets/")]
    assert not any(b"<f>" in sheet for sheet in sheets)
    text = "\n".join(
        cell.text for table in docx.Document(str(document)).tables for row in table.rows for cell in row.cells
    )
    assert 'HYPERLINK("https://evil.example";"x") <w:p/>&amp;' in text
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202e\ufffe]", text)


def test_a_document_is_one_that_an_office_can_work_with(pair: tuple[Path, Path]) -> None:
    made = docx.Document(str(pair[0]))
    assert made.core_properties.language == "vi-VN"
    defaults = made.styles.element.find(f"{qn('w:docDefaults')}//{qn('w:lang')}")
    assert defaults is not None
    assert defaults.get(qn("w:val")) == "vi-VN"
    headings = [
        paragraph.text for paragraph in made.paragraphs if paragraph.style and paragraph.style.name == "Heading 1"
    ]
    assert [heading[:2] for heading in headings if heading[0].isdigit()] == [f"{n}." for n in range(1, 8)]
    for table in made.tables:
        first = table.rows[0]._tr
        assert first.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
    sizes = {tuple(sorted((part.page_width.mm, part.page_height.mm))) for part in made.sections if part.page_width}
    assert {tuple(round(side) for side in size) for size in sizes} == {(210, 297)}


def test_the_picture_says_what_it_shows(pair: tuple[Path, Path]) -> None:
    (shape,) = docx.Document(str(pair[0])).inline_shapes
    described = shape._inline.docPr.get("descr")
    assert described is not None
    assert "65,25" in described or "64,10" in described


def test_the_picture_shows_nothing_that_came_later(full: Published, tmp_path: Path) -> None:
    full.edition("ALPHA", 2031, date(2031, 7, 1))
    full.change("""
        insert into reporting.rpt_index_series
        select * replace (2031 as edition_year, 99.5 as value) from reporting.rpt_index_series where edition_year = 2030
    """)
    described = {}
    for period in (HALF, YEAR):
        document, _ = write_report(full.path, tmp_path, period, AS_OF, HOME)
        (shape,) = docx.Document(str(document)).inline_shapes
        described[period] = shape._inline.docPr.get("descr") or ""
    assert "99,5" not in described[HALF]
    assert "99,5" in described[YEAR]


def test_the_same_input_gives_the_same_bytes(full: Published, tmp_path: Path) -> None:
    first, second = (write_report(full.path, tmp_path / name, HALF, AS_OF, HOME) for name in ("a", "b"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    for path in first:
        with zipfile.ZipFile(path) as packed:
            assert f">{AS_OF}T00:00:00Z</dcterms:modified>".encode() in packed.read("docProps/core.xml")


def test_what_does_not_compare_or_was_computed_is_said_in_both(published: Published, written: Written) -> None:
    published.change("update reporting.rpt_index_change set is_comparable = false, break_reason_vi = 'đổi trọng số'")
    published.change("delete from marts.fct_index_result where measure = 'rank' and territory_code = '1'")
    published.change("update reporting.rpt_index_overview set rank_computed = 11, ranked_among_computed = 60")
    book, found = written(published)
    row, line = book["1 Chỉ số"][0], found[1][0]
    assert (row["So sánh được"], row["Hạng tự tính"]) == ("Không so sánh được: đổi trọng số", "có")
    assert line["Thay đổi so với kỳ trước"].endswith("\nKhông so sánh được: đổi trọng số")
    assert line["Thứ hạng"] == "11/60 (tự tính)"


def test_a_file_without_a_figure_makes_a_report_that_says_so(bare: Published, written: Written) -> None:
    book, tables = written(bare)
    assert [row["Điểm"] for row in book["1 Chỉ số"]] == [None]
    assert [next(iter(row.values())) for row in book["2a Suy giảm"]] == ["Không có suy giảm cần xem."]
    assert book["6 Thiếu, chưa chắc chắn"][0]["Loại"] == "Chỉ số chưa có kỳ công bố"
    assert [row["Số lượng"] for row in tables[0]][:2] == ["1", "0"]


def test_without_a_published_file_it_is_said_what_makes_it(tmp_path: Path) -> None:
    with pytest.raises(PublishedMissing, match="chiso run"):
        write_report(tmp_path / "none.duckdb", tmp_path / "out", HALF, AS_OF, HOME)
    assert not (tmp_path / "out").exists()


def test_a_failure_leaves_the_files_that_were_there(full: Published, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "bao-cao-2031-H1.docx").write_text("old")
    (folder / "bao-cao-2031-H1.xlsx").mkdir()  # cannot be replaced by a file
    with pytest.raises(OSError, match="bao-cao-2031-H1"):
        write_report(full.path, folder, HALF, AS_OF, HOME)
    assert sorted(path.name for path in folder.iterdir()) == ["bao-cao-2031-H1.docx", "bao-cao-2031-H1.xlsx"]


def test_names_follow_the_period(full: Published, tmp_path: Path) -> None:
    names = [path.name for path in write_report(full.path, tmp_path, Period.parse("2031"), AS_OF, HOME)]
    assert names == ["bao-cao-2031.docx", "bao-cao-2031.xlsx"]
