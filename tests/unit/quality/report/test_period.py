"""The period that a report is about."""

from datetime import date

import pytest

from quality.report import Period


def test_the_two_reports_of_the_plan() -> None:
    half, year = Period.parse("2031-H1"), Period.parse("2031")
    assert (half.start, half.end) == (date(2031, 1, 1), date(2031, 6, 30))
    assert (year.start, year.end) == (date(2031, 1, 1), date(2031, 12, 31))
    assert (str(half), str(year)) == ("2031-H1", "2031")


@pytest.mark.parametrize("text", ["2031-H2", "2031H1", "31", "", "2031-Q1", "0031", "2031-H1\n2032", "2031-h1"])
def test_anything_else_is_told_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="write YYYY-H1 for the first six months of a year, or YYYY"):
        Period.parse(text)


def test_a_report_knows_nothing_after_its_period_or_its_day() -> None:
    assert Period.parse("2031-H1").cut_off(date(2031, 5, 25)) == date(2031, 5, 25)
    assert Period.parse("2031-H1").cut_off(date(2031, 11, 22)) == date(2031, 6, 30)
    with pytest.raises(ValueError, match="has not begun on 2030-12-31"):
        Period.parse("2031").cut_off(date(2030, 12, 31))
