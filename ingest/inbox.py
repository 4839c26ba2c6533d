"""The inbox: files that somebody dropped, and what lies in quarantine and was mended since."""

import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest import quarantine
from ingest.facts import UnknownFact, read_facts
from ingest.offer import OfferedFile
from ingest.quarantine import Reasons, harmless
from ingest.receipts import Receipts
from ingest.receive import INBOX, Desk, Received
from ingest.settings import Settings, waiting_in
from ingest.store import Store

ARRIVING = "arriving"
# a file that was written to within these seconds may not be whole yet
_SETTLED = 5.0
_FACTS = (".yaml", ".yml")


def take_in(settings: Settings, progress: Callable[[str], None] = lambda message: None) -> list[Received]:
    """Take in every file of the inbox, then look again at what was mended in quarantine.

    A file leaves the inbox once its bytes are in the archive and it is on the shelf, in quarantine, or known. The facts
    about `pci_2018.xlsx` may lie beside it in `pci_2018.xlsx.yaml`. Files still being written are left for the next
    time, and so is a YAML whose file has not come.
    """
    quarantine.recover(settings.quarantine)
    desk = Desk(settings)
    received = []
    for path in _files(settings.inbox):
        progress(f"inbox: {path.name}")
        received.append(_take(desk, path))
    for one in quarantine.held(settings.quarantine):
        if one.folder.exists() and one.mended:
            progress(f"quarantine: {one.id}")
            received.append(desk.look_again(one))
    return received


def anything_to_take_in(settings: Settings) -> bool:
    """Whether a file waits in the inbox, or something in quarantine was mended."""
    return bool(_files(settings.inbox)) or any(one.mended for one in quarantine.held(settings.quarantine))


def _files(inbox: Path) -> list[Path]:
    """What waits there but for the YAMLs that speak of something."""
    return [inbox / name for name in waiting_in(inbox) if Path(name).suffix not in _FACTS]


def _take(desk: Desk, path: Path) -> Received:
    sidecars = [path.with_name(path.name + suffix) for suffix in _FACTS]
    beside = [sidecar for sidecar in sidecars if sidecar.exists()][:1]
    before = _settled([path, *beside])
    if before is None:
        return Received(path.name, ARRIVING)
    stored = Store(desk.shelf.archive).put(path, path.suffix)
    if _state([path, *beside]) != before:
        return Received(path.name, ARRIVING)
    Receipts(desk.shelf.archive).brought(stored, path.name, datetime.now(UTC))
    files = [OfferedFile(path.name, stored.name, stored.sha256)]
    facts: dict[str, Any] = {"accessed_on": desk.settings.as_of.isoformat()}
    try:
        said = read_facts(beside[0]) if beside else {}
    except UnknownFact as error:
        result = desk.hold(files, facts, Reasons([error.remark()]), INBOX)
        if result.where is not None:
            shutil.copyfile(beside[0], result.where / harmless(beside[0].name))
    else:
        result = desk.receive(files, facts | said, INBOX)
    if _state([path, *beside]) == before:  # what came under this name meanwhile is another file
        for taken in (path, *beside):
            taken.unlink()
    return result


def _settled(paths: list[Path]) -> list[tuple[int, int, int]] | None:
    """The state of files that nobody is writing to any more; None while somebody is, or when one has gone."""
    first = _state(paths)
    if first is None:
        return None
    age = time.time() - max(modified for _, _, modified in first) / 1e9
    if age < _SETTLED:
        time.sleep(_SETTLED)
    return first if _state(paths) == first else None


def _state(paths: list[Path]) -> list[tuple[int, int, int]] | None:
    """Which file, how large, written when (nanoseconds); None when one is not there."""
    try:
        facts = [path.stat() for path in paths]
    except FileNotFoundError:
        return None
    return [(one.st_ino, one.st_size, one.st_mtime_ns) for one in facts]
