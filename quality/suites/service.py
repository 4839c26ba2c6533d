"""Service to people and enterprises, measured from dossiers: what came, what cannot be right, what got worse."""

from datetime import date

from quality.numbers_vi import date_vi, difference_vi, number_vi
from quality.rules import Row, Rule, Suite, Words, at_most_allowed

_LEVELS_VI = {"province": "cấp tỉnh", "district": "cấp huyện", "commune": "cấp xã"}
_FAULTS = {
    "due_before_received": ("hẹn trả trước khi tiếp nhận", "due before they were received"),
    "finished_before_received": ("có kết quả trước khi tiếp nhận", "finished before they were received"),
    "after_delivery": ("có thời gian sau ngày nộp tệp", "timed after the day of their delivery"),
    "received_another_day": ("giờ tiếp nhận khác ngày trong mã hồ sơ", "received on another day than their id says"),
    "unit_unknown": ("ghi đơn vị không có trong danh mục", "of a unit that is on no list"),
    "version_in_conflict": ("có hai nội dung cho cùng một phiên bản", "delivered with two contents of one version"),
}
# a rate of fewer says nothing of a unit
_FEW = 30
_UNIT = ("level", "unit_code")
_INDICATOR = ("scope", *_UNIT, "indicator_code", "period_start")


def _refused(row: Row) -> Words:
    place = f" dòng {number_vi(row['source_row'])}" if row.get("source_row") is not None else ""
    column = f" cột “{row['column_header']}”" if row.get("column_header") else ""
    others = row["faults"] - 1
    more_vi = f" Và {number_vi(others)} lỗi khác." if others > 0 else ""
    more_en = f" And {others} more." if others > 0 else ""
    return Words(
        subject_vi=f"Hồ sơ TTHC · {row['source_file']}{place}{column}",
        expected="nạp được trọn vẹn tệp hồ sơ",
        observed=str(row["message_vi"]),
        message_vi=f"Tệp hồ sơ {row['source_file']}{place} chưa nạp được: {row['message_vi']}.{more_vi}",
        message_en=f"Dossier file {row['source_file']} was not loaded: {row['message_en']}.{more_en}",
    )


def _at_fault(row: Row) -> Words:
    vi, en = _FAULTS[row["fault_code"]]
    month = month_vi(row["received_month"])
    faulty, dossiers, units = number_vi(row["faulty"]), number_vi(row["dossiers"]), number_vi(row["units"])
    return Words(
        subject_vi=f"Hồ sơ TTHC · {month} · {vi}",
        expected="không có hồ sơ sai",
        observed=f"{faulty} trên {dossiers} hồ sơ",
        message_vi=f"{month.capitalize()}: {faulty} trên {dossiers} hồ sơ {vi}, ở {units} đơn vị; "
        f"nhiều nhất là {unit_vi(row)} ({number_vi(row['most'])}).",
        message_en=f"{row['received_month']:%Y-%m}: {row['faulty']} of {row['dossiers']} dossiers {en}, "
        f"at {row['units']} units; most at {row['unit_code']} ({row['most']}).",
        change_vi=f"{faulty} hồ sơ",
    )


def _day_missing(row: Row) -> Words:
    usual = number_vi(row["usual_dossiers"], 0)
    if row["last_day"] is not None:
        since, until = date_vi(row["day"]), date_vi(row["last_day"])
        return Words(
            subject_vi=f"Hồ sơ TTHC · {unit_vi(row)} · từ {since}",
            expected=f"khoảng {usual} hồ sơ mỗi ngày làm việc",
            observed=f"không có hồ sơ nào từ {since} đến {until}",
            message_vi=f"{unit_vi(row)}: không nhận được hồ sơ nào từ {since} đến {until}, "
            f"thường ngày có khoảng {usual}.",
            message_en=f"No dossier came from {row['day']} to {row['last_day']}; usually about {usual} a working day.",
        )
    return Words(
        subject_vi=f"Hồ sơ TTHC · {unit_vi(row)} · {date_vi(row['day'])}",
        expected=f"khoảng {usual} hồ sơ như ngày làm việc thường",
        observed="không có hồ sơ nào",
        message_vi=f"{unit_vi(row)}: ngày làm việc {date_vi(row['day'])} không có hồ sơ nào, thường ngày có khoảng "
        f"{usual}.",
        message_en=f"{row['unit_code'] or 'The province'}: no dossier on {row['day']}, a working day; usually about "
        f"{usual}.",
    )


