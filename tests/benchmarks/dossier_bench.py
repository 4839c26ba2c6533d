"""Dossiers at scale: what a run does with them, beside a floor of plain DuckDB and other ways that a team might take.

python -m tests.benchmarks.dossier_bench [--dossiers 10_000_000] [--history 1_000_000,10_000_000] [--rounds 2]
    [--a-working-day 16_000] [--only chiso,floor,polars,spark] [--folder FOLDER]

The dossiers are synthetic (tests/dossiers). First one history of `--dossiers` is loaded and built by each way, a
process a step, the ways in turn; then one evening's delivery is taken in behind each length of `--history`, at the
same number a working day: longer, not denser. Best of the rounds: seconds of the work, and of the whole process with
its start. All ways must count the same, or the benchmark fails. Polars and Spark take part where they are installed.
Wants about 250 bytes of disk a dossier in FOLDER, a temporary one by default; what it wrote is removed.
"""

import argparse
import importlib.util
import json
import os
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.bench import PROJECT, Failed, measure

_WAYS = Path(__file__).parent / "dossiers"
_SPARK = PROJECT / ".venv-spark" / "bin" / "python"
STEPS = ("load", "fact", "aggregates", "expectations", "day")
AIMS = {"load": 1.3, "aggregates": 1.3, "expectations": 1.5}
AIM_MEMORY = 4096.0  # MiB


@dataclass(frozen=True)
class Way:
    """A program that takes dossiers from the feed to judged tables, in these processes."""

    name: str
    command: tuple[str, ...]
    processes: tuple[str, ...] = ("load", "fact", "aggregates", "expectations")


@dataclass(frozen=True)
class Taken:
    """One step of one way: seconds of the work and of the process that it was done in, peak MiB of the process."""

    seconds: float
    process_seconds: float
    mib: float


Results = dict[tuple[str, str], Taken]


def ways(asked: Sequence[str]) -> list[Way]:
    """Those that are asked for and installed; what is left out is said."""
    module = (sys.executable, "-m")
    found = [
        Way("floor", (*module, "tests.benchmarks.dossiers.floor")),
        Way("chiso", (*module, "tests.benchmarks.dossiers.ours"), ("load", "build")),
    ]
    if importlib.util.find_spec("polars"):
        found.append(Way("polars", (sys.executable, str(_WAYS / "polars_peer.py"))))
    if _SPARK.exists():
        found.append(Way("spark", (str(_SPARK), str(_WAYS / "spark_peer.py"))))
    missing = [name for name in asked if name not in {way.name for way in found}]
    if missing:
        print(f"not installed, and so left out: {', '.join(missing)}")
    return [way for way in found if way.name in asked]


class Bench:
    """The ways over the histories, in one folder."""

    def __init__(self, folder: Path, taking_part: list[Way], a_working_day: int, rounds: int) -> None:
        self.folder = folder
        self.ways = taking_part
        self.a_working_day = a_working_day
        self.rounds = rounds
        self.feed, self.small = folder / "feed", folder / "small"
        self._input("small", self.small)
        self.empty_home = folder / "empty_home"
        if any(way.name == "chiso" for way in taking_part):
            # run where it will stand: its views name their files
            measure([str(Path(sys.executable).parent / "chiso"), "run"], self._store("chiso"))
            self._store("chiso").rename(self.empty_home)

    def history(self, dossiers: int, rounds: int) -> Results:
        """Load and build a history by each way, `rounds` times; the stores are left as they are."""
        shutil.rmtree(self.feed, ignore_errors=True)
        files = self._input("history", self.feed, dossiers, self.a_working_day)
        taken: Results = {}
        for _ in range(rounds):
            counts: dict[str, set[str]] = defaultdict(set)
            for way in self.ways:
                self._begin(way)
            for process in dict.fromkeys(process for way in self.ways for process in way.processes):
                for way in self.ways:
                    if process in way.processes:
                        self._run(way, process, files if process == "load" else [], taken, counts)
            _same(counts)
        return taken

    def evenings(self, dossiers: int, rounds: int) -> Results:
        """Take in one evening's delivery after another behind a history that is there."""
        taken: Results = {}
        for number in range(1, rounds + 1):
            counts: dict[str, set[str]] = defaultdict(set)
            files = self._input("evening", self.feed, dossiers, self.a_working_day, number)
            for way in self.ways:
                self._run(way, "day", files, taken, counts)
            _same(counts)
        return taken

    def _input(self, what: str, folder: Path, *numbers: int) -> list[str]:
        command = [sys.executable, "-m", "tests.benchmarks.dossiers.inputs", what, str(folder), *map(str, numbers)]
        return measure(command, self.folder).printed.split()

    def _store(self, name: str) -> Path:
        return self.folder / name

    def _begin(self, way: Way) -> None:
        shutil.rmtree(self._store(way.name), ignore_errors=True)
        if way.name == "chiso":
            shutil.copytree(self.empty_home, self._store(way.name))
        else:
            self._store(way.name).mkdir()

    def _run(self, way: Way, step: str, files: list[str], best: Results, counts: dict[str, set[str]]) -> None:
        store = self._store(way.name)
        measured = measure([*way.command, step, str(store), str(self.small), *files], store)
        said = json.loads(measured.printed.splitlines()[-1])
        for name, seconds in said["seconds"].items():
            one = Taken(seconds, measured.seconds, max(measured.largest_mib, measured.together_mib))
            before = best.get((name, way.name), one)
            best[name, way.name] = Taken(
                min(one.seconds, before.seconds),
                min(one.process_seconds, before.process_seconds),
                max(one.mib, before.mib),
            )
        for name, counted in said["counts"].items():
            counts[name].add(json.dumps(counted, sort_keys=True))


