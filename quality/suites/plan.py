"""What the province set itself, and what it waits for: targets of the plan, and publications that are late."""

from collections.abc import Callable

from quality.numbers_vi import date_vi, figure_vi, number_vi
from quality.rules import Row, Rule, Suite, Words, at_most_allowed
from quality.suites.wording import index_label

_UNITS_VI = {"percent": "%", "enterprises": "doanh nghiệp", "projects": "dự án"}


def _target_missed(row: Row) -> Words:
    target, actual = _amount_vi(row, row["target_low"]), _amount_vi(row, row["actual_value"])
    return Words(
        subject_vi=_target_subject(row),
        expected=f"ít nhất {target} vào {date_vi(row['due_on'])}",
        observed=f"{actual} (kỳ {row['actual_period_label']})",
        message_vi=f"{row['name_vi']}: {actual} (kỳ {row['actual_period_label']}), mục tiêu {target} đã đến hạn "
        f"{date_vi(row['due_on'])}; còn thiếu {_amount_vi(row, row['fall'])}.",
        message_en=f"Target {row['target_code']}: {row['actual_value']:g} {row['unit']} "
        f"({row['actual_period_label']}), {row['target_low']:g} were due on {row['due_on']}; short by {row['fall']:g}.",
        after_vi=actual,
        change_vi=f"còn thiếu {_amount_vi(row, row['fall'])}",
    )


def _target_out_of_reach(row: Row) -> Words:
    target, projected = _amount_vi(row, row["target_low"]), _amount_vi(row, row["projected_value"])
    before, after = _amount_vi(row, row["earlier_value"]), _amount_vi(row, row["actual_value"])
    return Words(
        subject_vi=_target_subject(row),
        expected=f"ít nhất {target} vào {date_vi(row['due_on'])}",
        observed=f"theo nhịp hiện nay chỉ đạt khoảng {projected}",
        message_vi=f"{row['name_vi']}: theo nhịp hiện nay ({before} kỳ {row['earlier_period_label']} → {after} kỳ "
        f"{row['actual_period_label']}), đến {date_vi(row['due_on'])} chỉ đạt khoảng {projected}; mục tiêu {target}.",
        message_en=f"Target {row['target_code']}: at the present pace ({row['earlier_value']:g} in "
        f"{row['earlier_period_label']} → {row['actual_value']:g} in {row['actual_period_label']}) about "
        f"{row['projected_value']:g} {row['unit']} by {row['due_on']}; the target is {row['target_low']:g}.",
        before_vi=before,
        after_vi=after,
        change_vi=f"dự tính còn thiếu {_amount_vi(row, row['fall'])}",
    )


def _publication_late(row: Row) -> Words:
    name = f"{index_label(row['index_code'])} {row['edition_label']}"
    days = number_vi(row["fall"])
    return Words(
        subject_vi=name,
        expected=f"có trước {date_vi(row['expected_by'])} (theo độ trễ dài nhất đã ghi)",
        observed=f"chưa có sau {days} ngày",
        message_vi=f"{name}: chưa có kết quả trong kho, muộn {days} ngày so với {date_vi(row['expected_by'])}, "
        "hạn tính theo độ trễ dài nhất của các kỳ trước.",
        message_en=f"{name}: no result held, {days} days after {row['expected_by']}, "
        "the day by the longest delay on record.",
        change_vi=f"muộn {days} ngày",
    )


def _target_subject(row: Row) -> str:
    return f"Chỉ tiêu {row['reference_year']} · {row['name_vi']}"


def _amount_vi(row: Row, value: float) -> str:
    unit = _UNITS_VI.get(row["unit"], row["unit"])
    figure = figure_vi(round(value, 2))
    return f"{figure}%" if unit == "%" else f"{figure} {unit}"


def _target_rule(rule_code: str, describe: Callable[[Row], Words]) -> Rule:
    return at_most_allowed(
        rule_code,
        "regression",
        "fall",
        describe,
        applies=("rule_code", rule_code),
        identity=("target_set", "target_code"),
    )


SUITES = (
    Suite(
        name="target_progress",
        table="reporting.rpt_target_progress",
        keys=("target_set", "target_code", "name_vi", "target_low", "actual_value", "projected_value", "due_on"),
        # A target without a figure of its own year is not judged: its status says that there is none.
        sql="""
        with target as (
            select *, legal_source as own_legal_basis, lead_agency_code as own_lead_agency_code,
                lead_agency_vi as own_lead_agency_vi, actual_value as value_after, earlier_value as value_before,
                actual_source_url as source_url, actual_source_locator as source_locator
            from (select *, concat_ws(', ', source, section) as legal_source from reporting.rpt_target_progress)
        )
        select 'target_missed' as rule_code, *, shortfall as fall, threshold_of('target_missed', '*') as allowed
        from target
        where is_due and is_actual_of_target_year
        union all
        select 'target_out_of_reach' as rule_code, *, projected_shortfall as fall,
            threshold_of('target_out_of_reach', '*') as allowed
        from target
        where not is_due and projected_shortfall is not null
        order by rule_code, target_set, target_code
        """,
        rules=(
            _target_rule("target_missed", _target_missed),
            _target_rule("target_out_of_reach", _target_out_of_reach),
        ),
    ),
    Suite(
        name="publication_calendar",
        table="reporting.rpt_publication_calendar",
        keys=("index_code", "edition_label", "status", "expected_by"),
        sql="""
        select index_code, edition_year, edition_label, status, expected_by, source_url,
            coalesce(days_overdue, 0) as fall, threshold_of('publication_late', index_code) as allowed
        from reporting.rpt_publication_calendar
        where is_index and edition_year is not null and (held or expected_by is not null)
        order by all
        """,
        rules=(
            at_most_allowed("publication_late", "regression", "fall", _publication_late, identity=("edition_label",)),
        ),
    ),
)
