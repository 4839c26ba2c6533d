with unit_month as (
    select * from {{ ref('dossier_unit_month') }}
    where territory_code = {{ home_territory() }}
),

counted as (
    select
        territory_code,
        level,
        unit_code,
        cast(sum(dossiers) as bigint) as dossiers,
        {%- for fault in dossier_faults() %}
        cast(sum({{ fault }}) as bigint) as {{ fault }},
        min({{ fault }}_delivery_no) as {{ fault }}_delivery_no,
        {%- endfor %}
        min(delivery_no) as delivery_no,
        received_month
    from unit_month
    group by territory_code, level, unit_code, received_month
),

with_unit as (
    select
        counted.*,
        case when service_unit.unit_code is null then counted.dossiers else 0 end as unit_unknown,
        case when service_unit.unit_code is null then counted.delivery_no end as unit_unknown_delivery_no
    from counted
    left join {{ ref('dim_service_unit') }} as service_unit
        on counted.unit_code = service_unit.unit_code
),

judged as (
    {%- for fault in dossier_faults().keys() | list + ['unit_unknown'] %}
    select
        territory_code,
        level,
        unit_code,
        '{{ fault }}' as fault_code,
        {{ fault }}_delivery_no as delivery_no,
        dossiers,
        {{ fault }} as faulty,
        received_month
    from with_unit{% if not loop.last %}
    union all{% endif %}
    {%- endfor %}
)

select * from judged
