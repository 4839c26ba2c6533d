"""Reminders before the deadlines of the plan: whom they reach, when, and that each is given once."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from quality.alerts.config import Config, agency_codes, load_config
from quality.alerts.reminders import read_deadlines, reminders_due
from tests.unit.quality.alerts.judgements import MAIL_TO_FINANCE, Office, at, deadline

# the half-year report is due on Wednesday, 15 July 2026; ten, five and one working day before it
TEN, FIVE, ONE = "2026-07-01", "2026-07-08", "2026-07-14"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    return load_config(tmp_path_factory.mktemp("home"), {})


def keys(config: Config, now: str, **columns: Any) -> list[str]:
    return [one.key for one in reminders_due([deadline(**columns)], config, at(now))]


@pytest.mark.parametrize(
    ("now", "days"),
    [
        ("2026-06-30T18:00", None),
        (f"{TEN}T00:00", 10),
        ("2026-07-07T09:00", 10),
        (f"{FIVE}T09:00", 5),
        ("2026-07-13T09:00", 5),
        (f"{ONE}T09:00", 1),
        ("2026-07-15T09:00", 1),
        ("2026-07-15T19:00", None),
        ("2026-07-16T00:00", None),
        ("2026-08-01T09:00", None),
    ],
)
def test_the_nearest_one_until_the_day_and_none_after_it(config: Config, now: str, days: int | None) -> None:
    assert keys(config, now) == ([] if days is None else [f"half_year 2026-07-15 {days}"])


def test_working_days_count(config: Config) -> None:
    # one working day before Monday is Friday; before Tuesday, 24 February it is Monday, but two are before Tết
    assert keys(config, "2026-07-10T09:00", due_on=date(2026, 7, 13))[0].endswith(" 1")
    assert keys(config, "2026-02-13T09:00", due_on=date(2026, 2, 24))[0].endswith(" 5")
    assert keys(config, "2026-02-23T09:00", due_on=date(2026, 2, 24))[0].endswith(" 1")


def test_a_reminder_that_would_be_heard_after_the_day_is_not_given(config: Config) -> None:
    # due on a Saturday, asked on that Saturday: the office hears of it on Monday
    assert keys(config, "2026-07-17T18:00", due_on=date(2026, 7, 18)) != []
    assert keys(config, "2026-07-18T10:00", due_on=date(2026, 7, 18)) == []


@pytest.mark.parametrize(
    ("now", "is_given"),
    [
        ("2026-07-01T09:00", True),
        ("2026-07-07T09:00", True),
        ("2026-07-08T09:00", False),
        # 1 August is a Saturday
        ("2026-08-01T09:00", False),
        ("2026-08-03T09:00", True),
        # the National Day
        ("2026-09-01T09:00", False),
        ("2026-09-03T09:00", True),
        ("2026-09-04T09:00", True),
    ],
)
def test_a_monthly_report_in_the_week_from_the_first_working_day(config: Config, now: str, is_given: bool) -> None:
    given = keys(config, now, recurrence="monthly", due_on=None)
    assert given == ([f"half_year {now[:7]}"] if is_given else [])


def test_a_deadline_without_a_day_that_is_not_monthly_gives_none(config: Config) -> None:
    assert keys(config, "2026-07-01T09:00", due_on=None) == []


def test_all_departments_and_communes_are_bound_but_not_the_data_team(config: Config) -> None:
    [reminder] = reminders_due([deadline()], config, at("2026-07-01T09:00"))
    bound = reminder.details["bound"]
    assert {*agency_codes(), "ubnd_xa_phuong"} - {"ubnd_tinh"} == set(bound)


def test_one_agency_is_bound_alone(config: Config) -> None:
    [reminder] = reminders_due([deadline(responsible_agency_code="so_noi_vu")], config, at("2026-07-01T09:00"))
    assert reminder.details["bound"] == ["so_noi_vu"]


def test_no_days_no_reminders(tmp_path: Path) -> None:
    (tmp_path / "alerts").mkdir()
    (tmp_path / "alerts" / "alerts.yaml").write_text("remind_before_days: []")
    assert keys(load_config(tmp_path / "alerts", {}), "2026-07-14T09:00") == []


def test_before_the_first_publication_there_are_no_deadlines(tmp_path: Path) -> None:
    assert read_deadlines(tmp_path / "chiso.duckdb") == []


# --- told in rounds


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path / "home", opened=False)
    office.plan(deadline())
    return office


def test_each_reminder_is_told_once(office: Office) -> None:
    days = [f"2026-07-{day:02}" for day in (1, 2, 3, 6, 7, 8, 9, 10, 13, 14, 15, 16, 17)]
    told = [
        day for day in days for hour in ("T09:00", "T15:00") if office.tell("so_noi_vu", at(day + hour)) is not None
    ]
    assert told == [TEN, FIVE, ONE]


def test_every_office_and_the_communes_are_told_what_is_due_and_when(office: Office) -> None:
    told = office.round(at("2026-07-01T09:00"))
    recipients = [one.recipient for one in told]
    assert len(recipients) == len(set(recipients))
    assert {*agency_codes(), "ubnd_xa_phuong"} - {"ubnd_tinh"} == set(recipients)
    for one in told:
        assert "Báo cáo thử nghiệm" in one.text
        assert "15/07/2026" in one.text


def test_a_late_start_gives_only_the_nearest(office: Office) -> None:
    assert office.tell("so_noi_vu", at("2026-07-14T09:00")) is not None
    assert office.round(at("2026-07-14T10:00")) == []


def test_quiet_hours_hold_for_reminders(office: Office) -> None:
    assert office.tell("so_noi_vu", at("2026-07-01T05:00")) is None
    assert office.tell("so_noi_vu", at("2026-07-01T07:00")) is not None


def test_who_leads_and_who_receives_hear_of_a_monthly_report(tmp_path: Path) -> None:
    office = Office(tmp_path / "home", MAIL_TO_FINANCE, opened=False)
    office.plan(
        deadline(
            recurrence="monthly", due_on=None, responsible_agency_code="so_noi_vu", recipient_agency_code="ubnd_tinh"
        )
    )
    assert [one.recipient for one in office.round(at("2026-07-01T09:00"))] == ["so_noi_vu", "ubnd_tinh"]
    assert office.round(at("2026-07-02T09:00")) == []
    assert "tháng 08/2026" in (office.tell("so_noi_vu", at("2026-08-03T09:00")) or "")
