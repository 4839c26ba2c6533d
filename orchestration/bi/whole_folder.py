"""A folder that is made whole beside and takes the place of the one before by renaming; a kill loses neither."""

import shutil
from pathlib import Path


def beside(folder: Path) -> Path:
    """Where the next one is made: a path that does not exist yet. What a killed run left is put back or cleared."""
    fresh, before = (folder.with_name(f".{folder.name}-chiso-{name}") for name in ("fresh", "before"))
    if before.exists() and not folder.exists():
        before.rename(folder)
    for left in (fresh, before):
        if left.exists():
            shutil.rmtree(left)
    return fresh


def take_place(fresh: Path, folder: Path) -> None:
    """Put `fresh`, made where `beside` said, in the place of `folder`; the old one comes back when that fails."""
    before = folder.with_name(f".{folder.name}-chiso-before")
    if folder.exists():
        folder.rename(before)
    try:
        fresh.rename(folder)
    except OSError:
        if before.exists():
            before.rename(folder)
        raise
    if before.exists():
        shutil.rmtree(before)
