with metric as (
    select * from {{ ref('stg_raw__provincial_metric') }}
),

classed as (
    select
        *,
        coalesce(qualifier, 'exact') not in ('target', 'forecast') as is_actual
    from metric
),

-- rows of one delivery tie: what sources contradict each other about stays side by side
final as (
    select
        *,
        rank() over (
            partition by
                source_code, metric_code, territory_code, period_start, period_end,
                case when is_actual then 'actual' else qualifier end
            order by received_on desc, delivery desc, vintage desc
        ) = 1 as is_current
    from classed
)

select * from final
