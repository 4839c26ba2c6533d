"""Superset as `make bi` serves it, started twice on a home of its own. `make bi-test` runs what needs it.

Superset lives in an environment of its own, which `make test` does not make: without CHISO_BI_PYTHON, the Python of
that environment, only what can be said without Superset is collected.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import httpx
import pytest
from playwright.sync_api import Page

from tests.conftest import ROOT, Installation

collect_ignore = (
    []
    if "CHISO_BI_PYTHON" in os.environ
    else ["test_access.py", "test_pages.py", "test_start.py", "test_swap.py", "test_tries.py"]
)

SERVE = ROOT / "orchestration" / "bi" / "superset" / "serve.py"
USER = "nguoi-dung-dau"
WORKERS = 3  # of serve.py
PATIENCE = 400  # seconds for a start on a busy machine


@dataclass
class Superset:
    """One start of `serve.py`: where it answers, what it printed, how long it took to answer."""

    home: Path
    port: int
    process: "subprocess.Popen[bytes]"
    log: Path
    password: str = ""
    seconds: float = 0.0

    @classmethod
    def start(cls, home: Path, port: int, nth: int) -> "Superset":
        log = home / f"start-{nth}.log"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CHISO_")}
        environment |= {"CHISO_HOME": str(home), "CHISO_BI_USER": USER, "PORT": str(port), "PYTHONUNBUFFERED": "1"}
        with log.open("wb") as output:
            process = subprocess.Popen(
                [os.environ["CHISO_BI_PYTHON"], str(SERVE)], env=environment, stdout=output, stderr=subprocess.STDOUT
            )
        begun = time.monotonic()
        started = cls(home, port, process, log)
        try:
            while not started._answers():
                assert process.poll() is None, started.printed
                assert time.monotonic() < begun + PATIENCE, started.printed
                time.sleep(0.2)
        except BaseException:
            process.terminate()
            raise
        started.seconds = time.monotonic() - begun
        return started

    def _answers(self) -> bool:
        try:
            return httpx.get(self.url + "/health", timeout=PATIENCE).status_code == 200
        except httpx.TransportError:
            return False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def printed(self) -> str:
        return self.log.read_text("utf-8", errors="replace")

    @property
    def published(self) -> Path:
        return self.home / "published" / "chiso.duckdb"

    def stop(self) -> int:
        """Ask it to end, as Ctrl+C does, and return its exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)

    @contextmanager
    def client(self, user: str = USER, password: str = "") -> Iterator[httpx.Client]:
        """Somebody who uses the interface for programs, signed in."""
        with httpx.Client(base_url=self.url, timeout=60, headers={"Referer": self.url}) as client:
            given = {"username": user, "password": password or self.password, "provider": "db"}
            signed_in = client.post("/api/v1/security/login", json=given)
            assert signed_in.status_code == 200, signed_in.text
            client.headers["Authorization"] = f"Bearer {signed_in.json()['access_token']}"
            client.headers["X-CSRFToken"] = client.get("/api/v1/security/csrf_token/").json()["result"]
            yield client

    def open_dashboard(self, page: Page) -> None:
        """Sign in as a person does and wait for the first page."""
        # an answer that comes after signing in would put the session from before it back
        with page.expect_response("**/superset/log/**"):
            page.goto(f"{self.url}/login/?next=/superset/dashboard/chiso/")
        page.get_by_label("Username").fill(USER)
        page.get_by_label("Password").fill(self.password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{self.url}/superset/dashboard/chiso/**")
        page.get_by_role("tab", name="Tổng quan").wait_for()


def run_sql(client: httpx.Client, sql: str) -> httpx.Response:
    """What SQL Lab answers to a statement on the published file."""
    databases = client.get("/api/v1/database/").json()["result"]
    (database,) = [found["id"] for found in databases if found["database_name"] == "Chiso"]
    return client.post("/api/v1/sqllab/execute/", json={"database_id": database, "sql": sql, "runAsync": False})


@pytest.fixture(scope="session")
def starts(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Superset, Superset]]:
    """The first start of a home and, while the tests run, the second one."""
    home = tmp_path_factory.mktemp("superset") / "home"
    shutil.copytree(installation.published.parent, home / "published")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    first = Superset.start(home, port, 1)
    told = re.search(r"^Password: +(\S+)$", first.printed, re.MULTILINE)
    assert told, first.printed
    assert first.stop() == 0
    second = Superset.start(home, port, 2)
    first.password = second.password = told[1]
    yield first, second
    second.stop()


@pytest.fixture(scope="session")
def superset(starts: tuple[Superset, Superset]) -> Superset:
    return starts[1]


@pytest.fixture
def published(superset: Superset) -> Iterator[duckdb.DuckDBPyConnection]:
    """The file that Superset shows, read past it."""
    with duckdb.connect(str(superset.published), read_only=True) as connection:
        yield connection
