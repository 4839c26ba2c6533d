"""What can be planted in the synthetic dossiers, so many times and no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from tests.dossiers.working_days import number


@dataclass(frozen=True)
class Faults:
    """How many of the first dossiers received on a day have which fault; each has one, in the order of the fields.

    A duplicate is the same record twice in one delivery; nothing else is the matter with it.
    """

    day: date
    finished_before_received: int = 0
    received_on_another_day: int = 0
    finished_in_future: int = 0
    unknown_unit: int = 0
    duplicate: int = 0

    @property
    def planted(self) -> dict[str, int]:
        return {name: count for name, count in vars(self).items() if name != "day"}

    @staticmethod
    def sql(planted: Sequence["Faults"]) -> str:
        """An expression over `day` and `number`: the name of the fault, or null."""
        cases = [
            f" when day = {number(one.day)} and number < {upto} then '{name}'"
            for one in planted
            for name, upto in zip(one.planted, accumulate(one.planted.values()), strict=True)
        ]
        return f"case{''.join(cases)} end" if cases else "null::varchar"


@dataclass(frozen=True)
class Fall:
    """A unit that is late with another share of what it receives from first to last."""

    unit_code: str
    first: date
    last: date
    late_rate: float

    @staticmethod
    def sql(planted: Sequence["Fall"]) -> str:
        """An expression over `unit_code`, `day` and `usual`: the rate of late dossiers."""
        cases = [
            f" when unit_code = '{one.unit_code}' and day between {number(one.first)} and {number(one.last)}"
            f" then {one.late_rate}"
            for one in planted
        ]
        return f"case{''.join(cases)} else usual end" if cases else "usual"
