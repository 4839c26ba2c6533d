with source as (
    select * from {{ source('raw', 'edition') }}
),

renamed as (
    select
        -- ids
        index_code,
        edition_year,
        basis,
        vintage,

        -- texts
        title,
        published_on_precision,
        coverage,
        load_status,
        withheld_reason_vi,
        withheld_reason_en,
        publisher,
        notes,

        -- numbers
        territories_expected,
        rows_declared,
        rows_loaded,
        territories_published,
        cells_loaded,

        -- flags
        is_current,

        -- dates
        published_on,
        accessed_on,

        -- origin
        source_file,
        source_sha256,
        source_url,
        source_kind
    from source
)

select * from renamed
