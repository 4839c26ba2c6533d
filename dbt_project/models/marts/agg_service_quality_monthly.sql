{{ config(**kept_by_month()) }}

with daily as (
    select * from {{ ref('dossier_day') }}
    where {{ in_stale_month('received_month') }}
),

summed as (
    select
        territory_code,
        level,
        unit_code,
        procedure_field,
        {{ sums_of_service_counts() }},
        received_month
    from daily
    group by territory_code, level, unit_code, procedure_field, received_month
)

select * from summed
