"""Names, numbers and periods as they are printed."""

from datetime import date

import pytest

from ingest.period import parse_period, parse_published_on
from ingest.text import name_key, parse_number


@pytest.mark.parametrize(
    ("printed", "decimal", "value", "decimals"),
    [("71.25", ".", 71.25, 2), ("71,25", ",", 71.25, 2), (" 7\u00a0", ".", 7.0, 0), ("-0.50", ".", -0.5, 2)],
)
def test_numbers_are_read_with_the_declared_mark(printed: str, decimal: str, value: float, decimals: int) -> None:
    assert parse_number(printed, decimal) == (value, decimals)


@pytest.mark.parametrize(
    ("printed", "decimal"), [("1.234,5", ","), ("1,234.5", "."), ("", "."), ("٣", "."), ("1 234", ".")]
)
def test_what_is_not_one_plain_number_is_refused(printed: str, decimal: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        parse_number(printed, decimal)


def test_names_fold_marks_and_the_letter_that_unicode_does_not_take_apart() -> None:
    assert name_key("TP. Đà Nẵng") == name_key("tp da nang") == "tpdanang"


@pytest.mark.parametrize(
    ("label", "first", "last"),
    [
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025-Q4", date(2025, 10, 1), date(2025, 12, 31)),
        ("2024-H1", date(2024, 1, 1), date(2024, 6, 30)),
        ("2025-10M", date(2025, 1, 1), date(2025, 10, 31)),
        ("2025-YTD", date(2025, 1, 1), None),
        ("2021/2023", date(2021, 1, 1), date(2023, 12, 31)),
        ("2025-07-01/2025-09-14", date(2025, 7, 1), date(2025, 9, 14)),
        ("2025-12-31", date(2025, 12, 31), date(2025, 12, 31)),
    ],
)
def test_periods_have_a_first_and_a_last_day(label: str, first: date, last: date | None) -> None:
    assert parse_period(label) == (first, last)


@pytest.mark.parametrize("label", ["", "autumn 2025", "2025-13", "25", "2025-Q5"])
def test_a_period_that_is_not_understood_is_refused(label: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - a month out of range says so in the words of the date
        parse_period(label)


@pytest.mark.parametrize(
    ("text", "day", "precision"),
    [
        ("2025-04-15", date(2025, 4, 15), "day"),
        ("2006-06", date(2006, 6, 1), "month"),
        ("2021", date(2021, 1, 1), "year"),
        (None, None, "unknown"),
    ],
)
def test_a_publication_date_keeps_how_exact_it_is(text: str | None, day: date | None, precision: str) -> None:
    assert parse_published_on(text) == (day, precision)