def _overdue(row: Row) -> Words:
    overdue, units, through = number_vi(row["overdue"]), number_vi(row["units"]), date_vi(row["told_through"])
    highest = ", ".join(
        f"{unit_vi(one)} ({number_vi(one['overdue'])} trên {number_vi(one['dossiers'])})" for one in row["highest"]
    )
    return Words(
        subject_vi="Hồ sơ TTHC · quá hạn chưa có kết quả",
        expected="không đơn vị nào có nhiều hồ sơ quá hạn chưa có kết quả",
        observed=f"{overdue} hồ sơ ở {units} đơn vị; tỷ lệ cao nhất: {highest}",
        message_vi=f"Ở {units} đơn vị, {overdue} hồ sơ nhận trong 12 tháng gần nhất đã quá hạn mà chưa có kết quả, "
        f"theo tin mới nhất của đơn vị (đến {through}); tỷ lệ cao nhất: {highest}.",
        message_en=f"At {row['units']} units {row['overdue']} dossiers of the last 12 months are past their due day "
        f"without a result, by each unit's latest news (until {row['told_through']}).",
        change_vi=f"{overdue} hồ sơ",
    )


def _rate_fell(row: Row) -> Words:
    month, span = month_vi(row["period_start"]), _span_vi(row["before_start"], row["before_end"])
    before, after = _percent(row["value_before"]), _percent(row["value"])
    times = number_vi(row["falls_in_noise"], 1)
    return Words(
        subject_vi=f"{row['indicator_vi']} · {unit_vi(row)} · {month}",
        expected=f"không giảm quá mức nhiễu so với {span}",
        observed=f"{after}, {span} là {before}",
        message_vi=f"{row['indicator_vi']}, {unit_vi(row)}: {month} là {after} (trên {number_vi(row['counted'])}), "
        f"{span} là {before}; giảm {difference_vi(row['fall'])} điểm %.",
        message_en=f"{row['indicator_en']}, {_unit_en(row)}: {row['value']:.2f} % in {row['period_start']:%Y-%m} "
        f"(of {row['counted']}), {row['value_before']:.2f} % before.",
        before_vi=before,
        after_vi=after,
        change_vi=f"giảm {difference_vi(row['fall'])} điểm %",
        certainty_vi=f"Giảm {times} lần sai số của phép đếm.",
        certainty_en=f"The fall is {row['falls_in_noise']:.1f} times the error of counting.",
    )


def _behind(row: Row) -> Words:
    year = row["period_start"].year
    value, target = _percent(row["value"], row["target"]), _percent(row["target"])
    through = date_vi(row["recorded_through"])
    unrecorded = (
        f" Chưa ghi nhận: {number_vi(row['unrecorded'])}, nếu đều đạt vẫn dưới chỉ tiêu." if row["unrecorded"] else ""
    )
    lowest = _lowest(row["lowest"] or [])
    return Words(
        subject_vi=f"Chỉ tiêu {year} · {row['indicator_vi']} · {unit_vi(row)}",
        expected=f"ít nhất {target}",
        observed=f"{value} tính đến {through}" + (f"; thấp nhất: {lowest}" if lowest else ""),
        message_vi=f"{row['indicator_vi']}, {unit_vi(row)}: {value} tính đến {through} (trên "
        f"{number_vi(row['counted'])}), chỉ tiêu năm {year} là {target}; còn thiếu {difference_vi(row['fall'])} điểm %."
        + unrecorded
        + (f" Thấp nhất: {lowest}." if lowest else ""),
        message_en=f"{row['indicator_en']}, {_unit_en(row)}: {row['value']:.2f} % through "
        f"{row['recorded_through']} (of {row['counted']}); the target of {year} is {row['target']:g} %.",
        after_vi=value,
        change_vi=f"còn thiếu {difference_vi(row['fall'])} điểm %",
    )


