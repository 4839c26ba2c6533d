with source as (
    select * from {{ source('raw', 'territory_alias') }}
),

renamed as (
    select
        -- ids
        territory_code,
        alias_key,

        -- texts
        alias
    from source
)

select * from renamed
