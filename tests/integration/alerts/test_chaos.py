"""A thousand random schedules of faults and kills: every alert arrives, none is lost, none doubled without reason.

Each schedule is a home of its own: a few judgements, rounds in which the mail server misbehaves and processes are
killed (really, between any two lines of ours), then a server that behaves. What arrived is held against a model.
"""

import math
import multiprocessing
import os
import random
import re
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import quality.alerts
from quality.alerts.composing import Desk
from quality.alerts.delivery import retry
from quality.alerts.judgement import read_judgement
from quality.alerts.store import changing, fact, open_store
from tests.integration.alerts.house import House, fault, mailing
from tests.integration.alerts.mail_server import FOR_GOOD, NOT_TAKEN, MailServer, Taken, mail_server

# a thousand by hand: CHISO_SCHEDULES=1000 pytest tests/integration/alerts/test_chaos.py
SCHEDULES = int(os.environ.get("CHISO_SCHEDULES", "300"))
PARTS = SCHEDULES // 150
# where state is changed and messages leave; wording and layout change nothing
_STATEFUL = (
    "store.py",
    "incidents.py",
    "endings.py",
    "readers.py",
    "holds.py",
    "composing.py",
    "delivery.py",
    "channels.py",
    "tending.py",
)
STATEFUL = frozenset(str(Path(quality.alerts.__file__).with_name(name)) for name in _STATEFUL)
YEARS = range(2001, 2006)
RECIPIENTS = ("data_team@example.org", "so_tai_chinh@example.org")
_BADGES = {None: "onboarding", "Mới": "opened", "Tái diễn": "reopened", "Nặng hơn": "worse"}
_THERE = re.compile(r"^\* (?:\[(.+?)\] )?ALPHA (\d{4}) \(63 tỉnh, thành\): Lỗi thử nghiệm$", re.MULTILINE)
_OVER = re.compile(r"^\* Lỗi thử nghiệm · TOKEN-(\d{4}): đã được khắc phục$", re.MULTILINE)
Event = tuple[int, str]


class Model:
    """What readers must be told, by the issue's words alone."""

    def __init__(self) -> None:
        self.sizes: dict[int, float | None] = {}
        self.told: dict[int, float | None] = {}
        self.messages: list[set[Event]] = []

    def judged(self, sizes: dict[int, float]) -> None:
        is_first = not self.messages and not self.told
        events = set()
        for year in YEARS:
            now, before = sizes.get(year), self.told.get(year, 0.0)
            if now is not None and before == 0.0:
                events.add((year, "onboarding" if is_first else "opened"))
            elif now is not None and before is None:
                events.add((year, "reopened"))
            elif now is None and before not in (0.0, None):
                events.add((year, "over"))
            elif now is not None and before is not None and now > 1.1 * before:
                events.add((year, "worse"))
            else:
                continue
            self.told[year] = now
        self.told.setdefault(0, None)
        if events:
            self.messages.append(events)