def unit_vi(row: Row) -> str:
    """'Xã Bát Xát', 'Toàn tỉnh', 'cấp xã', or 'đơn vị 02683' where the code is on no list."""
    if row.get("unit_code") is not None:
        return str(row.get("unit_vi") or f"đơn vị {row['unit_code']}")
    return _LEVELS_VI[row["level"]] if row.get("level") is not None else "Toàn tỉnh"


def _unit_en(row: Row) -> str:
    return str(row["unit_code"] or row["level"] or "the province")


def month_vi(day: date) -> str:
    return f"tháng {day.month}/{day.year}"


def _span_vi(first: date, last: date) -> str:
    """'tháng 7/2026', 'tháng 7–9/2026', 'tháng 11/2025–1/2026'."""
    if (first.year, first.month) == (last.year, last.month):
        return month_vi(first)
    start = f"tháng {first.month}" if first.year == last.year else month_vi(first)
    return f"{start}–{last.month}/{last.year}"


def _percent(value: float, target: float | None = None) -> str:
    """Two decimals, and never all, nothing or the target where it is not quite so."""
    shown = round(value, 2)
    if shown != value and shown in (0.0, 100.0, target):
        return f"{'dưới' if value < shown else 'trên'} {number_vi(shown)}%"
    return f"{number_vi(shown)}%"


def _lowest(units: list[Row]) -> str:
    return ", ".join(f"{unit_vi(one)} ({_percent(one['value'])})" for one in units)


def _fault_rule(rule_code: str) -> Rule:
    return at_most_allowed(
        rule_code,
        "data_fault",
        "faulty",
        _at_fault,
        applies=("rule_code", rule_code),
        identity=("fault_code", "received_month"),
    )


# of no edition: alerts tell them with the plan's targets, so they name no territory
_LEAD = """target.lead_agency_code as own_lead_agency_code, target.lead_agency_vi as own_lead_agency_vi,
            'Kế hoạch, ' || target.section as own_legal_basis"""

