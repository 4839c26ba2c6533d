"""The publication calendar as it stood on the report's last day: what came out in the period, what was late, what next.

Belongs here: winding the calendar back to that day. Does not belong here: figures.
"""

from datetime import date
from itertools import groupby

import duckdb

from quality.report.model import CalendarRow, Lead, Origin
from quality.report.period import Period
from quality.report.published import Row, rows
from quality.report.words import CALENDAR_VI, NO_LEAD, published_words
from quality.suites.wording import index_label

NO_INDEX = "công bố khác, không phải chỉ số"
_CALENDAR = """
select *
from reporting.rpt_publication_calendar
where published_on_precision is distinct from 'continuous'
order by index_code, edition_year, edition_label
"""


def read_calendar(
    con: duckdb.DuckDBPyConnection, period: Period, leads: dict[str, Lead], day: date
) -> tuple[CalendarRow, ...]:
    """Published in the period, of unknown day, late, and the next one of each index; by state, then by day."""
    found: list[CalendarRow] = []
    for code, own in groupby(rows(con, _CALENDAR), key=lambda row: row["index_code"]):
        lead = leads.get(code)
        found += of_index(list(own), period, lead.agency if lead else NO_LEAD, day)
    states = list(CALENDAR_VI)
    return tuple(
        sorted(
            found,
            key=lambda row: (states.index(row.state), row.published_on or row.expected_by or date.max, row.edition),
        )
    )


def of_index(calendar: list[Row], period: Period, lead: str, day: date) -> list[CalendarRow]:
    """The rows of one index. An edition that came out after `day` was still awaited on it."""
    made, awaited = [], []
    for row in calendar:
        known = published_words(row["published_on"], row["published_by"], row["published_on_precision"])
        was_published = row["held"] or row["status"] == "published_not_held"
        if not was_published or (known.by is not None and known.by > day):
            awaited.append(row)
        elif known.by is None or not known.is_day_known:
            # without a day it may have been any time: of the latest editions only, so as not to list history
            if row["edition_year"] == period.year - 1:
                made.append(_row(row, "unknown_day", None, known.words, lead, day))
        elif known.by >= period.start:
            made.append(_row(row, "published" if row["held"] else "not_held", known.on, known.words, lead, day))
    late = [row for row in awaited if row["expected_by"] and row["expected_by"] < day]
    made += [_row(row, "late", None, "", lead, day) for row in late]
    following = [row for row in awaited if row not in late]
    return made + [_row(row, "expected", None, "", lead, day) for row in following[:1]]


def _row(row: Row, state: str, on: date | None, words: str, lead: str, day: date) -> CalendarRow:
    is_late = state == "late"
    label = f"{index_label(row['index_code'])} {row['edition_label'] or ''}".strip()
    url = row["source_url"] if words else None
    return CalendarRow(
        state=state,
        edition=label,
        name=row["index_name_vi"] or NO_INDEX,
        published_on=on,
        published=words,
        # of an edition that came out later the calendar no longer says when it was expected
        expected_by=None if words else row["expected_by"],
        days_late=(day - row["expected_by"]).days if is_late else None,
        lead=lead,
        origins=(Origin(url, None, None, None, None),) if url else (),
    )
