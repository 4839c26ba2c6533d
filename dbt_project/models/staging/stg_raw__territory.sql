with source as (
    select * from {{ source('raw', 'territory') }}
),

renamed as (
    select
        -- ids
        territory_code,
        gso_code,
        region_code,
        successor_code,

        -- texts
        name_vi,
        name_en,
        kind,
        region_vi,

        -- numbers
        population,
        population_year,
        {{ vietnamese_order('name_vi', 'territory_code') }} as sort_order_vi,

        -- flags
        on_63_list,
        on_34_list,

        -- dates
        valid_from,
        valid_to
    from source
)

select * from renamed
