"""What the pages say is what the warehouse says, number by number, and what a reader may do with it."""

import csv
import io
import json
import re
from pathlib import Path

import duckdb
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from orchestration.bi.site import Site
from orchestration.bi.site.texts import figure as figure_of
from quality.numbers_vi import figure_vi
from tests.browser import DESKTOP, PHONE
from tests.integration.site.conftest import opened

# the home province's published standings, apart from those that an own edition makes unneeded
_STANDINGS = """
select overview.index_code, overview.edition_year, printed.printed_decimals, overview.score,
    coalesce(overview.rank_published, overview.rank_computed) as rank
from reporting.rpt_index_overview as overview
left join marts.fct_index_result as printed
    on (overview.index_code, overview.edition_year, overview.basis, overview.territory_code)
        = (printed.index_code, printed.edition_year, printed.basis, printed.territory_code)
        and printed.component_code = 'total' and printed.measure = 'score' and printed.is_current
where overview.is_home and overview.is_latest_for_territory
qualify overview.edition_year = max(overview.edition_year) over (partition by overview.index_code)
    and (
        overview.basis != '63'
        or not bool_or(overview.basis = '34') over (partition by overview.index_code, overview.edition_year)
    )
order by all
"""
PAGES = ("index.html", "so-sanh.html", "canh-bao.html", "trach-nhiem.html", "nguon.html", "dong-du-lieu.html")


def texts(page: Page, selector: str) -> list[str]:
    """The words of elements as a reader sees them."""
    return [" ".join(text.split()) for text in page.locator(selector).all_inner_texts()]


def downloaded(page: Page, button: str) -> list[list[str]]:
    """The rows of the CSV that a button gives; it begins with a byte order mark."""
    with page.expect_download() as waiting:
        page.locator(button).first.click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def test_the_key_table_has_the_figures_of_the_warehouse(
    browser: Browser, site: Site, bi: duckdb.DuckDBPyConnection
) -> None:
    standings = bi.execute(_STANDINGS).fetchall()
    assert len(standings) >= 12
    with opened(browser, site.folder, "index.html") as page:
        for code, year, decimals, score, rank in standings:
            rows = [row for row in texts(page, f"tr[data-index='{code}']:not(.backcast)") if f"{year}" in row]
            said = [
                row
                for row in rows
                if (score is None or figure_vi(score, decimals) in row) and (rank is None or f"{rank}" in row)
            ]
            assert said, (code, year, score, rank, rows)
        none = bi.execute(
            "select count(*) from reporting.rpt_index_overview where edition_status = 'no edition'"
        ).fetchone()
        assert none is not None
        with_metrics = page.locator("tr[data-index] .edition:has-text('tính liên tục')").count()
        assert page.locator("td.none").count() >= none[0] - with_metrics


def test_a_back_cast_is_never_shown_as_published(browser: Browser, site: Site, bi: duckdb.DuckDBPyConnection) -> None:
    with opened(browser, site.folder, "index.html") as page:
        marked = texts(page, "tr.backcast")
        assert marked
        assert all("≈" in row and "không phải số công bố" in row for row in marked)
        assert all("quy về 34" in row and "danh sách 63" not in row for row in marked)
        year = bi.execute(
            "select max(edition_year) from marts.fct_index_comparable where component_code = 'total' and"
            " method = 'backcast_mean' and index_code = (select min(index_code) from marts.fct_index_comparable"
            " where method = 'backcast_mean')"
        ).fetchone()
        code = bi.execute(
            "select min(index_code) from marts.fct_index_comparable where method = 'backcast_mean'"
        ).fetchone()
        assert year is not None
        assert code is not None
        page.goto(page.url.split("#")[0] + f"#index={code[0]}&year={year[0]}")
        rows = dict(
            bi.execute(
                "select name_vi, value from marts.fct_index_comparable"
                " inner join marts.dim_territory using (territory_code)"
                " where index_code = ? and edition_year = ? and component_code = 'total' and method = 'backcast_mean'",
                [code[0], year[0]],
            ).fetchall()
        )
        tiles = page.locator(".tile.backcast")
        expect(tiles).to_have_count(len(rows))
        for tile in tiles.all():
            name, told = (tile.get_attribute("aria-label") or "").split(": ", 1)
            assert "không phải số công bố" in told
            figure = figure_of(rows[name], None)
            assert figure is not None
            assert told.startswith(f"{figure.vi} ")


