"""The period that a report is about: the first six months of a year, or a year.

Belongs here: reading a period from text, its days and its names. Does not belong here: what is shown of it.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

_FORM = re.compile(r"([1-9]\d{3})(-H1)?")


@dataclass(frozen=True)
class Period:
    """A year, or its first six months: the two reports that the plan asks for. Not the plan's deadlines."""

    year: int
    is_half: bool

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read 'YYYY-H1' or 'YYYY'. Raises ValueError, saying what to write, for anything else."""
        found = _FORM.fullmatch(text.strip())
        if not found:
            raise ValueError(
                f"{text!r} is no period of a report: write YYYY-H1 for the first six months of a year, or YYYY for"
                " the whole year (the plan asks for these two; the second half is part of the year's report)"
            )
        return cls(int(found[1]), found[2] is not None)

    @property
    def start(self) -> date:
        return date(self.year, 1, 1)

    @property
    def end(self) -> date:
        return date(self.year, 6, 30) if self.is_half else date(self.year, 12, 31)

    def cut_off(self, as_of: date) -> date:
        """The last day that the report knows of. Raises ValueError when the period has not begun on `as_of`."""
        if as_of < self.start:
            raise ValueError(f"the period {self} has not begun on {as_of}: nothing can be reported of it yet")
        return min(as_of, self.end)

    @property
    def name_vi(self) -> str:
        return f"6 tháng đầu năm {self.year}" if self.is_half else f"năm {self.year}"

    @property
    def name_en(self) -> str:
        return f"first six months of {self.year}" if self.is_half else f"year {self.year}"

    @property
    def deadline_code(self) -> str:
        """The code of the plan's deadline for the reports that go into this one."""
        return "six_month_report" if self.is_half else "annual_report"

    def __str__(self) -> str:
        return f"{self.year}-H1" if self.is_half else str(self.year)
