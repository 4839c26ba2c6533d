{{ config(**kept_by_month()) }}

-- by the day they are due: which of them are overdue depends on the day that is asked about
with dossier as (
    select * from {{ ref('fct_dossier') }}
    where {{ in_stale_month('received_month') }}
),

counted as (
    select
        territory_code,
        level,
        unit_code,
        count(*) as dossiers,
        due_date,
        received_month
    from dossier
    where not is_finished and time_fault is null
    group by territory_code, level, unit_code, due_date, received_month
)

select * from counted
