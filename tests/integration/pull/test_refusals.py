"""What is not asked, not followed, not believed and not stored."""

import time
from collections.abc import Callable

import pytest

from ingest.pull.config import PullConfig
from ingest.pull.faults import NetworkFault, PullRefused
from tests.integration.pull.conftest import House
from tests.integration.pull.publisher_server import Publisher, Reply, redirect

METADATA = "http://169.254.169.254/latest/meta-data/"


def assert_nothing_kept(house: House) -> None:
    assert not house.stored()
    assert not house.unfinished()
    assert not list(house.receipts.paths())


@pytest.mark.parametrize("allowed", [frozenset(), frozenset({"127.0.0.1:1", "localhost"})])
def test_a_loopback_address_is_not_asked_unless_it_is_allowed(
    house: House, site: Publisher, allowed: frozenset[str]
) -> None:
    house.config = PullConfig(allow_private=allowed, tries=2, first_wait=0.01)
    house.file_at(f"{site.url}/a.csv", site)
    with pytest.raises(PullRefused, match=rf"inside a private network.*CHISO_PULL_ALLOW_PRIVATE={site.at}"):
        house.pull()
    assert not site.asked


PRIVATE = """
    10.0.0.8 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 ::1 fd00::8 fe80::1%eth0
    ::ffff:10.0.0.8 64:ff9b::a00:8 2002:a00:8::1
"""


@pytest.mark.parametrize("address", PRIVATE.split())
def test_a_name_with_any_private_address_is_not_asked(house: House, site: Publisher, address: str) -> None:
    house.resolve = lambda host, port: ["93.184.216.34", address]
    house.file_at("http://publisher.example/a.csv", hosts=["publisher.example"])
    with pytest.raises(PullRefused, match=r"publisher\.example is at .*private network"):
        house.pull()


@pytest.mark.parametrize("text", ["127.1", "2130706433", "0x7f.1", "localhost"])
def test_loopback_in_other_clothes(house: House, text: str) -> None:
    house.config = PullConfig(tries=1)
    house.file_at(f"http://{text}/a.csv", hosts=[text])
    with pytest.raises(PullRefused, match="inside a private network"):
        house.pull()


def test_a_name_is_looked_up_once_and_the_checked_address_is_asked(house: House, site: Publisher) -> None:
    """The next look-up would give another address (DNS rebinding)."""
    looked_up: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return [site.host] if len(looked_up) == 1 else ["10.0.0.8"]

    port = site.at.partition(":")[2]
    name = f"publisher.example:{port}"
    house.resolve, house.config = resolve, PullConfig(allow_private=frozenset({name}), tries=1, connect=1)
    site.robots = Reply(b"")
    site.serve("/a.csv", Reply(b"a,b"))
    house.file_at(f"http://{name}/a.csv", hosts=[name])
    assert house.bytes_of(house.pull()) == [b"a,b"]
    assert looked_up == ["publisher.example"]
    assert {one.headers["host"] for one in site.asked} == {name}


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (METADATA, "its hosts are only"),
        ("http://127.0.0.9/secret", "its hosts are only"),
        ("//evil.example/a.csv", "its hosts are only"),
        ("file:///etc/passwd", "is not an address that can be asked"),
        ("gopher://127.0.0.1/", "is not an address that can be asked"),
        ("http://user:word@127.0.0.1/", "user name or password"),
        ("http://[", "is not an address that can be asked"),
    ],
)
def test_a_redirect_elsewhere_is_not_followed(house: House, site: Publisher, target: str, said: str) -> None:
    site.serve("/a.csv", redirect(target))
    house.file_at(f"{site.url}/a.csv", site)
    with pytest.raises(PullRefused, match=said):
        house.pull()
    assert site.paths() == ["GET /a.csv"]
    assert_nothing_kept(house)


