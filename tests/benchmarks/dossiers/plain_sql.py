"""The steps as plain SQL that DuckDB and Spark both read; what they say otherwise is left as {words}."""

# RFC 2104 by its two padded blocks, as hex; the key is of the benchmark and secret to nobody
KEY = bytes(range(32))
INNER, OUTER = (bytes(byte ^ pad for byte in KEY.ljust(64, b"\0")).hex() for pad in (0x36, 0x5C))

_MOMENTS = ("received_at", "due_at", "finished_at")
_OTHERS = (
    "version",
    "procedure_code",
    "procedure_field",
    "unit_code",
    "level",
    "channel",
    "result_electronic",
    "data_reused",
    "fee_vnd",
    "satisfaction",
    "petitions",
    "petitions_on_time",
)
_CONTENT = ", ".join(
    f"coalesce(cast({given} as {{text}}), '')" for given in (*_OTHERS, *(f"{{moment}}({name})" for name in _MOMENTS))
)

RAW = f"""
select
    {{key}} as dossier_key, version, {{content_hash}} as content_hash,
    '15-2025' as territory_code, procedure_code, procedure_field, unit_code, level, channel,
    received_date, received_at, {{local_date}}(received_at) as received_at_date, due_at,
    {{local_date}}(due_at) as due_date, finished_at, {{local_date}}(finished_at) as finished_date, result_electronic,
    data_reused, fee_vnd, satisfaction, petitions, petitions_on_time, cast('{{delivered}}' as date) as delivered_date,
    {{delivery_no}} as delivery_no,
    cast(date_trunc('month', received_date) as date) as received_month
from (
    select
        *, {{id_date}} as received_date,
        concat_ws('|', {_CONTENT}) as content
    from {{feed}}
) as feed
"""

FACT = """
select
    dossier_key, territory_code, coalesce(new_code, latest.unit_code) as unit_code, latest.unit_code as unit_code_given,
    procedure_code, delivery_no, procedure_field, level, channel, satisfaction, time_fault, version, fee_vnd, petitions,
    petitions_on_time,
    case when time_fault is null then finished.working_day_no - received.working_day_no end as working_days,
    finished_at is not null as is_finished, case when time_fault is null then finished_at <= due_at end as is_in_time,
    result_electronic, data_reused, is_version_in_conflict,
    received_at_date <> received_date as is_received_another_day,
    received_at, due_at, finished_at, received_date, due_date, finished_date, delivered_date, received_month
from (
    select
        *,
        coalesce(next_version = version and next_content_hash <> content_hash, false) as is_version_in_conflict,
        case
            when due_at < received_at then 'due_before_received'
            when finished_at < received_at then 'finished_before_received'
            when received_date > delivered_date or finished_date > delivered_date then 'after_delivery'
        end as time_fault
    from (
        select
            *, row_number() over versions as place, lead(version) over versions as next_version,
            lead(content_hash) over versions as next_content_hash
        from {raw}
        window versions as (
            partition by received_month, dossier_key
            order by version desc, content_hash desc, delivered_date, delivery_no
        )
    ) as numbered
    where place = 1
) as latest
left join {crosswalk} as crosswalk on latest.unit_code = old_code
left join {calendar} as received on received_date = received.day
left join {calendar} as finished on finished_date = finished.day
"""

_CONDITIONS = {
    "dossiers_online": "channel = 'online'",
    "dossiers_open": "not is_finished",
    "dossiers_finished": "is_finished",
    "finished_in_time": "is_finished and is_in_time",
    "finished_late": "is_finished and not is_in_time",
    "finished_undated": "is_finished and is_in_time is null",
    "results_electronic": "is_finished and result_electronic",
    "results_on_paper": "is_finished and not result_electronic",
    "results_unrecorded": "is_finished and result_electronic is null",
    "data_reused": "data_reused",
    "data_not_reused": "not data_reused",
    "data_reuse_unrecorded": "data_reused is null",
    "answers_satisfied": "satisfaction in ('very_satisfied', 'satisfied')",
    "answers_neutral": "satisfaction = 'neutral'",
    "answers_dissatisfied": "satisfaction = 'dissatisfied'",
    "times_at_fault": "time_fault is not null",
}
_AMOUNTS = ("petitions", "petitions_on_time", "fee_vnd", "working_days")
_BY = "territory_code, level, unit_code, procedure_field"

DAILY = f"""
select
    {_BY}, count(*) as dossiers,
    {", ".join(f"count(case when {condition} then 1 end) as {name}" for name, condition in _CONDITIONS.items())},
    {", ".join(f"cast(coalesce(sum({name}), 0) as bigint) as {name}" for name in _AMOUNTS)},
    received_date, received_month
from {{fact}}
group by {_BY}, received_date, received_month
"""
MONTHLY = f"""
select
    {_BY}, {", ".join(f"cast(sum({name}) as bigint) as {name}" for name in ("dossiers", *_CONDITIONS, *_AMOUNTS))},
    received_month
from {{daily}}
group by {_BY}, received_month
"""

FAULTS = {
    "due_before_received": "time_fault = 'due_before_received'",
    "finished_before_received": "time_fault = 'finished_before_received'",
    "after_delivery": "time_fault = 'after_delivery'",
    "received_another_day": "is_received_another_day",
    "unit_unknown": "name is null",
    "version_in_conflict": "is_version_in_conflict",
}
EXPECTATIONS = f"""
select
    territory_code, fact.level, fact.unit_code, count(*) as dossiers,
    {
    ", ".join(
        f"count(case when {condition} then 1 end) as {name},"
        f" min(case when {condition} then delivery_no end) as {name}_delivery_no"
        for name, condition in FAULTS.items()
    )
},
    received_month
from {{fact}} as fact left join {{unit}} as unit on fact.unit_code = unit.unit_code
group by territory_code, fact.level, fact.unit_code, received_month
"""

# what every program must come to
_COUNTED = (
    "dossiers",
    "finished_in_time",
    "finished_late",
    "results_electronic",
    "data_reused",
    "answers_satisfied",
    "petitions",
    "fee_vnd",
)
COUNTS = {
    "load": "select count(*) as records, sum(version) as versions, count(finished_at) as finished from {raw}",
    "fact": "select count(*) as dossiers, sum(version) as versions, count(distinct unit_code) as units from {fact}",
    "aggregates": f"select {', '.join(f'sum({name}) as {name}' for name in _COUNTED)} from {{monthly}}",
    "expectations": f"select {', '.join(f'sum({name}) as {name}' for name in ('dossiers', *FAULTS))} from {{faults}}",
}
COUNTS["day"] = COUNTS["aggregates"]
