"""What a person, an inbox or a source says about a file that is to become an edition or a delivery of metrics."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.faults import Words
from ingest.settings import Shelf

# how close to the publisher a file is; it travels with every figure
KINDS = ("official", "mirror", "repository", "news", "compiled")


class CandidateError(ValueError):
    """The file cannot be taken as it was offered; the message lists what is wrong."""


@dataclass(frozen=True)
class Missing:
    """One fact that the file does not tell: the option that says it, the question, and the answers there are."""

    option: str
    question: Words
    choices: tuple[str, ...] = ()
    suggestion: str | None = None

    def __str__(self) -> str:
        near = f"; most like {self.suggestion}" if self.suggestion else ""
        return f"{self.option}: {self.question.en}{self._among()}{near}"

    def in_vietnamese(self) -> str:
        return f"{self.option}: {self.question.vi}{self._among()}"

    def _among(self) -> str:
        return f" ({', '.join(self.choices)})" if self.choices else ""


class MissingFacts(CandidateError):
    """Facts that must be said; each names its option. Nothing was written."""

    def __init__(self, file: str, missing: list[Missing]) -> None:
        super().__init__("\n".join([f"{file}: these facts must be said:", *(f"  {one}" for one in missing)]))
        self.missing = missing


@dataclass(frozen=True)
class OfferedFile:
    """One file of an offer: what its sender called it, and where in the archive its bytes are."""

    name: str
    file: str
    sha256: str
    # what is known of its layout (fields of a table in the edition's schema); what is known is not guessed
    layout: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Offer:
    """Files of one shelf's archive and what is said about them. None = to be guessed from names and content."""

    files: tuple[OfferedFile, ...]
    shelf: Shelf
    index: str | None = None
    edition: int | None = None
    basis: str | None = None
    title: str | None = None
    published_on: str | None = None
    accessed_on: str | None = None
    source_url: str | None = None
    source_kind: str | None = None
    coverage: str | None = None
    absent: tuple[str, ...] = ()
    no_data: tuple[str, ...] = ()
    corrections: tuple[dict[str, str], ...] = ()
    notes: str | None = None

    @property
    def name(self) -> str:
        return self.files[0].name

    def path(self, file: OfferedFile) -> Path:
        return self.shelf.archive / file.file
