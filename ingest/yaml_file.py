"""Writing YAML as the catalog's files are written."""

import os
from pathlib import Path
from typing import Any

import yaml

from ingest.offer import CandidateError


def as_yaml(document: dict[str, Any]) -> str:
    """As the catalog's files are written: in order, Vietnamese letters as they are."""
    text: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=118)
    return text


def write_new(path: Path, text: str) -> None:
    """Write a file that must not be there yet; whole or not at all. Raises CandidateError when it is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(beside, path)  # unlike a rename, fails where somebody was faster
    except FileExistsError:
        raise CandidateError(f"{path} was added meanwhile; do this again to add a new vintage") from None
    finally:
        beside.unlink()
