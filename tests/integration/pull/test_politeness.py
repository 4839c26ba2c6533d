"""How a publisher is treated: in turn, with pauses, within robots.txt, and only for what is new."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest

from ingest.pull.config import PullConfig
from ingest.pull.faults import NetworkFault, PullRefused
from ingest.settings import SettingsError
from tests.integration.pull.conftest import House
from tests.integration.pull.publisher_server import Asked, Publisher, Reply
from tests.integration.pull.test_kills import start


def gaps(asked: list[Asked]) -> list[float]:
    return [later.at - earlier.at for earlier, later in pairwise(asked)]


def family(house: House, site: Publisher, pages: int, **changes: object) -> None:
    for n in range(pages):
        site.serve(f"/{n}", Reply(f"page {n}".encode()))
    slugs = [str(n) for n in range(pages)]
    house.declare("s", "page_tables", {"address": site.url + "/{slug}", "slugs": slugs}, site, **changes)


def test_who_asks_is_stated(house: House, site: Publisher) -> None:
    house.allow(site, contact="mailto:du-lieu@example.gov.vn")
    family(house, site, 1)
    house.pull()
    [agent] = {one.headers["user-agent"] for one in site.asked}
    assert agent.startswith("chiso/")
    assert agent.endswith("(+mailto:du-lieu@example.gov.vn)")


def test_what_has_not_changed_is_not_sent_again(house: House, site: Publisher) -> None:
    site.serve("/a.csv", Reply(b"first"))
    house.file_at(f"{site.url}/a.csv", site)
    first = house.pull()
    assert [receipt.sha256 for receipt in first.new] == [first.tables[0].sha256]
    again = house.pull()
    assert again.new == ()
    assert again.tables[0].status == 304
    assert again.tables[0].sha256 == first.tables[0].sha256
    assert again.bytes == 0
    # the answer to an unconditional request would be 200: the 304 proves what was sent
    asked = site.asked[-1].headers
    assert asked["if-none-match"] == first.tables[0].headers["etag"]
    assert asked["if-modified-since"] == first.tables[0].headers["last-modified"]
    # a 304 does not break the chain
    assert house.pull().tables[0].status == 304
    site.serve("/a.csv", Reply(b"second"))
    changed = house.pull()
    assert len(changed.new) == 1
    assert house.bytes_of(changed) == [b"second"]
    assert {path.read_bytes() for path in house.stored()} == {b"first", b"second"}


def test_bytes_that_are_gone_are_asked_for_without_condition(house: House, site: Publisher) -> None:
    site.serve("/a.csv", Reply(b"first"))
    house.file_at(f"{site.url}/a.csv", site)
    house.pull()
    [path] = house.stored()
    path.unlink()
    assert house.pull().tables[0].status == 200
    assert path.read_bytes() == b"first"


def test_the_same_bytes_without_validators_are_stored_once_and_not_new(house: House, site: Publisher) -> None:
    site.serve("/a.csv", Reply(b"same", validators=False))
    house.file_at(f"{site.url}/a.csv", site)
    assert house.pull().new
    again = house.pull()
    assert (again.new, again.tables[0].status, len(house.stored())) == ((), 200, 1)


def test_pauses_between_requests_one_connection(house: House, site: Publisher) -> None:
    family(house, site, 4, pause_seconds=0.15)
    house.pull()
    assert min(gaps(site.asked)) >= 0.15
    assert site.most_at_once == 1


def test_sources_on_one_host_queue_up(house: House, site: Publisher) -> None:
    for n in range(3):
        site.serve(f"/{n}", Reply(b"x"))
        house.declare(f"s{n}", "file", {"address": f"{site.url}/{n}"}, site, pause_seconds=0.1)
    sessions = [house.session() for _ in range(3)]
    threads = [
        threading.Thread(target=session.pull, args=(house.source(f"s{n}"), "all")) for n, session in enumerate(sessions)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # three sessions are as three processes: the queue is a file
    assert len(site.paths()) == 3
    assert min(gaps(site.asked)) >= 0.1


def test_robots_are_obeyed(house: House, site: Publisher) -> None:
    site.robots = Reply(b"User-agent: *\nDisallow: /private/\nAllow: /private/open\nCrawl-delay: 0.2\n")
    for path in ("/private/a.csv", "/private/open", "/b.csv"):
        site.serve(path, Reply(b"x"))
    house.file_at(f"{site.url}/private/a.csv", site)
    with pytest.raises(PullRefused, match=rf"{site.url}/robots.txt does not allow programs to ask .*private/a.csv"):
        house.pull()
    house.file_at(f"{site.url}/private/open", site)
    house.pull()
    site.serve("/c.csv", Reply(b"", status=302, headers=(("Location", "/private/a.csv"),)))
    house.file_at(f"{site.url}/c.csv", site)
    with pytest.raises(PullRefused, match="does not allow"):
        house.pull()
    assert site.paths() == ["GET /private/open", "GET /c.csv"]
    assert min(gaps([one for one in site.asked if one.path != "/robots.txt"])) >= 0.2


def test_robots_for_us_by_name(house: House, site: Publisher) -> None:
    site.robots = Reply(b"User-agent: *\nAllow: /\n\nUser-agent: chiso\nDisallow: /\n")
    family(house, site, 1)
    with pytest.raises(PullRefused, match="does not allow"):
        house.pull()
    assert site.paths() == []


def test_robots_that_fail_mean_not_now(house: House, site: Publisher) -> None:
    family(house, site, 1)
    site.robots = Reply(b"", status=503)
    with pytest.raises(NetworkFault, match=r"As long as robots\.txt fails, nothing is asked there"):
        house.pull()
    assert site.paths() == []
    site.robots = [Reply(b"", status=500), Reply(b"", status=403)]
    house.pull()
    assert site.paths() == ["GET /0"]


def test_a_crawl_delay_nobody_could_wait_for(house: House, site: Publisher) -> None:
    site.robots = Reply(b"User-agent: *\nCrawl-delay: 86400\n")
    family(house, site, 1)
    with pytest.raises(PullRefused, match="asks for 86,400 s between requests"):
        house.pull()


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_publisher_is_asked_again_when_it_says(house: House, site: Publisher, status: int) -> None:
    family(house, site, 1)
    site.serve("/0", [Reply(b"busy", status=status, headers=(("Retry-After", "1"),)), Reply(b"here")])
    assert house.bytes_of(house.pull()) == [b"here"]
    assert 1.0 <= gaps(site.asked)[-1] < 1.6


def test_retry_after_as_a_date(house: House, site: Publisher) -> None:
    family(house, site, 1)
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    site.serve("/0", [Reply(b"busy", status=429, headers=(("Retry-After", when),)), Reply(b"here")])
    assert house.bytes_of(house.pull()) == [b"here"]
    assert gaps(site.asked)[-1] > 0.8


def test_patience_has_an_end(house: House, site: Publisher) -> None:
    family(house, site, 3)
    site.serve("/0", Reply(b"busy", status=429, headers=(("Retry-After", "3600"),)))
    with pytest.raises(NetworkFault, match="asks to wait 3,600 s") as caught:
        house.pull()
    assert caught.value.retry_after == 3600
    # neither again nor for the other pages
    assert site.paths() == ["GET /0"]


def test_a_host_that_wants_to_be_left_alone_is_left_alone_by_every_session(house: House, site: Publisher) -> None:
    family(house, site, 1)
    site.serve("/0", Reply(b"busy", status=429, headers=(("Retry-After", "3600"),)))
    with pytest.raises(NetworkFault):
        house.pull()
    site.serve("/0", Reply(b"here"))
    site.asked.clear()
    with pytest.raises(NetworkFault, match=r"wants no request for another 3,\d{3} s") as caught:
        house.pull()
    assert 3500 < (caught.value.retry_after or 0) <= 3600
    assert not site.asked
    process = start(house, site)
    assert "wants no request for another" in process.communicate(timeout=20)[0]
    assert not site.asked


def test_a_short_wait_is_waited_by_the_next_session(house: House, site: Publisher) -> None:
    house.allow(site, tries=1)
    family(house, site, 1)
    site.serve("/0", [Reply(b"busy", status=503, headers=(("Retry-After", "2"),)), Reply(b"here")])
    with pytest.raises(NetworkFault):
        house.pull()
    assert house.bytes_of(house.pull()) == [b"here"]
    # robots.txt comes first, and waits too
    busy = next(number for number, one in enumerate(site.asked) if one.path == "/0")
    assert site.asked[busy + 1].at - site.asked[busy].at >= 1.9


@pytest.mark.parametrize("asked", ["999999999999", "9" * 400, "Fri, 31 Dec 2399 23:59:59 GMT"])
def test_nobody_is_left_alone_for_more_than_a_day(house: House, site: Publisher, asked: str) -> None:
    family(house, site, 1)
    site.serve("/0", Reply(b"busy", status=429, headers=(("Retry-After", asked),)))
    for _ in range(2):
        with pytest.raises(NetworkFault) as caught:
            house.pull()
        assert 86_000 < (caught.value.retry_after or 0) <= 86_400


def test_a_wait_that_begins_in_the_future_is_none(
    house: House, site: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock was set back since."""
    family(house, site, 1)
    site.serve("/0", Reply(b"busy", status=429, headers=(("Retry-After", "3600"),)))
    with pytest.raises(NetworkFault):
        house.pull()
    site.serve("/0", Reply(b"here"))
    now = time.time()
    monkeypatch.setattr("ingest.pull.pace.time.time", lambda: now - 1e6)
    assert house.bytes_of(house.pull()) == [b"here"]


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_tries_end(house: House, site: Publisher, status: int) -> None:
    site.serve("/a.csv", Reply(b"busy", status=status))
    house.file_at(f"{site.url}/a.csv", site)
    with pytest.raises(NetworkFault, match=f"is busy \\({status}\\)"):
        house.pull()
    assert len(site.paths()) == house.config.tries


