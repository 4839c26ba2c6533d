with territory_alias as (
    select
        alias_key,
        territory_code,
        alias
    from {{ ref('stg_raw__territory_alias') }}
)

select * from territory_alias
