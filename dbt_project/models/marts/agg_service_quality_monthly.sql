{{ config(**kept_by_month()) }}

with daily as (
    select * from {{ ref('agg_service_quality_daily') }}
    where {{ in_stale_month('received_month') }}
),

summed as (
    select
        territory_code,
        level,
        unit_code,
        procedure_field,
        {{ sums_of_service_counts(daily_names()) }},
        received_month
    from daily
    group by territory_code, level, unit_code, procedure_field, received_month
),

by_month_only as (
    select * from {{ ref('dossier_unit_month') }}
    where {{ in_stale_month('received_month') }}
),

joined as (
    select
        summed.territory_code,
        summed.level,
        summed.unit_code,
        summed.procedure_field,
        {%- for name in service_names() %}
        {{ 'by_month_only' if name in monthly_names() else 'summed' }}.{{ name }},
        {%- endfor %}
        summed.received_month
    from summed
    inner join by_month_only
        on
            summed.territory_code = by_month_only.territory_code
            and summed.level = by_month_only.level
            and summed.unit_code = by_month_only.unit_code
            and summed.procedure_field = by_month_only.procedure_field
            and summed.received_month = by_month_only.received_month
)

select * from joined
