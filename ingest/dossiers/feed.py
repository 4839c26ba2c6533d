"""What lies in the feed: files by sender and day, under the hash of their bytes. Chiso only reads there."""

import hashlib
import json
import os
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from ingest.dossiers.refusal import Place, Refusal
from ingest.settings import Settings, is_a_programs_own
from ingest.store import replace_text

_SENDER = re.compile(r"[a-z0-9_]+")
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?!\d)", re.ASCII)
# room for "history-0001", none for somebody's number
_REMARK = r"_(?!.*\d{6})(?=[^.]{1,20}\.)[A-Za-z0-9-]+(?:_[A-Za-z0-9-]+)*"
_NAME = re.compile(rf"{_DAY.pattern}(?:{_REMARK})?\.(csv|jsonl|parquet)", re.ASCII)
# no file system tells times more coarsely: what was written to so shortly before may be again, and its times not tell
_COARSE_NS = 2_000_000_000

# size in bytes; when last written to, and when last changed in whatever way, in nanoseconds
State = tuple[int, int, int]


class Found(NamedTuple):
    """A file of the feed by its name; in order of delivery. There may be very many."""

    delivered_date: date
    sender: str
    file: str
    format: str
    place: str
    state: State

    @property
    def path(self) -> Path:
        return Path(self.place)

    def refused(self, code: str) -> Refusal:
        """The refusal of a file that was not looked into."""
        return Refusal(Place(self.sender, self.file, self.delivered_date), code)


@dataclass(frozen=True)
class Delivered:
    """A file of the feed as it was when it was hashed; `settled` says that its times tell whether it is written to."""

    found: Found
    sha256: str
    settled: bool

    @property
    def place(self) -> Place:
        return Place(self.found.sender, self.found.file, self.found.delivered_date, self.sha256)

    def is_as_it_was(self) -> bool:
        """Whether the file still holds the bytes that were hashed."""
        try:
            if _state(self.found.path.stat()) != self.found.state:
                return False
            return self.settled or _sha256(self.found.path) == self.sha256
        except FileNotFoundError:
            return False


def list_feed(folder: Path) -> tuple[list[Found], list[Refusal]]:
    """Every file of the feed in order of delivery, and what is not named as agreed; nothing if there is no folder."""
    found: list[Found] = []
    refused: list[Refusal] = []
    for sender in _entries(folder):
        if not sender.is_dir():
            refused.append(_misnamed("", sender.name))
            continue
        is_named = _SENDER.fullmatch(sender.name) is not None
        told = sender.name if is_named else _untold(sender.name)
        try:
            entries = list(_entries(Path(sender.path)))
        except PermissionError:
            refused.append(Refusal(Place(told, f"{told}/"), "file_closed"))
            continue
        for entry in entries:
            one = _found(sender.name, entry) if is_named else None
            if one is not None:
                found.append(one)
            else:
                refused.append(_misnamed(told, entry.name))
    return sorted(found), refused


def hash_feed(settings: Settings, found: list[Found]) -> tuple[list[Delivered], list[Refusal]]:
    """Every file found with its hash, and what may not be read. Hashes are remembered by size and times of a file."""
    memory = settings.state / "dossier_files.json"
    known = _known(memory)

    def remembered(one: Found) -> str | None:
        match known.get(one.file):
            case [*state, str(sha256)] if tuple(state) == one.state and len(sha256) == 64:
                return sha256
        return None

    delivered: list[Delivered] = []
    refused: list[Refusal] = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        new = [one for one in found if remembered(one) is None]
        hashed = dict(zip((one.file for one in new), pool.map(_hashed, new), strict=True))
    for one in found:
        fresh = hashed.get(one.file) or Delivered(one, remembered(one) or "", True)
        if isinstance(fresh, Refusal):
            refused.append(fresh)
        elif fresh.sha256:
            delivered.append(fresh)
    if new or len(known) != len(found):
        settled = {one.found.file: [*one.found.state, one.sha256] for one in delivered if one.settled}
        if settled != known:
            replace_text(memory, json.dumps(settled))
    return delivered, refused


def feed_state(folder: Path) -> str:
    """A hash of the names, sizes and times of all that lies in the feed."""
    found, refused = list_feed(folder)
    digest = hashlib.sha256()
    for one in found:
        digest.update(f"{one.file} {one.state}\n".encode())
    for refusal in refused:
        digest.update(f"{refusal.place.file}\n".encode())
    return digest.hexdigest()


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    """What lies in a folder and is not a program's own; nothing where there is none."""
    if folder.is_dir():
        with os.scandir(folder) as entries:
            yield from (entry for entry in entries if not is_a_programs_own(entry.name))


def _found(sender: str, entry: os.DirEntry[str]) -> Found | None:
    """None for a name that is not as agreed."""
    name, day = _NAME.fullmatch(entry.name), _day(entry.name)
    if name is None or day is None or not entry.is_file():
        return None
    return Found(day, sender, f"{sender}/{entry.name}", name[2], entry.path, _state(entry.stat()))


def _day(name: str) -> date | None:
    """The day that a name begins with."""
    begun = _DAY.match(name)
    try:
        return date.fromisoformat(begun[1]) if begun else None
    except ValueError:
        return None


def _misnamed(sender: str, name: str) -> Refusal:
    """The refusal of a name, without the name: it may be somebody's, or hold a number of theirs."""
    day = _day(name)
    told = f"{day or ''} {_untold(name)}".strip()
    return Refusal(Place(sender, f"{sender}/{told}" if sender else told, day), "file_name")


def _untold(name: str) -> str:
    return "#" + hashlib.sha256(os.fsencode(name)).hexdigest()[:8]


def _known(memory: Path) -> dict[str, object]:
    """What is remembered of files; nothing where it cannot be read, for all of it is found again."""
    try:
        known = json.loads(memory.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _hashed(one: Found) -> Delivered | Refusal:
    """The file with its hash, "" where it has gone meanwhile."""
    now = time.time_ns()
    try:
        return Delivered(one, _sha256(one.path), max(one.state[1:]) < now - _COARSE_NS)
    except FileNotFoundError:
        return Delivered(one, "", False)
    except PermissionError:
        return one.refused("file_closed")


def _state(facts: os.stat_result) -> State:
    return (facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
