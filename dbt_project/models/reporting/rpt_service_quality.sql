with monthly as (
    select * from {{ ref('agg_service_quality_monthly') }}
    -- a dossier of a day to come is a fault that is told; it must not make periods look over
    where territory_code = {{ home_territory() }} and received_month <= {{ as_of_date() }}
),

recorded as (
    select
        min(received_date) as recorded_from,
        max(received_date) as recorded_through
    from {{ ref('agg_service_quality_daily') }}
    where territory_code = {{ home_territory() }} and received_date <= {{ as_of_date() }}
),

service_unit as (
    select * from {{ ref('dim_service_unit') }}
),

indicator as (
    select * from {{ ref('service_indicator') }}
),

target as (
    select * from {{ ref('service_quality_target') }}
    where {{ home_has_the_plan() }}
),

agency as (
    select * from {{ ref('agency') }}
),

dated as (
    select
        *,
        {{ dbt.date_trunc('year', 'received_month') }} as received_year
    from monthly
),

-- the province, each level, each unit; each by month and by year
{% set scopes = {'territory': [], 'level': ['level'], 'unit': ['level', 'unit_code']} %}
{% set periods = {'month': 'received_month', 'year': 'received_year'} %}
counted as (
    {%- for period_kind, period in periods.items() %}
    {%- set outer = loop %}
    {%- for scope, keys in scopes.items() %}
    select
        '{{ period_kind }}' as period_kind,
        '{{ scope }}' as scope,
        territory_code,
        {% if 'level' in keys %}level{% else %}cast(null as {{ dbt.type_string() }}) as level{% endif %},
        {% if 'unit_code' in keys %}unit_code{% else %}cast(null as {{ dbt.type_string() }}) as unit_code{% endif %},
        {{ sums_of_service_counts(service_names()) }},
        cast({{ period }} as date) as period_start
    from dated
    group by territory_code{% for key in keys %}, {{ key }}{% endfor %}, {{ period }}
    {%- if not (outer.last and loop.last) %}
    union all
    {%- endif %}
    {%- endfor %}
    {%- endfor %}
),

-- what counts, out of what, and what of it nobody recorded
{% set measures = {
    'electronic_result': ['results_electronic', 'results_electronic + results_on_paper', 'results_unrecorded'],
    'data_reuse': ['data_reused', 'data_reused + data_not_reused', 'data_reuse_unrecorded'],
    'petition_in_time': ['petitions_in_time', 'petitions', '0'],
    'satisfaction': ['answers_satisfied', 'answers_satisfied + answers_neutral + answers_dissatisfied', '0'],
    'in_time': ['finished_in_time', 'finished_in_time + finished_late', 'finished_undated'],
} %}
measured as (
    {%- for indicator_code, parts in measures.items() %}
    select
        period_kind,
        scope,
        territory_code,
        level,
        unit_code,
        '{{ indicator_code }}' as indicator_code,
        {{ parts[0] }} as counted_good,
        {{ parts[1] }} as counted,
        {{ parts[2] }} as unrecorded,
        {{ parts[1] }} + {{ parts[2] }} as in_question,
        dossiers,
        dossiers_open,
        period_start
    from counted
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

with_target as (
    select
        measured.*,
        indicator.name_vi as indicator_vi,
        indicator.name_en as indicator_en,
        indicator.sort_order,
        cast(indicator.target_position as {{ dbt.type_string() }}) as target_code,
        target.target,
        target.comparison,
        target.lead_agency_code,
        target.lead_unit_code,
        target.section,
        target.source,
        {{ computed('1e2 * measured.counted_good / nullif(measured.counted, 0)') }} as value,
        -- were all that nobody recorded good, and were none of it
        {{ computed('1e2 * (measured.counted_good + measured.unrecorded) / nullif(measured.in_question, 0)') }} as value_at_most,
        {{ computed('1e2 * measured.counted_good / nullif(measured.in_question, 0)') }} as value_at_least,
        {{ dbt.dateadd(
            'day', -1, "case when measured.period_kind = 'month' then " ~ dbt.dateadd('month', 1, 'measured.period_start')
            ~ ' else ' ~ dbt.dateadd('year', 1, 'measured.period_start') ~ ' end'
        ) }} as period_end
    from measured
    inner join indicator
        on measured.indicator_code = indicator.indicator_code
    left join target
        on
            indicator.target_position = target.position
            and extract(year from measured.period_start) = target.plan_year
),

judged as (
    select
        *,
        case
            when target is null then 'no_target'
            when counted = 0 then 'no_data'
            when value_at_least >= target then 'met'
            when value_at_most < target then 'not_met'
            else 'undecided'
        end as status
    from with_target
),

final as (
    select
        -- ids
        quality.territory_code,
        quality.scope,
        quality.level,
        quality.unit_code,
        quality.indicator_code,
        quality.period_kind,
        quality.target_code,
        quality.lead_agency_code,
        quality.lead_unit_code,

        -- texts
        service_unit.name_vi as unit_vi,
        service_unit.name_en as unit_en,
        quality.indicator_vi,
        quality.indicator_en,
        agency.name_vi as lead_agency_vi,
        lead_unit.name_vi as lead_unit_vi,
        quality.comparison,
        quality.status,
        {{ target_status_vi('quality.status') }} as status_vi,

        -- numbers
        quality.value,
        quality.value_at_least,
        quality.value_at_most,
        quality.target,
        case
            when quality.counted > 0 then {{ computed('greatest(quality.target - quality.value, 0.0)') }}
        end as shortfall,
        quality.counted_good,
        quality.counted,
        quality.unrecorded,
        quality.dossiers,
        quality.dossiers_open,
        quality.sort_order,

        -- flags
        coalesce(quality.period_end < {{ as_of_date() }} and quality.period_end <= recorded.recorded_through, false) as is_period_over,
        coalesce(extract(year from quality.period_start) = extract(year from recorded.recorded_through), false) as is_latest_year,

        -- dates
        quality.period_start,
        cast(quality.period_end as date) as period_end,
        recorded.recorded_from,
        recorded.recorded_through,

        -- origin
        quality.section,
        quality.source
    from judged as quality
    cross join recorded
    left join service_unit
        on quality.unit_code = service_unit.unit_code
    left join agency
        on quality.lead_agency_code = agency.agency_code
    left join agency as lead_unit
        on quality.lead_unit_code = lead_unit.agency_code
)

select * from final
