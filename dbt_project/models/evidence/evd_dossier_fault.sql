{{ config(**kept_by_month()) }}

with dossier as (
    select
        fct.*,
        service_unit.unit_code is null as is_unit_unknown
    from {{ ref('fct_dossier') }} as fct
    left join {{ ref('dim_service_unit') }} as service_unit
        on fct.unit_code = service_unit.unit_code and fct.level = service_unit.level
    where {{ in_stale_month('fct.received_month') }}
),

-- all kinds in one reading of the dossiers; the delivery of one of them says where to look
{% set faults = {
    'due_before_received': "time_fault = 'due_before_received'",
    'finished_before_received': "time_fault = 'finished_before_received'",
    'after_delivery': "time_fault = 'after_delivery'",
    'received_another_day': 'is_received_another_day',
    'unit_unknown': 'is_unit_unknown',
    'version_in_conflict': 'is_version_in_conflict',
} %}
counted as (
    select
        territory_code,
        level,
        unit_code,
        count(*) as dossiers,
        {%- for code, condition in faults.items() %}
        count(case when {{ condition }} then 1 end) as {{ code }},
        min(case when {{ condition }} then delivery_no end) as {{ code }}_delivery_no,
        {%- endfor %}
        received_month
    from dossier
    group by territory_code, level, unit_code, received_month
),

judged as (
    {%- for code in faults %}
    select
        territory_code,
        level,
        unit_code,
        '{{ code }}' as fault_code,
        {{ code }}_delivery_no as delivery_no,
        dossiers,
        {{ code }} as faulty,
        received_month
    from counted{% if not loop.last %}
    union all{% endif %}
    {%- endfor %}
)

select * from judged
