"""The facts that may be said about a file: by options, in a YAML beside it, in quarantine, or by the source of a pull.

One set of names for all of them.
"""

from typing import Any

from ingest.faults import Words
from ingest.offer import KINDS, CandidateError, Offer, OfferedFile
from ingest.remarks import Remark
from ingest.settings import Shelf

# fact -> what it is; of the edition
EDITION = {
    "index": "code of the index, such as PCI",
    "edition": "reference year",
    "basis": "territorial list: 63, 34 or VN",
    "title": "title of the publication",
    "published_on": "YYYY-MM-DD, YYYY-MM or YYYY",
    "accessed_on": "day the file was taken, YYYY-MM-DD",
    "source_url": "address that the file came from",
    "source_kind": "how close that is to the publisher: " + ", ".join(KINDS),
    "coverage": "complete or partial",
    "absent": "figures that this edition does not print: component or component.measure",
    "no_data": "tokens that mean no data",
    "corrections": "the publisher's errors, put right cell by cell",
    "notes": "anything a reader should know",
}
# of the table's place and layout
TABLE = {
    "member": "file inside a zip",
    "sheet": "sheet of a workbook",
    "table": "table of a page or document, counted from 1",
    "header": "line of the header, or its first and last line",
    "hidden": "what to do with hidden lines and columns: read or skip",
    "decimal": "decimal mark",
    "unit_sign": "sign that follows each number, such as %",
    "encoding": "encoding of a text file",
    "delimiter": "between the cells of a CSV",
    "columns": "header: component.measure",
    "ignore": "headers of columns that are left out",
}
METRICS = {"metrics": "code of the metric source, such as index_766_monthly", "received_on": "day it came, YYYY-MM-DD"}
_PLACE = ("member", "sheet", "table", "header", "hidden", "delimiter")


class UnknownFact(CandidateError):
    """A YAML of facts says something that no fact is called, or cannot be read."""

    def __init__(self, file: str, said: str) -> None:
        super().__init__(f"{file}: {said}; the facts are {', '.join([*EDITION, *TABLE, *METRICS])}")
        self.file, self.said = file, said

    def remark(self) -> Remark:
        what = Words(f"Không hiểu {self.file}: {self.said}", f"{self.file} is not understood: {self.said}")
        return Remark("facts", True, what, Words("Sửa facts.yaml", "Mend facts.yaml"), self.file)


def offer_of(files: list[OfferedFile], shelf: Shelf, facts: dict[str, Any]) -> Offer:
    """The offer that facts make of files. Raises CandidateError for a fact that is not known or cannot be meant."""
    unknown = sorted(facts.keys() - EDITION.keys() - TABLE.keys() - METRICS.keys())
    if unknown:
        raise UnknownFact(files[0].name, f"{', '.join(unknown)} is no fact")
    layout = _layout(facts, files[0].name)
    return Offer(
        files=tuple(OfferedFile(one.name, one.file, one.sha256, {**layout, **one.layout}) for one in files),
        shelf=shelf,
        index=facts.get("index"),
        edition=facts.get("edition"),
        basis=str(facts["basis"]) if facts.get("basis") else None,
        title=facts.get("title"),
        published_on=str(facts["published_on"]) if facts.get("published_on") else None,
        accessed_on=str(facts["accessed_on"]) if facts.get("accessed_on") else None,
        source_url=facts.get("source_url"),
        source_kind=facts.get("source_kind"),
        coverage=facts.get("coverage"),
        absent=tuple(facts.get("absent", ())),
        no_data=tuple(facts.get("no_data", ())),
        corrections=tuple(facts.get("corrections", ())),
        notes=facts.get("notes"),
    )


def _layout(facts: dict[str, Any], file: str) -> dict[str, Any]:
    layout: dict[str, Any] = {name: facts[name] for name in ("decimal", "unit_sign", "encoding") if facts.get(name)}
    place = {name: facts[name] for name in _PLACE if facts.get(name)}
    if place:
        layout["place"] = place
    columns = {}
    for header, figure in (facts.get("columns") or {}).items():
        component, _, measure = str(figure).partition(".")
        if not measure:
            raise CandidateError(f"{file}: column {header!r} is {figure!r}; write component.measure, as in total.score")
        columns[header] = {"component": component, "measure": measure}
    if columns:
        layout["columns"] = columns
    if facts.get("ignore"):
        layout["roles"] = dict.fromkeys(facts["ignore"], "ignored")
    return layout