def test_a_redirect_to_a_private_address_that_the_source_names(house: House, site: Publisher) -> None:
    """Even a host that the YAML allows is judged by its address."""
    site.serve("/a.csv", redirect(METADATA))
    house.file_at(f"{site.url}/a.csv", hosts=[site.at, "169.254.169.254"])
    with pytest.raises(PullRefused, match=r"169\.254\.169\.254 is at 169\.254\.169\.254, inside a private network"):
        house.pull()


def test_redirects_within_the_hosts_are_followed_up_to_five(
    house: House, site: Publisher, sites: Callable[..., Publisher]
) -> None:
    other = sites("127.0.0.2")
    house.allow(site, other)
    for n in range(5):
        target = f"/{n + 1}" if n < 4 else f"{other.url}/5"
        site.serve(f"/{n}", redirect(target, (301, 302, 303, 307, 308)[n]))
    other.serve("/5", Reply(b"there", kind="text/csv"))
    house.file_at(f"{site.url}/0", site, other)
    pulled = house.pull()
    assert house.bytes_of(pulled) == [b"there"]
    assert pulled.tables[0].url == f"{site.url}/0"
    assert pulled.tables[0].final_url == f"{other.url}/5"
    other.serve("/5", redirect("/5"))
    with pytest.raises(PullRefused, match="after 5 redirects"):
        house.pull()


def test_a_link_to_a_foreign_host_is_not_fetched(house: House, site: Publisher) -> None:
    site.serve("/page", Reply(f'<a href="{METADATA}2020.csv">2020</a>'.encode()))
    options = {"page": f"{site.url}/page", "link": {"pattern": "{edition}"}}
    house.declare("s", "file", options, site, editions={"first": 2020})
    with pytest.raises(PullRefused, match="its hosts are only"):
        house.pull("s", "2020")


def test_a_body_that_never_ends(house: House, site: Publisher) -> None:
    site.serve("/a.csv", Reply(b"x" * 5000, endless=True))
    house.file_at(f"{site.url}/a.csv", site, max_bytes=1_000_000)
    with pytest.raises(PullRefused, match=r"goes on after 1,000,000 bytes.*max_bytes"):
        house.pull()
    assert len(site.paths()) == 1
    assert_nothing_kept(house)


def test_a_body_that_announces_too_much_is_not_read(house: House, site: Publisher) -> None:
    site.serve("/a.csv", Reply(b"x", announced=10**12))
    house.file_at(f"{site.url}/a.csv", site)
    with pytest.raises(PullRefused, match="announces 1,000,000,000,000 bytes"):
        house.pull()


def test_a_gzip_bomb(house: House, site: Publisher) -> None:
    site.serve("/a.csv", Reply(bytes(200_000_000), packed=True))
    house.file_at(f"{site.url}/a.csv", site, max_bytes=1_000_000)
    started = time.monotonic()
    with pytest.raises(PullRefused, match="goes on after 1,000,000 bytes"):
        house.pull()
    assert time.monotonic() - started < 3
    assert_nothing_kept(house)


def test_gzip_is_unpacked_and_an_unknown_packing_refused(house: House, site: Publisher) -> None:
    site.serve("/a.csv", Reply(b"a,b\n" * 1000, packed=True))
    house.file_at(f"{site.url}/a.csv", site)
    assert house.bytes_of(house.pull()) == [b"a,b\n" * 1000]
    site.serve("/a.csv", Reply(b"???", headers=(("Content-Encoding", "br"),)))
    with pytest.raises(PullRefused, match="packed as 'br'"):
        house.pull()


def test_a_truncated_packed_body(house: House, site: Publisher) -> None:
    import gzip

    packed = gzip.compress(b"a,b\n" * 1000)
    site.serve("/a.csv", Reply(packed[:-12], headers=(("Content-Encoding", "gzip"),)))
    house.file_at(f"{site.url}/a.csv", site)
    with pytest.raises(NetworkFault, match="broke off"):
        house.pull()
    assert_nothing_kept(house)


