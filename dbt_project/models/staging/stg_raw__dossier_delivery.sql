with source as (
    select * from {{ source('raw', 'dossier_delivery') }}
),

renamed as (
    select
        -- ids
        load_no,
        delivery_no,

        -- texts
        sender,
        format,

        -- numbers
        records,

        -- dates
        delivered_date,
        received_month,

        -- origin
        file as source_file,
        sha256 as source_sha256
    from source
)

select * from renamed
