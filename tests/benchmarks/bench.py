"""`make bench`: how long the main job takes, stage by stage, and how far that is from the least it could take.

    python tests/benchmarks/bench.py

Runs `chiso run` three times in a new CHISO_HOME that is removed afterwards: in the empty home, with nothing new, and
everything over again with --force, when models are parsed and the archive is read already. Loads the Dagster code
location LOADS times, and runs floor.py three times: plain DuckDB that loads the same archive into one
fact table. Prints a table with the stated aims. Ends with 0 whatever the figures are, 1 when something did not run.
Run it on a quiet machine; every time is of the wall clock.
"""

import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
LOADS = 3
SAMPLES = 20  # a second
AIM_RUN, AIM_AGAIN, AIM_LOCATION, AIM_MEMORY = 30.0, 10.0, 5.0, 1024.0  # seconds, seconds, seconds, MiB


class Failed(RuntimeError):
    """A command did not run to its end."""


@dataclass(frozen=True)
class Measured:
    """One command: wall seconds, peak MiB, and what it printed.

    `largest_mib` is of its largest process, as the system counts it; `together_mib` of all its processes at one time,
    looked at SAMPLES times a second (memory that they share is counted more than once).
    """

    seconds: float
    largest_mib: float
    together_mib: float
    printed: str


def measure(command: list[str], home: Path) -> Measured:
    """Run a command from the project's folder with CHISO_HOME set, and measure it. Raises Failed."""
    environment = {**os.environ, "CHISO_HOME": str(home)}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as printed, tempfile.TemporaryFile("w+") as errors:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=printed, stderr=errors)
        together, ended = 0.0, 0
        while not ended:
            together = max(together, resident_mib(process.pid))
            time.sleep(1 / SAMPLES)
            # wait4 knows the memory of this child and of those it waited for; getrusage would add up all of ours
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        errors.seek(0)
        if process.returncode:
            said = f"{printed.read()[-2000:]}\n{errors.read()[-4000:]}"
            raise Failed(f"{shlex.join(command)} ended with {process.returncode}:\n{said}")
        return Measured(seconds, usage.ru_maxrss / 1024, together, printed.read())


def resident_mib(process: int) -> float:
    """Resident memory of a process and all below it, in MiB; a process that ends meanwhile counts nothing."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20 + sum(resident_mib(int(child)) for child in children)


def last_run(home: Path) -> dict[str, Any]:
    """What `chiso run` recorded of the last run that did something, with name and seconds of each of its stages."""
    record: dict[str, Any] = json.loads((home / "state" / "last_run.json").read_text(encoding="utf-8"))
    return record


def line(name: str, value: float, unit: str, aim: float | None = None) -> str:
    """One line of the table."""
    said = "" if aim is None else f"  aim {aim:g} {unit}: {'met' if value <= aim else 'MISSED'}"
    return f"  {name:<44}{value:>10.2f} {unit:<4}{said}"


def bench(home: Path) -> None:
    """Measure everything and print it."""
    chiso = str(Path(sys.executable).parent / "chiso")
    floor_command = [sys.executable, str(HERE / "floor.py"), str(PROJECT / "ingest" / "archive")]
    floors = [measure([*floor_command, str(home / f"floor-{n}.duckdb")], home) for n in range(3)]
    floor = min(floors, key=lambda one: one.seconds)
    facts = json.loads(floor.printed)

    first = measure([chiso, "run"], home)
    recorded = last_run(home)
    stages = [(stage["name"], stage["seconds"]) for stage in recorded["stages"]]
    again = measure([chiso, "run"], home)
    warm = measure([chiso, "run", "--force"], home)
    load = [sys.executable, "-c", "import orchestration.definitions"]
    loads = [measure(load, home) for _ in range(LOADS)]

    print(f"Stages of `chiso run` in an empty home ({os.cpu_count()} cores)")
    for name, seconds in stages:
        print(line(name, seconds, "s"))
    print(line("start of the process and rest", first.seconds - sum(seconds for _, seconds in stages), "s"))
    print("Main job")
    print(line("chiso run, empty home", first.seconds, "s", AIM_RUN))
    print(line("chiso run --force, warm home", warm.seconds, "s", AIM_RUN))
    print(line("chiso run, nothing new", again.seconds, "s", AIM_AGAIN))
    print(
        line("loading the code location (median)", statistics.median(one.seconds for one in loads), "s", AIM_LOCATION)
    )
    print(line("peak memory, largest process", max(first.largest_mib, again.largest_mib), "MiB", AIM_MEMORY))
    print(line("peak memory, all processes together", max(first.together_mib, again.together_mib), "MiB", AIM_MEMORY))
    print(f"Floor: plain DuckDB, {facts['files']} files, {facts['rows']} cells of which {facts['figures']} are figures")
    print(line("whole process (best of 3)", floor.seconds, "s"))
    print(line("chiso run, empty home / floor", first.seconds / floor.seconds, "x"))
    print(line("chiso run --force, warm home / floor", warm.seconds / floor.seconds, "x"))


def main() -> int:
    """Run the benchmark; the exit code."""
    with tempfile.TemporaryDirectory(prefix="chiso-bench-") as home:
        try:
            bench(Path(home))
        except Failed as error:
            print(f"the benchmark could not be run: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
