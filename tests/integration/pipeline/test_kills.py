"""Kills between any two steps of the gate, and stages run by hand: nothing bad is published, nothing good is lost."""

import hashlib
import os
import random
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from ingest.catalog import EditionId
from ingest.load import load_all
from ingest.settings import Settings
from orchestration import dbt, gate_asset, warehouse_state
from orchestration.gate_asset import withhold_faulty
from orchestration.warehouse_state import NotBuilt, begin, finish, require_built
from quality.gate import Failure
from quality.thresholds import RuleSetting
from tests.conftest import AS_OF
from tests.unit.ingest.conftest import Workbench

GOOD = "Tỉnh,Tổng 2020,Thứ nhất\nHà Nội,4,4\nHải Phòng,5,5\n"
BAD = GOOD.replace("Hà Nội,4", "Hà Nội,400")
EDITION: EditionId = ("SYNTHETIC", 2020, "63", 1)
SCALE = RuleSetting("scale", "data_fault", "critical", None, None, "ngoài thang", "scale", "", "", None, None)


class Killed(BaseException):
    """What a kill looks like from inside: nothing after it is done."""


class House:
    """The stages of a run over one small edition; dbt and the suites are played, all that keeps state is real."""

    def __init__(self, bench: Workbench, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.settings = Settings.from_env({"CHISO_HOME": str(home), "CHISO_AS_OF": AS_OF})
        self.bench, self.patch = bench, monkeypatch
        self.killed_in_stage = False
        self.evidence: float | None = None
        self.public: float | None = None
        self.published: float | None = None
        monkeypatch.setattr(Settings, "shelves", property(lambda _: (bench.shelf,)))
        monkeypatch.setattr(dbt, "build", self._build)
        monkeypatch.setattr(gate_asset, "failing_editions", self._failing)
        monkeypatch.setattr(gate_asset, "judged_rows", lambda *_: {})
        monkeypatch.setattr(gate_asset, "read_only", lambda _: nullcontext())

    @property
    def raw(self) -> float | None:
        """The largest figure in raw, which is what the played models hand on."""
        return _largest(self.settings.raw / "index_result" / "SYNTHETIC" / "2020_63.parquet")

    @property
    def accepted(self) -> float | None:
        return _largest(self.settings.accepted / "index_result" / "SYNTHETIC" / "2020_63.parquet")

    def _build(self, *_: object, **__: object) -> list[dbt.NodeResult]:
        self.evidence = self.raw
        return []

    def _failing(self, *_: object) -> dict[EditionId, list[Failure]]:
        return {EDITION: [Failure(SCALE, 1)]} if self.is_bad(self.evidence) else {}

    @staticmethod
    def is_bad(figure: float | None) -> bool:
        return figure is not None and figure > 100

    def stage(self, name: str) -> None:
        """One stage as the assets run it."""
        if name == "load":
            load_all(self.settings)
        elif name == "publish":
            require_built(self.settings)
            self.published = self.public
        else:
            begin(self.settings, name)
            if name == "evidence":
                self._build()
            elif name == "gate":
                withhold_faulty(self.settings, (), dbt.Part(""))
            elif name == "public":
                self.public = None  # half built
            else:
                assert not self.is_bad(self.evidence)
            if self.killed_in_stage:
                raise Killed
            if name == "public":
                self.public = self.evidence
            finish(self.settings, name)

    def run(self) -> None:
        for name in ("load", *warehouse_state.STAGES, "publish"):
            self.stage(name)

    def dying(self, nth: int) -> pytest.MonkeyPatch:
        """Die right before the n-th change of a name in the home."""
        left = nth
        patched = pytest.MonkeyPatch()
        for name in ("replace", "rename", "unlink", "rmdir"):
            change = getattr(os, name)

            def change_or_die(*arguments: Any, change: Callable[..., Any] = change, **options: Any) -> Any:
                nonlocal left
                left -= 1
                if left == 0:
                    raise Killed
                return change(*arguments, **options)

            patched.setattr(os, name, change_or_die)
        return patched


def _largest(path: Path) -> float | None:
    return max(pq.read_table(path)["value"].to_pylist()) if path.exists() else None


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return Workbench(tmp_path)


@pytest.fixture
def house(bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    made = House(bench, tmp_path / "home", monkeypatch)
    bench.write(GOOD)
    made.run()
    assert made.published == 5
    return made


@pytest.mark.parametrize("text", [BAD, GOOD.replace("5,5", "6,6"), GOOD.replace("5,5", "?,5")])
def test_a_kill_anywhere_publishes_nothing_bad_and_loses_nothing_good(house: House, text: str) -> None:
    """Killed before every change of a file in turn, then run again: always the same end."""
    house.bench.write(text)
    wanted = 6 if "6,6" in text else 5
    for nth in range(1, 200):
        patched = house.dying(nth)
        try:
            house.run()
            finished = True
        except Killed:
            finished = False
        finally:
            patched.undo()
        assert not house.is_bad(house.published)
        house.run()
        assert house.published == wanted, nth
        if finished:
            assert nth > 5
            return
        # the state before, for the next kill
        house.bench.write(GOOD)
        house.run()
        assert house.published == 5
        house.bench.write(text)
    raise AssertionError("a run changes fewer files than this")


def test_stages_in_any_order_publish_nothing_bad(house: House) -> None:
    """Single stages can be started by hand in the UI, and be killed: what does not fit together refuses."""
    dice = random.Random(20261122)
    names = ["write", "load", *warehouse_state.STAGES, "publish"]
    place = refused = published = 0
    for _ in range(800):
        place = (place + 1) % len(names) if dice.random() < 0.6 else dice.randrange(len(names))
        house.killed_in_stage = dice.random() < 0.1
        try:
            if names[place] == "write":
                house.bench.write(dice.choice([GOOD, BAD]))
            else:
                house.stage(names[place])
                published += names[place] == "publish"
        except NotBuilt:
            refused += 1
        except Killed:
            pass
        assert (house.published, house.accepted) == (5, 5)
    assert refused > 50
    assert published > 10


@pytest.mark.parametrize("stage", warehouse_state.STAGES)
def test_a_stage_killed_halfway_is_not_done_and_none_after_it(house: House, stage: str) -> None:
    house.killed_in_stage = True
    with pytest.raises(Killed):
        house.stage(stage)
    house.killed_in_stage = False
    for later in (*warehouse_state.STAGES[warehouse_state.STAGES.index(stage) + 1 :], "publish"):
        with pytest.raises(NotBuilt):
            house.stage(later)


def test_a_file_that_cannot_be_read_is_stood_in_for_by_what_was_accepted(house: House) -> None:
    """Not by what another faulty file left in raw when its run was killed before the gate."""
    house.bench.write(BAD)
    house.stage("load")
    assert house.raw == 400
    house.bench.write(GOOD.replace("5,5", "?,5"))
    [one] = load_all(house.settings).editions
    assert (one.status, house.raw) == ("last_good_kept", 5)
    assert {fault.code for fault in one.faults} == {"number_unreadable"}


def test_what_was_never_accepted_goes_and_figures_that_fail_later_stand_in_no_more(house: House) -> None:
    house.bench.write(BAD)
    house.patch.setattr(House, "is_bad", staticmethod(lambda figure: figure is not None))
    [one] = [*load_all(house.settings).editions]
    house.stage("evidence")
    begin(house.settings, "gate")
    [withheld] = withhold_faulty(house.settings, (), dbt.Part(""))
    assert (one.status, withheld.status, house.raw) == ("loaded", "withheld", None)
    [row] = pq.read_table(house.settings.raw / "catalog" / "edition.parquet").to_pylist()
    assert (row["load_status"], row["is_current"], row["cells_loaded"]) == ("withheld", False, 0)
    assert list(house.settings.accepted.rglob("*.parquet")), "kept, should the rule be mended"


def test_an_earlier_vintage_is_in_force_again_while_a_later_one_is_withheld(house: House) -> None:
    described = house.bench.shelf.catalog / "synthetic" / "editions"
    data = BAD.encode()
    (house.bench.shelf.archive / "synthetic" / "second.csv").write_bytes(data)
    first = yaml.safe_load((described / "2020_63.yaml").read_text(encoding="utf-8"))
    second = {**first, "vintage": 2, "tables": [{**first["tables"][0], "file": "synthetic/second.csv"}]}
    second["tables"][0]["sha256"] = hashlib.sha256(data).hexdigest()
    (described / "2020_63_v2.yaml").write_text(yaml.safe_dump(second), encoding="utf-8")
    two = ("SYNTHETIC", 2020, "63", 2)
    path = house.settings.raw / "index_result" / "SYNTHETIC" / "2020_63_v2.parquet"
    house.patch.setattr(gate_asset, "failing_editions", lambda *_: {two: [Failure(SCALE, 1)]} if path.exists() else {})
    house.run()
    rows = pq.read_table(house.settings.raw / "catalog" / "edition.parquet").to_pylist()
    assert [(r["vintage"], r["load_status"], r["is_current"]) for r in rows] == [
        (1, "loaded", True),
        (2, "withheld", False),
    ]


def test_an_excluded_publisher_leaves_no_accepted_copy(house: House) -> None:
    assert list(house.settings.accepted.rglob("*.parquet"))
    house.settings = Settings.from_env(
        {"CHISO_HOME": str(house.settings.home), "CHISO_AS_OF": AS_OF, "CHISO_EXCLUDE_PUBLISHERS": "nobody"}
    )
    house.run()
    assert house.published is None
    assert not list(house.settings.accepted.rglob("*.parquet"))