def die_at(nth: int, told: int) -> None:
    """Kill this process before the n-th line of stateful code that it runs; says which line first."""
    left = nth

    def line(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        if event == "line":
            left -= 1
            if left <= 0:
                os.write(told, f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}".encode())
                os.kill(os.getpid(), signal.SIGKILL)
        return line

    def call(frame: FrameType, event: str, _: Any) -> Any:
        return line if frame.f_code.co_filename in STATEFUL else None

    sys.settrace(call)


@cache
def desk_at(home: Path) -> Desk:
    """The desk of a home with an alerts.yaml; each process loads it for itself, once."""
    return House(home).desk


def killed_round(house: House, office: Path, nth: int) -> str | None:
    """One round in a process that is killed on its way; says where, or None when it came to its end before."""
    desk = desk_at(office)
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            die_at(nth, theirs)
            house.tend(desk)
            code = 0
        finally:
            os._exit(code)
    os.close(theirs)
    _, status = os.waitpid(child, 0)
    where = os.read(ours, 100).decode() or None
    os.close(ours)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0, "the round failed by itself"
    return where


def is_recorded(house: House) -> bool:
    judgement = read_judgement(house.settings.quality)
    assert judgement is not None
    with open_store(house.folder) as con:
        return fact(con, "judgement") == judgement.judgement_id


def trouble(rng: random.Random) -> list[str]:
    """What the next connections meet."""
    faults = ["good"] * 4 + [*NOT_TAKEN, *FOR_GOOD, "accepted_then_dropped", "accepted_then_dropped"]
    return [rng.choice(faults) if rng.random() > 0.01 else "slow_answer" for _ in range(rng.randrange(5))]


def warm_up(office: Path) -> None:
    """A good round, after which this process has loaded all that it will."""
    house = House(office)
    house.judge([fault("TOKEN-2001", 2001)])
    house.tend(desk_at(office))


class Schedule:
    """One home's story, told by a seed. Processes that are to be killed come out of `small`."""

    def __init__(self, home: Path, server: MailServer, office: Path, small: Executor, seed: int) -> None:
        self.rng, self.server, self.office, self.small = random.Random(seed), server, office, small
        self.desk = desk_at(office)
        self.house = House(home)
        self.model = Model()
        self.taken: list[Taken] = []
        self.kills: list[str] = []
        self.sizes: dict[int, float] = {}

    def play(self) -> None:
        for _ in range(self.rng.randint(1, 3)):
            self._next_judgement()
            while True:
                self._troubled_round()
                if is_recorded(self.house):
                    break
            if self.rng.random() < 0.3:
                self._troubled_round()
        self._peace()

    def _next_judgement(self) -> None:
        for year in YEARS:
            if year in self.sizes:
                if self.rng.random() < 0.3:
                    del self.sizes[year]
                elif self.rng.random() < 0.3:
                    self.sizes[year] *= 2
            elif self.rng.random() < 0.4:
                self.sizes[year] = 1.0
        self.house.judge([fault(f"TOKEN-{year}", year, magnitude=size) for year, size in self.sizes.items()])
        self.model.judged(self.sizes)

    def _troubled_round(self) -> None:
        self.house.now += timedelta(minutes=self.rng.randint(1, 120))
        is_down = self.rng.random() < 0.15
        self.server.plan(*trouble(self.rng))
        if is_down:
            self.server.down()
        try:
            if self.rng.random() < 0.45:
                nth = int(math.exp(self.rng.uniform(0, math.log(2500))))
                where = self.small.submit(killed_round, self.house, self.office, nth).result()
                self.kills += [where] if where else []
            else:
                self.house.tend(self.desk)
        finally:
            if is_down:
                self.server.up()
        self.taken += self.server.taken

    def _peace(self) -> None:
        """The server behaves; what was refused for good is put back by a person."""
        self.server.plan()
        for _ in range(12):
            self.house.now += timedelta(hours=5)
            done = self.house.tend(self.desk)
            if done.state.dead:
                with open_store(self.house.folder) as con, changing(con):
                    retry(con, self.desk.config, [line.delivery_id for line in done.state.dead], self.house.now)
            elif not done.state.deliveries["waiting"]:
                break
        self.taken += self.server.taken

    def check(self) -> None:
        """Everybody got every message that the model wants, in order, and copies only where an answer was lost."""
        with open_store(self.house.folder) as con:
            order = [row["mail_id"] for row in con.execute("select mail_id from message order by message_id")]
            unanswered = Counter(
                row["mail_id"]
                for row in con.execute(
                    "select mail_id from attempt join delivery using (delivery_id) join message using (message_id)"
                    " where outcome in ('cut_off', 'unreachable')"
                )
            )
        for recipient in RECIPIENTS:
            own = [one for one in self.taken if one.recipient == recipient]
            texts = {one.mail_id: one.text for one in own}
            assert [events_in(texts[mail_id]) for mail_id in order if mail_id in texts] == self.model.messages
        copies = Counter(one.mail_id for one in self.taken)
        assert copies.keys() == set(order)
        for mail_id, count in copies.items():
            assert count - 1 <= unanswered[mail_id]
            assert len({one.content for one in self.taken if one.mail_id == mail_id}) == 1


def events_in(text: str) -> set[Event]:
    text = text.replace("\r\n", "\n")
    there = {(int(year), _BADGES[badge or None]) for badge, year in _THERE.findall(text)}
    return there | {(int(year), "over") for year in _OVER.findall(text)}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """In memory where there is such a place: what is killed here are processes, not the machine."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as made:
        yield Path(made)


@pytest.fixture
def small() -> Iterator[Executor]:
    """A process with little in memory: forking the one of the tests, with all that they import, takes much longer."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as started:
        yield started


@pytest.mark.parametrize("part", range(PARTS))
def test_every_alert_arrives_whatever_happens(folder: Path, small: Executor, part: int) -> None:
    kills: Counter[str] = Counter()
    messages = copies = lost = 0
    with mail_server(folder, slowness=0.6) as server:
        office = House(folder / "office", mailing(server, timeout=0.4)).settings.home
        small.submit(warm_up, office).result()
        for seed in range(part, SCHEDULES, PARTS):
            schedule = Schedule(folder / str(seed), server, office, small, seed)
            schedule.play()
            try:
                schedule.check()
            except AssertionError as error:
                raise AssertionError(f"schedule {seed}, killed at {schedule.kills}: {error}") from error
            kills.update(schedule.kills)
            messages += len({one.mail_id for one in schedule.taken})
            copies += len(schedule.taken)
            lost += sum(one.is_answer_lost for one in schedule.taken)
    print(
        f"\n{SCHEDULES // PARTS} schedules: {kills.total()} kills at {len(kills)} lines of"
        f" {len({where.partition(':')[0] for where in kills})} files; {messages} messages, {copies - messages} copies,"
        f" {lost} answers lost by the server"
    )
    # else nothing was tried
    assert kills.total() > SCHEDULES // PARTS // 2
    assert len(kills) > 100
    assert lost > 10