def test_the_tile_grid_says_where_a_figure_is_missing(
    browser: Browser, site: Site, bi: duckdb.DuckDBPyConnection
) -> None:
    found = bi.execute(
        "select index_code, edition_year, count(score) as units, count(*) - units as ranked"
        " from reporting.rpt_index_overview where basis = '34' and coalesce(score, rank_published) is not null"
        " group by all having units between 2 and 30 order by ranked desc, index_code, edition_year"
    ).fetchone()
    assert found is not None
    code, year, units, ranked = found
    missing = 34 - units - ranked
    with opened(browser, site.folder, "index.html", f"index={code}&year={year}") as page:
        expect(page.locator(".tile.missing")).to_have_count(missing)
        expect(page.locator(".tile.placed")).to_have_count(ranked)
        assert all(re.search(r"hạng \d+/34", text) for text in texts(page, ".tile.placed"))
        expect(page.locator("#map-legend")).to_contain_text(f"không có số liệu: {missing} đơn vị")
        expect(page.locator("#map-table tbody tr")).to_have_count(34)
        expect(page.locator(".tile.islands")).to_have_count(2)
        expect(page.locator("#map")).to_contain_text("Quần đảo Hoàng Sa (Đà Nẵng)")
        expect(page.locator("#map")).to_contain_text("Quần đảo Trường Sa (Khánh Hòa)")
        page.locator(".tile.missing").first.focus()
        expect(page.locator("#map-told")).to_contain_text("không có số liệu")


def test_comparing_gives_the_figures_and_medians_of_one_list(
    browser: Browser, site: Site, bi: duckdb.DuckDBPyConnection
) -> None:
    code, year = bi.execute(
        "select index_code, edition_year from marts.dim_edition"
        " where basis = '34' and coverage = 'complete' and is_current order by all desc"
    ).fetchall()[0]
    home, peer = bi.execute(
        "select min(territory_code) filter (where is_home), min(territory_code) filter (where not is_home)"
        " from reporting.rpt_index_overview where index_code = ? and edition_year = ? and basis = '34'",
        [code, year],
    ).fetchall()[0]
    with opened(browser, site.folder, "so-sanh.html", f"index={code}&year={year}&list=34") as page:
        page.select_option("#peer", peer)
        expect(page.locator(".chip")).to_have_count(1)
        rows = downloaded(page, "#compare figure:first-child .under button")
        components = bi.execute(
            "select component.name_vi, max(value) filter (where territory_code = $home),"
            " max(value) filter (where territory_code = $peer), median(value)"
            " from marts.fct_index_comparable as comparable"
            " inner join marts.dim_component as component using (index_code, component_code)"
            " where index_code = $code and edition_year = $year and component.parent_component_code = 'total'"
            " group by all",
            {"home": home, "peer": peer, "code": code, "year": year},
        ).fetchall()
        said = {row[0]: (float(row[1]), float(row[2]), float(row[-1])) for row in rows[1:]}
        assert said == {name: pytest.approx(figures) for name, *figures in components}
        ranking = downloaded(page, "#compare figure:last-child .under button")
        assert {row[3] for row in ranking[1:]} == {"34"}
        page.select_option("#list", "63")
        expect(page.locator("#compare figure").last).to_contain_text("danh sách 63")
        assert "bình quân tỉnh cũ, do hệ thống tính" not in page.locator("#compare").inner_text()
        assert {row[3] for row in downloaded(page, "#compare figure:last-child .under button")[1:]} <= {"63", ""}


