"""Publishing under Superset's hands: no query fails, and what is asked after a swap sees the new file."""

import os
import shutil
import threading
import time
from pathlib import Path

import duckdb

from tests.bi.conftest import Superset, run_sql

READERS = 4
SWAPS = 12
SQL = "select any_value(content_sha256) as version from marts.published_version, marts.fct_index_result"


def _other_version(published: Path, made: Path) -> None:
    shutil.copy(published, made)
    made.chmod(0o600)
    with duckdb.connect(str(made)) as connection:
        connection.execute("update marts.published_version set content_sha256 = 'other'")
    made.chmod(0o444)


def test_a_swap_is_seen_at_once_and_by_every_query(superset: Superset, tmp_path: Path) -> None:
    published = superset.published
    own = tmp_path / "own.duckdb"
    shutil.copy(published, own)
    _other_version(published, tmp_path / "other.duckdb")
    with duckdb.connect(str(published), read_only=True) as connection:
        (version,) = connection.execute("select content_sha256 from marts.published_version").fetchone() or ("",)
    versions = {"other": tmp_path / "other.duckdb", str(version): own}

    answers: list[tuple[float, float, str]] = []  # asked, answered, version
    failures: list[str] = []
    over = threading.Event()

    def read() -> None:
        with superset.client() as client:
            while not over.is_set():
                asked = time.monotonic()
                answered = run_sql(client, SQL)
                if answered.status_code == 200:
                    answers.append((asked, time.monotonic(), answered.json()["data"][0]["version"]))
                else:
                    failures.append(answered.text)

    def stumble() -> None:
        """A query that fails must not keep the old file open either."""
        with superset.client() as client:
            while not over.is_set():
                run_sql(client, "select no_such_column from marts.published_version")

    readers = [threading.Thread(target=work) for work in [*[read] * READERS, stumble]]
    for reader in readers:
        reader.start()
    swaps: list[tuple[float, str]] = []
    try:
        for nth in range(SWAPS):
            name = list(versions)[nth % 2]
            shutil.copy(versions[name], published.with_name(".next"))
            os.replace(published.with_name(".next"), published)
            swaps.append((time.monotonic(), name))
            time.sleep(1.5)
    finally:
        over.set()
        for reader in readers:
            reader.join()

    assert not failures
    ends = [when for when, _ in swaps[1:]] + [float("inf")]
    seen = 0
    for (begun, name), end in zip(swaps, ends, strict=True):
        between = [version for asked, answered, version in answers if asked > begun and answered < end]
        assert set(between) <= {name}
        seen += bool(between)
    assert seen > SWAPS // 2, "hardly any query fell between two swaps; the test proves nothing"
    print(f"{len(answers)} queries over {SWAPS} swaps, none failed")
