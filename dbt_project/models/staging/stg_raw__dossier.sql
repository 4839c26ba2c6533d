with source as (
    select * from {{ source('raw', 'dossier') }}
),

renamed as (
    select
        -- ids
        dossier_key,
        version,
        content_hash,
        territory_code,
        unit_code,
        procedure_code,
        delivery_no,

        -- texts
        procedure_field,
        level,
        channel,
        satisfaction,

        -- numbers
        fee_vnd,
        petitions,
        petitions_on_time as petitions_in_time,

        -- flags
        result_electronic as is_result_electronic,
        data_reused as is_data_reused,

        -- dates
        received_at,
        due_at,
        finished_at,
        received_date,
        received_at_date,
        due_date,
        finished_date,
        delivered_date,
        received_month
    from source
)

select * from renamed
