"""Publishing under fire: real processes that are killed, and real readers that never notice."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration import datapackage
from orchestration.publish import publish

MakeWarehouse = Callable[..., Path]

HERE = Path(__file__).parent
KILLS = 17  # at random moments; the aimed ones below bring them to 25
REBUILDS = 10
ROWS = 15_000


def _start(script: str, *arguments: object) -> "subprocess.Popen[str]":
    command = [sys.executable, str(HERE / script), *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parents[2])}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    if line != "ready\n":
        process.kill()
        pytest.fail(f"{script} did not start: {line}{process.communicate()[1]}")
    return process


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
        self.working = {name: make_warehouse(root / f"{name}.duckdb", version=name, rows=ROWS) for name in "ab"}
        self.hashes = {name: publish(self.working[name], self.path, name).content_sha256 for name in "ab"}

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
        files = {file.path for file in publish(self.working["b"], self.path, "after").files}
        assert _version(self.path / "chiso.duckdb") == ("b", self.hashes["b"])
        assert files | {"datapackage.json"} == {
            str(path.relative_to(self.path)) for path in self.path.rglob("*") if path.is_file()
        }
        assert not (self.path / ".being-published").exists()
        assert publish(self.working["b"], self.path, "after").unchanged


def test_kill_at_any_moment_leaves_the_old_or_the_new(make_warehouse: MakeWarehouse, tmp_path: Path) -> None:
    folder = Folder(tmp_path, make_warehouse)
    dice = random.Random(2)
    both = [folder.working["a"], folder.working["b"]]
    process = _start("publish_forever.py", folder.path, 2, *both)
    started = time.perf_counter()
    process.communicate()
    seconds = time.perf_counter() - started
    seen, broken_off = set(), 0
    for _ in range(KILLS):
        process = _start("publish_forever.py", folder.path, 0, *both)
        time.sleep(dice.uniform(0, seconds))
        assert process.poll() is None, process.communicate()
        process.send_signal(signal.SIGKILL)
        process.communicate()
        seen.add(folder.killed())
        broken_off += (folder.path / ".being-published").exists()
    assert seen == {"a", "b"}, "the delays never met both versions; the test proves nothing"
    assert broken_off > KILLS // 5, "hardly any kill came while publishing; the test proves nothing"
    folder.mended()


def test_kill_between_any_two_renames(make_warehouse: MakeWarehouse, tmp_path: Path) -> None:
    folder = Folder(tmp_path, make_warehouse)
    changes = 2 + len(list((folder.path / "parquet").iterdir())) + 1  # the log, the DuckDB file, Parquet, descriptor
    seen = []
    for nth in range(1, changes + 1):
        process = _start("publish_and_die.py", folder.path, nth, folder.working["a"])
        assert process.wait(timeout=30) == -signal.SIGKILL
        process.communicate()
        seen.append(folder.killed())
        folder.mended()
    assert seen == ["b", "b", *"a" * (changes - 2)]


def test_readers_never_notice_a_rebuild(make_warehouse: MakeWarehouse, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    working = [make_warehouse(tmp_path / f"{name}.duckdb", version=name, rows=ROWS) for name in "ab"]
    publish(working[0], folder, "first")
    with duckdb.connect(folder / "chiso.duckdb", read_only=True) as held:
        reader = _start("read_forever.py", folder / "chiso.duckdb")
        publisher = _start("publish_forever.py", folder, REBUILDS, working[1], working[0])
        _, errors = publisher.communicate(timeout=60)
        assert publisher.returncode == 0, errors
        reader.send_signal(signal.SIGTERM)
        said, errors = reader.communicate(timeout=10)
        assert reader.returncode == 0, errors
        opened, swaps = map(int, said.split())
        assert opened > REBUILDS
        assert swaps >= 2, "the reader hardly saw a swap; the test proves nothing"
        # who has had it open all the while still reads the version that was there then
        assert held.execute("select distinct version from marts.fct_index_result").fetchall() == [("a",)]
