with commune as (
    select * from {{ ref('commune_unit') }}
),

territory as (
    select * from {{ ref('stg_raw__territory') }}
    where on_34_list
),

predecessor as (
    select
        new_code,
        count(*) as predecessor_count
    from {{ ref('commune_crosswalk') }}
    group by new_code
),

with_territory as (
    select
        commune.commune_code,
        territory.territory_code,
        commune.from_old_province_code as predecessor_territory_code,
        commune.name_vi,
        commune.full_name_vi,
        commune.full_name_en,
        commune.kind,
        commune.kind_vi,
        commune.predecessor_units,
        commune.note,
        commune.source,
        commune.area_km2,
        commune.population,
        cast(coalesce(predecessor.predecessor_count, 0) as integer) as predecessor_count,
        {{ vietnamese_order('commune.name_vi', 'commune.commune_code') }} as sort_order_vi
    from commune
    inner join territory
        on commune.province_code = territory.gso_code
    left join predecessor
        on commune.commune_code = predecessor.new_code
)

select * from with_territory
