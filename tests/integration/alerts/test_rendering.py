"""Messages as a mail program shows them: in a real browser, on a phone and on a wide screen."""

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from PIL import Image
from websockets.sync.client import ClientConnection, connect

from quality.alerts.incidents import RunEnd
from quality.plots import Picture
from tests.unit.quality.alerts.findings import EDITION, fall, fault, late, noise, part, rank_fall
from tests.unit.quality.alerts.house import THURSDAY, House, Mail

PHONE, WIDE = 375, 1000
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
HOSTILE = (
    'Tây "\'><script>document.title="stolen"</script>'
    '<img src="https://thief.example/x" onerror=document.title="stolen">'
    "<a href=\"javascript:document.title='stolen'\">\r\n\u2028" + "Đông" * 80
)
_SEEN = """
new Promise(done => {
    const images = [...document.images];
    Promise.all(images.map(one => one.decode().catch(() => null))).then(() => done({
        title: document.title,
        width: Math.max(document.documentElement.scrollWidth, document.body.scrollWidth),
        height: document.body.scrollHeight,
        images: images.map(one => [one.naturalWidth, Math.round(one.getBoundingClientRect().width), one.alt]),
        beyond: [...document.querySelectorAll("body *")]
            .filter(one => one.getBoundingClientRect().right > innerWidth || one.scrollWidth > one.clientWidth + 1
                && getComputedStyle(one).display !== "inline")
            .map(one => one.textContent.slice(0, 60)),
        smallest: Math.min(
            ...[...document.querySelectorAll("body *")].map(one => parseFloat(getComputedStyle(one).fontSize))
        ),
    }));
})
"""


@dataclass
class Seen:
    """What a browser made of a page, and what it wanted from elsewhere."""

    title: str
    width: int
    height: int
    images: list[list[Any]]
    beyond: list[str]
    smallest: float
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


class Browser:
    """One page of a headless Chromium, driven by the Chrome DevTools protocol."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._calls = 0
        self._events: list[dict[str, Any]] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._calls += 1
        self._connection.send(json.dumps({"id": self._calls, "method": method, "params": parameters}))
        while (answer := self._receive()).get("id") != self._calls:
            self._events.append(answer)
        assert "error" not in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def show(self, path: Path, width: int) -> Seen:
        """Open a page in a window of that width, wait until it and its pictures are there."""
        self._events.clear()
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width == PHONE
        )
        self.call("Page.navigate", url=path.as_uri())
        while not any(event["method"] == "Page.loadEventFired" for event in self._events):
            self._events.append(self._receive())
        found = self.call("Runtime.evaluate", expression=_SEEN, awaitPromise=True, returnByValue=True)
        seen = Seen(**found["result"]["value"])
        for event in self._events:
            if event["method"] == "Network.requestWillBeSent":
                seen.requests.append(event["params"]["request"]["url"])
            elif event["method"] in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"):
                seen.complaints.append(json.dumps(event["params"], ensure_ascii=False))
        return seen

    def _receive(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self._connection.recv(timeout=20))
        return answer


@contextmanager
def chromium(profile: Path) -> Iterator[ClientConnection]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.fail("There is no Chromium to look at messages with. Install it: apt-get install chromium")
    with (profile / "log").open("w") as log:
        process = subprocess.Popen([program, *_FLAGS, f"--user-data-dir={profile}"], stdout=log, stderr=log)
        try:
            port = _port(profile, process)
            request = Request(f"http://127.0.0.1:{port}/json/new?{quote('about:blank')}", method="PUT")
            with urlopen(request, timeout=20) as answer:
                page = json.load(answer)
            with connect(page["webSocketDebuggerUrl"], max_size=None) as connection:
                yield connection
        finally:
            process.terminate()
            process.wait(timeout=20)


def _port(profile: Path, process: "subprocess.Popen[bytes]") -> str:
    active = profile / "DevToolsActivePort"
    give_up = time.monotonic() + 20
    while time.monotonic() < give_up and process.poll() is None:
        if active.exists() and "\n" in (said := active.read_text()):
            return said.split()[0]
        time.sleep(0.05)
    pytest.fail(f"Chromium did not start: {(profile / 'log').read_text()[-2000:]}")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("chromium")) as connection:
        yield Browser(connection)


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
    for width in (PHONE, WIDE):
        seen = browser.show(page, width)
        assert seen.title == mail.subject
        assert seen.width <= width
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
        "<title>a</title><script>document.title='b'; console.error('c'); d()</script><img src='https://thief.example/x'>"
        f"<div style='width:{WIDE + 1}px;font-size:8px'>wide</div>",
        encoding="utf-8",
    )
    seen = browser.show(page, WIDE)
    assert seen.title == "b"
    assert seen.width > WIDE
    assert seen.beyond == ["wide"]
    assert seen.smallest == 8
    assert len(seen.complaints) >= 3
    assert "https://thief.example/x" in seen.requests
    assert seen.images[0][0] == 0


def test_without_a_browser_it_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"), chromium(tmp_path):
        pass
