"""The dashboard in a real browser: what a person reads is what the published file holds."""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.bi.conftest import Superset
from tests.browser import DESKTOP, PHONE, Watched, watched_page

PAGES = {
    "Tổng quan": ["Tỉnh nhà trong từng chỉ số: kỳ mới nhất", "Chuỗi số liệu của tỉnh nhà, chỗ đứt đoạn ghi rõ"],
    "So sánh": ["Các tỉnh trong kỳ", "Điểm thành phần của các tỉnh"],
    "Cảnh báo": ["Suy giảm và công bố muộn ở kỳ mới nhất", "Lỗi dữ liệu đang mở, mọi kỳ"],
    "Trách nhiệm": ["Phiếu theo dõi của cơ quan đầu mối", "Chỉ tiêu của Kế hoạch và Phụ lục II: kết quả thực hiện"],
    "Nguồn": ["Phiên bản của bộ số liệu đang xem", "Số đơn vị có số liệu, theo kỳ", "Kỳ công bố và nguồn"],
}
NOTHING = "N/A"  # Superset's own word for an empty cell
WAIT = 60_000
Rows = list[list[str]]


@pytest.fixture(scope="module")
def seen(browser: Browser, superset: Superset) -> Iterator[Watched]:
    with watched_page(browser, DESKTOP) as watched:
        watched.page.set_default_timeout(WAIT)
        superset.open_dashboard(watched.page)
        yield watched


@pytest.fixture
def page(seen: Watched) -> Page:
    return seen.page


def _open(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()
    for title in PAGES[name]:
        _chart(page, title).locator("td").first.wait_for()


def _chart(page: Page, title: str) -> Locator:
    return page.locator(f'[data-test-chart-name="{title}"]')


def _rows(page: Page, title: str) -> Rows:
    """The cells of a table as a person reads them, without its heading."""
    rows: Rows = (
        _chart(page, title)
        .locator("tbody tr")
        .evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))")
    )
    return rows


def _vi(number: float | None, signed: bool = False) -> str:
    """A number as Vietnamese write it, with up to four decimals."""
    if number is None:
        return NOTHING
    text = f"{number:{'+' if signed else ''},.4f}".rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,"))


def _text(value: Any) -> str:
    return NOTHING if value is None else str(value)


def test_the_overview_says_what_the_file_says(page: Page, published: duckdb.DuckDBPyConnection) -> None:
    _open(page, "Tổng quan")
    expected = published.execute(
        """select index_name_vi, edition_year, score, rank_published, ranked_among, rank_computed,
            ranked_among_computed, tier, score_change, lead_agency_vi
        from reporting.rpt_index_overview
        where is_home and (is_latest_for_territory or edition_status = 'no edition')"""
    ).fetchall()
    shown = _rows(page, PAGES["Tổng quan"][0])
    assert sorted([row[place] for place in (0, 2, 4, 5, 6, 7, 10)] for row in shown) == sorted(
        [
            name,
            _text(year),
            _vi(score),
            f"{rank}/{among}" if rank else f"{computed}/{computed_among} (tự tính)" if computed else NOTHING,
            _text(tier),
            _vi(change, signed=True),
            _text(agency),
        ]
        for name, year, score, rank, among, computed, computed_among, tier, change, agency in expected
    )


def test_the_tiles_count(page: Page, published: duckdb.DuckDBPyConnection) -> None:
    _open(page, "Tổng quan")
    expected = published.execute(
        """select
            (select count(distinct index_code) from reporting.rpt_index_overview join marts.dim_index using (index_code)
                where in_plan and is_home and edition_status = 'published')::varchar,
            (select count(*) from reporting.rpt_finding
                where kind = 'regression' and is_latest_edition and severity <> 'info')::varchar,
            (select count(*) from reporting.rpt_finding where kind = 'data_fault')::varchar,
            (select count(*) from reporting.rpt_target_progress where status = 'met')::varchar"""
    ).fetchone()
    titles = ("Chỉ số Phụ lục I có số liệu", "Suy giảm, muộn: cần xem", "Lỗi dữ liệu đang mở")
    shown = [_chart(page, title).locator(".header-line").inner_text() for title in (*titles, "Chỉ tiêu đạt")]
    assert tuple(shown) == expected


def test_a_back_cast_is_never_shown_as_published(page: Page, published: duckdb.DuckDBPyConnection) -> None:
    _open(page, "Tổng quan")
    methods = {(row[0], row[3]): row[6] for row in _rows(page, PAGES["Tổng quan"][1])}
    estimated = {key for key, method in methods.items() if method.startswith("bình quân tỉnh cũ")}
    index = page.locator(".ant-select-selection-item").first.inner_text()
    back_cast = published.execute(
        """select edition_year, value from reporting.rpt_index_series
        where is_home and component_code = 'total' and method = 'backcast_mean' and index_name_vi = ?""",
        [index],
    ).fetchall()
    assert back_cast
    assert estimated == {(str(year), _vi(value)) for year, value in back_cast}