def test_a_truncated_body_is_asked_again(house: House, site: Publisher) -> None:
    whole = Reply(b"a,b\n" * 1000)
    site.serve("/a.csv", [Reply(whole.body, cut_after=1000), whole])
    house.file_at(f"{site.url}/a.csv", site)
    assert house.bytes_of(house.pull()) == [whole.body]
    assert len(site.paths()) == 2
    site.serve("/b.csv", Reply(whole.body, cut_after=1000))
    house.file_at(f"{site.url}/b.csv", site)
    with pytest.raises(NetworkFault, match="try again later"):
        house.pull()
    assert len(site.paths()) == 2 + house.config.tries
    assert len(house.stored()) == 1
    assert not house.unfinished()


@pytest.mark.parametrize("more", [1, 5000, 300_000])
def test_a_body_longer_than_announced(house: House, site: Publisher, more: int) -> None:
    site.serve("/a.csv", Reply(b"a,b\n" * 1000 + b"x" * more, announced=4000))
    house.file_at(f"{site.url}/a.csv", site)
    with pytest.raises(PullRefused, match="announces 4,000 bytes and sends at least"):
        house.pull()
    assert len(site.paths()) == 1
    assert_nothing_kept(house)


def test_surplus_bytes_never_become_the_next_answer(house: House, site: Publisher) -> None:
    """What follows the announced end looks like a whole answer of its own."""
    forged = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
    site.robots = Reply(b"# nothing" + forged, announced=9)
    site.serve("/a.csv", Reply(b"true"))
    house.file_at(f"{site.url}/a.csv", site)
    with pytest.raises(PullRefused, match="sends at least"):
        house.pull()
    assert_nothing_kept(house)


def test_a_slow_drip_ends_in_time(house: House, site: Publisher) -> None:
    house.allow(site, total=0.6, tries=1)
    site.serve("/a.csv", Reply(b"x" * 1000, drip=0.05))
    house.file_at(f"{site.url}/a.csv", site)
    started = time.monotonic()
    with pytest.raises(NetworkFault, match=r"takes too long|timed out"):
        house.pull()
    assert time.monotonic() - started < 2
    assert_nothing_kept(house)


def test_an_empty_answer_is_no_content(house: House, site: Publisher) -> None:
    site.serve("/a.csv", [Reply(b""), Reply(b"a,b")])
    house.file_at(f"{site.url}/a.csv", site)
    assert house.bytes_of(house.pull()) == [b"a,b"]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "not given to us"),
        (403, "not given to us"),
        (404, "is not there"),
        (410, "is not there"),
        (418, "answers 418"),
        (500, "fails on the publisher's side"),
        (206, "answers 206"),
    ],
)
def test_other_answers_are_not_asked_again(house: House, site: Publisher, status: int, said: str) -> None:
    site.serve("/a.csv", Reply(b"no", status=status))
    house.file_at(f"{site.url}/a.csv", site)
    with pytest.raises(PullRefused, match=said):
        house.pull()
    assert len(site.paths()) == 1


def test_nobody_listens(house: House, site: Publisher) -> None:
    house.file_at("http://127.0.0.1:9/a.csv", hosts=["127.0.0.1:9"])
    house.config = PullConfig(allow_private=frozenset({"127.0.0.1:9"}), tries=2, first_wait=0.01)
    with pytest.raises(NetworkFault, match=r"http://127\.0\.0\.1:9/.*try again later"):
        house.pull()
    house.file_at("http://no-such-name.invalid/a.csv", hosts=["no-such-name.invalid"])
    with pytest.raises(NetworkFault, match="cannot be looked up"):
        house.pull()


def test_an_excluded_publisher_is_not_asked(house: House, site: Publisher) -> None:
    from ingest.pull.pulling import Session
    from ingest.settings import Settings

    house.file_at(f"{site.url}/a.csv", site)
    settings = Settings.from_env({"CHISO_HOME": str(house.home), "CHISO_EXCLUDE_PUBLISHERS": "test"})
    with Session(settings, house.config) as session, pytest.raises(PullRefused, match="CHISO_EXCLUDE_PUBLISHERS"):
        session.pull(house.source("s"), "all")
    assert not site.asked
