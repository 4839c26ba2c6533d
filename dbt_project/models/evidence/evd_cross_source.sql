with link as (
    select * from {{ ref('metric_index_link') }}
),

-- only a figure for a whole calendar year names an edition
metric as (
    select
        *,
        extract(year from period_start) as edition_year
    from {{ ref('int_provincial_metric') }}
    where
        period_start = make_date(extract(year from period_start), 1, 1)
        and period_end = make_date(extract(year from period_start), 12, 31)
        and is_actual and is_current
),

index_figure as (
    select *
    from {{ ref('int_index_result') }}
    where is_current and is_unit_figure and value is not null
),

compared as (
    select
        index_figure.index_code,
        index_figure.edition_year,
        index_figure.basis,
        index_figure.vintage,
        index_figure.territory_code,
        index_figure.territory_name_vi,
        index_figure.component_code,
        index_figure.measure,
        metric.metric_code,
        metric.period_label,
        metric.value_text as metric_value_text,
        index_figure.value_text as index_value_text,
        metric.qualifier as metric_qualifier,
        metric.source_url as metric_source_url,
        index_figure.source_url as index_source_url,
        metric.source_locator as metric_source_locator,
        index_figure.source_locator,
        metric.value as metric_value,
        index_figure.value as index_value,
        {{ computed("metric.value - index_figure.value") }} as difference,
        case
            when index_figure.measure = 'score'
                then
                    {{ half_unit('metric.value', 'metric.printed_decimals') }}
                    + {{ half_unit('index_figure.value', 'index_figure.column_decimals') }}
                    + 1e-9
            else 0.0
        end as tolerance
    from metric
    inner join link
        on
            metric.metric_code = link.metric_code
            and metric.unit = link.unit
    inner join index_figure
        on
            link.index_code = index_figure.index_code
            and link.basis = index_figure.basis
            and link.component_code = index_figure.component_code
            and link.measure = index_figure.measure
            and metric.territory_code = index_figure.territory_code
            and metric.edition_year = index_figure.edition_year
)

select
    *,
    abs(difference) <= tolerance as is_consistent
from compared
