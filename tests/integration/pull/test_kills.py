"""Killed at any byte, out of room, lied to: the archive verifies clean, and the next pull completes."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from ingest.settings import PROJECT_ROOT
from tests.integration.pull.conftest import House
from tests.integration.pull.publisher_server import Publisher, Reply

SIZE = 300_000
# within the head, at its end, at both ends of the body, around the pieces in which it is read and written, and between
KILLED_AFTER = (
    *(0, 1, 9, 17, 80, 150, 230, 250, 300, 400),
    *(4_096, 16_384, 65_535, 65_536, 65_537, 131_072, 200_000, 250_000, 262_143, 262_144, 262_500),
    *(290_000, 299_999, 300_100, 300_150),
)


def start(house: House, site: Publisher, most: str = "") -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.integration.pull.puller", str(house.home), "s", "all", site.at]
    command += [most] if most else []
    return subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def kill_when_stalled(house: House, site: Publisher) -> None:
    process = start(house, site)
    assert site.stalled.wait(20), process.communicate(timeout=5)[0]
    process.kill()
    process.wait(10)
    site.stalled.clear()


def assert_whole(house: House) -> None:
    verified = house.verify()
    assert not verified.problems, verified.problems


@pytest.fixture
def few_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalog that ships is verified elsewhere; reading it for each kill takes most of the time."""
    from ingest.catalog import Catalog

    monkeypatch.setattr("ingest.verify.load_catalog", lambda shelves: Catalog())


@pytest.mark.usefixtures("few_shipped")
def test_killed_at_any_byte(house: House, site: Publisher) -> None:
    for number, after in enumerate(KILLED_AFTER):
        whole = Reply((f"{number:09d}\n" * (SIZE // 10)).encode())
        site.serve(f"/{number}.csv", Reply(whole.body, stall_after=after))
        house.file_at(f"{site.url}/{number}.csv", site)
        kill_when_stalled(house, site)
        assert_whole(house)
        assert len(house.stored()) == number
        site.serve(f"/{number}.csv", whole)
        assert house.bytes_of(house.pull()) == [whole.body]
        assert not house.unfinished()
        assert_whole(house)
    assert len(house.receipts.completions("s")) == len(KILLED_AFTER)


@pytest.mark.usefixtures("few_shipped")
@pytest.mark.parametrize("pages", [1, 7])
def test_killed_within_a_family(house: House, site: Publisher, pages: int) -> None:
    slugs = [f"p{number}" for number in range(10)]
    for slug in slugs:
        site.serve(f"/{slug}", Reply(slug.encode() * 3000))
    stalling, served = Reply(b"x" * 9000, stall_after=5000), site.routes[f"/p{pages}"]
    site.serve(f"/p{pages}", stalling)
    house.declare("s", "page_tables", {"address": site.url + "/{slug}", "slugs": slugs}, site)
    kill_when_stalled(house, site)
    assert_whole(house)
    assert not house.receipts.completions("s")
    site.asked.clear()
    site.serve(f"/p{pages}", served)
    assert house.bytes_of(house.pull()) == [slug.encode() * 3000 for slug in slugs]
    assert site.paths() == [f"GET /{slug}" for slug in slugs[pages:]]
    assert_whole(house)


@pytest.mark.parametrize("most", [0, 1, 4096, 65_536, SIZE - 1])
def test_no_room(house: House, site: Publisher, most: int) -> None:
    """The limit on file sizes fails as a full disk does: a part is taken, then an error."""
    body = b"0123456789" * (SIZE // 10)
    site.serve("/a.csv", Reply(body))
    house.file_at(f"{site.url}/a.csv", site)
    process = start(house, site, str(most))
    said = process.communicate(timeout=30)[0]
    assert process.returncode == 2, said
    # where not even the queue of the host can be written, its file says so
    assert "StoreFull: there is no room to store a file in" in said
    assert "Nothing was half-stored" in said
    assert not house.stored()
    assert not house.unfinished()
    assert_whole(house)
    assert house.bytes_of(house.pull()) == [body]


def test_no_room_for_the_receipt(house: House, site: Publisher) -> None:
    """The bytes are stored, their receipt is not: nothing counts them, and the next pull does."""
    site.serve("/a.csv", Reply(b"small"))
    house.file_at(f"{site.url}/a.csv", site)
    process = start(house, site, "200")
    said = process.communicate(timeout=30)[0]
    assert (process.returncode, "StoreFull" in said) == (2, True), said
    assert not list(house.receipts.paths())
    assert not house.unfinished()
    pulled = house.pull()
    assert len(pulled.new) == 1
    assert len(house.stored()) == 1
    assert_whole(house)


def test_interrupted_from_the_keyboard(house: House, site: Publisher) -> None:
    """Ends at once though the publisher says nothing, and the next pull completes."""
    site.serve("/a.csv", Reply(b"0123456789" * 1000, stall_after=5000))
    house.file_at(f"{site.url}/a.csv", site)
    env = {**os.environ, "CHISO_HOME": str(house.home), "CHISO_PULL_ALLOW_PRIVATE": site.at}
    command = [sys.executable, "-c", "from orchestration.cli_pull import pull; pull()", "s"]
    process = subprocess.Popen(command, cwd=PROJECT_ROOT, env=env, stderr=subprocess.PIPE, text=True)
    assert site.stalled.wait(20)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=5)[1]
    assert (process.returncode, said.strip()) == (1, "Aborted!")
    assert not house.unfinished()
    site.serve("/a.csv", Reply(b"whole"))
    assert house.bytes_of(house.pull()) == [b"whole"]


def test_several_threads_store_the_same_bytes_once(house: House) -> None:
    body = b"the same" * 10_000
    results = []

    def put(suffix: str) -> None:
        results.append(house.store.put(iter([body]), suffix))

    threads = [threading.Thread(target=put, args=(suffix,)) for suffix in (".csv", ".txt", "", ".html") * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(house.stored()) == 1
    assert [one.is_new for one in results].count(True) == 1
    assert len({one.path for one in results}) == 1
