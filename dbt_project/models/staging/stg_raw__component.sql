with source as (
    select * from {{ source('raw', 'component') }}
),

renamed as (
    select
        -- ids
        index_code,
        component_code,
        parent_component_code,

        -- texts
        kind,
        name_vi,
        name_en,

        -- numbers
        scale_min,
        scale_max,
        sort_order
    from source
)

select * from renamed
