"""From a file that came, by hand, inbox or pull, to the shelf or to quarantine: one way for all of them.

Bytes are in the archive before anything here reads them. A file ends in one of these: accepted, accepted with warnings
(both are then on the shelf), held (in quarantine), known (the same figures are there already), rejected before.
"""

from collections.abc import Callable, Sequence
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
from ingest.offer import CandidateError, MissingFacts, Offer, OfferedFile
from ingest.quarantine import Held, Reasons
from ingest.remarks import HELD, Remark
from ingest.settings import Settings, Shelf
from ingest.shelving import shelve
from ingest.territory import gazetteer

KNOWN, REJECTED = "known", "rejected"
# who brought a file: a person at the command line, or the inbox; everything else is a source that was pulled
HAND, INBOX = "chiso add", "thư mục tiếp nhận (inbox)"
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
    """Takes files in for one installation. Whoever writes through it holds the home (`ingest.home_lock`)."""

    def __init__(self, settings: Settings, shelf: Shelf | None = None) -> None:
        """`shelf` is where offered bytes lie, the installation's own when left out."""
        self.settings = settings
        self.shelf = shelf or settings.shelves[-1]
        self.places = gazetteer()

    @property
    def catalog(self) -> Catalog:
        """As it stands now: what was taken in a moment ago is part of it."""
        return load_catalog(self.settings.shelves)

    def receive(
        self, files: list[OfferedFile], facts: dict[str, Any], came_from: str, *, all_said: bool = False
    ) -> Received:
        """Take files that make one edition or delivery: on the shelf when they may enter, in quarantine when not.

        `all_said`: their layout is wholly known, nothing is guessed.
        """
        return self._received(files, facts, came_from, lambda: self.examine_with_source(files, facts, all_said))

    def look_again(self, one: Held) -> Received:
        """Examine a file of the quarantine anew, as its YAMLs now say."""
        files = [OfferedFile(**file) for file in one.files]
        try:
            facts = one.facts()
            changed = one.description_changed and one.description() is not None
        except UnknownFact as error:
            # what somebody is writing there is left as it is
            return Received(one.name, HELD, one.folder, one.id, [error.remark().what])
        how = (lambda: self.described(one)) if changed else (lambda: self.examine_with_source(files, facts))
        return self._received(files, facts, one.came_from, how, one)

    def _received(
        self,
        files: list[OfferedFile],
        facts: dict[str, Any],
        came_from: str,
        examined: Callable[[], AnyCandidate],
        again: Held | None = None,
    ) -> Received:
        try:
            candidate = examined()
        except MissingFacts as error:
            if twin := self._whole_twin(files, facts):
                return self._known(files, twin)
            reasons = Reasons(missing=error.missing)
        except EditionFault as error:
            reasons = Reasons([Remark.of(fault) for fault in error.faults])
        except UnknownFact as error:
            reasons = Reasons([error.remark()])
        except CandidateError as error:
            reasons = Reasons([_said(str(error))])
        else:
            return self.settle(candidate, files, facts, came_from, again)
        return self.hold(files, facts, reasons, came_from, again=again)

    def refuse(
        self, files: list[OfferedFile], facts: dict[str, Any], faults: Sequence[Fault], came_from: str
    ) -> Received:
        """Put files that cannot be opened as what they should be into quarantine."""
        return self.hold(files, facts, Reasons([Remark.of(fault) for fault in faults]), came_from)

    def examine(self, files: list[OfferedFile], facts: dict[str, Any], all_said: bool = False) -> AnyCandidate:
        """Read files as an edition, or as a delivery where a metric source has such sheets.

        Raises MissingFacts, CandidateError, EditionFault; see `ingest.candidate.examine`.
        """
        offer, catalog = offer_of(files, self.shelf, facts), self.catalog
        source = None if all_said else self._metric_source(offer, facts, catalog)
        if source is None:
            return examine(offer, catalog, self.places, all_said=all_said)
        return examine_delivery(offer, source, catalog, self.places, self._day(facts))

    def examine_with_source(
        self, files: list[OfferedFile], facts: dict[str, Any], all_said: bool = False
    ) -> AnyCandidate:
        """The same for files that are to enter: raises MissingFacts when nobody says where they are from.

        A sheet of metrics says that row by row.
        """
        unsaid = source_unsaid(offer_of(files, self.shelf, facts))
        try:
            candidate = self.examine(files, facts, all_said)
        except MissingFacts as error:
            raise MissingFacts(files[0].name, [*unsaid, *error.missing]) from None
        if unsaid and isinstance(candidate, Candidate):
            raise MissingFacts(files[0].name, unsaid)
        return candidate

    def _metric_source(self, offer: Offer, facts: dict[str, Any], catalog: Catalog) -> MetricSource | None:
        said = facts.get("metrics")
        if said and said not in catalog.metric_sources:
            raise CandidateError(f"no metric source {said}; known are {', '.join(sorted(catalog.metric_sources))}")
        if said:
            source = catalog.metric_sources[said]
        elif offer.index or len(offer.files) > 1:
            return None
        else:
            file = offer.files[0]
            path, encoding = offer.path(file), file.layout.get("encoding")
            found = match(
                first_tables(path, file.name, sniff(path, file.name), encoding), catalog.metric_sources.values()
            )
            if found is None:
                return None
            source = found
        home = source.constants.get("territory")
        if home not in (None, self.settings.territory):
            raise CandidateError(
                f"{source.code} is laid out for {home}, this installation is {self.settings.territory}:"
                f" copy {source.path} to {self.settings.shelves[-1].catalog / 'metrics'}, with its own code"
            )
        return source

    def not_understood(self, candidate: AnyCandidate) -> list[tuple[str, str | None]]:
        """Headers of an edition that nobody declared, each with the figure that it most looks like."""
        if isinstance(candidate, DeliveryCandidate):
            return []
        return not_understood(candidate, self.catalog.indices[candidate.edition.index])

    def settle(
        self,
        candidate: AnyCandidate,
        files: list[OfferedFile],
        facts: dict[str, Any],
        came_from: str,
        again: Held | None = None,
    ) -> Received:
        """What follows from an examination of `files` with what was said of them: the shelf or the quarantine."""
        if candidate.repeats is not None:
            return self._known(files, candidate.repeats.key)
        if candidate.outcome == HELD:
            reasons = Reasons(candidate.remarks, candidate.facts, (), candidate.mapping)
            return self.hold(files, facts, reasons, came_from, candidate, again)
        path = _shelve(candidate, self.shelf)
        self._clear(files, candidate.subject, came_from)
        warnings = [remark.what for remark in candidate.remarks]
        return Received(files[0].name, candidate.outcome, path, candidate.title, warnings)

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
        self._clear([OfferedFile(**file) for file in one.files], candidate.subject, one.came_from)
        return path

    def hold(
        self,
        files: list[OfferedFile],
        facts: dict[str, Any],
        reasons: Reasons,
        came_from: str,
        candidate: AnyCandidate | None = None,
        again: Held | None = None,
    ) -> Received:
        """Put files into quarantine. What somebody mended there and nobody looked at yet is not written over."""
        offered = [vars(file) for file in files]
        pulled = came_from not in (HAND, INBOX)
        if pulled and again is None and quarantine.was_rejected(self.settings.quarantine, offered):
            return Received(files[0].name, REJECTED, what="somebody decided against it")
        if again is None:
            identity = quarantine.identity_of(offered)
            lying = next((one for one in quarantine.held(self.settings.quarantine) if one.identity == identity), None)
            if lying is not None and lying.mended:
                return self.look_again(lying)
        said = {name: facts[name] for name in ("index", "metrics", "edition") if name in facts}
        one = quarantine.hold(
            self.settings.quarantine,
            self.shelf.archive,
            offered,
            subject=candidate.subject if candidate else said,
            facts=facts,
            description=candidate.description if candidate else _lying(again),
            reasons=reasons,
            came_from=came_from,
            today=self.settings.as_of,
        )
        for other in quarantine.held(self.settings.quarantine) if pulled else ():
            older = (other.came_from, other.subject) == (came_from, one.subject) and other.id != one.id
            if older and not other.mended:
                quarantine.release(other)  # the publisher has something newer, which waits itself
        return Received(files[0].name, HELD, one.folder, one.id, one.why)

    def _known(self, files: list[OfferedFile], twin: str) -> Received:
        """Nothing to add; and nothing to decide about this offer."""
        identity = quarantine.identity_of([vars(file) for file in files])
        for one in quarantine.held(self.settings.quarantine):
            if one.identity == identity:
                quarantine.release(one)
        return Received(files[0].name, KNOWN, what=f"its figures are there already, as {twin}")

    def _whole_twin(self, files: list[OfferedFile], facts: dict[str, Any]) -> str | None:
        """The edition or delivery that these very bytes are, for files about which nothing more is said."""
        if facts.keys() & {"sheet", "table", "member", "edition", "index", "metrics"}:
            return None
        offered, catalog = {file.sha256 for file in files}, self.catalog
        twins = [one.key for one in catalog.editions if offered == {table.sha256 for table in one.tables}]
        twins += [one.key for one in catalog.deliveries if offered == {one.sha256}]
        return twins[0] if len(twins) == 1 else None

    def _clear(self, files: list[OfferedFile], subject: dict[str, Any], came_from: str) -> None:
        """Nothing is left to decide about these bytes, nor about an earlier try at them under the same name."""
        names, identity = {file.name for file in files}, quarantine.identity_of([vars(file) for file in files])
        for one in quarantine.held(self.settings.quarantine):
            same = {**one.subject, "vintage": None} == {**subject, "vintage": None} and one.name in names
            if one.identity == identity or (same and one.came_from == came_from):
                quarantine.release(one)

    def _day(self, facts: dict[str, Any]) -> date:
        """The day that a delivery came: as said, else today."""
        return date.fromisoformat(facts["received_on"]) if "received_on" in facts else self.settings.as_of


def _said(text: str) -> Remark:
    mend = Words("Sửa facts.yaml hoặc description.yaml", "Mend facts.yaml or description.yaml")
    return Remark("offer", True, Words(text, text), mend)


def _lying(one: Held | None) -> dict[str, Any] | None:
    return one.description() if one else None


def _shelve(candidate: AnyCandidate, shelf: Shelf, accepted: dict[str, Any] | None = None) -> Path:
    if isinstance(candidate, DeliveryCandidate):
        return shelve_delivery(candidate, shelf, accepted)
    return shelve(candidate, shelf, accepted)