def test_every_published_total_is_on_its_list(site: Site, bi: duckdb.DuckDBPyConnection) -> None:
    told = set()
    for path in (site.folder / "data").glob("series-*.js"):
        series = json.loads(path.read_text(encoding="utf-8").split("]=", 1)[1].rstrip(";\n"))
        for name, members in series["lists"].items():
            for year, cell in members["cells"].get("total", {}).items():
                shown = zip(members["units"], cell["v"], strict=True)
                told |= {
                    (path.stem.removeprefix("series-"), name, int(year), unit, value)
                    for unit, value in shown
                    if value is not None
                }
    facts = bi.execute(
        "select index_code, '63', edition_year, territory_code, value from marts.fct_index_result"
        " where basis = '63' and component_code = 'total' and measure = 'score' and is_current and value is not null"
        " union all select index_code, '34', edition_year, territory_code, value from marts.fct_index_comparable"
        " where component_code = 'total' and value is not null"
    ).fetchall()
    assert told == set(facts)


def test_a_rank_is_never_given_as_a_score(browser: Browser, site: Site, bi: duckdb.DuckDBPyConnection) -> None:
    code, component, year, unit, among = bi.execute(
        "select index_code, component_code, edition_year, territory_code, ranked_among"
        " from reporting.rpt_index_series as series where basis = '63' and rank is not null and not is_rank_computed"
        " and not exists (from marts.fct_index_result where index_code = series.index_code"
        " and component_code = series.component_code and measure = 'score') order by all"
    ).fetchall()[0]
    fragment = f"index={code}&list=63&component={component}&year={year}&unit={unit}&peers={unit},{unit}"
    with opened(browser, site.folder, "so-sanh.html", fragment) as page:
        expect(page.locator(".chip")).to_have_count(0)
        assert "Thang" not in page.locator("#compare").inner_text()
        for title in page.locator("#compare h3").all_inner_texts()[1:]:
            assert "thứ hạng (1 là tốt nhất)" in title
        columns, *rows = downloaded(page, "#compare figure:nth-child(2) .under button")
        assert [name.split(": ")[-1] for name in columns] == ["Kỳ", "hạng", "trên", "hạng do"]
        rank = bi.execute(
            "select value from marts.fct_index_result where measure = 'rank' and is_current and basis = '63'"
            " and (index_code, component_code, edition_year, territory_code) = (?, ?, ?, ?)",
            [code, component, year, unit],
        ).fetchall()[0][0]
        assert [f"{year}", f"{rank:.0f}", f"{among}", "công bố"] in rows
        count = len(downloaded(page, "#compare figure:nth-child(3) .under button")) - 1
        expect(page.locator("#compare figure").last).to_contain_text(
            f"0 đơn vị có điểm trong danh sách 63; {count} đơn"
        )


def test_findings_are_filtered(browser: Browser, site: Site, bi: duckdb.DuckDBPyConnection) -> None:
    def count(condition: str) -> int:
        found = bi.execute(f"select count(*) from reporting.rpt_finding where {condition}").fetchone()
        assert found is not None
        return int(found[0])

    with opened(browser, site.folder, "canh-bao.html") as page:
        told = page.locator("#count")
        expect(told).to_contain_text(f"{count('is_latest_edition or is_withheld')} phát hiện")
        page.uncheck("#latest")
        expect(told).to_contain_text(f"{count('true')} phát hiện")
        page.select_option("#kind", "data_fault")
        page.select_option("#severity", "warn")
        matching = "kind = 'data_fault' and severity = 'warn'"
        expect(told).to_contain_text(f"{count(matching)} phát hiện")
        columns, *rows = downloaded(page, "#list .under button")
        assert len(rows) == count(matching)
        assert {row[columns.index("kind")] for row in rows} == {"data_fault"}
        page.reload()
        expect(told).to_contain_text(f"{count(matching)} phát hiện")


