"""Publishing: the public tables of the working warehouse, as files that BI may read at any time.

    published/chiso.duckdb                         schemas marts, reporting, wide and the Vietnamese views of
                                                   tieng_viet, for every DuckDB driver from 1.1 on
    published/parquet/<schema>.<table>.parquet     the same tables
    published/datapackage.json                     what they are

Everything is first made whole in a folder beside, written through to the disk, and then renamed into place, file by
file: a reader that has a file open keeps the old one, and a kill leaves each file old or new, never half. The renames
take milliseconds; `datapackage.json` comes last and names the SHA-256 of every other file, and its
`chiso:content_sha256` stands in the table `marts.published_version` too. So parts belong together exactly when
these agree. A publication that was broken off is seen by the next run in the same way, and made again.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from ingest.store import sync
from orchestration import datapackage
from orchestration.datapackage import PublishedFile
from orchestration.duckdb_resource import WarehouseLocked, WarehouseMissing, read_only, refuse_unwritable
from orchestration.published_file import write_duckdb
from orchestration.published_tables import (
    Column,
    DerivedTable,
    PublishError,
    Table,
    arrow_schema,
    list_tables,
    read_sorted,
    uncommented,
    write_parquet,
)

DUCKDB_NAME = "chiso.duckdb"
PARQUET_FOLDER = "parquet"
_STAGING = ".being-published"

VERSION_TABLE = Table(
    "marts",
    "published_version",
    "Phiên bản của bộ số liệu. Which version of the published figures this is. Grain: one row.",
    (
        Column(
            "content_sha256",
            "VARCHAR",
            False,
            "Mã băm nội dung. Hash of the content, the same as `chiso:content_sha256` in datapackage.json: parts with"
            " the same hash belong together.",
        ),
        Column(
            "built_from",
            "VARCHAR",
            False,
            "Nguồn tạo nên nội dung. What this content was built from when it was first published.",
        ),
    ),
    (),
)

# (connection to the working file, its name, the public tables) -> further tables, each with its rows
Derive = Callable[[duckdb.DuckDBPyConnection, str, list[Table]], list[DerivedTable]]


@dataclass(frozen=True)
class Publication:
    """What stands in the published folder after a call.

    `rows` counts per table ('marts.dim_index'); `uncommented` names tables and columns that lack a comment.
    """

    folder: Path
    unchanged: bool
    content_sha256: str
    rows: dict[str, int]
    files: tuple[PublishedFile, ...]
    uncommented: tuple[str, ...]

    @property
    def duckdb(self) -> Path:
        return self.folder / DUCKDB_NAME


def publish(working: Path, published_dir: Path, built_from: str, derive: Derive | None = None) -> Publication:
    """Publish schemas marts and reporting of the DuckDB file `working` into `published_dir`, and what `derive` adds.

    `built_from` says in one line what the content was made of; it is no part of the content. Where the same content
    is published and whole, no file is touched and `unchanged` is true.

    Raises PublishError when the content may not be published (a view, no table, a type that does not travel, figures
    without publisher), WarehouseError when the working file cannot be read, WarehouseLocked when another process
    publishes into the same folder. In every case the folder stays as it was.
    """
    refuse_unwritable(published_dir)
    published_dir.mkdir(parents=True, exist_ok=True)
    with _only_publisher(published_dir):
        staging = published_dir / _STAGING
        _remove(staging)  # of a run that was killed
        try:
            (staging / PARQUET_FOLDER).mkdir(parents=True)
            return _publish(working, published_dir, staging, built_from, derive)
        finally:
            _remove(staging)


def whole_file(published_dir: Path) -> Path:
    """The published DuckDB file, for those who pass figures on.

    Raises WarehouseMissing where none is published, PublishError when it is not the one that was: somebody wrote to it.
    """
    file = published_dir / DUCKDB_NAME
    descriptor = datapackage.read_published(published_dir)
    if descriptor is None or not file.is_file():
        raise WarehouseMissing(f"nothing whole is published in {published_dir}; `chiso run` does it")
    if PublishedFile.of(published_dir, DUCKDB_NAME) != datapackage.files_of(descriptor)[0]:
        raise PublishError(f"{file} is not as it was published; `chiso run` or `chiso publish` makes it anew")
    return file


def _publish(working: Path, published_dir: Path, staging: Path, built_from: str, derive: Derive | None) -> Publication:
    tables, rows, sources = _stage_parquet(working, staging, derive)
    described = datapackage.content(
        [
            datapackage.resource(table, rows[table.full_name], PublishedFile.of(staging, _parquet_path(table)))
            for table in tables
        ],
        sources,
    )
    content_hash = datapackage.content_sha256(described)
    bare = tuple(uncommented(tables))
    standing = _standing_files(published_dir, content_hash)
    if standing:
        return Publication(published_dir, True, content_hash, rows, standing, bare)

    stamp = [{"content_sha256": content_hash, "built_from": built_from}]
    rows_of_stamp = pa.Table.from_pylist(stamp, arrow_schema(VERSION_TABLE))
    write_parquet(rows_of_stamp, staging / _parquet_path(VERSION_TABLE))
    everything = sorted([*tables, VERSION_TABLE], key=lambda table: table.full_name)
    write_duckdb(staging / DUCKDB_NAME, [(table, staging / _parquet_path(table)) for table in everything])
    os.chmod(staging / DUCKDB_NAME, 0o444)  # a tool that opens read-write by default would lock all others out
    stamp_file = PublishedFile.of(staging, _parquet_path(VERSION_TABLE))
    descriptor = datapackage.stamped(
        described,
        content_hash,
        built_from,
        PublishedFile.of(staging, DUCKDB_NAME),
        datapackage.resource(VERSION_TABLE, 1, stamp_file),
    )
    (staging / datapackage.FILE_NAME).write_text(datapackage.to_text(descriptor), encoding="utf-8")
    files = tuple(datapackage.files_of(descriptor))
    _swap(staging, published_dir, [file.path for file in files])
    return Publication(published_dir, False, content_hash, rows, files, bare)


def _stage_parquet(
    working: Path, staging: Path, derive: Derive | None
) -> tuple[list[Table], dict[str, int], list[dict[str, object]]]:
    with read_only(working) as connection:
        (database,) = connection.execute("select current_database()").fetchone() or ("",)
        tables = list_tables(connection, database)
        if VERSION_TABLE.full_name in {table.full_name for table in tables}:
            raise PublishError(f"the warehouse holds a table {VERSION_TABLE.full_name}; that name is for publishing")
        rows: dict[str, int] = {}
        for table in tables:
            found = read_sorted(connection, database, table)
            rows[table.full_name] = found.num_rows
            write_parquet(found, staging / _parquet_path(table))
        for derived in derive(connection, database, tables) if derive else ():
            tables = [*tables, derived.table]
            rows[derived.table.full_name] = derived.rows.num_rows
            write_parquet(derived.rows, staging / _parquet_path(derived.table))
        return tables, rows, datapackage.read_sources(connection, database)


def _parquet_path(table: Table) -> str:
    return f"{PARQUET_FOLDER}/{table.full_name}.parquet"


def _standing_files(published_dir: Path, content_hash: str) -> tuple[PublishedFile, ...]:
    """The files in place, when they are the given content and exactly what their descriptor says; else none."""
    descriptor = datapackage.read_published(published_dir)
    if descriptor is None or descriptor.get(datapackage.CONTENT_KEY) != content_hash:
        return ()
    try:
        files = tuple(datapackage.files_of(descriptor))
        whole = all(PublishedFile.of(published_dir, file.path) == file for file in files)
    except (KeyError, TypeError, AttributeError, FileNotFoundError):
        return ()  # somebody else wrote the descriptor, or took a file away: publish again
    extra = _parquet_files(published_dir) - {file.path for file in files}
    return files if whole and not extra else ()


def _parquet_files(published_dir: Path) -> set[str]:
    return {f"{PARQUET_FOLDER}/{path.name}" for path in (published_dir / PARQUET_FOLDER).glob("*.parquet")}


def _swap(staging: Path, published_dir: Path, paths: list[str]) -> None:
    """Rename the staged files into place, the descriptor last, and drop Parquet files that are no longer published."""
    for path in [*paths, datapackage.FILE_NAME]:
        sync(staging / path)
    (published_dir / PARQUET_FOLDER).mkdir(exist_ok=True)
    stale = _parquet_files(published_dir) - set(paths)
    # a log that someone left by opening the file read-write would be replayed into the new one
    (published_dir / f"{DUCKDB_NAME}.wal").unlink(missing_ok=True)
    for path in paths:
        os.replace(staging / path, published_dir / path)
    for path in stale:
        (published_dir / path).unlink()
    sync(published_dir / PARQUET_FOLDER)
    os.replace(staging / datapackage.FILE_NAME, published_dir / datapackage.FILE_NAME)
    sync(published_dir)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


@contextmanager
def _only_publisher(published_dir: Path) -> Iterator[None]:
    """Hold the folder's lock; the system lets go of it when the process ends, however it ends."""
    descriptor = os.open(published_dir, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"another chiso run is publishing into {published_dir}; wait until it ends"
            raise WarehouseLocked(message, None) from error
        yield
    finally:
        os.close(descriptor)