def _same(counts: dict[str, set[str]]) -> None:
    for step, found in counts.items():
        if len(found) > 1:
            raise Failed(f"{step} was not counted alike: {' / '.join(sorted(found))}")


def table(title: str, taken: Results, steps: Sequence[str]) -> str:
    """Markdown: a line for each step and way."""
    lines = [
        f"\n### {title}\n",
        "| step | way | s | x floor | process s | peak MiB | |",
        "|---|---|--:|--:|--:|--:|---|",
    ]
    for (step, way), one in sorted(taken.items(), key=lambda item: (_place(item[0][0], steps), item[0][1] != "floor")):
        floor = taken.get((step, "floor"))
        ratio = one.seconds / floor.seconds if floor else None
        aim = AIMS.get(step) if way == "chiso" else None
        said = "" if aim is None or ratio is None else f"aim {aim:g}x: {'met' if ratio <= aim else 'MISSED'}"
        if way == "chiso" and one.mib > AIM_MEMORY:
            said += " MEMORY MISSED"
        times = "" if ratio is None else f"{ratio:.2f}"
        lines.append(
            f"| {step} | {way} | {one.seconds:.2f} | {times} | {one.process_seconds:.1f} | {one.mib:.0f} | {said} |"
        )
    return "\n".join(lines)


def _place(step: str, steps: Sequence[str]) -> int:
    return steps.index(step) if step in steps else len(steps)


def _number(text: str) -> int:
    return int(text.replace("_", ""))


def main() -> int:
    """Run the benchmark; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dossiers", type=_number, default=10_000_000)
    parser.add_argument("--history", default="1_000_000,10_000_000", help="lengths that an evening is taken in behind")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--a-working-day", type=_number, default=16_000)
    parser.add_argument("--only", default="chiso,floor,polars,spark", help="ways")
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chiso-dossiers-", dir=asked.folder) as folder:
        try:
            bench = Bench(Path(folder), ways(asked.only.split(",")), asked.a_working_day, asked.rounds)
            print(f"Dossiers (synthetic), {asked.a_working_day:,} received on a working day, {os.cpu_count()} cores")
            print(table(f"{asked.dossiers:,} dossiers", bench.history(asked.dossiers, asked.rounds), STEPS), flush=True)
            lengths = sorted(_number(length) for length in asked.history.split(",") if length)
            # what was built last comes first
            for dossiers in sorted(lengths, key=lambda length: length != asked.dossiers):
                if dossiers != asked.dossiers:
                    bench.history(dossiers, 1)
                print(
                    table(f"One evening behind {dossiers:,}", bench.evenings(dossiers, asked.rounds), STEPS), flush=True
                )
        except Failed as error:
            print(f"the benchmark could not be run: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
