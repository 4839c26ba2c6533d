with comparable as (
    select * from {{ ref('int_score_comparable') }}
),

index_catalog as (
    select * from {{ ref('stg_raw__index') }}
),

today_unit as (
    select count(*) as units
    from {{ ref('int_territory') }}
    where on_34_list
),

counted as (
    select
        comparable.index_code,
        comparable.edition_year,
        comparable.territory_code,
        comparable.component_code,
        case when coalesce(index_catalog.higher_is_better, true) then comparable.value else -comparable.value end as merit,
        count(*) over (
            partition by comparable.index_code, comparable.edition_year, comparable.component_code
        ) as units_with_value
    from comparable
    inner join index_catalog
        on comparable.index_code = index_catalog.index_code
),

-- no rank while a unit is missing, because the missing one would pass for the last
ranked as (
    select
        counted.index_code,
        counted.edition_year,
        counted.territory_code,
        counted.component_code,
        counted.merit,
        cast(rank() over (
            partition by counted.index_code, counted.edition_year, counted.component_code
            order by counted.merit desc
        ) as integer) as rank_computed,
        cast(counted.units_with_value as integer) as ranked_among_computed
    from counted
    cross join today_unit
    where counted.units_with_value = today_unit.units
)

select * from ranked
