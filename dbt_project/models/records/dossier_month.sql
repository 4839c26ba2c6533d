{{ config(**kept_by_month()) }}

-- Built behind every table that is kept by month: a build that was cut short leaves its months stale.
-- depends_on: {{ ref('evd_dossier_fault') }}

with delivered as (
    select
        received_month,
        max(load_no) as load_no,
        cast(sum(records) as bigint) as records
    from {{ ref('stg_raw__dossier_delivery') }}
    where {{ in_stale_month('received_month') }}
    group by received_month
),

counted as (
    select
        received_month,
        cast(sum(dossiers) as bigint) as dossiers
    from {{ ref('agg_service_quality_monthly') }}
    where {{ in_stale_month('received_month') }}
    group by received_month
),

final as (
    select
        delivered.load_no,
        '{{ made_by() if execute else "" }}' as made_by,
        delivered.records,
        coalesce(counted.dossiers, 0) as dossiers,
        delivered.received_month
    from delivered
    left join counted
        on delivered.received_month = counted.received_month
)

select * from final
