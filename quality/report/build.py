"""Putting a report together from the published file.

Belongs here: the order of reading, and what all sections share. Does not belong here: queries of one section, layout.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import duckdb

from quality.report.editions import read_editions
from quality.report.figures import read_figures, read_leads, read_units
from quality.report.findings import read_findings
from quality.report.gaps import gaps_of_sources, read_gaps
from quality.report.indices import read_indices
from quality.report.model import CalendarRow, DeadlineRow, FallRow, FaultRow, Gap, MinorRow, Origin, Report
from quality.report.period import Period
from quality.report.plan import read_deadlines, read_targets
from quality.report.publication_calendar import read_calendar
from quality.report.published import rows
from quality.report.sources import number_sources
from quality.report.words import KIND_OF_UNIT_VI

_HOME = "select name_vi, name_en, kind from marts.dim_territory where territory_code = ?"
_MADE = """
select
    (select max(as_of) from reporting.rpt_check) as judged_on,
    (select max(content_sha256) from marts.published_version) as hash
"""


def read_report(con: duckdb.DuckDBPyConnection, period: Period, as_of: date, home: str) -> Report:
    """Read all that a report about `period` says on `as_of`; nothing later than either is in it.

    Raises ValueError when the period has not begun or `home` is no territory of the file.
    """
    day = period.cut_off(as_of)
    units = read_units(con, home)
    editions, leads = read_editions(con, period, day), read_leads(con, home, day)
    indices = read_indices(con, read_figures(con, editions, units), leads, home, day)
    falls, minor, faults = read_findings(con, indices, editions, leads)
    deadlines = read_deadlines(con, period, day)
    own = next((deadline for deadline in deadlines if deadline.is_of_this_report), None)
    home_unit, made = rows(con, _HOME, [home])[0], rows(con, _MADE)[0]
    report = Report(
        period=period,
        as_of=as_of,
        day=day,
        home_name=f"{KIND_OF_UNIT_VI.get(home_unit['kind'], '')} {home_unit['name_vi']}".strip(),
        home_name_en=home_unit["name_en"],
        recipient=own.recipient if own else "",
        due_on=own.due_on if own else None,
        judged_on=made["judged_on"],
        content_sha256=made["hash"],
        indices=indices,
        falls=falls,
        minor=minor,
        faults=faults,
        targets=read_targets(con, period, home, day),
        calendar=read_calendar(con, period, leads, day),
        deadlines=deadlines,
        gaps=(),
        sources=(),
        drawn=tuple(edition.key for edition in editions.shown.values() if edition.is_current),
    )
    report = replace(report, gaps=read_gaps(con, report, editions))
    report = replace(report, sources=number_sources(_origins(report)))
    return replace(report, gaps=(*report.gaps, *gaps_of_sources(report)))


def _origins(report: Report) -> Iterator[Origin]:
    """Every place that the report cites, in the order of its sections."""
    for index in report.indices:
        yield from (*index.origins, *index.before_origins, *(index.lead.origins if index.lead else ()))
    findings: tuple[FallRow | MinorRow | FaultRow, ...] = (*report.falls, *report.minor, *report.faults)
    for finding in findings:
        yield from finding.origins
    for target in report.targets:
        yield from (*target.origins, *target.plan_origins)
    others: tuple[CalendarRow | DeadlineRow | Gap, ...] = (*report.calendar, *report.deadlines, *report.gaps)
    for other in others:
        yield from other.origins
