with plan_target as (
    select
        'plan' as target_set,
        target_code,
        name_vi,
        unit,
        comparison,
        target_low,
        target_high,
        cast(reference_period as integer) as reference_year,
        lead_agency_code,
        cast(null as string) as lead_unit_code,
        section,
        source,
        due_on
    from {{ ref('plan_target') }}
),

service_target as (
    select
        'service_quality' as target_set,
        cast(position as string) as target_code,
        indicator_vi as name_vi,
        unit,
        comparison,
        target as target_low,
        cast(null as double) as target_high,
        plan_year as reference_year,
        lead_agency_code,
        lead_unit_code,
        section,
        source,
        make_date(plan_year, 12, 31) as due_on
    from {{ ref('service_quality_target') }}
),

target as (
    select * from plan_target
    where {{ home_has_the_plan() }}
    union all
    select * from service_target
    where {{ home_has_the_plan() }}
),

published_metric as (
    select
        link.target_set,
        link.target_code,
        link.metric_code,
        metric.unit,
        metric.value,
        metric.value_text,
        metric.qualifier,
        metric.period_label,
        metric.period_start,
        metric.period_end,
        metric.source_url,
        metric.is_actual and metric.value is not null and metric.period_end <= {{ as_of_date() }} as is_actual,
        metric.qualifier = 'forecast' as is_forecast,
        metric.received_on,
        metric.source_locator
    from {{ ref('metric_target_link') }} as link
    inner join {{ ref('fct_provincial_metric') }} as metric
        on link.metric_code = metric.metric_code
    where metric.territory_code = {{ home_territory() }} and metric.is_current
),

-- What dossiers say of a year, also of one that is not over; nothing where what nobody recorded could decide it.
measured as (
    select
        'service_quality' as target_set,
        target_code,
        cast(null as {{ dbt.type_string() }}) as metric_code,
        'percent' as unit,
        value,
        cast(null as {{ dbt.type_string() }}) as value_text,
        'exact' as qualifier,
        cast(greatest(period_start, recorded_from) as {{ dbt.type_string() }})
        || '/' || cast(least(period_end, recorded_through) as {{ dbt.type_string() }}) as period_label,
        greatest(period_start, recorded_from) as period_start,
        least(period_end, recorded_through) as period_end,
        cast(null as {{ dbt.type_string() }}) as source_url,
        true as is_actual,
        false as is_forecast,
        recorded_through as received_on,
        'agg_service_quality_monthly' as source_locator
    from {{ ref('rpt_service_quality') }}
    where
        scope = 'territory'
        and period_kind = 'year'
        and target_code is not null
        and status in ('met', 'not_met')
),

metric as (
    select * from published_metric
    union all
    select * from measured
),

-- A later year's figure says nothing about the target of this one.
latest_actual as (
    select
        metric.*,
        row_number() over (
            partition by metric.target_set, metric.target_code, metric.unit
            order by metric.period_end desc, metric.period_start desc, metric.received_on desc, metric.source_locator desc
        ) as recency
    from metric
    inner join target
        on
            metric.target_set = target.target_set
            and metric.target_code = target.target_code
            and metric.unit = target.unit
    where metric.is_actual and metric.period_end <= target.due_on
),

-- A pace needs two figures over equally long periods: half a year beside a whole one would make none.
earlier_actual as (
    select
        latest.target_set,
        latest.target_code,
        latest.unit,
        metric.value,
        metric.period_label,
        {{ dbt.datediff('metric.period_end', 'latest.period_end', 'day') }} as days_between,
        row_number() over (
            partition by latest.target_set, latest.target_code, latest.unit
            order by metric.period_end desc, metric.received_on desc, metric.source_locator desc
        ) as recency
    from latest_actual as latest
    inner join metric
        on
            latest.target_set = metric.target_set
            and latest.target_code = metric.target_code
            and latest.unit = metric.unit
            and metric.is_actual
            and latest.period_end > metric.period_end
            and abs(
                {{ dbt.datediff('metric.period_start', 'metric.period_end', 'day') }}
                - {{ dbt.datediff('latest.period_start', 'latest.period_end', 'day') }}
            ) <= {{ var('pace_period_slack_days') }}
    where latest.recency = 1
),

