with source as (
    select * from {{ source('raw', 'component_weight') }}
),

renamed as (
    select
        -- ids
        index_code,
        from_edition,
        to_edition,
        component_code,
        parent_component_code,

        -- texts
        weight_text,
        aggregation,
        evidence,

        -- numbers
        weight,
        scale_min,
        scale_max
    from source
)

select * from renamed
