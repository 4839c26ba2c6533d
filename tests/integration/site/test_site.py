"""The site as a folder: whole, small, closed to the outside, silent on what must stay in the house, and safe."""

import json
import re
import shutil
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser

from orchestration import datapackage
from orchestration.bi.open_data.offered import Offer
from orchestration.bi.site import Site, SiteError, build_site
from orchestration.cli import main
from orchestration.datapackage import PublishedFile
from tests.conftest import Installation
from tests.integration.site.conftest import opened

MOST_BYTES = 5_000_000
SCRIPT = "</script><img src=x onerror=window.hacked=1><script>window.hacked=1</script>"
# a full-width sign begins a formula too
FORMULA = "\uff1dHYPERLINK(1)"


def test_it_is_small_and_asks_nobody(site: Site) -> None:
    assert site.bytes < MOST_BYTES
    for page in site.pages:
        text = (site.folder / page).read_text(encoding="utf-8")
        assert "Content-Security-Policy" in text
        assert not re.findall(
            r'(?:src|href)="(?!data:,|assets/|data/|#|[\w-]+\.html)[^"]*"',
            re.sub(r'<a href="https?://[^"]*"', "", text),
        )
        assert not re.search(r"<script(?! src=)|\son\w+=", text)


def test_it_is_replaced_whole_and_nothing_else_is_touched(installation: Installation, site: Site) -> None:
    (site.folder / "left-over.html").write_text("old", encoding="utf-8")
    # as a run leaves it that was killed between the two renames
    site.folder.rename(site.folder.with_name(f".{site.folder.name}-chiso-before"))
    (site.folder.with_name(f".{site.folder.name}-chiso-fresh") / "data").mkdir(parents=True)
    assert build_site(installation.published, site.folder) == site
    assert not (site.folder / "left-over.html").exists()
    assert [path.name for path in site.folder.parent.iterdir()] == [site.folder.name]
    letter = site.folder.parent / "letters" / "mine.txt"
    letter.parent.mkdir()
    letter.write_text("mine", encoding="utf-8")
    with pytest.raises(SiteError, match="no site of Chiso"):
        build_site(installation.published, letter.parent)
    assert letter.read_text(encoding="utf-8") == "mine"


