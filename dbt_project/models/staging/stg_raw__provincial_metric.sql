with source as (
    select * from {{ source('raw', 'provincial_metric') }}
),

renamed as (
    select
        -- ids
        source_code,
        delivery,
        vintage,
        metric_code,
        territory_code,

        -- texts
        unit,
        territory_text,
        period_label,
        value_text,
        qualifier,
        quality,
        note,

        -- numbers
        value,
        printed_decimals,

        -- dates
        period_start,
        period_end,
        received_on,

        -- origin
        source_url,
        source_kind,
        source_file,
        source_sha256,
        source_header,
        source_locator,
        source_row,
        source_column
    from source
)

select * from renamed