def test_duties_and_sources_have_every_row(browser: Browser, site: Site, bi: duckdb.DuckDBPyConnection) -> None:
    def rows(sql: str) -> list[tuple[object, ...]]:
        return bi.execute(sql).fetchall()

    with opened(browser, site.folder, "trach-nhiem.html") as page:
        expect(page.locator("#scorecards tbody tr")).to_have_count(len(rows("from reporting.rpt_agency_scorecard")))
        expect(page.locator("#targets tbody tr")).to_have_count(len(rows("from reporting.rpt_target_progress")))
        expect(page.locator("#deadlines tbody tr")).to_have_count(len(rows("from reporting.rpt_reporting_deadline")))
        assert page.locator(".status-no_data").count() == len(
            rows("from reporting.rpt_target_progress where status = 'no_data'")
        )
    shown = "is_current or load_status != 'loaded'"
    with opened(browser, site.folder, "nguon.html") as page:
        expect(page.locator("#editions tbody tr")).to_have_count(len(rows(f"from marts.dim_edition where {shown}")))
        overdue = "from reporting.rpt_publication_calendar where is_index and status = 'overdue'"
        expect(page.locator("#calendar .tag.overdue")).to_have_count(len(rows(overdue)))
        hashes = page.locator("#editions").inner_text()  # closed details are not shown, the hashes are in the page
        assert "SHA-256" not in hashes
        some = rows("select min(source_sha256) from marts.edition_source")[0][0]
        assert page.locator("#editions code", has_text=str(some)).count() > 0


def test_the_lineage_goes_back_to_the_raw_source(browser: Browser, site: Site, bi: duckdb.DuckDBPyConnection) -> None:
    made_of = bi.execute(
        "with recursive above as ("
        " select 'reporting' as s, 'rpt_index_overview' as t, 'score' as c union"
        " select parent_schema, parent_table, parent_column from marts.lineage, above"
        " where (table_schema, table_name, column_name) = (s, t, c))"
        " select s || '.' || t || '.' || c from above"
    ).fetchall()
    with opened(browser, site.folder, "dong-du-lieu.html", "column=reporting.rpt_index_overview.score") as page:
        boxes = {box.get_attribute("data-key") for box in page.locator(".box").all()}
        assert {key for (key,) in made_of} <= boxes
        assert any(key and key.startswith("raw.") for key in boxes)
        assert page.locator(".board path").count() >= len(made_of) - 1
        page.locator(".box.layer-raw").first.click()
        expect(page.locator(".box.chosen")).to_contain_text("raw.")


def test_english_is_kept_from_page_to_page(browser: Browser, site: Site) -> None:
    with opened(browser, site.folder, "index.html") as page:
        assert page.evaluate("document.documentElement.lang") == "vi"
        expect(page.locator("h1")).to_have_text("Tổng quan", use_inner_text=True)
        page.click("#language")
        assert page.evaluate("document.documentElement.lang") == "en"
        expect(page.locator("h1")).to_have_text("Overview", use_inner_text=True)
        assert "0.7" in page.locator("#map").inner_text()
        page.focus("#skip")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"
        assert page.evaluate("document.documentElement.lang") == "en"
        page.click("nav a[data-page='sources']")
        expect(page.locator("h1")).to_have_text("Sources", use_inner_text=True)
        page.click("#language")
        expect(page.locator("h1")).to_have_text("Nguồn", use_inner_text=True)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pages_are_accessible_and_fit(browser: Browser, site: Site, size: dict[str, int]) -> None:
    # colours do not depend on the width; asking for contrast once saves half of the time
    rules = {"color-contrast": {"enabled": size is DESKTOP}}
    with opened(browser, site.folder, PAGES[0], size=size) as page:
        for file in PAGES:
            page.goto((site.folder / file).as_uri() + "#index=DTI")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), file
            options = {"resultTypes": ["violations"], "rules": rules, "preload": False}
            found = Axe().run(page, options=options).response["violations"]
            serious = [
                (one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")
            ]
            assert serious == [], file


def test_without_scripts_the_key_table_can_be_read(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site.folder / "index.html").as_uri())
    assert page.locator("tr[data-index]").count() > 10
    context.close()
