"""Days of the country: which are worked, and how many dossiers each receives."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

import holidays

from tests.dossiers.calibration import (
    DAY_OFF,
    FIRST_DAY,
    FIRST_MONTH_ENDS,
    LAST_DAY,
    RECEIVED,
    RECEIVED_FIRST_MONTH,
    WEEKDAYS,
)


@dataclass(frozen=True)
class Day:
    """One day; `handled` numbers the working day on which its dossiers are begun: itself or the next."""

    day: date
    is_working: bool
    handled: int
    share: int


def number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - date(1970, 1, 1)).days


def days(first: date, last: date) -> Iterator[Day]:
    """Every day from first to last."""
    off = holidays.country_holidays("VN", years=range(first.year, last.year + 1))
    handled = 0
    for place in range((last - first).days + 1):
        day = first + timedelta(place)
        working = day.weekday() < len(WEEKDAYS) and day not in off
        yield Day(day, working, handled, WEEKDAYS[day.weekday()] if working else DAY_OFF)
        handled += working


def _received_a_share(first: date, last: date, dossiers: int) -> Fraction:
    return Fraction(dossiers, sum(one.share for one in days(first, last)))


_FIRST_MONTH = _received_a_share(FIRST_DAY, FIRST_MONTH_ENDS, RECEIVED_FIRST_MONTH)
_SINCE = _received_a_share(FIRST_MONTH_ENDS + timedelta(1), LAST_DAY, RECEIVED - RECEIVED_FIRST_MONTH)


def expected(one: Day) -> Fraction:
    """How many dossiers the whole province receives on a day."""
    return one.share * (_FIRST_MONTH if FIRST_DAY <= one.day <= FIRST_MONTH_ENDS else _SINCE)
