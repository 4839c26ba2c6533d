"""Publishing under fire: real processes that are killed, and real readers that never notice."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration import datapackage
from orchestration.publish import publish

MakeWarehouse = Callable[..., Path]

HERE = Path(__file__).parent
KILLS = 20  # at random moments; those aimed between any two renames bring them to 28
REBUILDS = 20
READERS = 8
ROWS = 15_000


def _process(script: str, *arguments: object) -> "subprocess.Popen[str]":
    command = [sys.executable, str(HERE / script), *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parents[2])}
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


class Publisher:
    """Publishes in processes of its own (see publisher.py)."""

    def __init__(self) -> None:
        self._server = _process("publisher.py")

    def start(self, folder: Path, *warehouses: Path, times: int = 0, die_at: int = 0) -> int:
        """Begin to publish the warehouses in turn; the id of the process that does."""
        job = {"folder": str(folder), "warehouses": [str(path) for path in warehouses]}
        assert self._server.stdin is not None
        self._server.stdin.write(json.dumps(job | {"times": times, "die_at": die_at}) + "\n")
        self._server.stdin.flush()
        return self._answer()

    def wait(self) -> int:
        """Exit code of what was started; negative for a signal."""
        return self._answer()

    def close(self) -> None:
        self._server.communicate()

    def _answer(self) -> int:
        assert self._server.stdout is not None
        return int(self._server.stdout.readline())


@pytest.fixture(scope="module")
def publisher() -> Iterator[Publisher]:
    server = Publisher()
    yield server
    server.close()


def _version(path: Path) -> tuple[str, str]:
    """The one version that every row of every table of the file is of, and its content hash."""
    with duckdb.connect(path, read_only=True) as connection:
        versions = connection.execute(
            "select list(distinct version) from (select version from marts.dim_edition union all"
            " select version from marts.fct_index_result union all select version from reporting.rpt_index_overview)"
        ).fetchone()
        rows = connection.execute("select count(*) from marts.fct_index_result where value_text is not null").fetchone()
        stamp = connection.execute("select content_sha256 from marts.published_version").fetchone()
    assert versions is not None
    assert stamp is not None
    assert rows == (ROWS,)
    assert len(versions[0]) == 1, "a mix of two versions"
    return str(versions[0][0]), str(stamp[0])


class Folder:
    """A published folder, two warehouses a and b to publish into it, and what must hold of it after a kill."""

    def __init__(self, root: Path, make_warehouse: MakeWarehouse) -> None:
        self.path = root / "published"
        self.a, self.b = (make_warehouse(root / f"{name}.duckdb", version=name, rows=ROWS) for name in "ab")
        self.hashes = {path.stem: publish(path, self.path, path.stem).content_sha256 for path in (self.a, self.b)}

    def killed(self) -> str:
        """Check every part that a kill left, and say which version the DuckDB file is."""
        version, stamp = _version(self.path / "chiso.duckdb")
        assert stamp == self.hashes[version]
        for parquet in (self.path / "parquet").glob("*.parquet"):
            duckdb.execute("select count(columns(*)) from read_parquet(?)", [str(parquet)])  # each is whole
        descriptor = datapackage.read_published(self.path)
        assert descriptor is not None
        assert descriptor[datapackage.CONTENT_KEY] in self.hashes.values()
        return version

    def mended(self) -> None:
        """Publish once more, and find everything of one version and no leftover."""
        files = {file.path for file in publish(self.b, self.path, "after").files}
        assert _version(self.path / "chiso.duckdb") == ("b", self.hashes["b"])
        assert files | {"datapackage.json"} == {
            str(path.relative_to(self.path)) for path in self.path.rglob("*") if path.is_file()
        }
        assert not (self.path / ".being-published").exists()
        assert publish(self.b, self.path, "after").unchanged


def test_kill_at_any_moment_leaves_the_old_or_the_new(
    make_warehouse: MakeWarehouse, tmp_path: Path, publisher: Publisher
) -> None:
    folder = Folder(tmp_path, make_warehouse)
    started = time.perf_counter()
    publisher.start(folder.path, folder.a, folder.b, times=2)
    assert publisher.wait() == 0
    seconds = time.perf_counter() - started
    dice = random.Random(2)
    seen, broken_off = set(), 0
    for kill in range(3 * KILLS):
        # on a busy machine the measured time says little: go on until the kills came at telling moments
        if kill >= KILLS and seen == {"a", "b"} and broken_off > KILLS // 5:
            break
        process = publisher.start(folder.path, folder.a, folder.b)
        time.sleep(dice.uniform(0, 1.5 * seconds))
        os.kill(process, signal.SIGKILL)
        assert publisher.wait() == -signal.SIGKILL
        seen.add(folder.killed())
        broken_off += (folder.path / ".being-published").exists()
    assert seen == {"a", "b"}, "the delays never met both versions; the test proves nothing"
    assert broken_off > KILLS // 5, "hardly any kill came while publishing; the test proves nothing"
    folder.mended()


def test_kill_between_any_two_renames(make_warehouse: MakeWarehouse, tmp_path: Path, publisher: Publisher) -> None:
    folder = Folder(tmp_path, make_warehouse)
    changes = 2 + len(list((folder.path / "parquet").iterdir())) + 1  # the log, the DuckDB file, Parquet, descriptor
    seen = []
    for nth in range(1, changes + 1):
        publisher.start(folder.path, folder.a, times=1, die_at=nth)
        assert publisher.wait() == -signal.SIGKILL
        seen.append(folder.killed())
        folder.mended()
    assert seen == ["b", "b", *"a" * (changes - 2)]


def test_readers_never_notice_a_rebuild(make_warehouse: MakeWarehouse, tmp_path: Path, publisher: Publisher) -> None:
    folder = Folder(tmp_path, make_warehouse)  # b stands
    with duckdb.connect(folder.path / "chiso.duckdb", read_only=True) as held:
        readers = [_process("read_forever.py", folder.path / "chiso.duckdb") for _ in range(READERS)]
        for reader in readers:
            assert reader.stdout is not None
            assert reader.stdout.readline() == "ready\n"
        publisher.start(folder.path, folder.a, folder.b, times=REBUILDS)
        assert publisher.wait() == 0
        for reader in readers:
            reader.send_signal(signal.SIGTERM)
        said = [reader.communicate(timeout=60)[0] for reader in readers]
        assert [reader.returncode for reader in readers] == [0] * READERS
        opened, swaps = zip(*(map(int, line.split()) for line in said), strict=True)
        assert min(opened) > 2
        assert sum(swaps) >= 2 * READERS, "the readers hardly saw a swap; the test proves nothing"
        # who has had it open all the while still reads the version that was there then
        assert held.execute("select distinct version from marts.fct_index_result").fetchall() == [("b",)]