def test_cookies_stay_within_a_source(house: House, site: Publisher) -> None:
    site.serve("/0", Reply(b"x", headers=(("Set-Cookie", "session=secret; Path=/"),)))
    site.serve("/1", Reply(b"y"))
    slugs = {"address": site.url + "/{slug}", "slugs": ["0", "1"]}
    house.declare("a", "page_tables", slugs, site)
    house.declare("b", "page_tables", slugs, site)
    with house.session() as session:
        session.pull(house.source("a"), "all")
        session.pull(house.source("b"), "all")
    sent = [one.headers.get("cookie") for one in site.asked if one.path != "/robots.txt"]
    assert sent == [None, "session=secret", None, "session=secret"]
    assert "secret" not in "".join(path.read_text() for path in house.receipts.paths())


def test_a_proxy_only_when_it_is_named(
    house: House, site: Publisher, sites: Callable[..., Publisher], monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = sites()
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
    site.serve("/a.csv", Reply(b"direct"))
    house.file_at(f"{site.url}/a.csv", site)
    assert house.bytes_of(house.pull()) == [b"direct"]
    assert not proxy.asked
    house.config = PullConfig(proxy=proxy.url, tries=1)
    proxy.serve("http://publisher.example/a.csv", Reply(b"through the proxy"))
    house.file_at("http://publisher.example/a.csv", hosts=["publisher.example"])
    assert house.bytes_of(house.pull()) == [b"through the proxy"]


def test_a_pull_that_broke_off_goes_on_within_a_day(house: House, site: Publisher) -> None:
    family(house, site, 6)
    site.serve("/3", Reply(b"busy", status=503))
    with pytest.raises(NetworkFault, match="3 of 6 pages are here"):
        house.pull()
    site.serve("/3", Reply(b"page 3"))
    site.asked.clear()
    pulled = house.pull()
    assert site.paths() == ["GET /3", "GET /4", "GET /5"]
    assert [receipt.part for receipt in pulled.tables] == list("012345")
    assert len(pulled.new) == 6
    # a complete pull is no broken one: now each page is asked for, on condition
    site.asked.clear()
    assert house.pull().new == ()
    assert len(site.paths()) == 6
    assert all("if-none-match" in one.headers for one in site.asked if one.path != "/robots.txt")


def test_after_a_day_a_broken_pull_starts_anew(house: House, site: Publisher) -> None:
    family(house, site, 3)
    site.serve("/2", Reply(b"busy", status=503))
    with pytest.raises(NetworkFault):
        house.pull()
    for path in house.receipts.paths():
        path.write_text(path.read_text().replace(f"{datetime.now(UTC):%Y-%m-%d}T", "2020-01-01T"))
    site.serve("/2", Reply(b"page 2"))
    site.asked.clear()
    house.pull()
    assert site.paths() == ["GET /0", "GET /1", "GET /2"]


def test_a_page_that_only_leads_on_is_asked_once_a_session(house: House, site: Publisher) -> None:
    links = "".join(f'<a href="/{year}.csv">{year}</a>' for year in (2019, 2020, 2021))
    site.serve("/page", Reply(links.encode(), validators=False))
    for year in (2019, 2020, 2021):
        site.serve(f"/{year}.csv", Reply(str(year).encode()))
    house.declare(
        "s", "file", {"page": f"{site.url}/page", "link": {"pattern": "{edition}"}}, site, editions={"first": 2019}
    )
    with house.session() as session:
        pulled = list(session.pull_all([(house.source("s"), str(year)) for year in (2019, 2020, 2021)]))
    assert [house.bytes_of(one) for one in pulled] == [[b"2019"], [b"2020"], [b"2021"]]
    assert site.paths().count("GET /page") == 1


def test_a_dry_run_opens_no_connection_and_shows_what_is_sent(house: House, site: Publisher) -> None:
    site.serve("/a.csv", Reply(b"first"))
    house.file_at(f"{site.url}/a.csv", site)
    planned = house.plan()
    assert not site.asked
    assert not house.home.joinpath("archive").exists()
    house.pull()
    for plan, asked in zip(planned, site.asked, strict=True):
        assert (plan.method, plan.url) == (asked.method, f"{site.url}{asked.path}")
        assert dict(plan.headers) == asked.headers
    planned = house.plan()
    house.pull()
    assert dict(planned[-1].headers) == site.asked[-1].headers
    assert "if-none-match" in dict(planned[-1].headers)


@pytest.mark.parametrize(
    ("name", "value"),
    [("CA_FILE", "/no/such/file"), ("CONTACT", "two words"), ("CONTACT", "x\r\nEvil: 1"), ("PROXY", "socks5://p")],
)
def test_settings_that_cannot_be_used(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"CHISO_PULL_{name}"):
        PullConfig.from_env({f"CHISO_PULL_{name}": value})
