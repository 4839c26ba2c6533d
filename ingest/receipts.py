"""Where bytes of the archive came from: one small JSON a file that was asked for or brought, written after its bytes.

archive/receipts/<source>/<partition>/<utc time>_<sha12>.json     what one request brought
archive/receipts/<source>/<partition>/<utc time>_complete.json    a pull of this partition that has all it needs
"""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from ingest.store import Store, Stored, make_folder, storing, sync, write_all

INBOX = "inbox"
NO_EDITION = "all"
# the role of an answer that is kept and never used: it says 200 and is not what was asked for
REFUSED = "refused"
_COMPLETE = "_complete.json"
_AT = "%Y-%m-%dT%H:%M:%SZ"
_STAMP = len("20261125T140307Z")


@dataclass(frozen=True)
class Receipt:
    """One answer, or one file that a person brought.

    role            "table" (figures), "index" (only says where to go next), "refused" (says 200 and is not
                    what was asked for; never used again) or "brought"
    part            which of several: the slug of a page, the number of a query; None when there is only one
    url, final_url  the address asked and the one that answered, None for what was brought
    status          200, or 304: the publisher says that the bytes here are still the newest
    headers         of the response, names in lower case; after a 304 those of the full answer, brought up to date
    at              UTC, "2026-11-25T14:03:07Z"
    sha256, size, file   the bytes; `file` is relative to the archive
    original_name   the file's name where it came from, when it had one
    """

    source: str
    partition: str
    role: str
    at: str
    sha256: str
    size: int
    file: str
    part: str | None = None
    method: str | None = None
    url: str | None = None
    final_url: str | None = None
    request_body: str | None = None
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    original_name: str | None = None

    @property
    def request(self) -> tuple[str | None, str | None, str | None]:
        """What was asked: two receipts of the same request have this in common."""
        return self.method, self.url, self.request_body

    @property
    def moment(self) -> datetime:
        return datetime.strptime(self.at, _AT).replace(tzinfo=UTC)


@dataclass(frozen=True)
class Completion:
    """A pull that got everything: names of its receipts in the order of the requests, hashes of its tables."""

    source: str
    partition: str
    at: str
    receipts: tuple[str, ...]
    tables: tuple[str, ...]
    requests: int
    bytes: int
    seconds: float


class ReceiptError(Exception):
    """A receipt cannot be read."""


_T = TypeVar("_T", Receipt, Completion)


class Receipts:
    """All receipts of one archive."""

    def __init__(self, archive: Path) -> None:
        self.folder = archive / "receipts"
        self._store = Store(archive)

    def add(self, receipt: Receipt) -> str:
        """Write a receipt; returns its file name. Raises StoreFull and StoreError."""
        return self._write(receipt.source, receipt.partition, receipt.at, f"_{receipt.sha256[:12]}", asdict(receipt))

    def complete(self, completion: Completion) -> str:
        """Say that a pull got everything. Raises StoreFull and StoreError."""
        return self._write(completion.source, completion.partition, completion.at, "_complete", asdict(completion))

    def brought(self, stored: Stored, original_name: str, at: datetime) -> str:
        """The receipt of a file that a person or the inbox brought."""
        return self.add(
            Receipt(
                INBOX,
                NO_EDITION,
                "brought",
                stamp(at),
                stored.sha256,
                stored.size,
                stored.name,
                original_name=original_name,
            )
        )

    def current(self, source: str, partition: str) -> tuple[list[Completion], list[tuple[str, Receipt]]]:
        """The last complete pull of a partition and what came with it or later, (file name, receipt), oldest first.

        Pulls completed within the same second all count as last, the newest of them at the end.
        """
        paths = sorted((self.folder / source / partition).glob("*.json"), key=lambda path: _order(path.name))
        complete = [path for path in paths if path.name.endswith(_COMPLETE)]
        since = complete[-1].name[:_STAMP] if complete else ""
        last = [_read(Completion, path) for path in complete if path.name[:_STAMP] == since]
        wanted = {name for one in last for name in one.receipts}
        others = [path for path in paths if path.name in wanted or path.name[:_STAMP] >= since]
        return last, [(path.name, read_receipt(path)) for path in others if not path.name.endswith(_COMPLETE)]

    def partitions(self, source: str) -> list[str]:
        """What was ever asked of a source."""
        return sorted(path.name for path in (self.folder / source).glob("*") if path.is_dir())

    def last_asked(self, source: str) -> str | None:
        """When a source was last asked for anything, as `Receipt.at`."""
        newest = max((path.name for path in (self.folder / source).glob("*/*.json")), default=None)
        return newest and stamp(datetime.strptime(newest[:_STAMP], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC))

    def completions(self, source: str, partition: str | None = None) -> list[Completion]:
        """The pulls that got everything, oldest first."""
        paths = (self.folder / source).glob(f"{partition or '*'}/*{_COMPLETE}")
        return [_read(Completion, path) for path in sorted(paths, key=lambda path: _order(path.name))]

    def paths(self) -> Iterator[Path]:
        """Every file of receipts, completions aside."""
        return (path for path in sorted(self.folder.glob("*/*/*.json")) if not path.name.endswith(_COMPLETE))

    def _write(self, source: str, partition: str, at: str, ending: str, document: dict[str, Any]) -> str:
        folder = self.folder / source / partition
        with storing(folder), self._store.unfinished() as (temporary, file):
            write_all(file, (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode())
            os.fsync(file.fileno())
            make_folder(folder)
            time = at.replace("-", "").replace(":", "")
            # several pages may hold the same bytes in the same second
            for number in range(1, 10_000):
                name = f"{time}{'' if number == 1 else f'-{number}'}{ending}.json"
                try:
                    os.link(temporary, folder / name)
                except FileExistsError:
                    continue
                sync(folder)
                return name
        raise ReceiptError(f"{folder} holds ten thousand receipts of {at}")


def stamp(moment: datetime) -> str:
    """A moment as receipts write it: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime(_AT)


def read_receipt(path: Path) -> Receipt:
    """One receipt. Raises ReceiptError when the file is damaged."""
    return _read(Receipt, path)


def _read(kind: type[_T], path: Path) -> _T:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        known = {one.name for one in fields(kind)}
        return kind(**{name: _frozen(value) for name, value in document.items() if name in known})
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ReceiptError(f"{path} is not a readable receipt: {error}") from error


def _order(name: str) -> tuple[str, int]:
    """By second, and within it by the number that tells files of one second apart."""
    number = name[_STAMP:].partition("_")[0]
    return name[:_STAMP], int(number[1:]) if number else 1


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
