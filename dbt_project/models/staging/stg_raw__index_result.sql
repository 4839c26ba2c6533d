with source as (
    select * from {{ source('raw', 'index_result') }}
),

renamed as (
    select
        -- ids
        index_code,
        edition_year,
        basis,
        vintage,
        table_no,
        territory_code,
        component_code,
        measure,

        -- texts
        territory_text,
        value_text,
        value_status,
        qualifier,
        note,

        -- numbers
        value,
        printed_decimals,
        ranked_among,

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
