with territory as (
    select * from {{ ref('int_territory') }}
),

merged_or_unchanged as (
    select
        territory_code,
        predecessor_code,
        population_2022 as population,
        relation
    from {{ ref('stg_raw__territory_predecessor') }}
),

absorbed_earlier as (
    select
        today_code as territory_code,
        territory_code as predecessor_code,
        population,
        'merged' as relation
    from territory
    where
        is_province
        and valid_to is not null
        and territory_code not in (select merged_or_unchanged.predecessor_code from merged_or_unchanged)
),

lineage as (
    select * from merged_or_unchanged
    union all
    select * from absorbed_earlier
)

select * from lineage
