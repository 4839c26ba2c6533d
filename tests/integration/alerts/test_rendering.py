"""Messages as a mail program shows them: in a real browser, on a phone and on a wide screen."""

from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser

from quality.alerts.incidents import RunEnd
from quality.plots import Picture
from tests.browser import PHONE, chromium, watched_page
from tests.unit.quality.alerts.findings import EDITION, fall, fault, late, noise, part, rank_fall
from tests.unit.quality.alerts.house import THURSDAY, House, Mail

WIDE = {"width": 1000, "height": 800}
HOSTILE = (
    'Tây "\'><script>document.title="stolen"</script>'
    '<img src="https://thief.example/x" onerror=document.title="stolen">'
    "<a href=\"javascript:document.title='stolen'\">\r\n\u2028" + "Đông" * 80
)
_SEEN = """
async () => {
    const images = [...document.images], parts = [...document.querySelectorAll("body *")];
    await Promise.allSettled(images.map(one => one.decode()));
    return {
        title: document.title,
        width: Math.max(document.documentElement.scrollWidth, document.body.scrollWidth),
        images: images.map(one => [one.naturalWidth, Math.round(one.getBoundingClientRect().width), one.alt]),
        beyond: parts
            .filter(one => one.getBoundingClientRect().right > innerWidth || one.scrollWidth > one.clientWidth + 1
                && getComputedStyle(one).display !== "inline")
            .map(one => one.textContent.slice(0, 60)),
        smallest: Math.min(...parts.map(one => parseFloat(getComputedStyle(one).fontSize))),
    };
}
"""


@dataclass
class Seen:
    """What a browser made of a page, what the page complained of, and every address that it asked for."""

    title: str
    width: int
    images: list[list[Any]]
    beyond: list[str]
    smallest: float
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


def show(browser: Browser, path: Path, size: dict[str, int]) -> Seen:
    """Open a page in a window of that size, wait until it and its pictures are there."""
    requests: list[str] = []
    with watched_page(browser, size) as watched:
        # a message says nothing at all, errors or not
        told: list[str] = []
        watched.page.on("console", lambda message: told.append(message.text) if message.type != "error" else None)
        watched.page.on("request", lambda request: requests.append(request.url))
        watched.page.goto(path.as_uri())
        seen = watched.page.evaluate(_SEEN)
        return Seen(**seen, complaints=[*watched.complaints, *told], requests=requests)


def unpacked(mail: Mail, folder: Path) -> Path:
    """Lay the page and its pictures beside each other, as a mail program does before it shows them."""
    page = mail.html
    for one in mail.parsed.walk():
        if one.get_content_maintype() == "image":
            name = f"{one['Content-ID'].strip('<>')}.png"
            (folder / name).write_bytes(one.get_content())
            page = page.replace(f"cid:{one['Content-ID'].strip('<>')}", name)
    assert "cid:" not in page
    path = folder / "message.html"
    path.write_text(page, encoding="utf-8")
    return path


def drawn(_: str) -> Picture:
    png = BytesIO()
    Image.new("RGB", (640, 340), "#0b5cad").save(png, "PNG")
    return Picture(png.getvalue(), "ALPHA · tổng điểm, Đông Sơn, 2001–2002: 65,25 (2001); 64,10 (2002).")


def falls(house: House) -> Mail:
    """Two new falls with a picture, long names and a long address."""
    house.draws(drawn)
    tiers = fall(
        "t",
        rule_code="tier_fell",
        measure="tier",
        before_vi="nhóm “Tương đối thấp so với mức chung”",
        after_vi="nhóm “Thấp nhất trong tất cả các nhóm”",
        change_vi="xuống 1 nhóm",
        rank=None,
    )
    other = fall(
        "b",
        index_code="BETA",
        index_name_vi="Chỉ số Bê-ta về năng lực cạnh tranh và chất lượng điều hành của các tỉnh, thành phố",
        source_url=f"https://example.org/{'mot-duong-dan-rat-dai-' * 12}",
        is_rank_computed=True,
        rank_interval_low=19,
        rank_interval_high=31,
    )
    return house.opened().hears(fall("a"), rank_fall("r"), part("p"), tiers, other)["so_noi_vu"]


