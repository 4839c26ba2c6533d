"""Exactly once by content: however often, in whatever order and pieces records come, and whatever is killed."""

import json
import multiprocessing
import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration import dbt
from tests.conftest import Installation
from tests.dossiers.faults import Faults
from tests.dossiers.feed import Feed
from tests.integration.dossiers.house import FORMS, House, Record, Tables, written

# more of them by hand: CHISO_SCHEDULES=100 pytest tests/integration/dossiers/test_exactly_once.py
SCHEDULES = int(os.environ.get("CHISO_SCHEDULES", "1"))
KILLS = int(os.environ.get("CHISO_KILLS", "2"))
FIRST, LAST = date(2025, 6, 20), date(2025, 8, 25)


@dataclass(frozen=True)
class Original:
    """What the exporting system sent on one day."""

    day: date
    records: list[Record]


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> list[Original]:
    """Some three months of a small synthetic feed, over the reorganisation of communes, with faults of each kind."""
    faults = Faults(
        date(2025, 7, 3), finished_before_received=1, received_on_another_day=1, unknown_unit=1, duplicate=1
    )
    feed = replace(Feed.sized(300, FIRST, LAST), faults=(faults,))
    folder = tmp_path_factory.mktemp("sent")
    days = [FIRST + timedelta(number) for number in range((LAST - FIRST).days + 30)]
    sent = [Original(day, _records(path)) for day in days for path in feed.day(folder, day)]
    sent = [one for one in sent if one.records]
    # one more, of a dossier's last version: it says something else
    sent[-1].records.append(sent[-1].records[0] | {"fee_vnd": "77"})
    return sent


