with source as (
    select * from {{ source('raw', 'dossier_refusal') }}
),

renamed as (
    select
        -- ids
        code as fault_code,

        -- texts
        sender,
        column_name as column_header,
        message_vi,
        message_en,
        remedy_vi,
        remedy_en,

        -- dates
        delivered_date,

        -- origin
        file as source_file,
        sha256 as source_sha256,
        row_no as source_row
    from source
)

select * from renamed
