"""The figures of each edition that were accepted last, kept aside for when those of a newer file may not be shown.

Raw holds what the archived files say. Whether that may be shown is judged later and elsewhere; what was accepted comes
back here, one copy of the raw file of each edition. Whole files are swapped in: a kill leaves the old or the new one.
"""

import os
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from ingest.faults import Words
from ingest.settings import Settings


@dataclass(frozen=True)
class Withheld:
    """An edition whose figures may not be shown: why, and whether those accepted last may stand in."""

    why: Words
    last_good_stands_in: bool


def put_back(settings: Settings, path: Path) -> bool:
    """Replace an edition's raw file by the figures accepted last; False when none ever were."""
    copy = _copy_of(settings, path)
    if copy.exists():
        _swap_in(copy, path)
    return copy.exists()


def accept(settings: Settings, withheld: Collection[Path]) -> None:
    """Keep a copy of what raw holds now. Copies of editions that left raw go, unless their raw file is `withheld`."""
    for path in sorted((settings.raw / "index_result").rglob("*.parquet")):
        _swap_in(path, _copy_of(settings, path))
    for copy in sorted(settings.accepted.rglob("*.parquet")):
        path = settings.raw / copy.relative_to(settings.accepted)
        if not path.exists() and path not in withheld:
            copy.unlink()


def _copy_of(settings: Settings, path: Path) -> Path:
    return settings.accepted / path.relative_to(settings.raw)


def _swap_in(source: Path, target: Path) -> None:
    if target.exists() and target.read_bytes() == source.read_bytes():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copyfile(source, beside)
    os.replace(beside, target)
