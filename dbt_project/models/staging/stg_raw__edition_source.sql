with source as (
    select * from {{ source('raw', 'edition_source') }}
),

renamed as (
    select
        -- ids
        index_code,
        edition_year,
        basis,
        vintage,
        table_no,

        -- texts
        title,
        publisher,
        notes,

        -- origin
        source_file,
        source_sha256,
        source_url,
        source_kind
    from source
)

select * from renamed
