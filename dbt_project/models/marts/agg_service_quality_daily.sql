{{ config(**kept_by_month()) }}

with dossier as (
    select * from {{ ref('fct_dossier') }}
    where {{ in_stale_month('received_month') }}
),

counted as (
    select
        territory_code,
        level,
        unit_code,
        procedure_field,
        {{ service_counts(daily_names()) }},
        received_date,
        received_month
    from dossier
    group by territory_code, level, unit_code, procedure_field, received_date, received_month
)

select * from counted
