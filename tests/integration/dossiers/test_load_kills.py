"""A load killed by the system at any moment: the next one gives what a load that nobody killed gives."""

import multiprocessing
import random
import shutil
import time
from datetime import date
from pathlib import Path

import pytest

from tests.dossiers.feed import Feed
from tests.integration.dossiers.conftest import House, as_csv, record
from tests.integration.dossiers.loader import load

TIMED = 4
# a server that has the modules and no threads: a child of it is a process of its own within milliseconds
_CHILDREN = multiprocessing.get_context("forkserver")
_CHILDREN.set_forkserver_preload(["__main__", "pyarrow.dataset", "tests.integration.dossiers.loader"])


def _in_a_process(home: Path, changes: int | None = None, killed_after: float | None = None) -> bool:
    """Whether it came to its end."""
    process = _CHILDREN.Process(target=load, args=(home, changes))
    process.start()
    process.join(killed_after)
    process.kill()
    process.join(20)
    return process.exitcode == 0


@pytest.fixture(scope="module")
def loaded_once(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A home with one load; more, of some length and several months, lies in its feed."""
    house = House(tmp_path_factory.mktemp("kills") / "home")
    house.drop("a/2025-07-01.csv", as_csv([record(number) for number in range(50)]))
    house.load()
    feed = Feed.sized(6_000, date(2025, 7, 1), date(2025, 9, 14))
    feed.backfill(house.feed, date(2025, 9, 14))
    feed.day(
        house.feed,
        date(2025, 9, 15),
    )
    house.drop("bad/2025-09-15.csv", as_csv([record(1, level="x")]))
    return house


def test_killed_at_any_moment(loaded_once: House, tmp_path: Path) -> None:
    clean = House(tmp_path / "clean")
    shutil.copytree(loaded_once.settings.home, clean.settings.home)
    _in_a_process(clean.settings.home / "nowhere")  # the server starts
    started = time.monotonic()
    assert _in_a_process(clean.settings.home)
    seconds = time.monotonic() - started
    wanted = (clean.rows("*"), clean.ledger(), clean.refused(), clean.files())
    assert len(wanted[0]) > 6_000

    def killed_and_repaired(number: int, changes: int | None, killed_after: float | None) -> tuple[bool, bool]:
        """Whether the load came to its end, and whether it counted when it was killed."""
        home = House(tmp_path / f"{number}")
        shutil.copytree(loaded_once.settings.home, home.settings.home)
        finished = _in_a_process(home.settings.home, changes, killed_after)
        counted = len(home.ledger("distinct load_no")) == 2
        assert _in_a_process(home.settings.home)
        assert (home.rows("*"), home.ledger(), home.refused(), home.files()) == wanted
        shutil.rmtree(home.settings.home)
        return finished, counted

    dice = random.Random(20251125)
    ended = [killed_and_repaired(number, None, seconds * (number + dice.random()) / TIMED) for number in range(TIMED)]
    assert not all(finished for finished, _ in ended)
    for changes in range(100):
        finished, counted = killed_and_repaired(TIMED + changes, changes, None)
        ended.append((finished, counted))
        if finished:
            break
    assert changes >= 5
    assert (False, True) in ended, "none was killed between what counts and its end"
