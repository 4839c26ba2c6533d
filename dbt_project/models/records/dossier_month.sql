{{ config(**kept_by_month()) }}

-- Built behind every table that is kept by month: a build that was cut short leaves its months stale.
-- depends_on: {{ ref('dossier_open') }}

with loaded as (
    select * from {{ ref('dossier_load') }}
    where {{ in_stale_month('received_month') }}
),

counted as (
    select
        received_month,
        cast(sum(dossiers) as bigint) as dossiers
    from {{ ref('agg_service_quality_monthly') }}
    group by received_month
),

-- a month without any dossier of its records is not made, whatever the reason
final as (
    select
        loaded.load_no,
        loaded.made_of,
        '{{ made_by() if execute else "" }}' as made_by,
        loaded.records,
        counted.dossiers,
        loaded.received_month
    from loaded
    inner join counted
        on loaded.received_month = counted.received_month
)

select * from final
