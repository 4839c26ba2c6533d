"""Opening files: closed after an exception, never writable by mistake, and locked files named with their holder."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.duckdb_resource import WarehouseError, WarehouseLocked, WarehouseMissing, read_only, writer

HOLD = "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == 'r'); print('ready'); c; input()"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with writer(tmp_path / "made" / "for it's sake.duckdb") as connection:
        connection.execute("create table t as select 1 as one")
    return tmp_path / "made" / "for it's sake.duckdb"


def test_reading_cannot_write(path: Path) -> None:
    with read_only(path) as connection:
        assert connection.execute("from t").fetchall() == [(1,)]
        with pytest.raises(duckdb.InvalidInputException, match="read-only"):
            connection.execute("insert into t values (2)")


def test_closed_after_an_exception(path: Path) -> None:
    for opening in (read_only, writer):
        with pytest.raises(ZeroDivisionError), opening(path) as connection:
            raise ZeroDivisionError
        with pytest.raises(duckdb.ConnectionException, match="closed"):
            connection.execute("select 1")
    with writer(path) as connection:  # nobody holds it any more
        connection.execute("insert into t values (2)")


def test_missing_or_broken(tmp_path: Path) -> None:
    with pytest.raises(WarehouseMissing, match="chiso run"), read_only(tmp_path / "none.duckdb"):
        pass
    assert not (tmp_path / "none.duckdb").exists()
    (tmp_path / "bad.duckdb").write_bytes(b"x" * 9999)
    for opening in (read_only, writer):
        with pytest.raises(WarehouseError, match=r"bad\.duckdb cannot be opened"), opening(tmp_path / "bad.duckdb"):
            pass
    with pytest.raises(WarehouseError, match="CHISO_HOME"), writer(tmp_path / "a?b" / "w.duckdb"):
        pass


@pytest.mark.parametrize(("held", "refused"), [("w", (read_only, writer)), ("r", (writer,))])
def test_another_process_has_it(path: Path, held: str, refused: tuple[object, ...]) -> None:
    command = [sys.executable, "-c", HOLD, str(path), held]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
        for opening in (read_only, writer):
            if opening in refused:
                with pytest.raises(WarehouseLocked, match=f"stop process {other.pid}") as caught, opening(path):
                    pass
                assert caught.value.pid == other.pid
            else:
                with opening(path) as connection:
                    assert connection.execute("from t").fetchall() == [(1,)]
        other.communicate("\n")
    with writer(path):
        pass


def test_this_process_has_it(path: Path) -> None:
    with writer(path), pytest.raises(WarehouseLocked, match="this process") as caught, read_only(path):
        pass
    assert caught.value.pid is None
