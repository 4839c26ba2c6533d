"""Working days of Việt Nam, quiet hours, and when the daily and the weekly digest are told."""

from datetime import UTC, date, datetime, time

import pytest

from quality.alerts.office_hours import OfficeHours
from tests.unit.quality.alerts.judgements import at

HOURS = OfficeHours()


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "works"),
    [
        ("2026-07-01", True),
        ("2026-07-04", False),
        ("2026-07-05", False),
        # Tết 2026: from the eve to the fourth day of the new year, then the week begins again
        ("2026-02-13", True),
        ("2026-02-16", False),
        ("2026-02-17", False),
        ("2026-02-20", False),
        ("2026-02-23", True),
        # Hùng Kings fall on a Sunday: the Monday is off instead
        ("2026-04-27", False),
        ("2026-04-28", True),
        ("2026-04-30", False),
        ("2026-05-01", False),
        # the Monday before the National Day is off and made up for on a Saturday
        ("2026-08-22", True),
        ("2026-08-29", False),
        ("2026-08-31", False),
        ("2026-09-01", False),
        ("2026-09-02", False),
        ("2026-09-03", True),
    ],
)
def test_working_days(text: str, works: bool) -> None:
    assert HOURS.is_working_day(day(text)) is works


def test_days_of_the_configuration_go_before_the_calendar() -> None:
    swapped = OfficeHours(days_off=frozenset({day("2026-01-02")}), working_days=frozenset({day("2026-01-10")}))
    assert HOURS.is_working_day(day("2026-01-02"))
    assert not swapped.is_working_day(day("2026-01-02"))
    assert not HOURS.is_working_day(day("2026-01-10"))
    assert swapped.is_working_day(day("2026-01-10"))
    assert swapped.next_daily(at("2026-01-09T12:00")) == at("2026-01-10T07:30")


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-07-01T09:00", "2026-07-01T09:00"),
        ("2026-07-01T06:59", "2026-07-01T07:00"),
        ("2026-07-01T07:00", "2026-07-01T07:00"),
        ("2026-07-01T18:59", "2026-07-01T18:59"),
        ("2026-07-01T19:00", "2026-07-02T07:00"),
        ("2026-07-03T22:00", "2026-07-06T07:00"),
        ("2026-07-04T10:00", "2026-07-06T07:00"),
        ("2026-02-14T10:00", "2026-02-23T07:00"),
        ("2026-08-22T10:00", "2026-08-22T10:00"),
        ("2026-08-28T20:00", "2026-09-03T07:00"),
    ],
)
def test_immediate_news_keeps_quiet_hours(now: str, due: str) -> None:
    assert HOURS.due("immediate", at(now)) == at(due)


@pytest.mark.parametrize("now", ["2026-07-01T23:00", "2026-07-04T03:00", "2026-02-17T12:00"])
def test_at_any_hour_means_now(now: str) -> None:
    assert HOURS.due("immediate", at(now), at_any_hour=True) == at(now)


@pytest.mark.parametrize("at_any_hour", [True, False])
def test_a_digest_is_told_at_its_hour_to_everybody(at_any_hour: bool) -> None:
    assert HOURS.due("daily", at("2026-07-04T03:00"), at_any_hour) == at("2026-07-06T07:30")
    assert HOURS.due("weekly", at("2026-07-01T03:00"), at_any_hour) == at("2026-07-06T07:30")


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-07-01T07:29", "2026-07-01T07:30"),
        ("2026-07-01T07:30", "2026-07-02T07:30"),
        ("2026-07-03T09:00", "2026-07-06T07:30"),
        ("2026-08-21T09:00", "2026-08-22T07:30"),
        ("2026-02-13T09:00", "2026-02-23T07:30"),
    ],
)
def test_the_daily_digest_is_on_the_next_working_day(now: str, due: str) -> None:
    assert HOURS.next_daily(at(now)) == at(due)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-07-01T09:00", "2026-07-06T07:30"),
        ("2026-07-06T07:29", "2026-07-06T07:30"),
        ("2026-07-06T07:30", "2026-07-13T07:30"),
        # Monday, 27 April is off: Tuesday
        ("2026-04-24T09:00", "2026-04-28T07:30"),
        ("2026-04-27T09:00", "2026-04-28T07:30"),
        ("2026-04-28T09:00", "2026-05-04T07:30"),
        # the swapped Monday before the National Day
        ("2026-08-29T09:00", "2026-09-03T07:30"),
        # the whole week of Tết is off: one digest on the Monday after it, not two
        ("2026-02-13T09:00", "2026-02-23T07:30"),
        ("2026-02-23T07:30", "2026-03-02T07:30"),
    ],
)
def test_the_weekly_digest_is_on_monday_or_the_next_working_day(now: str, due: str) -> None:
    assert HOURS.next_weekly(at(now)) == at(due)


def test_the_weekly_digest_on_another_weekday() -> None:
    fridays = OfficeHours(weekday=4)
    assert fridays.next_weekly(at("2026-07-01T09:00")) == at("2026-07-03T07:30")
    # Friday, 1 May is off, and so is the weekend
    assert fridays.next_weekly(at("2026-04-29T09:00")) == at("2026-05-04T07:30")
    assert fridays.next_weekly(at("2026-05-04T07:00")) == at("2026-05-04T07:30")
    assert fridays.next_weekly(at("2026-05-04T08:00")) == at("2026-05-08T07:30")


def test_hours_are_those_of_viet_nam_wherever_the_clock_stands() -> None:
    # 23:30 in Greenwich is 06:30 of the next day in Hà Nội
    assert HOURS.due("immediate", datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == at("2026-07-01T07:00")
    assert HOURS.next_daily(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == at("2026-07-01T07:30")


def test_hours_of_the_configuration() -> None:
    late_office = OfficeHours(opens=time(8), closes=time(17), daily_at=time(9))
    assert late_office.due("immediate", at("2026-07-01T07:30")) == at("2026-07-01T08:00")
    assert late_office.due("immediate", at("2026-07-01T17:00")) == at("2026-07-02T08:00")
    assert late_office.next_daily(at("2026-07-01T08:30")) == at("2026-07-01T09:00")


@pytest.mark.parametrize(
    ("due", "count", "before"),
    [
        ("2026-07-15", 0, "2026-07-15"),
        ("2026-07-15", 1, "2026-07-14"),
        ("2026-07-15", 5, "2026-07-08"),
        ("2026-07-13", 1, "2026-07-10"),
        ("2026-02-24", 2, "2026-02-13"),
        ("2026-08-24", 1, "2026-08-22"),
    ],
)
def test_working_days_before_a_day(due: str, count: int, before: str) -> None:
    assert HOURS.working_days_before(day(due), count) == day(before)
