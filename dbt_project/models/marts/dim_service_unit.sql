with unit as (
    select
        commune_code as unit_code,
        territory_code,
        'commune' as level,
        full_name_vi as name_vi,
        full_name_en as name_en
    from {{ ref('dim_commune') }}
    union all
    select
        agency_code as unit_code,
        {{ home_territory() }} as territory_code,
        'province' as level,
        name_vi,
        name_en
    from {{ ref('dim_agency') }}
),

ordered as (
    select
        unit_code,
        territory_code,
        level,
        name_vi,
        name_en,
        {{ vietnamese_order('name_vi', 'unit_code') }} as sort_order_vi
    from unit
)

select * from ordered
