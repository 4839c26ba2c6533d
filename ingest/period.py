"""Period labels as they are printed: a year, month, quarter, half, the first n months, a day, or a span."""

import re
from calendar import monthrange
from datetime import date

_SPAN = re.compile(r"(?P<first>\d{4}(-\d{2}-\d{2})?)/(?P<last>\d{4}(-\d{2}-\d{2})?)")
_PART = re.compile(r"(?P<year>\d{4})-(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<months>\d{1,2})M|(?P<to_date>YTD))")
_DAY = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?")


def parse_period(label: str) -> tuple[date, date | None]:
    """First and last day of a printed period; the last is None for a year to date whose end was not printed.

    Reads 2025, 2025-06, 2025-06-30, 2025-Q2, 2025-H1, 2025-10M (January to October), 2025-YTD, 2021/2023 and
    2025-07-01/2025-09-14. Raises ValueError otherwise.
    """
    if span := _SPAN.fullmatch(label):
        first, _ = parse_period(span["first"])
        _, last = parse_period(span["last"])
        return first, last
    if part := _PART.fullmatch(label):
        year = int(part["year"])
        if part["to_date"]:
            return date(year, 1, 1), None
        if part["quarter"]:
            return _months(year, 3 * int(part["quarter"]) - 2, 3 * int(part["quarter"]))
        if part["half"]:
            return _months(year, 6 * int(part["half"]) - 5, 6 * int(part["half"]))
        return _months(year, 1, int(part["months"]))
    if day := _DAY.fullmatch(label):
        year = int(day["year"])
        if day["day"]:
            exact = date(year, int(day["month"]), int(day["day"]))
            return exact, exact
        return _months(year, int(day["month"] or 1), int(day["month"] or 12))
    raise ValueError(f"{label!r} is not a period")


def _months(year: int, first: int, last: int) -> tuple[date, date]:
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def parse_published_on(text: str | None) -> tuple[date | None, str]:
    """First possible day of a publication and how exact the printed date was: day, month, year or unknown."""
    if text is None:
        return None, "unknown"
    first, _ = parse_period(text)
    return first, {4: "year", 7: "month"}.get(len(text), "day")
