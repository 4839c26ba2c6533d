"""Putting a candidate's description on the installation's shelf: from then on it is an edition, and the next run loads it."""

import os
from pathlib import Path
from typing import Any

import yaml

from ingest.candidate import Candidate
from ingest.offer import CandidateError
from ingest.settings import Shelf

_SCHEMA_LINE = "# yaml-language-server: $schema={}\n"


def shelve(candidate: Candidate, shelf: Shelf, accepted: dict[str, Any] | None = None) -> Path:
    """Write the edition's YAML; its bytes are in the archive already. Returns the YAML's path.

    `accepted` says who decided against the preflight, and why. Raises CandidateError for a candidate that is held
    without such a decision, that cannot be read, or whose place on the shelf somebody took meanwhile.
    """
    if candidate.unreadable or (candidate.outcome == "held" and accepted is None):
        raise CandidateError("\n".join(remark.what.en for remark in candidate.remarks if remark.holds))
    description = {**candidate.description, **({"accepted": accepted} if accepted else {})}
    path = shelf.catalog / candidate.edition.index.lower() / "editions" / f"{candidate.edition.key}.yaml"
    write_new(path, _SCHEMA_LINE.format("ingest/catalog/_schema/edition.schema.json") + as_yaml(description))
    return path


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
