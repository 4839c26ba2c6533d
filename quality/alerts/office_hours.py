"""When an office may be disturbed: working days in Việt Nam, quiet hours, and the next daily and weekly digest.

Belongs here: the calendar. Days off are the library's; yearly swaps and an office's own come with the configuration.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

import holidays

from ingest.settings import ZONE

Cadence = Literal["immediate", "daily", "weekly"]
CADENCES: tuple[Cadence, ...] = ("immediate", "daily", "weekly")
_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class OfficeHours:
    """`opens` and `closes` bound the time in which an office may be disturbed; `weekday` is 0 for Monday."""

    opens: time = time(7)
    closes: time = time(19)
    daily_at: time = time(7, 30)
    weekday: int = 0
    days_off: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        """A working day of Việt Nam, swaps for long weekends included."""
        if day in self.days_off or day in self.working_days:
            return day in self.working_days
        return bool(_vietnam(day.year).is_working_day(day))

    def due(self, cadence: Cadence, now: datetime, at_any_hour: bool = False) -> datetime:
        """When news that arises `now` is told. At any hour: immediate means immediate."""
        if cadence == "daily":
            return self.next_daily(now)
        if cadence == "weekly":
            return self.next_weekly(now)
        return now if at_any_hour else self._next_open(now)

    def next_daily(self, now: datetime) -> datetime:
        """The first working day's digest after `now`."""
        return next(at for day in self._working_days(now) if (at := self._at(day, self.daily_at)) > now)

    def next_weekly(self, now: datetime) -> datetime:
        """The first weekly digest after `now`: on its weekday, or on the next working day where that is a day off."""
        local = now.astimezone(ZONE).date()
        monday = local - timedelta(days=(local.weekday() - self.weekday) % 7)
        while True:
            day = next(self._working_days(self._at(monday, time(0))))
            if (at := self._at(day, self.daily_at)) > now:
                return at
            monday += 7 * _A_DAY

    def working_days_before(self, day: date, count: int) -> date:
        """The working day that lies `count` working days before `day`."""
        while count > 0:
            day -= _A_DAY
            count -= self.is_working_day(day)
        return day

    def _next_open(self, now: datetime) -> datetime:
        for day in self._working_days(now):
            if now < self._at(day, self.closes):
                return max(now, self._at(day, self.opens))
        raise AssertionError("there is always a next working day")

    def _working_days(self, start: datetime) -> Iterator[date]:
        day = start.astimezone(ZONE).date()
        while True:
            if self.is_working_day(day):
                yield day
            day += _A_DAY

    @staticmethod
    def _at(day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, tzinfo=ZONE)


def _vietnam(year: int) -> holidays.HolidayBase:
    if year not in _CALENDARS:
        _CALENDARS[year] = holidays.country_holidays("VN", years=year)
    return _CALENDARS[year]


# making one takes milliseconds, and every notice asks
_CALENDARS: dict[int, holidays.HolidayBase] = {}
