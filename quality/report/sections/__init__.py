"""The sections of the report, in their order.

Belongs here: which sections there are, one module for each or for a few of a kind. Does not belong here: reading what
they show (`build`), writing them (`document`, `workbook`).
"""

from quality.report.layout import Section
from quality.report.model import Report
from quality.report.sections.calendar_section import calendar
from quality.report.sections.closing_sections import gaps, sources
from quality.report.sections.finding_section import findings
from quality.report.sections.index_section import indices
from quality.report.sections.plan_sections import deadlines, targets
from quality.report.sources import numbers

_SECTIONS = (indices, findings, targets, calendar, deadlines, gaps, sources)


def sections(report: Report) -> tuple[Section, ...]:
    """All sections; their numbers follow their order."""
    known = numbers(report.sources)
    return tuple(make(report, known) for make in _SECTIONS)
