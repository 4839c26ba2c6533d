with predecessor as (
    select
        territory_code,
        predecessor_code,
        predecessor_name_vi,
        relation,
        population_2022,
        population_share
    from {{ ref('stg_raw__territory_predecessor') }}
)

select * from predecessor
