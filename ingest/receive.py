"""From a file that came, by hand, inbox or pull, to the shelf or to quarantine: one way for all of them.

Bytes are in the archive before anything here reads them. A file ends in one of these: accepted, accepted with warnings
(both are then on the shelf), held (in quarantine), known (the same bytes or figures are there already).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ingest import quarantine
from ingest.candidate import Candidate, examine, inspect, not_understood, source_unsaid
from ingest.catalog import Catalog
from ingest.catalog_reader import load_catalog
from ingest.facts import UnknownFact, offer_of
from ingest.faults import EditionFault, Fault, Words
from ingest.formats.opening import sniff
from ingest.metric_catalog import MetricSource
from ingest.metric_match import first_tables, match
from ingest.metric_sheet import DeliveryCandidate, examine_delivery, inspect_delivery, shelve_delivery
from ingest.offer import CandidateError, Missing, MissingFacts, Offer, OfferedFile
from ingest.quarantine import Held
from ingest.remarks import Remark
from ingest.settings import Settings, Shelf
from ingest.shelving import shelve
from ingest.territory import gazetteer

KNOWN = "known"
AnyCandidate = Candidate | DeliveryCandidate


@dataclass(frozen=True)
class Received:
    """What became of one file: an outcome, the YAML that it is described in or the folder that it is held in."""

    name: str
    outcome: str
    where: Path | None = None
    what: str = ""
    why: Sequence[Words] = field(default_factory=tuple)


class Desk:
    """Takes files in for one installation."""

    def __init__(self, settings: Settings, shelf: Shelf | None = None) -> None:
        """`shelf` is where offered bytes lie, the installation's own when left out."""
        self.settings = settings
        self.shelf = shelf or settings.shelves[-1]
        self.places = gazetteer()

    @property
    def catalog(self) -> Catalog:
        """As it stands now: what was taken in a moment ago is part of it."""
        return load_catalog(self.settings.shelves)

    def receive(self, files: list[OfferedFile], facts: dict[str, Any], came_from: str) -> Received:
        """Take files that make one edition or delivery: on the shelf when they may enter, in quarantine when not."""
        if twin := self.same_bytes(files):
            self._clear(files, {})
            return Received(files[0].name, KNOWN, what=f"the same bytes are {twin} already")
        try:
            candidate = self.examine_with_source(files, facts)
        except MissingFacts as error:
            return self.hold(files, facts, None, [], came_from, missing=error.missing)
        except EditionFault as error:
            return self.refuse(files, facts, error.faults, came_from)
        except UnknownFact as error:
            return self.hold(files, facts, None, [error.remark()], came_from)
        except CandidateError as error:
            return self.hold(files, facts, None, [_said(str(error))], came_from)
        return self.settle(candidate, facts, came_from)

    def receive_described(self, files: list[OfferedFile], facts: dict[str, Any], came_from: str) -> Received:
        """Take files whose layout is wholly known: nothing is guessed."""
        try:
            candidate = examine(offer_of(files, self.shelf, facts), self.catalog, self.places, all_said=True)
        except EditionFault as error:
            return self.refuse(files, facts, error.faults, came_from)
        return self.settle(candidate, facts, came_from)

    def refuse(
        self, files: list[OfferedFile], facts: dict[str, Any], faults: Sequence[Fault], came_from: str
    ) -> Received:
        """Put files that cannot be opened as what they should be into quarantine."""
        return self.hold(files, facts, None, [Remark.of(fault) for fault in faults], came_from)

    def examine(self, files: list[OfferedFile], facts: dict[str, Any]) -> AnyCandidate:
        """Read files as an edition, or as a delivery where a metric source has such sheets.

        Raises MissingFacts, CandidateError, EditionFault; see `ingest.candidate.examine`.
        """
        offer, catalog = offer_of(files, self.shelf, facts), self.catalog
        source = self._metric_source(offer, facts, catalog)
        if source is None:
            return examine(offer, catalog, self.places)
        return examine_delivery(offer, source, catalog, self.places, _day(facts, self.settings.as_of))

    def _metric_source(self, offer: Offer, facts: dict[str, Any], catalog: Catalog) -> MetricSource | None:
        said = facts.get("metrics")
        if said:
            if said not in catalog.metric_sources:
                raise CandidateError(f"no metric source {said}; known are {', '.join(sorted(catalog.metric_sources))}")
            return catalog.metric_sources[said]
        if offer.index or len(offer.files) > 1:
            return None
        file = offer.files[0]
        path, encoding = offer.path(file), file.layout.get("encoding")
        tables = first_tables(path, file.name, sniff(path, file.name), encoding)
        return match(tables, catalog.metric_sources.values())

    def examine_with_source(self, files: list[OfferedFile], facts: dict[str, Any]) -> AnyCandidate:
        """The same for files that are to enter: raises MissingFacts when nobody says where they are from.

        A sheet of metrics says that row by row.
        """
        unsaid = source_unsaid(offer_of(files, self.shelf, facts))
        try:
            candidate = self.examine(files, facts)
        except MissingFacts as error:
            raise MissingFacts(files[0].name, [*unsaid, *error.missing]) from None
        if unsaid and isinstance(candidate, Candidate):
            raise MissingFacts(files[0].name, unsaid)
        return candidate

    def not_understood(self, candidate: AnyCandidate) -> list[tuple[str, str | None]]:
        """Headers of an edition that nobody declared, each with the figure that it most looks like."""
        if isinstance(candidate, DeliveryCandidate):
            return []
        return not_understood(candidate, self.catalog.indices[candidate.edition.index])

    def same_bytes(self, files: list[OfferedFile]) -> str | None:
        """The edition or delivery that is made of these very bytes, if there is one."""
        offered, catalog = {file.sha256 for file in files}, self.catalog
        for edition in catalog.editions:
            if offered == {table.sha256 for table in edition.tables}:
                return f"{edition.index} {edition.key}"
        for delivery in catalog.deliveries:
            if offered == {delivery.sha256}:
                return f"{delivery.source} {delivery.key}"
        return None

    def settle(self, candidate: AnyCandidate, facts: dict[str, Any], came_from: str) -> Received:
        """What follows from an examination: the shelf or the quarantine."""
        files = list(candidate.offer.files)
        if candidate.repeats is not None:
            self._clear(files, candidate.subject)
            return Received(files[0].name, KNOWN, what=f"its figures are there already, as {candidate.repeats.key}")
        if candidate.outcome == "held":
            return self.hold(files, facts, candidate, candidate.remarks, came_from)
        path = _shelve(candidate, self.shelf)
        self._clear(files, candidate.subject)
        warnings = [remark.what for remark in candidate.remarks]
        return Received(files[0].name, candidate.outcome, path, candidate.title, warnings)

    def look_again(self, one: Held) -> Received:
        """Examine a file of the quarantine anew, as its YAMLs now say."""
        files = [OfferedFile(**file) for file in one.files]
        facts = one.facts()
        if not one.description_changed:
            return self.receive(files, facts, one.came_from)
        try:
            candidate = self.described(one)
        except (EditionFault, CandidateError) as error:
            return self.hold(files, facts, None, [_said(str(error))], one.came_from, one.description())
        return self.settle(candidate, facts, one.came_from)

    def described(self, one: Held) -> AnyCandidate:
        """A file of the quarantine, read as its description says. Raises CandidateError when it has none."""
        description = one.description()
        if description is None:
            raise CandidateError(f"{one.id} could not be described: say what is missing in {one.folder / 'facts.yaml'}")
        files = [OfferedFile(**file) for file in one.files]
        offer = offer_of(files, self.shelf, one.facts())
        read = inspect_delivery if "source" in description else inspect
        return read(offer, description, self.catalog, self.places)

    def accept(self, one: Held, why: str) -> Path:
        """Let a file of the quarantine in against the preflight. Raises CandidateError when it cannot be read."""
        candidate = self.described(one)
        if candidate.unreadable:
            faults = "\n".join(f"  {remark.where}: {remark.what.en}" for remark in candidate.remarks)
            raise CandidateError(
                f"{one.id} cannot be read as described; mend the file or {one.folder / 'description.yaml'}:\n{faults}"
            )
        remarks = [f"{remark.check}: {remark.what.en}" for remark in candidate.remarks]
        path = _shelve(candidate, self.shelf, {"why": why, "on": self.settings.as_of.isoformat(), "remarks": remarks})
        self._clear(list(candidate.offer.files), candidate.subject)
        return path

    def hold(
        self,
        files: list[OfferedFile],
        facts: dict[str, Any],
        candidate: AnyCandidate | None,
        remarks: list[Remark],
        came_from: str,
        description: dict[str, Any] | None = None,
        missing: Sequence[Missing] = (),
    ) -> Received:
        """Put files into quarantine."""
        said = {name: facts[name] for name in ("index", "metrics", "edition") if facts.get(name)}
        one = quarantine.hold(
            self.settings.quarantine,
            name=files[0].name,
            subject=candidate.subject if candidate else said,
            files=[vars(file) for file in files],
            archive=self.shelf.archive,
            facts=facts,
            description=candidate.description if candidate else description,
            remarks=remarks,
            notes=candidate.facts if candidate else [],
            missing=missing,
            mapping=candidate.mapping if candidate else [],
            came_from=came_from,
            today=self.settings.as_of,
        )
        return Received(files[0].name, "held", one.folder, one.id, one.why)

    def _clear(self, files: list[OfferedFile], subject: dict[str, Any]) -> None:
        """Nothing is left to decide about files that are in, nor about earlier tries at the same edition."""
        hashes = {file.sha256 for file in files}
        for one in quarantine.held(self.settings.quarantine):
            if (subject and one.subject == subject) or hashes & {file["sha256"] for file in one.files}:
                quarantine.release(one)


def _said(text: str) -> Remark:
    return Remark(
        "offer",
        True,
        Words(text, text),
        Words("Sửa facts.yaml hoặc description.yaml", "Mend facts.yaml or description.yaml"),
    )


def _shelve(candidate: AnyCandidate, shelf: Shelf, accepted: dict[str, Any] | None = None) -> Path:
    if isinstance(candidate, DeliveryCandidate):
        return shelve_delivery(candidate, shelf, accepted)
    return shelve(candidate, shelf, accepted)


def _day(facts: dict[str, Any], today: date) -> date:
    """The day that a delivery came: as said, else today."""
    try:
        return date.fromisoformat(str(facts["received_on"])) if facts.get("received_on") else today
    except ValueError:
        raise CandidateError(f"received_on is {facts['received_on']!r}; write YYYY-MM-DD") from None
