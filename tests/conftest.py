"""What many tests share: one real run of the whole pipeline in a folder of its own, made once."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock
from playwright.sync_api import Browser

from tests.browser import chromium

ROOT = Path(__file__).resolve().parent.parent
AS_OF = "2026-11-22"
# take a minute or more: begun first, so that two workers end together; the first of them makes the shared installation
# while the other is busy with one that needs none
LONG = (
    "integration/pipeline/test_gate.py",
    "integration/alerts/test_chaos.py",
    "integration/receive/test_mutations.py",
    "integration/pipeline/test_run.py",
    "integration/backtest/test_backtest.py",
    "integration/dossiers/test_exactly_once.py",
    "integration/receive/test_whole_way.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {ROOT / "tests" / name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


@dataclass(frozen=True)
class Installation:
    """A CHISO_HOME and the command line that works on it."""

    home: Path

    def chiso(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the command line as a person would; a wide terminal, so that lines are not broken."""
        env = {name: value for name, value in os.environ.items() if not name.startswith("CHISO_")}
        env |= {"CHISO_HOME": str(self.home), "CHISO_AS_OF": AS_OF, "COLUMNS": "250", **environment}
        command = [sys.executable, "-m", "orchestration.cli", *arguments]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300)

    def copied(self, home: Path) -> "Installation":
        """The same in another place, to be changed or moved away from."""
        shutil.copytree(self.home, home)
        return Installation(home)

    @property
    def published(self) -> Path:
        return self.home / "published" / "chiso.duckdb"


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Installation:
    """The real archive, run once for all workers of xdist, each of which has a copy. Tests must not write into it."""
    if worker_id == "master":
        return run_once(tmp_path_factory.mktemp("chiso"))
    # the workers' folders stand beside each other
    made = run_once(tmp_path_factory.getbasetemp().parent / "chiso")
    return made.copied(tmp_path_factory.mktemp("chiso") / "home")


def run_once(folder: Path) -> Installation:
    """The installation in `folder`. Who comes first makes it, the others wait, and a failure is the same for all."""
    made, failure = Installation(folder / "home"), folder / "failure"
    with FileLock(f"{folder}.lock"):
        if not failure.exists():
            folder.mkdir(exist_ok=True)
            ran = made.chiso("run")
            said = f"chiso run: {ran.returncode}\n{ran.stdout}{ran.stderr}" if ran.returncode else ""
            failure.write_text(said, encoding="utf-8")
    said = failure.read_text(encoding="utf-8")
    assert not said, said
    return made


@pytest.fixture
def bi(installation: Installation) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file as a BI tool opens it."""
    connection = duckdb.connect(str(installation.published), read_only=True)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium; see tests.browser."""
    with chromium() as started:
        yield started
