"""Two homes with the real archive and the same synthetic dossiers: one built by DuckDB, one by a Spark cluster.

Spark lives in an environment of its own, which `make test` does not make: without CHISO_SPARK_PYTHON, the Python of
that environment, nothing here is collected. `make spark-test` sets it.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.conftest import AS_OF, ROOT
from tests.dossiers.feed import Feed

collect_ignore_glob = [] if "CHISO_SPARK_PYTHON" in os.environ else ["test_*.py"]

PATIENCE = 1800  # seconds for a run on a busy machine
KEY = "00" * 32
FIRST, LAST = date(2025, 3, 1), date(2025, 9, 14)


@dataclass(frozen=True)
class Pair:
    """The two homes, and what is delivered to both."""

    duckdb: Path
    spark: Path
    feed: Feed
    delivered: Path

    def run(self) -> None:
        """The pipeline in both; on Spark with a cluster of two workers, started for it and stopped behind it."""
        for module, home in (("orchestration.cli", self.duckdb), ("orchestration.spark", self.spark)):
            ran = run(module, home, self.delivered)
            assert ran.returncode == 0, f"{module}: {ran.stdout}{ran.stderr}"

    def deliver(self, first: int, last: int) -> None:
        """The files of so many days after the history: new dossiers, finished and corrected ones."""
        for number in range(first, last + 1):
            self.feed.day(self.delivered, LAST + timedelta(number))


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Both homes, run once with a history of 20,000 synthetic dossiers and a day of deliveries."""
    folder = tmp_path_factory.mktemp("pair")
    made = Pair(folder / "duckdb", folder / "spark", Feed.sized(20_000, FIRST, LAST, 1), folder / "feed")
    made.feed.backfill(made.delivered, LAST)
    made.deliver(1, 1)
    made.run()
    return made


def run(module: str, home: Path, feed: Path) -> "subprocess.CompletedProcess[str]":
    """`python -m module run` on a home that is delivered dossiers in `feed`."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("CHISO_")}
    own |= {"CHISO_HOME": str(home), "CHISO_AS_OF": AS_OF, "CHISO_SPARK_PYTHON": os.environ["CHISO_SPARK_PYTHON"]}
    own |= {"CHISO_DOSSIER_FEED": str(feed), "CHISO_DOSSIER_KEY": KEY}
    command = [sys.executable, "-m", module, "run"]
    return subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, timeout=PATIENCE)


def processes_naming(text: str) -> list[str]:
    """Command lines of the running processes that name `text`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended
        if text in command:
            found.append(command.strip())
    return found
