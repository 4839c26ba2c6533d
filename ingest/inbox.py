"""The inbox: files that somebody dropped, and what lies in quarantine and was mended since."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from ingest.facts import UnknownFact
from ingest.offer import OfferedFile
from ingest.quarantine import held
from ingest.receipts import Receipts
from ingest.receive import Desk, Received
from ingest.settings import Settings, waiting_in
from ingest.store import Store

ARRIVING = "arriving"
# a file that was written to within these seconds may not be whole yet
_SETTLED = 2.0
_FACTS = (".yaml", ".yml")
INBOX = "hộp thư đến (inbox)"


def take_in(settings: Settings, progress: Callable[[str], None] = lambda message: None) -> list[Received]:
    """Take in every file of the inbox, then look again at what was mended in quarantine.

    A file leaves the inbox once its bytes are in the archive and it is on the shelf, in quarantine, or known. The facts
    about `pci_2018.xlsx` may lie beside it in `pci_2018.xlsx.yaml`. Files still being written are left for the next
    time.
    """
    desk = Desk(settings)
    names = waiting_in(settings.inbox)
    received = []
    for name in names:
        if Path(name).suffix in _FACTS and Path(name).stem in names:
            continue  # goes with the file that it speaks of
        path = settings.inbox / name
        if not _whole(path):
            received.append(Received(name, ARRIVING))
            continue
        progress(f"inbox: {name}")
        received.append(_take(desk, path))
    for one in held(settings.quarantine):
        if one.mended:
            progress(f"quarantine: {one.id}")
            received.append(desk.look_again(one))
    return received


def anything_to_take_in(settings: Settings) -> bool:
    """Whether a file waits in the inbox, or something in quarantine was mended."""
    return bool(waiting_in(settings.inbox)) or any(one.mended for one in held(settings.quarantine))


def _take(desk: Desk, path: Path) -> Received:
    sidecars = [path.with_name(path.name + suffix) for suffix in _FACTS]
    beside = next((sidecar for sidecar in sidecars if sidecar.exists()), None)
    stored = Store(desk.shelf.archive).put(path, path.suffix)
    Receipts(desk.shelf.archive).brought(stored, path.name, datetime.now(UTC))
    files = [OfferedFile(path.name, stored.name, stored.sha256)]
    facts: dict[str, Any] = {"accessed_on": desk.settings.as_of.isoformat()}
    try:
        said = {} if beside is None else _read(beside)
    except UnknownFact as error:
        result = desk.hold(files, facts, None, [error.remark()], INBOX)
    else:
        result = desk.receive(files, facts | said, INBOX)
    path.unlink()
    if beside is not None:
        beside.unlink()
    return result


def _read(path: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UnknownFact(path.name, str(error).splitlines()[0]) from error
    if not isinstance(document, dict):
        raise UnknownFact(path.name, "it holds no mapping of names to values")
    return document


def _whole(path: Path) -> bool:
    before = path.stat()
    if time.time() - before.st_mtime < _SETTLED:
        time.sleep(_SETTLED)
    after = path.stat()
    return (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
