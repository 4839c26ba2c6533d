"""Period labels as they are printed or typed: a year, month, quarter, half, the first n months, a day, or a span."""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date

from ingest.text import header_key, tidy

_SPAN = re.compile(r"(?P<first>\d{4}(-\d{2}-\d{2})?)/(?P<last>\d{4}(-\d{2}-\d{2})?)")
_PART = re.compile(r"(?P<year>\d{4})-(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<months>\d{1,2})M|(?P<to_date>YTD))")
_DAY = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?")
# as people type them, in small letters: "tháng 10/2026", "10/2026", "tháng 10 năm 2026", "quý iii/2026", "năm 2026"
_OF = r"\s*(?:/|-|năm)\s*(?P<year>\d{4})"
_TYPED_MONTH = re.compile(r"(?:(?:tháng|t)\s*)?(?P<month>0?[1-9]|1[0-2])" + _OF)
_TYPED_QUARTER = re.compile(r"(?:quý|q)\s*(?P<quarter>[1-4]|i{1,3}|iv)" + _OF)
_TYPED_YEAR = re.compile(r"năm\s*(?P<year>\d{4})")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}


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


def read_label(text: str, marks: Mapping[str, str]) -> tuple[str, str | None]:
    """A period as `parse_period` reads it, and the qualifier that a word beside it means, if there is one.

    `marks` holds such words under `header_key` ("sơ bộ": "preliminary"), which may stand before or after the period, in
    brackets or not. Months, quarters and years may be as people type them. Raises ValueError for what is no period.
    """
    label, qualifier = tidy(text), None
    for mark, meant in marks.items():
        before = re.compile(rf"(?i)\(?{re.escape(mark)}[.:)]*\s+(?P<rest>.+)")
        after = re.compile(rf"(?i)(?P<rest>.+?)\s*[(,]?\s*\b{re.escape(mark)}\.?\)?")
        if found := before.fullmatch(label) or after.fullmatch(label):
            label, qualifier = found["rest"], meant
            break
    label = _canonical(label)
    parse_period(label)
    return label, qualifier


def _canonical(label: str) -> str:
    """The printed form of a period that was typed; any other text as it is."""
    typed = header_key(label)
    if month := _TYPED_MONTH.fullmatch(typed):
        return f"{month['year']}-{int(month['month']):02d}"
    if quarter := _TYPED_QUARTER.fullmatch(typed):
        return f"{quarter['year']}-Q{_ROMAN.get(quarter['quarter'], quarter['quarter'])}"
    if year := _TYPED_YEAR.fullmatch(typed):
        return year["year"]
    return label


def kind_of(start: date, end: date | None) -> str | None:
    """month, quarter or year when the period is exactly one; else None."""
    for kind, months in (("month", 1), ("quarter", 3), ("year", 12)):
        begins = (start.month - 1) % months == 0
        if begins and _months(start.year, start.month, start.month + months - 1) == (start, end):
            return kind
    return None
