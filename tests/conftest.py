"""What many tests share: one real run of the whole pipeline in a folder of its own, made once."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Browser

from tests.browser import chromium

ROOT = Path(__file__).resolve().parent.parent
AS_OF = "2026-11-22"


@dataclass(frozen=True)
class Installation:
    """A CHISO_HOME and the command line that works on it."""

    home: Path

    def chiso(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the command line as a person would; a wide terminal, so that lines are not broken."""
        env = {**os.environ, "CHISO_HOME": str(self.home), "CHISO_AS_OF": AS_OF, "COLUMNS": "250", **environment}
        for name in ("CHISO_TERRITORY", "CHISO_EXCLUDE_PUBLISHERS"):
            if name not in environment:
                env.pop(name, None)
        command = [sys.executable, "-m", "orchestration.cli", *arguments]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300)

    @property
    def published(self) -> Path:
        return self.home / "published" / "chiso.duckdb"


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The real archive, run once. Tests that use it must not write into it."""
    made = Installation(tmp_path_factory.mktemp("chiso") / "home")
    ran = made.chiso("run")
    assert ran.returncode == 0, ran.stdout + ran.stderr
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
