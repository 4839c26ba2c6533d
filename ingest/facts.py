"""The facts that may be said about a file: by options, in a YAML beside it, in quarantine, or by the source of a pull.

One set of names for all of them: catalog/_schema/facts.schema.json says what each is.
"""

import codecs
from pathlib import Path
from typing import Any

import yaml

from ingest.catalog_reader import complaints
from ingest.faults import Words
from ingest.offer import CandidateError, Offer, OfferedFile
from ingest.period import parse_published_on
from ingest.remarks import Remark
from ingest.settings import Shelf

_PLACE = ("member", "sheet", "table", "header", "hidden", "delimiter")


class UnknownFact(CandidateError):
    """Facts that cannot be meant: a name that no fact has, a value that it cannot have, a YAML that is none."""

    def __init__(self, file: str, said: str) -> None:
        super().__init__(f"{file}: {said}")
        self.file, self.said = file, said

    def remark(self) -> Remark:
        what = Words(f"Không hiểu {self.file}: {self.said}", f"{self.file} is not understood: {self.said}")
        return Remark("facts", True, what, Words("Sửa facts.yaml", "Mend facts.yaml"), self.file)


def read_facts(path: Path) -> dict[str, Any]:
    """The facts of a YAML; those left blank are left out. Raises UnknownFact."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UnknownFact(path.name, said) from error
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise UnknownFact(path.name, "it holds no mapping of names to values")
    facts = {str(name): _plain(value) for name, value in document.items() if value is not None}
    check_facts(facts, path.name)
    return facts


def check_facts(facts: dict[str, Any], file: str) -> None:
    """Raises UnknownFact naming `file` when facts do not fit their schema, or name a day or encoding there is not."""
    said = complaints(facts, "facts")
    if said:
        raise UnknownFact(file, said)
    try:
        parse_published_on(facts.get("published_on"))
        for name in ("accessed_on", "received_on"):
            parse_published_on(facts.get(name))
        if codecs.lookup(facts.get("encoding", "utf-8")).name in ("idna", "punycode", "undefined"):
            raise LookupError(f"{facts['encoding']} is no encoding of files")
    except (ValueError, LookupError) as error:
        raise UnknownFact(file, str(error)) from error


def _plain(value: Any) -> Any:
    """As JSON has it: YAML reads days as dates."""
    return value if isinstance(value, str | int | list | dict) else str(value)


def offer_of(files: list[OfferedFile], shelf: Shelf, facts: dict[str, Any]) -> Offer:
    """The offer that facts make of files. Raises UnknownFact."""
    check_facts(facts, files[0].name)
    layout = _layout(facts)
    return Offer(
        files=tuple(OfferedFile(one.name, one.file, one.sha256, {**layout, **one.layout}) for one in files),
        shelf=shelf,
        index=facts.get("index"),
        edition=facts.get("edition"),
        basis=str(facts["basis"]) if "basis" in facts else None,
        title=facts.get("title"),
        published_on=facts.get("published_on"),
        accessed_on=facts.get("accessed_on"),
        source_url=facts.get("source_url"),
        source_kind=facts.get("source_kind"),
        coverage=facts.get("coverage"),
        absent=tuple(facts.get("absent", ())),
        no_data=tuple(facts.get("no_data", ())),
        corrections=tuple(facts.get("corrections", ())),
        notes=facts.get("notes"),
    )


def _layout(facts: dict[str, Any]) -> dict[str, Any]:
    layout: dict[str, Any] = {name: facts[name] for name in ("decimal", "unit_sign", "encoding") if name in facts}
    place = {name: facts[name] for name in _PLACE if name in facts}
    if place:
        layout["place"] = place
    if facts.get("columns"):
        pairs = {header: str(figure).partition(".") for header, figure in facts["columns"].items()}
        layout["columns"] = {
            header: {"component": component, "measure": measure} for header, (component, _, measure) in pairs.items()
        }
    if facts.get("ignore"):
        layout["roles"] = dict.fromkeys(facts["ignore"], "ignored")
    return layout