def test_the_public_site_holds_nothing_of_other_indices(
    installation: Installation, tmp_path: Path, bi: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "public"
    monkeypatch.setenv("CHISO_HOME", str(installation.home))
    monkeypatch.delenv("CHISO_RELEASE_PUBLISHERS", raising=False)
    ran = CliRunner().invoke(main, ["site", "--public", "--out", str(out)])
    assert ran.exit_code == 0, ran.output
    stay = [
        code for (code,) in bi.execute("select index_code from marts.dim_index where passing_on != 'cited'").fetchall()
    ]
    assert stay
    ours = [path for path in out.rglob("*") if path.is_file() and "echarts" not in path.parts]
    for path in ours:
        # the address of another index's source may have the name of one in it
        text = re.sub(r'https?://[^"\s]+', "", path.read_text(encoding="utf-8"))
        for code in stay:
            assert not re.search(rf"\b{code}\b", text, re.IGNORECASE), (path.name, code)
    assert not (out / "canh-bao.html").exists()
    assert {path.stem for path in (out / "data").iterdir()} & {"findings", "duties"} == set()
    assert not (out / "trach-nhiem.html").exists()
    assert "Đầu mối" not in (out / "index.html").read_text(encoding="utf-8")
    assert "lead_agency_code" not in (out / "data" / "sources.js").read_text(encoding="utf-8")
    assert '"agencies":[]' in (out / "data" / "frame.js").read_text(encoding="utf-8")
    lineage = (out / "data" / "lineage.js").read_text(encoding="utf-8")
    assert "fct_index_result" in lineage
    assert not re.search("rpt_finding|rpt_agency_scorecard|lead_agency|dim_agency", lineage)


def test_what_stands_in_the_way_is_said_plainly(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    (home / "published").mkdir(parents=True)
    published = home / "published" / "chiso.duckdb"
    descriptor = home / "published" / datapackage.FILE_NAME
    for file in (published, descriptor):
        shutil.copyfile(installation.published.with_name(file.name), file)
    monkeypatch.setenv("CHISO_HOME", str(home))
    (tmp_path / "file").touch()
    ran = CliRunner().invoke(main, ["site", "--out", str(tmp_path / "file" / "site")])
    assert ran.exit_code == 1
    assert "cannot be written to" in ran.output
    with duckdb.connect(str(published)) as con:
        con.execute("drop table marts.data_dictionary")
    assert "is not as it was published" in CliRunner().invoke(main, ["site"]).output
    said = json.loads(descriptor.read_text(encoding="utf-8"))
    said[datapackage.DUCKDB_KEY] = PublishedFile.of(published.parent, published.name).as_properties()
    descriptor.write_text(json.dumps(said), encoding="utf-8")  # as an older version would have published it
    for arguments in ([], ["--public"]):
        ran = CliRunner().invoke(main, ["site", *arguments])
        assert ran.exit_code == 1
        assert "of an older version; `chiso run` makes it anew" in ran.output


def test_hostile_names_stay_text(installation: Installation, browser: Browser, tmp_path: Path) -> None:
    hostile = tmp_path / "hostile.duckdb"
    shutil.copyfile(installation.published, hostile)
    with duckdb.connect(str(hostile)) as con:
        for table, column in (
            ("marts.dim_territory", "name_vi"),
            ("marts.dim_index", "name_vi"),
            ("marts.dim_index", "publisher"),
            ("marts.dim_index", "terms"),
            ("marts.dim_component", "name_vi"),
            ("marts.dim_agency", "name_vi"),
            ("marts.edition_source", "title"),
            ("marts.data_dictionary", "label_vi"),
            ("reporting.rpt_target_progress", "name_vi"),
            ("reporting.rpt_finding", "message_vi"),
        ):
            con.execute(f"update {table} set {column} = ? || {column}", [SCRIPT])
        con.execute("update reporting.rpt_finding set observed = ?", [FORMULA])
        con.execute("update marts.dim_edition set source_url = 'javascript:window.hacked=1'")
        # what no real edition is at the moment, and a province without a plan
        con.execute(
            "insert into marts.dim_edition select * replace (edition_year + 1 as edition_year, false as is_current,"
            " 'withheld' as load_status, ? as withheld_reason_vi)"
            " from marts.dim_edition order by edition_year desc, index_code limit 1",
            [SCRIPT],
        )
        con.execute("delete from reporting.rpt_reporting_deadline")
    made = build_site(hostile, tmp_path / "site")
    with opened(browser, made.folder, made.pages[0]) as page:
        for file in made.pages:
            page.goto((made.folder / file).as_uri())
            assert SCRIPT in page.locator("main").inner_text(), file
            assert page.evaluate("window.hacked") is None
            assert page.locator("img, a[href^='javascript:']").count() == 0
        page.goto((made.folder / "trach-nhiem.html").as_uri())
        assert "Tỉnh này chưa có kế hoạch trong kho." in page.locator("#deadlines").inner_text()
        page.goto((made.folder / "nguon.html").as_uri())
        assert page.locator("#matrix td.withheld").count() == 1
        assert f"đang giữ lại: {SCRIPT}" in page.locator("#editions").inner_text()
        page.goto((made.folder / "canh-bao.html").as_uri())
        with page.expect_download() as waiting:
            page.locator("#list .under button").click()
        assert f",'{FORMULA}," in Path(waiting.value.path()).read_text(encoding="utf-8")


def test_pages_without_any_index_say_so(installation: Installation, browser: Browser, tmp_path: Path) -> None:
    made = build_site(installation.published, tmp_path / "site", Offer((), (), ()))
    with opened(browser, made.folder, made.pages[0]) as page:
        for file in made.pages:
            page.goto((made.folder / file).as_uri())
            assert page.locator(".empty, .faint, .box, .tag").count() > 0, file


def test_numbers_survive_the_defence_against_formulas(browser: Browser, site: Site) -> None:
    with opened(browser, site.folder, "trach-nhiem.html") as page, page.expect_download() as waiting:
        page.locator("#scorecards .under button").click()
        text = Path(waiting.value.path()).read_text(encoding="utf-8")
        assert re.search(r",-\d", text)
        assert not re.search(r",[=+@]", text)
