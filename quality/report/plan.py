"""What the plan sets: targets with the latest actual figure of the period, and reports with their deadlines.

Belongs here: the plan's own tables. Does not belong here: indices, or any figure that is no actual one.
"""

from datetime import date

import duckdb

from quality.numbers_vi import decimals_of, number_vi
from quality.report.figures import cell_origin, plan_origin
from quality.report.model import DeadlineRow, Number, TargetRow
from quality.report.period import Period
from quality.report.published import Row, rows
from quality.report.words import NO_FIGURE, NO_LEAD, figure, qualifier_vi, unit_vi

_SERVICE_QUALITY = "service_quality"
_RECURRENCE_VI = {"once": "một lần", "monthly": "hằng tháng"}
# The table's own columns for the actual are of the day of the run; the report asks again, as of its last day.
_TARGETS = """
select
    target_set, target_code, metric_code, name_vi, lead_agency_vi, lead_unit_vi, unit, comparison, target_low,
    target_high, reference_year, due_on, section, source
from reporting.rpt_target_progress
where reference_year = $year
order by target_set desc, try_cast(target_code as integer), section, target_code
"""
_ACTUAL = """
select *
from marts.fct_provincial_metric
where
    territory_code = $home and metric_code = $metric and unit = $unit and is_actual and is_current
    and value is not null and period_end <= least($day, coalesce($due_on, $day))
order by period_end desc, period_start desc, received_on desc, source_locator desc
limit 1
"""
# The same from dossiers: the months of the year that were over, as far as what nobody recorded decides nothing.
_MEASURED = """
with counted as (
    select
        sum(counted_good) as good, sum(counted) as counted, sum(unrecorded) as unrecorded,
        greatest(min(period_start), min(recorded_from)) as period_start, max(period_end) as period_end
    from reporting.rpt_service_quality
    where
        scope = 'territory' and period_kind = 'month' and is_period_over and target_code = $target
        and year(period_start) = $year and period_end <= $day
)
select
    100.0 * good / counted as value, 2 as printed_decimals, 'exact' as qualifier,
    period_start || '/' || period_end as period_label, period_start, period_end,
    null as source_url, null as source_file, 'reporting.rpt_service_quality' as source_locator, null as source_sha256,
    'compiled' as source_kind
from counted
where
    counted > 0
    and (good + unrecorded < $low / 100 * (counted + unrecorded) or good >= $low / 100 * (counted + unrecorded))
"""
_DEADLINES = """
select *
from reporting.rpt_reporting_deadline
where year(due_on) = $year
    or (due_on is null and exists (select 1 from reporting.rpt_reporting_deadline where year(due_on) = $year))
order by due_on nulls last, deadline_code
"""


def read_targets(con: duckdb.DuckDBPyConnection, period: Period, home: str, day: date) -> tuple[TargetRow, ...]:
    """The targets of the period's year: those of service quality first, then the plan's own by section."""
    return tuple(_target(con, row, home, day) for row in rows(con, _TARGETS, {"year": period.year}))


def read_deadlines(con: duckdb.DuckDBPyConnection, period: Period, day: date) -> tuple[DeadlineRow, ...]:
    """The reports due in the period's year, and those that recur under the same plan."""
    return tuple(_deadline(row, period, day) for row in rows(con, _DEADLINES, {"year": period.year}))


def _target(con: duckdb.DuckDBPyConnection, row: Row, home: str, day: date) -> TargetRow:
    asked = {"home": home, "metric": row["metric_code"], "unit": row["unit"], "due_on": row["due_on"], "day": day}
    actual = next(iter(rows(con, _ACTUAL, asked)), None)
    if row["target_set"] == _SERVICE_QUALITY:
        wanted = {"target": row["target_code"], "year": row["reference_year"], "day": day, "low": row["target_low"]}
        measured = next(iter(rows(con, _MEASURED, wanted)), None)
        if measured and (actual is None or measured["period_end"] >= actual["period_end"]):
            actual = measured
    low = Number(row["target_low"], decimals_of(row["target_low"]))
    high = None if row["target_high"] is None else Number(row["target_high"], decimals_of(row["target_high"]))
    of_plan = plan_origin(row["source"], row["section"])
    return TargetRow(
        is_service_quality=row["target_set"] == _SERVICE_QUALITY,
        name=row["name_vi"],
        unit=unit_vi(row["unit"]),
        target=_target_words(low, high, unit_vi(row["unit"]), row["comparison"]),
        target_low=low,
        target_high=high,
        reference_year=row["reference_year"],
        due_on=row["due_on"],
        actual=Number(actual["value"], actual["printed_decimals"] or 0) if actual else None,
        actual_qualifier=qualifier_vi(actual["qualifier"]) if actual else "",
        actual_period=actual["period_label"] if actual else None,
        status=_status(actual, row["target_low"]),
        remark=_remark(actual, row["reference_year"]),
        lead=_lead(row),
        section=row["section"] or of_plan.locator or "",
        plan_origins=(of_plan,),
        origins=(cell_origin(actual),) if actual else (),
    )


def _target_words(low: Number, high: Number | None, unit: str, comparison: str) -> str:
    of = unit if unit == "%" else f" {unit}"
    if high is not None:
        return f"từ {figure(low)} đến {figure(high)}{of}"
    return f"{'tối thiểu ' if comparison == 'at_least' else ''}{figure(low)}{of}"


def _status(actual: Row | None, low: float) -> str:
    if actual is None:
        return NO_FIGURE
    # more than the upper end of a range is reached too
    return "đạt" if actual["value"] >= low else "chưa đạt"


def _remark(actual: Row | None, year: int) -> str:
    """A figure of another year, or of a part of the year, is no result of the target's year."""
    if actual is None:
        return ""
    start, end = actual["period_start"], actual["period_end"]
    if end.year != year:
        return f"số liệu của năm {end.year}, chưa phải của năm {year}"
    is_whole = start == end or (start, end) == (date(year, 1, 1), date(year, 12, 31))
    return "" if is_whole else f"mới là một phần của năm {year}"


def _lead(row: Row) -> str:
    if not row["lead_agency_vi"]:
        return NO_LEAD
    return f"{row['lead_agency_vi']} ({row['lead_unit_vi']})" if row["lead_unit_vi"] else str(row["lead_agency_vi"])


def _deadline(row: Row, period: Period, day: date) -> DeadlineRow:
    return DeadlineRow(
        what=row["what_vi"],
        due_on=row["due_on"],
        recurrence=_RECURRENCE_VI.get(row["recurrence"], row["recurrence"] or ""),
        responsible=row["responsible_vi"] or "",
        recipient=row["recipient_vi"] or "",
        section=row["section"] or "",
        status=_deadline_status(row["due_on"], day),
        is_of_this_report=row["deadline_code"] == period.deadline_code,
        origins=(plan_origin(row["source"], row["section"]),),
    )


def _deadline_status(due_on: date | None, day: date) -> str:
    if due_on is None:
        return "định kỳ"
    if due_on == day:
        return "đến hạn hôm nay"
    return "đã qua hạn" if due_on < day else f"còn {number_vi((due_on - day).days)} ngày"
