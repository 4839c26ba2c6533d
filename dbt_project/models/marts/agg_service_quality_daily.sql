{{ config(**kept_by_month()) }}

with dossier_day as (
    select * from {{ ref('dossier_day') }}
    where {{ in_stale_month('received_month') }}
),

public as (
    select
        territory_code,
        level,
        unit_code,
        procedure_field,
        {{ daily_counts() }},
        received_date,
        received_month
    from dossier_day
)

select * from public
