"""The archive of an installation: bytes under their sha256, stored once, never overwritten, before any are read."""

import errno
import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

_CHUNK = 1 << 18
_FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


class StoreError(Exception):
    """Bytes could not be kept. Nothing is half-stored; the message says what to do."""


class StoreFull(StoreError):
    """There is no room for the bytes."""


@dataclass(frozen=True)
class Stored:
    """Bytes in the archive. `path` is absolute, `name` relative to the archive, as a catalog file names it."""

    sha256: str
    path: Path
    name: str
    size: int
    is_new: bool


class Store:
    """Content-addressed files below one archive folder: `sha256/<2 hex>/<sha256><suffix>`.

    Safe among threads and processes. Unfinished files lie in `.incoming`, named by the process that writes them;
    those of a process that died are removed by the next `put`.
    """

    def __init__(self, archive: Path) -> None:
        self.archive = archive
        self.incoming = archive / ".incoming"

    def put(self, content: Iterable[bytes] | IO[bytes] | Path, suffix: str = "") -> Stored:
        """Keep bytes: chunks, a file open for reading, or a file's path.

        They are hashed while written, synced, and only then get their name. Bytes that are here already, under
        whatever suffix, are not stored again. An error raised by `content` itself passes through and leaves nothing.
        Raises StoreFull and StoreError.
        """
        ending = suffix.lower() if _SUFFIX.fullmatch(suffix.lower()) else ""
        if isinstance(content, Path):
            with content.open("rb") as file:
                return self.put(file, ending)
        with self.unfinished() as (temporary, file):
            digest, size = hashlib.sha256(), 0
            for chunk in _chunks(content):
                with storing(self.archive):
                    write_all(file, chunk)
                digest.update(chunk)
                size += len(chunk)
            with storing(self.archive):
                os.fchmod(file.fileno(), 0o444)
                os.fsync(file.fileno())
                return self._name(temporary, digest.hexdigest(), size, ending)

    def find(self, sha256: str) -> Path | None:
        """The file that holds these bytes, if it is here."""
        return next(iter((self.archive / "sha256" / sha256[:2]).glob(f"{sha256}*")), None)

    def files(self) -> Iterator[Path]:
        """Every stored file, in order of hash."""
        return iter(sorted(path for path in (self.archive / "sha256").glob("*/*") if path.is_file()))

    def leftovers(self) -> list[Path]:
        """Unfinished files whose process is dead."""
        return [path for path in self.incoming.glob("*.part") if _abandoned(path)]

    @contextmanager
    def unfinished(self) -> Iterator[tuple[Path, IO[bytes]]]:
        """A new file to write into; removed at the end unless it was renamed."""
        with storing(self.archive):
            make_folder(self.incoming)
            for left in self.leftovers():
                left.unlink(missing_ok=True)
            handle, name = tempfile.mkstemp(prefix=f"{os.getpid()}-", suffix=".part", dir=self.incoming)
        temporary = Path(name)
        try:
            # held until the file is closed, by whatever end: says to other processes that somebody writes here
            fcntl.flock(handle, fcntl.LOCK_SH)
            with os.fdopen(handle, "wb", buffering=0) as raw:
                yield temporary, raw
        finally:
            temporary.unlink(missing_ok=True)

    def _name(self, temporary: Path, sha256: str, size: int, suffix: str) -> Stored:
        folder = self.archive / "sha256" / sha256[:2]
        make_folder(folder)
        with self._naming():
            found = self.find(sha256)
            if found is None:
                target = folder / f"{sha256}{suffix}"
                os.rename(temporary, target)
                sync(folder)
            else:
                target = found
                if hash_of(target) != sha256:
                    raise StoreError(
                        f"{target} no longer holds the bytes that it is named after. Move it elsewhere and do this"
                        " again; the bytes that came now are whole"
                    )
        return Stored(sha256, target, target.relative_to(self.archive).as_posix(), size, found is None)

    @contextmanager
    def _naming(self) -> Iterator[None]:
        with (self.incoming / "naming.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


@contextmanager
def storing(archive: Path) -> Iterator[None]:
    """Say what the operating system refuses in words that help. Raises StoreFull or StoreError."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFull(
                f"there is no room to store a file in {archive} ({_free(archive)} free): {error.strerror}."
                " Nothing was half-stored. Make room and do this again"
            ) from error
        raise StoreError(f"a file cannot be stored in {archive}: {error}. See to it and do this again") from error


def write_all(file: IO[bytes], content: bytes) -> None:
    """Write every byte to an unbuffered file: a disk that fills up takes a part first and fails then."""
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]


def hash_of(path: Path) -> str:
    """sha256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, so that they outlive a power cut."""
    missing = [one for one in (folder, *folder.parents) if not one.is_dir()]
    folder.mkdir(parents=True, exist_ok=True)
    for one in missing:
        sync(one.parent)


def sync(path: Path) -> None:
    """Bring a file's content, or a folder's entries, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace_text(path: Path, text: str) -> None:
    """Swap in a small file, whole or not at all, even if the power fails."""
    make_folder(path.parent)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    sync(path.parent)


def _chunks(content: Iterable[bytes] | IO[bytes]) -> Iterator[bytes]:
    read: Any = getattr(content, "read", None)
    return iter(lambda: read(_CHUNK), b"") if read else iter(content)


def _abandoned(path: Path) -> bool:
    """Nobody here has its process number, and nobody anywhere (other containers share no numbers) holds its lock."""
    owner = path.name.partition("-")[0]
    if owner.isdecimal() and Path(f"/proc/{owner}").exists():
        return False
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, FileNotFoundError):
        return False
    return True


def _free(folder: Path) -> str:
    near = next(one for one in (folder, *folder.parents) if one.is_dir())
    return f"{shutil.disk_usage(near).free / 1e6:,.0f} MB"
