"""Putting a candidate's description on the installation's shelf: from then on it is an edition."""

from pathlib import Path
from typing import Any

from ingest.candidate import Candidate
from ingest.offer import CandidateError
from ingest.settings import Shelf
from ingest.yaml_file import as_yaml, write_new

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
