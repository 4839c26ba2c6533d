"""Opening DuckDB files: read-only where we read, read-write in one place at a time, closed whatever happens.

Belongs here: how a file is opened, and what is said when it cannot be. Queries belong to those who ask them.
`dagster-duckdb` is not used: it opens everything read-write and keeps the lock after an exception.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

_HOLDER = re.compile(r"Conflicting lock is held in (?P<program>.*?) ?\(PID (?P<pid>\d+)\)")


class WarehouseError(RuntimeError):
    """A DuckDB file cannot be opened as asked; the message says what to do."""


class WarehouseMissing(WarehouseError):
    """There is no such file yet."""


class WarehouseLocked(WarehouseError):
    """Somebody else has the file open. `pid` is None where the system does not say who."""

    def __init__(self, message: str, pid: int | None) -> None:
        super().__init__(message)
        self.pid = pid


@contextmanager
def read_only(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open `path` for reading; nothing can be written through it.

    Raises WarehouseMissing, WarehouseLocked (a writer has it), or WarehouseError (it is no DuckDB file we can read).
    """
    if not path.is_file():
        raise WarehouseMissing(f"there is no DuckDB file {path}; `chiso run` makes it")
    connection = _open(path, reading=True)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def writer(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open `path` for writing, making it and its folder if need be. One process at a time may.

    Raises WarehouseLocked when anyone else, reader or writer, has it open; WarehouseError when it is no DuckDB file.
    """
    refuse_unwritable(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = _open(path, reading=False)
    try:
        yield connection
    finally:
        connection.close()


def refuse_unwritable(path: Path) -> None:
    """Raise WarehouseError where DuckDB would put its log elsewhere: it cuts a path at the first question mark."""
    if "?" in str(path.absolute()):
        raise WarehouseError(
            f"DuckDB cannot write below a folder with '?' in its name: {path}; set CHISO_HOME to another"
        )


def quoted(name: str) -> str:
    """An SQL identifier for any name."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """An SQL string for any text, for the statements that take no parameters (ATTACH, COMMENT)."""
    return "'" + text.replace("'", "''") + "'"


def _open(path: Path, reading: bool) -> duckdb.DuckDBPyConnection:
    try:
        connection = duckdb.connect(path.absolute(), read_only=reading)
    except (duckdb.IOException, duckdb.ConnectionException, duckdb.BinderException) as error:
        raise _explained(path, reading, error) from error
    # extensions come with the driver or not at all: no query fetches one
    connection.execute("set autoinstall_known_extensions = false")
    return connection


def _explained(path: Path, reading: bool, error: duckdb.Error) -> WarehouseError:
    said = str(error)
    holder = _HOLDER.search(said)
    if holder:
        # a reader is only ever kept out by a writer; a writer by anyone
        doing = "is writing" if reading else "has open"
        who = f"process {holder['pid']} ({holder['program']})"
        return WarehouseLocked(
            f"another program {doing} {path}: {who}; wait until it ends, or stop process {holder['pid']}",
            int(holder["pid"]),
        )
    if "Could not set lock" in said:
        return WarehouseLocked(f"another program has {path} open; close it and try again ({said})", None)
    if isinstance(error, duckdb.ConnectionException | duckdb.BinderException):
        return WarehouseLocked(
            f"this process already has {path} open in another way; close that connection first ({said})", None
        )
    return WarehouseError(f"{path} cannot be opened: {said}")
