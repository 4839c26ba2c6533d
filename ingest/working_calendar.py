"""The country's calendar as raw Parquet: which days are public holidays, and which days off are made up for."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import holidays

from ingest import raw

# dossiers reach back so far, and their due times so far ahead
YEARS_BACK, YEARS_AHEAD = 15, 2


def write_calendar(folder: Path, as_of: date) -> None:
    """Write raw/reference/calendar_day.parquet: one row per day of the years around `as_of`."""
    raw.write(folder / "reference" / "calendar_day.parquet", raw.CALENDAR_DAY, calendar_days(as_of))


def calendar_days(as_of: date) -> Iterator[dict[str, Any]]:
    """Days from January, 15 years back, to December, two years ahead, with the names of public holidays.

    `is_worked_instead` marks a day of a weekend that is worked for a day off elsewhere, as far as the library knows of
    the swap; others are entered in the seed `working_day_swap`.
    """
    first, last = date(as_of.year - YEARS_BACK, 1, 1), date(as_of.year + YEARS_AHEAD, 12, 31)
    years = range(first.year, last.year + 1)
    vietnamese = holidays.country_holidays("VN", years=years, language="vi")
    english = holidays.country_holidays("VN", years=years, language="en_US")
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        yield {
            "day": day,
            "holiday_vi": vietnamese.get(day),
            "holiday_en": english.get(day),
            "is_worked_instead": day in vietnamese.weekend_workdays,
        }
