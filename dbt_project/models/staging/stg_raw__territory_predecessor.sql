with source as (
    select * from {{ source('raw', 'territory_predecessor') }}
),

renamed as (
    select
        -- ids
        territory_code,
        predecessor_code,

        -- texts
        predecessor_name_vi,
        relation,

        -- numbers
        population_2022,
        population_share
    from source
)

select * from renamed