SUITES = (
    Suite(
        name="dossier_files",
        table="evidence.evd_dossier_file",
        keys=("source_file", "source_row", "column_header", "fault_code", "faults"),
        # one finding a file, of its first fault; files that were loaded are judged too
        sql="""
        select * exclude (remedy_vi, remedy_en), remedy_vi as own_remedy_vi, remedy_en as own_remedy_en,
            source_file as source_locator
        from evidence.evd_dossier_file
        order by all
        """,
        rules=(
            Rule(
                rule_code="dossier_file_loaded",
                kind="data_fault",
                expectation="null",
                arguments={"column": "fault_code"},
                describe=_refused,
                identity=("source_file",),
            ),
        ),
        of_figures=False,
    ),
    Suite(
        name="dossier_records",
        table="evidence.evd_dossier_fault",
        keys=("received_month", "fault_code", "faulty", "dossiers", "units", "unit_vi"),
        # one finding a kind and month, however many units have it; the unit that has most of it is named
        sql="""
        select fault.*, service_unit.name_vi as unit_vi, delivery.source_file as source_locator,
            threshold_of(fault.rule_code, '*') as allowed
        from (
            select territory_code, fault_code, received_month,
                case fault_code
                    when 'unit_unknown' then 'dossier_unit_known'
                    when 'version_in_conflict' then 'dossier_version_single'
                    else 'dossier_times_possible'
                end as rule_code,
                sum(faulty)::bigint as faulty, sum(dossiers)::bigint as dossiers,
                count(distinct unit_code) filter (faulty > 0) as units, max(faulty) as most,
                first(level order by faulty desc, unit_code, level) as level,
                first(unit_code order by faulty desc, unit_code, level) as unit_code,
                first(delivery_no order by faulty desc, unit_code, level) as delivery_no
            from evidence.evd_dossier_fault
            group by territory_code, fault_code, received_month
        ) as fault
        left join marts.dim_service_unit as service_unit using (unit_code)
        left join (select distinct delivery_no, source_file from staging.stg_raw__dossier_delivery) as delivery
            using (delivery_no)
        order by received_month, fault_code, territory_code
        """,
        rules=tuple(
            _fault_rule(code) for code in ("dossier_times_possible", "dossier_unit_known", "dossier_version_single")
        ),
        # dossiers belong to no edition that could be withheld
        of_figures=False,
    ),
    Suite(
        name="dossier_days",
        table="evidence.evd_dossier_day",
        keys=("level", "unit_code", "unit_vi", "day", "usual_dossiers"),
        sql="select * from evidence.evd_dossier_day order by all",
        rules=(
            Rule(
                rule_code="dossier_day_delivered",
                kind="data_fault",
                expectation="in_set",
                arguments={"column": "is_delivered", "value_set": [True]},
                judged=("is_delivered",),
                describe=_day_missing,
                identity=(*_UNIT, "day"),
            ),
        ),
        of_figures=False,
    ),
    Suite(
        name="dossiers_overdue",
        table="evidence.evd_dossier_overdue",
        keys=("told_through", "overdue", "units"),
        # one finding, however many units; those with the largest shares are named, and only theirs are counted
        sql=f"""
        with placed as (
            select *,
                row_number() over (order by is_beyond desc, share_overdue desc, overdue desc, unit_code, level) as place
            from evidence.evd_dossier_overdue
        ),
        counted as (
            select max(told_through) as told_through, coalesce(sum(overdue) filter (is_beyond), 0)::bigint as overdue,
                count(*) filter (is_beyond) as units,
                list(struct_pack(level, unit_code, unit_vi, overdue, dossiers) order by place)
                    filter (place <= 3 and is_beyond) as highest
            from placed
            having count(*) > 0
        )
        select counted.*, {_LEAD}, threshold_of('dossier_overdue', '*') as allowed
        from counted
        left join (
            -- the agency that leads every target of service
            select min(lead_agency_code) as lead_agency_code, min(lead_agency_vi) as lead_agency_vi,
                min(section) as section
            from reporting.rpt_service_quality
            where lead_agency_code is not null
            having count(distinct lead_agency_code) = 1
        ) as target on true
        """,
        rules=(at_most_allowed("dossier_overdue", "regression", "overdue", _overdue),),
    ),
    Suite(
        name="service_changes",
        table="evidence.evd_service_quality_change",
        keys=(*_INDICATOR, "value_before", "value", "falls_in_noise"),
        sql=f"""
        select change.* exclude (territory_code), change.value as value_after, -change.fall as change, {_LEAD},
            threshold_of('service_rate_fell', '*') as allowed
        from evidence.evd_service_quality_change as change
        left join (
            select distinct indicator_code, lead_agency_code, lead_agency_vi, section
            from reporting.rpt_service_quality
            where lead_agency_code is not null
        ) as target using (indicator_code)
        order by all
        """,
        rules=(at_most_allowed("service_rate_fell", "regression", "falls_in_noise", _rate_fell, identity=_INDICATOR),),
    ),
    Suite(
        name="service_targets",
        table="reporting.rpt_service_quality",
        keys=("indicator_code", "period_start", "value", "target", "counted", "unrecorded"),
        # the year so far; what its end comes to is the plan's target, which `target_progress` judges
        sql=f"""
        with quality as (
            select * from reporting.rpt_service_quality where period_kind = 'year' and not is_period_over
        ),
        low as (
            select indicator_code, period_start, level, unit_code, unit_vi, value,
                row_number() over (partition by indicator_code, period_start order by value, unit_code, level) as place
            from quality
            where scope = 'unit' and status = 'not_met' and counted >= {_FEW}
        )
        select target.* exclude (territory_code), target.value as value_after, {_LEAD}, lowest.units as lowest,
            case when target.status = 'not_met' then target.shortfall else 0.0 end as fall,
            threshold_of('service_target_behind', '*') as allowed
        from quality as target
        left join (
            select indicator_code, period_start,
                list(struct_pack(level, unit_code, unit_vi, value) order by place) as units
            from low
            where place <= 3
            group by indicator_code, period_start
        ) as lowest using (indicator_code, period_start)
        where target.scope = 'territory' and target.status in ('met', 'not_met')
        order by target.indicator_code, target.period_start
        """,
        rules=(
            at_most_allowed(
                "service_target_behind", "regression", "fall", _behind, identity=("indicator_code", "period_start")
            ),
        ),
    ),
)
