{{ config(**kept_by_month()) }}

-- what is counted of dossiers by month only, and what is the matter with them, in one reading
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
        count(*) as dossiers,
        {{ service_counts(monthly_names()) }},
        {%- for fault, condition in dossier_faults().items() %}
        count(case when {{ condition }} then 1 end) as {{ fault }},
        min(case when {{ condition }} then delivery_no end) as {{ fault }}_delivery_no,
        {%- endfor %}
        min(delivery_no) as delivery_no,
        max(delivered_date) as delivered_date,
        received_month
    from dossier
    group by territory_code, level, unit_code, procedure_field, received_month
)

select * from counted
