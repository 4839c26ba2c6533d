"""The report pack of the shipped archive: its figures against the published file, asked in other words."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import docx
import duckdb
import openpyxl
import pytest

from ingest.settings import Settings
from quality.numbers_vi import figure_vi
from quality.report import Period, write_report
from tests.conftest import Installation

AS_OF = date(2026, 11, 22)
HALF_ENDS = date(2026, 6, 30)
Rows = list[dict[str, Any]]
# the last edition by the end of the half year with a printed score or rank: for home, for what it was made of,
# and for the country
_LATEST = """
with unit as (
    select territory_code, name_vi, valid_to, kind from marts.dim_territory
    where territory_code = $home or kind = 'country'
        or territory_code in (
            select predecessor_code from marts.territory_predecessor
            where territory_code = $home and relation = 'merged'
        )
)

select
    replace(cell.index_code, '_', ' ') as index_code,
    unit.name_vi || case when unit.valid_to is null then '' else strftime(unit.valid_to, ' (đến %d/%m/%Y)') end as unit,
    max(cell.edition_year) as year,
    arg_max(cell.value, cell.edition_year) as value,
    arg_max(cell.source_sha256, cell.edition_year) as sha256,
    arg_max(cell.source_locator, cell.edition_year) as locator
from marts.fct_index_result as cell
join unit using (territory_code)
join marts.dim_index as i using (index_code)
join marts.dim_edition as e using (index_code, edition_year, basis, vintage)
where cell.component_code = 'total' and cell.measure = $measure and cell.is_current and cell.value is not null
    and coalesce(e.published_on, make_date(e.edition_year, 12, 31)) <= $day
    and (i.level = 'national') = (unit.kind = 'country')
