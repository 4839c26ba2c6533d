with source as (
    select * from {{ source('raw', 'ingest_fault') }}
),

renamed as (
    select
        -- ids
        index_code,
        edition_year,
        basis,
        vintage,

        -- texts
        fault_code,
        column_header,
        cell_text,
        message_en,
        message_vi,
        remedy_en,
        remedy_vi,

        -- origin
        file as source_file,
        -- quoted, because a bare row is a constructor in some engines
        {{ adapter.quote('row') }} as source_row  -- noqa: RF06
    from source
)

select * from renamed
