"""Reminders before the deadlines of the plan, to those whom a deadline binds and to those who collect the reports.

Belongs here: which reminder is due. The deadlines are those of the published file (`reporting.rpt_reporting_deadline`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from ingest.settings import ZONE
from quality.alerts.config import Config
from quality.text import one_line

_A_WEEK = timedelta(days=7)
_DEADLINES = """
select deadline_code, what_vi, recurrence, due_on, responsible_vi, responsible_agency_code, recipient_agency_code,
    recipient_vi, section, source
from reporting.rpt_reporting_deadline
order by deadline_code
"""


@dataclass(frozen=True)
class Reminder:
    """One reminder; `key` is the same however often it is found, `details` is what the message says."""

    key: str
    details: dict[str, Any]


def read_deadlines(published: Path) -> list[dict[str, Any]]:
    """Give the deadlines of the published file; none before the first publication."""
    if not published.exists():
        return []
    with duckdb.connect(str(published), read_only=True) as con:
        rows = con.execute(_DEADLINES).to_arrow_table().to_pylist()
    return [{name: one_line(value) if isinstance(value, str) else value for name, value in row.items()} for row in rows]


def reminders_due(deadlines: Iterable[dict[str, Any]], config: Config, now: datetime) -> list[Reminder]:
    """Give the reminder that each deadline wants now: the nearest one whose day has come, none once it has passed.

    A monthly report whose day the plan does not name is reminded of on the first working day of each month.
    """
    today = now.astimezone(ZONE).date()
    # who may not be disturbed now hears it on the next working day
    heard = config.hours.due("immediate", now).astimezone(ZONE).date()
    found = []
    for deadline in deadlines:
        bound = _bound(deadline, config)
        if deadline["due_on"] is not None:
            found += _before(deadline, bound, config, today, heard)
        elif deadline["recurrence"] == "monthly":
            found += _monthly(deadline, bound, config, today)
    return found


def _before(deadline: dict[str, Any], bound: list[str], config: Config, today: date, heard: date) -> list[Reminder]:
    due: date = deadline["due_on"]
    if heard > due:
        return []
    for days in config.remind_before_days:
        if config.hours.working_days_before(due, days) <= today:
            key = f"{deadline['deadline_code']} {due} {days}"
            return [Reminder(key, _details(deadline, bound) | {"due_on": due.isoformat()})]
    return []


def _monthly(deadline: dict[str, Any], bound: list[str], config: Config, today: date) -> list[Reminder]:
    first = today.replace(day=1)
    while not config.hours.is_working_day(first):
        first = first.replace(day=first.day + 1)
    # a week later it is no reminder any more
    if not first <= today < first + _A_WEEK:
        return []
    key = f"{deadline['deadline_code']} {today:%Y-%m}"
    return [Reminder(key, _details(deadline, bound) | {"due_on": None, "month": f"{today:%m/%Y}"})]


def _bound(deadline: dict[str, Any], config: Config) -> list[str]:
    """The agency that is named; where the plan says all departments and communes, each of them."""
    if deadline["responsible_agency_code"]:
        return [deadline["responsible_agency_code"]]
    return [code for code, recipient in config.recipients.items() if recipient.bound_by_plan]


def _details(deadline: dict[str, Any], bound: list[str]) -> dict[str, Any]:
    return {
        "rule_code": "deadline",
        "index_code": None,
        "bound": bound,
        **{name: value for name, value in deadline.items() if name != "due_on"},
    }