def everything(house: House) -> Mail:
    """All kinds of parts: falls, small ones, a publication, faults, what is over, a deadline."""
    house.draws(drawn)
    over = [fault(f"o{n}", subject_vi=f"{EDITION} · Tỉnh {n}") for n in range(3)]
    house.opened().hears(*over)
    house.judge(
        fall("a"), noise("n", index_code="BETA", edition_year=2003), late("l"), *[fault(f"f{n}") for n in range(5)]
    )
    house.round(THURSDAY)
    house.plans()
    return house.round(house.desk.config.hours.next_weekly(THURSDAY))["so_tai_chinh"]


def failure(house: House) -> Mail:
    """A run that failed, with a step and an error that have no space where a line could break."""
    error = f"OSError: [Errno 28] No space left on device: '/srv/{'a_very_long_name/' * 20}file.parquet'"
    step = "reporting__rpt_change_contribution_of_every_component"
    return house.opened().round(runs=[RunEnd("abcdef01", "refresh", 1.0, True, step, error)])["data_team"]


def reminder(house: House) -> Mail:
    house.plans()
    return house.round()["so_noi_vu"]


def hostile(house: House) -> Mail:
    house.draws(drawn)
    columns = dict.fromkeys(
        (
            "index_name_vi",
            "territory_label_vi",
            "component_name_vi",
            "subject_vi",
            "title_vi",
            "expected",
            "observed",
            "before_vi",
            "after_vi",
            "change_vi",
            "certainty_vi",
            "lead_agency_vi",
            "legal_basis",
            "message_vi",
            "remedy_vi",
            "source_url",
        ),
        HOSTILE,
    )
    house.marts.execute("update marts.dim_territory set name_vi = ?", [HOSTILE])
    findings = [make(make.__name__, **columns) for make in (fall, part, late, fault)]
    return house.opened().hears(*findings)["so_tai_chinh"]


@pytest.mark.parametrize(("make", "pictures"), [(falls, 1), (everything, 1), (failure, 0), (reminder, 0), (hostile, 1)])
def test_a_message_fits_the_screen_shows_its_picture_and_wants_nothing_from_elsewhere(
    make: Callable[[House], Mail], pictures: int, browser: Browser, tmp_path: Path
) -> None:
    mail = make(House(tmp_path / "home"))
    page = unpacked(mail, tmp_path)
    for size in (PHONE, WIDE):
        seen = show(browser, page, size)
        assert seen.title == mail.subject
        assert seen.width <= size["width"]
        assert seen.beyond == []
        assert seen.smallest >= 12
        assert seen.complaints == []
        files = ("message.html", "bieu-do.png")[: 1 + pictures]
        assert sorted(set(seen.requests)) == sorted((tmp_path / name).as_uri() for name in files)
        assert len(seen.images) == pictures
        for natural, shown, alt in seen.images:
            assert natural == 640
            assert 300 < shown <= 608
            assert alt == drawn("ALPHA").alt_vi


def test_the_look_itself_notices_a_script_a_request_and_a_page_that_is_too_wide(
    browser: Browser, tmp_path: Path
) -> None:
    """A test that cannot fail proves nothing."""
    page = tmp_path / "bad.html"
    page.write_text(
        "<title>a</title><script>document.title='b'; console.error('wrong'); console.log('said'); d()</script>"
        "<img src='https://thief.example/x'>"
        f"<div style='width:{WIDE['width'] + 1}px;font-size:8px'>wide</div>",
        encoding="utf-8",
    )
    seen = show(browser, page, WIDE)
    assert seen.title == "b"
    assert seen.width > WIDE["width"]
    assert seen.beyond == ["wide"]
    assert seen.smallest == 8
    for complaint in ("wrong", "said", "d is not defined", "thief.example"):
        assert any(complaint in said for said in seen.complaints), seen.complaints
    assert "https://thief.example/x" in seen.requests
    assert seen.images[0][0] == 0


def test_without_a_browser_it_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"), chromium():
        pass
