with source as (
    select * from {{ source('raw', 'methodology') }}
),

renamed as (
    select
        -- ids
        index_code,
        component_code,
        from_edition,
        to_edition,

        -- texts
        aggregation,
        break_reason_vi,
        break_reason_en,
        evidence
    from source
)

select * from renamed
