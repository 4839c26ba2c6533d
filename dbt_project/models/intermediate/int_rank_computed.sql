with standing as (
    select *
    from {{ ref('int_unit_standing') }}
    where score is not null and level = 'provincial'
),

counted as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        component_code,
        merit,
        listed_units,
        count(*) over (partition by index_code, edition_year, basis, component_code) as scored_units
    from standing
),

-- Ranking an incomplete table would call a missing unit the last one, so there the computed rank stays empty.
ranked as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        component_code,
        cast(rank() over (partition by index_code, edition_year, basis, component_code order by merit desc) as integer) as rank_computed,
        cast(scored_units as integer) as ranked_among_computed
    from counted
    where scored_units = listed_units
)

select * from ranked