group by all
"""


@pytest.fixture(scope="module")
def home() -> str:
    return Settings.from_env({}).territory


@pytest.fixture(scope="module")
def pack(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory, home: str
) -> dict[str, tuple[dict[str, Rows], str]]:
    """By period: the sheets as rows by column title, and all text of the document."""
    folder = tmp_path_factory.mktemp("report")
    made = {}
    for text in ("2026-H1", "2026"):
        document, workbook = write_report(installation.published, folder, Period.parse(text), AS_OF, home)
        made[text] = _sheets(workbook), _text(document)
    return made


@pytest.fixture(scope="module")
def half(pack: dict[str, tuple[dict[str, Rows], str]]) -> dict[str, Rows]:
    return pack["2026-H1"][0]


@pytest.mark.parametrize(("measure", "title"), [("score", "Điểm"), ("rank", "Hạng")])
def test_figures_are_those_that_were_published_last(
    half: dict[str, Rows], bi: duckdb.DuckDBPyConnection, home: str, measure: str, title: str
) -> None:
    asked = {"home": home, "day": HALF_ENDS, "measure": measure}
    expected = {row[:2]: row[2:] for row in bi.execute(_LATEST, asked).fetchall()}
    shown = [
        row
        for row in half["1 Chỉ số"]
        # a rank that we computed, or a figure outside editions, was published nowhere as such
        if row[title] is not None and row["Năm của kỳ"] and not (measure == "rank" and row["Hạng tự tính"] == "có")
    ]
    assert len(shown) >= 12
    for row in shown:
        year, value, sha256, locator = expected[row["Mã chỉ số"], row["Đơn vị"]]
        assert (row["Năm của kỳ"], row[title]) == (year, value), row["Mã chỉ số"]
        assert sha256 in row["source_sha256"]
        assert locator in row["source_locator"]


def test_every_index_is_there_in_plan_or_not(half: dict[str, Rows], bi: duckdb.DuckDBPyConnection) -> None:
    codes = {code for (code,) in bi.execute("select replace(index_code, '_', ' ') from marts.dim_index").fetchall()}
    assert {row["Mã chỉ số"] for row in half["1 Chỉ số"]} == codes


def test_the_document_prints_the_same_figures(pack: dict[str, tuple[dict[str, Rows], str]]) -> None:
    book, text = pack["2026-H1"]
    scores = [row["Điểm như đã in"] for row in book["1 Chỉ số"] if row["Điểm"] is not None]
    assert len(scores) >= 12
    for printed in scores:
        decimals = len(printed.partition(".")[2])
        assert f"{figure_vi(float(printed), decimals)} [" in text


def test_nothing_after_the_half_year_is_in_its_report(
    pack: dict[str, tuple[dict[str, Rows], str]], bi: duckdb.DuckDBPyConnection
) -> None:
    half, year = pack["2026-H1"][0], pack["2026"][0]
    for sheet in ("1 Chỉ số", "4 Lịch công bố"):
        days = [row["Ngày công bố"] for row in half[sheet] if isinstance(row["Ngày công bố"], datetime)]
        assert days
        assert max(day.date() for day in days) <= HALF_ENDS
    late = "select index_code || ' ' || edition_year from reporting.rpt_publication_calendar where expected_by {}"
    by_half, by_year = (
        {name.replace("_", " ") for (name,) in bi.execute(late.format(f"< '{day}' and not held")).fetchall()}
        for day in (HALF_ENDS, AS_OF)
    )
    assert by_half < by_year
    for book, expected in ((half, by_half), (year, by_year)):
        assert {row["Kỳ"] for row in book["4 Lịch công bố"] if row["Tình trạng"] == "muộn"} == expected


def test_falls_are_those_of_the_editions_shown(half: dict[str, Rows], bi: duckdb.DuckDBPyConnection) -> None:
    found = bi.execute("""
        select message_vi, remedy_vi from reporting.rpt_finding
        where kind = 'regression' and severity <> 'info' and is_latest_edition and territory_code is not null
    """).fetchall()
    assert found
    assert {(row["Nội dung"], row["Việc cần làm"]) for row in half["2a Suy giảm"]} == set(found)


def test_targets_stand_with_their_plan_and_no_plan_stands_as_result(
    half: dict[str, Rows], bi: duckdb.DuckDBPyConnection
) -> None:
    rows = [*half["3a Chất lượng phục vụ"], *half["3b Chỉ tiêu kế hoạch"]]
    expected = bi.execute("select name_vi, target_low from reporting.rpt_target_progress").fetchall()
    assert {(row["Chỉ tiêu"], row["Từ"]) for row in rows} == set(expected)
    actual = {
        name
        for (name,) in bi.execute(
            """
        select t.name_vi
        from reporting.rpt_target_progress as t
        join marts.fct_provincial_metric as m using (metric_code, unit)
        where m.is_actual and m.is_current and m.period_end <= '2026-06-30' and m.territory_code = $1
    """,
            [Settings.from_env({}).territory],
        ).fetchall()
    }
    assert {row["Chỉ tiêu"] for row in rows if row["Thực hiện"] != "chưa có số liệu"} == actual
    gaps = {row["Đối tượng"] for row in half["6 Thiếu, chưa chắc chắn"] if row["Loại"] == "Chỉ tiêu chưa có số liệu"}
    assert gaps == {row["Chỉ tiêu"] for row in rows} - actual


def test_gaps_are_stated(half: dict[str, Rows], bi: duckdb.DuckDBPyConnection) -> None:
    gaps = {(row["Loại"], row["Đối tượng"]) for row in half["6 Thiếu, chưa chắc chắn"]}
    without = bi.execute("""
        select replace(index_code, '_', ' ') from marts.dim_index
        where index_code not in (select index_code from marts.dim_edition)
    """).fetchall()
    assert without
    assert {("Chỉ số chưa có kỳ công bố", code) for (code,) in without} <= gaps
    for row in half["1 Chỉ số"]:
        if row["Mức đầy đủ"] == "một phần" and (row["Điểm"] or row["Hạng"]):
            assert ("Bảng kết quả một phần", row["Kỳ"]) in gaps
        if row["Năm của kỳ"] and str(row["Công bố, như đã biết"]).startswith("chưa rõ"):
            assert ("Chưa rõ ngày công bố", row["Kỳ"]) in gaps


def test_deadlines_bind_whom_the_plan_says(half: dict[str, Rows], bi: duckdb.DuckDBPyConnection) -> None:
    expected = bi.execute("select what_vi, responsible_vi from reporting.rpt_reporting_deadline").fetchall()
    assert {(row["Báo cáo"], row["Cơ quan thực hiện"]) for row in half["5 Thời hạn báo cáo"]} == set(expected)


def test_every_figure_leads_to_a_numbered_source(half: dict[str, Rows]) -> None:
    sources = {row["Số"]: row for row in half["7 Nguồn"]}
    for row in half["1 Chỉ số"]:
        if row["Điểm"] is None and row["Hạng"] is None:
            continue
        first = row["Số nguồn"].partition("]")[0] + "]"
        assert sources[first]["Địa chỉ"] in row["source_url"]
        assert len(sources[first]["SHA-256"]) == 64


def _sheets(path: Path) -> dict[str, Rows]:
    made = {}
    for sheet in openpyxl.load_workbook(path).worksheets[1:]:
        titles, *rows = list(sheet.iter_rows(min_row=3, values_only=True))
        made[sheet.title] = [dict(zip(map(str, titles), row, strict=True)) for row in rows]
    return made


def _text(path: Path) -> str:
    return "\n".join(cell.text for table in docx.Document(str(path)).tables for row in table.rows for cell in row.cells)
