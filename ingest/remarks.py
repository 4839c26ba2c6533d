"""What a preflight saw in a file before it may enter, said so that a person can decide on it."""

from dataclasses import dataclass

from ingest.faults import Fault, Words

ACCEPTED, WITH_WARNINGS, HELD = "accepted", "accepted_with_warnings", "held"


@dataclass(frozen=True)
class Remark:
    """One thing that a check saw. `holds`: the file must not enter until a person decided. `where` names the place."""

    check: str
    holds: bool
    what: Words
    remedy: Words
    where: str = ""

    @classmethod
    def of(cls, fault: Fault) -> "Remark":
        """A fault of reading: it always holds, and no acceptance lifts it."""
        return cls(fault.code, True, fault.message(), fault.remedy(), fault.place())


def outcome(remarks: list[Remark]) -> str:
    """accepted, accepted_with_warnings or held."""
    if any(remark.holds for remark in remarks):
        return HELD
    return WITH_WARNINGS if remarks else ACCEPTED
