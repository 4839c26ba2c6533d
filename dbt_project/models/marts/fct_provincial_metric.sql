with metric as (
    select
        source_code,
        metric_code,
        unit,
        territory_code,
        territory_text,
        period_label,
        value,
        value_text,
        printed_decimals,
        qualifier,
        quality,
        note,
        coalesce(qualifier, 'exact') not in ('target', 'forecast') as is_actual,
        period_start,
        period_end,
        source_kind,
        source_url,
        source_sha256,
        source_file,
        source_locator
    from {{ ref('stg_raw__provincial_metric') }}
)

select * from metric
