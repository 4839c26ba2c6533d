with pair as (
    select * from {{ ref('int_edition_pair') }}
),

standing as (
    select *
    from {{ ref('int_unit_standing') }}
    where tier is not null and level = 'provincial'
),

tier as (
    select * from {{ ref('tier') }}
),

component_break as (
    select * from {{ ref('int_component_break') }}
),

territory as (
    select * from {{ ref('int_territory') }}
),

edition as (
    select * from {{ ref('int_edition_current') }}
),

placed as (
    select
        standing.index_code,
        standing.edition_year,
        standing.basis,
        standing.vintage,
        standing.territory_code,
        standing.component_code,
        standing.tier,
        tier.position,
        tier.from_edition
    from standing
    left join tier
        on
            standing.index_code = tier.index_code
            and lower(standing.tier) = tier.tier_key
            and standing.edition_year between tier.from_edition and tier.to_edition
),

-- the same word on another list of words is another tier
compared as (
    select
        later.index_code,
        later.edition_year,
        later.basis,
        later.vintage,
        later.territory_code,
        territory.name_vi as territory_name_vi,
        later.component_code,
        pair.previous_edition_year,
        earlier.tier as tier_before,
        later.tier as tier_after,
        earlier.position as position_before,
        later.position as position_after,
        component_break.comparable_with_previous
        and coalesce(earlier.from_edition = later.from_edition, false) as comparable_with_previous,
        territory.is_home,
        edition.source_url
    from placed as later
    inner join territory
        on later.territory_code = territory.territory_code
    inner join edition
        on
            later.index_code = edition.index_code
            and later.edition_year = edition.edition_year
            and later.basis = edition.basis
    inner join pair
        on
            later.index_code = pair.index_code
            and later.edition_year = pair.edition_year
            and later.basis = pair.basis
    inner join placed as earlier
        on
            later.index_code = earlier.index_code
            and later.territory_code = earlier.territory_code
            and later.component_code = earlier.component_code
            and pair.previous_edition_year = earlier.edition_year
            and pair.previous_basis = earlier.basis
            and later.basis = earlier.basis
    inner join component_break
        on
            later.index_code = component_break.index_code
            and later.edition_year = component_break.edition_year
            and later.basis = component_break.basis
            and later.component_code = component_break.component_code
)

select * from compared
