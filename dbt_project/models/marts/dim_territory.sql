with territory as (
    select
        territory_code,
        gso_code,
        successor_code,
        region_code,
        name_vi,
        name_en,
        kind,
        region_vi,
        population,
        population_year,
        sort_order_vi,
        on_63_list,
        on_34_list,
        valid_from,
        valid_to
    from {{ ref('stg_raw__territory') }}
)

select * from territory
