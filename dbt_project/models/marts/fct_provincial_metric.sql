with metric as (
    select
        source_code,
        delivery,
        vintage,
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
        is_actual,
        is_current,
        period_start,
        period_end,
        received_on,
        source_kind,
        source_url,
        source_sha256,
        source_file,
        source_locator
    from {{ ref('int_provincial_metric') }}
)

select * from metric
