with territory as (
    select * from {{ ref('stg_raw__territory') }}
),

today as (
    select
        territory_code,
        coalesce(successor_code, territory_code) as today_code,
        name_vi,
        kind,
        region_code,
        region_vi,
        population,
        sort_order_vi,
        kind in ('province', 'city') as is_province,
        coalesce(successor_code, territory_code) = {{ home_territory() }} as is_home,
        territory_code = {{ home_territory() }} as is_home_today,
        on_63_list,
        on_34_list,
        valid_from,
        valid_to
    from territory
)

select * from today