def test_provinces_are_compared_within_one_edition(page: Page, published: duckdb.DuckDBPyConnection) -> None:
    """The filter starts with the latest complete edition that the home province is in, and follows a choice."""
    _open(page, "So sánh")
    chosen = page.locator(".ant-select-selection-item", has_text="·").first
    first = chosen.inner_text()
    _compare(page, published, first)

    other = published.execute(
        """select replace(index_code, '_', ' ') || ' ' || edition_year || ' · ' || basis || ' tỉnh, thành'
        from marts.dim_edition where is_current and coverage = 'complete' and basis = '63'
        order by edition_year desc, index_code limit 1"""
    ).fetchone()
    assert other
    assert other[0] != first
    page.locator(".ant-select", has=chosen).click()
    page.keyboard.type(other[0])
    page.locator(".ant-select-item-option", has_text=other[0]).first.click()
    with page.expect_response("**/api/v1/chart/data**"):
        page.get_by_role("button", name="Apply").click()
    _compare(page, published, other[0])


def _compare(page: Page, published: duckdb.DuckDBPyConnection, edition: str) -> None:
    expected = published.execute(
        """select overview.score, territory.name_vi
        from reporting.rpt_index_overview as overview join marts.dim_territory as territory using (territory_code)
        where replace(index_code, '_', ' ') || ' ' || edition_year || ' · ' || basis || ' tỉnh, thành' = ?
        order by overview.score desc nulls last limit 20""",
        [edition],
    ).fetchall()
    title = PAGES["So sánh"][0]
    _chart(page, title).locator("tr", has_text=expected[0][1]).filter(has_text=_vi(expected[0][0])).wait_for()
    shown = [(row[3], row[0].split(" (đến")[0]) for row in _rows(page, title)]
    assert shown == [(_vi(score), name) for score, name in expected]


def test_findings_stand_by_agency_and_are_filtered(page: Page, published: duckdb.DuckDBPyConnection) -> None:
    _open(page, "Cảnh báo")
    where = "kind = 'regression' and is_latest_edition"
    agencies = published.execute(
        f"select lead_agency_vi, count(*) from reporting.rpt_finding where {where} and lead_agency_vi is not null"
        " group by all order by 2 desc"
    ).fetchall()
    title = PAGES["Cảnh báo"][0]
    (total,) = published.execute(f"select count(*) from reporting.rpt_finding where {where}").fetchone() or (0,)
    assert f"{total} records" in (_chart(page, title).locator("input[placeholder]").get_attribute("placeholder") or "")
    agency, findings = agencies[0]
    page.locator(".ant-select").first.click()
    page.locator(".ant-select-item-option", has_text=agency).first.click()
    page.keyboard.press("Escape")
    with page.expect_response("**/api/v1/chart/data**"):
        page.get_by_role("button", name="Apply").click()
    _chart(page, title).locator(f'input[placeholder="{findings} records..."]').wait_for()
    assert {row[-1] for row in _rows(page, title)} == {agency}


def test_targets_and_agencies_stand_as_in_the_file(page: Page, published: duckdb.DuckDBPyConnection) -> None:
    _open(page, "Trách nhiệm")
    expected = published.execute("select name_vi, target_low, status_vi from reporting.rpt_target_progress").fetchall()
    shown = _rows(page, PAGES["Trách nhiệm"][1])
    assert sorted((row[1], row[3], row[6]) for row in shown) == sorted(
        (name, _vi(low), status) for name, low, status in expected
    )
    (cards,) = published.execute("select count(*) from reporting.rpt_agency_scorecard").fetchone() or (0,)
    assert len(_rows(page, PAGES["Trách nhiệm"][0])) == cards


def test_sources_name_the_version(page: Page, published: duckdb.DuckDBPyConnection) -> None:
    _open(page, "Nguồn")
    (version,) = published.execute("select content_sha256 from marts.published_version").fetchone() or ("",)
    assert _rows(page, PAGES["Nguồn"][0])[0][1] == version
    counts = published.execute("select territories_published from marts.dim_edition where is_current").fetchall()
    cells = [cell for row in _rows(page, PAGES["Nguồn"][1]) for cell in row if cell.isdigit()]
    assert sorted(cells) == sorted(str(count) for (count,) in counts if count is not None)


def test_nothing_is_asked_outside_and_nothing_complained_of(seen: Watched) -> None:
    """After every page was open. Superset's telemetry picture is taken out by `make bi`."""
    assert seen.outside == []
    assert seen.complaints == []


def test_a_phone_shows_every_page(browser: Browser, superset: Superset) -> None:
    with watched_page(browser, PHONE) as watched:
        watched.page.set_default_timeout(WAIT)
        superset.open_dashboard(watched.page)
        for name in PAGES:
            _open(watched.page, name)
            # Superset is laid out for a desk; a phone shows the whole width, small
            assert watched.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert watched.outside == []