latest_forecast as (
    select
        *,
        row_number() over (
            partition by target_set, target_code, unit
            order by period_end desc, period_start desc, received_on desc, source_locator desc
        ) as recency
    from metric
    where is_forecast
),

progress as (
    select
        target.*,
        link.metric_code,
        actual.value as actual_value,
        actual.value_text as actual_value_text,
        actual.qualifier as actual_qualifier,
        actual.period_label as actual_period_label,
        actual.period_end as actual_period_end,
        actual.source_url as actual_source_url,
        actual.source_locator as actual_source_locator,
        earlier.value as earlier_value,
        earlier.period_label as earlier_period_label,
        {{ computed("(actual.value - earlier.value) * 365.25 / earlier.days_between") }} as pace_per_year,
        {{ dbt.datediff('actual.period_end', 'target.due_on', 'day') }} as days_to_due,
        -- half a year's flow is no result of the year; a stock on one day is
        extract(year from actual.period_end) = target.reference_year
        and (
            actual.period_start = actual.period_end
            or {{ dbt.datediff('actual.period_start', 'actual.period_end', 'day') }} >= {{ var('target_year_min_days') }}
        ) as is_actual_of_target_year,
        actual.period_start = actual.period_end
        or {{ dbt.datediff('actual.period_start', 'actual.period_end', 'day') }} >= {{ var('target_year_min_days') }} as is_a_result,
        forecast.value as forecast_value,
        forecast.period_label as forecast_period_label,
        case
            when actual.value is null then 'no_data'
            -- more than the upper end of a range is reached too
            when actual.value >= target.target_low then 'met'
            else 'not_met'
        end as status
    from target
    left join {{ ref('metric_target_link') }} as link
        on
            target.target_set = link.target_set
            and target.target_code = link.target_code
    left join latest_actual as actual
        on
            target.target_set = actual.target_set
            and target.target_code = actual.target_code
            and target.unit = actual.unit
            and actual.recency = 1
    left join earlier_actual as earlier
        on
            target.target_set = earlier.target_set
            and target.target_code = earlier.target_code
            and target.unit = earlier.unit
            and earlier.recency = 1
    left join latest_forecast as forecast
        on
            target.target_set = forecast.target_set
            and target.target_code = forecast.target_code
            and target.unit = forecast.unit
            and forecast.recency = 1
),

projected as (
    select
        *,
        case
            when days_to_due > 0 and is_a_result then {{ computed("actual_value + pace_per_year * days_to_due / 365.25") }}
        end as projected_value
    from progress
),

final as (
    select
        progress.target_set,
        progress.target_code,
        progress.metric_code,
        progress.lead_agency_code,
        progress.lead_unit_code,
        progress.name_vi,
        agency.name_vi as lead_agency_vi,
        lead_unit.name_vi as lead_unit_vi,
        progress.unit,
        progress.comparison,
        progress.target_low,
        progress.target_high,
        progress.reference_year,
        progress.status,
        {{ target_status_vi('progress.status') }} as status_vi,
        progress.actual_value,
        progress.actual_value_text,
        progress.actual_qualifier,
        progress.actual_period_label,
        progress.earlier_value,
        progress.earlier_period_label,
        progress.pace_per_year,
        progress.projected_value,
        case
            when progress.actual_value is not null then {{ computed("greatest(progress.target_low - progress.actual_value, 0.0)") }}
        end as shortfall,
        case
            when progress.projected_value is not null then {{ computed("greatest(progress.target_low - progress.projected_value, 0.0)") }}
        end as projected_shortfall,
        progress.forecast_value,
        progress.forecast_period_label,
        progress.is_actual_of_target_year,
        progress.due_on <= {{ as_of_date() }} as is_due,
        progress.due_on,
        progress.actual_period_end,
        progress.actual_source_url,
        progress.actual_source_locator,
        progress.section,
        progress.source
    from projected as progress
    left join {{ ref('agency') }} as agency
        on progress.lead_agency_code = agency.agency_code
    left join {{ ref('agency') }} as lead_unit
        on progress.lead_unit_code = lead_unit.agency_code
)

select * from final