@pytest.fixture(scope="module")
def founded(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> House:
    """A home with everything built and no dossier yet; what is built again are the models kept by month alone."""
    home = tmp_path_factory.mktemp("founded") / "home"
    installation.copied(home)
    house = House(home, dbt.Part(""))
    nodes = dbt.read_manifest(house.settings)["nodes"].values()
    by_month = [node["name"] for node in nodes if "kept_by_month" in node.get("tags", ())]
    # views name the home that they were made in
    others = (
        "stg_raw__dossier",
        "stg_raw__dossier_delivery",
        "dossier_load",
        "evd_dossier_fault",
        "every_loaded_month_is_made",
    )
    return replace(house, chosen=dbt.Part(" ".join([*by_month, *others])))


@pytest.fixture(scope="module")
def clean(founded: House, originals: list[Original]) -> Tables:
    """The tables of a home that got every file once, in order."""
    house = _copy(founded, founded.home.with_name("clean"))
    for one in originals:
        house.deliver(f"one_stop/{one.day}.csv", written(one.records, "csv"))
    house.load()
    house.build()
    tables = house.tables()
    assert all(tables.values())
    faults = {row[3] for row in tables["evidence.evd_dossier_fault"] if row[5]}
    assert {"finished_before_received", "received_another_day", "unit_unknown", "version_in_conflict"} <= faults
    return tables


@pytest.fixture
def house(founded: House, tmp_path: Path) -> House:
    return _copy(founded, tmp_path / "home")


@pytest.mark.parametrize("seed", range(SCHEDULES))
def test_any_delivery_gives_the_tables_of_the_clean_one(
    seed: int, house: House, originals: list[Original], clean: Tables
) -> None:
    chance = random.Random(seed)
    for step in _schedule(chance, originals):
        for name, content in step:
            house.deliver(name, content)
        loaded = house.load()
        if chance.random() < 0.3:
            house.build()
    assert not loaded.refused
    house.build()
    assert _differences(house.tables(), clean) == {}


def test_a_kill_anywhere_is_repaired_by_the_next_run(house: House, originals: list[Original], clean: Tables) -> None:
    chance = random.Random(5)
    killed = 0
    steps = list(_schedule(chance, originals))
    for place, step in enumerate(steps):
        for name, content in step:
            house.deliver(name, content)
        if place < KILLS:
            killed += _killed(house, chance.uniform(0.05, 3.0))
    house.load()
    house.build()
    assert killed
    assert _differences(house.tables(), clean) == {}


def test_nothing_new_makes_no_month_again(house: House, originals: list[Original]) -> None:
    half = len(originals) // 2
    for one in originals[:half]:
        house.deliver(f"one_stop/{one.day}.csv", written(one.records, "csv"))
    house.load()
    house.build()
    before = _made(house)
    house.load()
    house.build()
    assert _made(house) == before
    one = originals[half]
    house.deliver(f"one_stop/{one.day}.csv", written(one.records, "csv"))
    months = house.load().months
    house.build()
    changed = {month for month, load in _made(house).items() if before.get(month) != load}
    assert changed == set(months)


def test_raw_files_that_were_put_back_take_nothing_away(house: House, originals: list[Original], clean: Tables) -> None:
    """A copy of raw is put back: load numbers come again, and months that are not in it go until they are loaded."""
    half = len(originals) // 2
    for one in originals[:half]:
        house.deliver(f"one_stop/{one.day}.csv", written(one.records, "csv"))
    first = set(house.load().months)
    copy = house.home / "copy"
    for name in ("dossier", "dossier_delivery"):
        shutil.copytree(house.settings.raw / name, copy / name)
    for one in originals[half:]:
        house.deliver(f"one_stop/{one.day}.csv", written(one.records, "csv"))
    assert not set(house.load().months) <= first
    house.build()
    for name in ("dossier", "dossier_delivery"):
        shutil.rmtree(house.settings.raw / name)
        shutil.copytree(copy / name, house.settings.raw / name)
    house.build()
    assert set(_made(house)) == first
    house.load()
    house.build()
    assert _differences(house.tables(), clean) == {}


def _differences(found: Tables, wanted: Tables) -> dict[str, tuple[set[Any], set[Any]]]:
    """By table, the rows that are too many and those that are missing."""
    assert {name: len(rows) for name, rows in found.items()} == {name: len(rows) for name, rows in wanted.items()}
    return {
        name: (set(rows) - set(wanted[name]), set(wanted[name]) - set(rows))
        for name, rows in found.items()
        if rows != wanted[name]
    }


def _schedule(chance: random.Random, originals: list[Original]) -> Iterator[list[tuple[str, bytes]]]:
    """Files for each load: days in pieces and out of order, in any form, repeated, and half-written before whole."""
    files = []
    for one in originals:
        pieces = chance.randint(1, min(3, len(one.records)))
        records = chance.sample(one.records, len(one.records))
        for piece in range(pieces):
            form = chance.choice(FORMS)
            files.append((f"sender_{chance.randint(1, 3)}/{one.day}_{piece}.{form}", records[piece::pieces], form))
    chance.shuffle(files)
    again = [
        (f"again/{_later(name, chance)}_{number}.{form}", records, form)
        for number, (name, records, _) in enumerate(chance.sample(files, len(files) // 5))
        for form in [chance.choice(FORMS)]
    ]
    steps: list[list[tuple[str, bytes]]] = [[] for _ in range(8)]
    for name, records, form in files + again:
        content = written(records, form)
        place = chance.randrange(len(steps))
        steps[place].append((name, content))
        if place and chance.random() < 0.2:
            steps[chance.randrange(place)].append((name, content[: chance.randrange(len(content))]))
    yield from steps


def _later(name: str, chance: random.Random) -> date:
    """Repeated on the day of its first delivery, or up to two months later."""
    day = date.fromisoformat(name.partition("/")[2][:10])
    return day + timedelta(chance.choice([0, 0, 1, 30, 60]))


def _killed(house: House, after: float) -> bool:
    """Load and build in a process of its own that is killed; whether it was still at work."""
    child = multiprocessing.get_context("fork").Process(target=lambda: (house.load(), house.build()))
    child.start()
    time.sleep(after)
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    return child.exitcode == -signal.SIGKILL


def _copy(house: House, home: Path) -> House:
    shutil.copytree(house.home, home)
    return replace(house, home=home)


def _made(house: House) -> dict[date, int]:
    with duckdb.connect(house.settings.warehouse, read_only=True) as con:
        return dict(con.execute("select received_month, load_no from records.dossier_month").fetchall())


def _records(path: Path) -> list[Record]:
    with duckdb.connect() as con:
        lines = con.execute(
            "select to_json(records) from read_csv(?, all_varchar = true, header = true) as records", [str(path)]
        ).fetchall()
    return [json.loads(line) for (line,) in lines]
