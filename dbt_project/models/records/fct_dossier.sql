{{ config(**kept_by_month(var('dossier_records_sorted_at_once'))) }}

with delivered as (
    select * from {{ ref('stg_raw__dossier') }}
    where {{ in_stale_month('received_month') }}
),

crosswalk as (
    select
        old_code,
        new_code
    from {{ ref('commune_crosswalk') }}
    where divided = 'no'
),

calendar as (
    select * from {{ ref('dim_calendar_day') }}
),

-- The latest version wins. Copies of it stand together; the last of them, the one delivered first, is taken, so that
-- neither the order nor the number of deliveries shows, and the row behind it tells whether the version has another content.
compared as (
    select
        *,
        version = first_value(version) over latest
        and content_hash = first_value(content_hash) over latest as is_latest,
        lead(version) over latest as next_version,
        lead(content_hash) over latest as next_content_hash
    from delivered
    window latest as (
        partition by territory_code, received_date, dossier_key
        order by version desc, content_hash desc, delivered_date desc, delivery_no desc
    )
),

latest as (
    select
        *,
        next_version is not null and next_version = version as is_version_in_conflict,
        case
            when due_at < received_at then 'due_before_received'
            when finished_at < received_at then 'finished_before_received'
            when received_date > delivered_date or finished_date > delivered_date then 'after_delivery'
        end as time_fault
    from compared
    where is_latest and (next_version is null or next_version <> version or next_content_hash <> content_hash)
),

final as (
    select
        -- ids
        latest.dossier_key,
        latest.territory_code,
        coalesce(crosswalk.new_code, latest.unit_code) as unit_code,
        latest.unit_code as unit_code_given,
        latest.procedure_code,
        latest.delivery_no,

        -- texts
        latest.procedure_field,
        latest.level,
        latest.channel,
        latest.satisfaction,
        latest.time_fault,

        -- numbers
        latest.version,
        latest.fee_vnd,
        latest.petitions,
        latest.petitions_in_time,
        case
            when latest.time_fault is null then finished.working_day_no - received.working_day_no
        end as working_days,

        -- flags
        latest.finished_at is not null as is_finished,
        case when latest.time_fault is null then latest.finished_at <= latest.due_at end as is_in_time,
        latest.is_result_electronic,
        latest.is_data_reused,
        latest.is_version_in_conflict,
        latest.received_at_date <> latest.received_date as is_received_another_day,

        -- dates
        latest.received_at,
        latest.due_at,
        latest.finished_at,
        latest.received_date,
        latest.due_date,
        latest.finished_date,
        latest.delivered_date,
        latest.received_month
    from latest
    left join crosswalk
        on latest.unit_code = crosswalk.old_code
    left join calendar as received
        on latest.received_date = received.day
    left join calendar as finished
        on latest.finished_date = finished.day
)

select * from final
