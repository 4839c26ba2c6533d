with change as (
    select *
    from {{ ref('int_index_change') }}
    where measure = 'score' and component_code = 'total' and is_comparable
),

edition as (
    select *
    from {{ ref('int_edition_current') }}
    where level = 'provincial'
),

listed as (
    select distinct
        index_code,
        edition_year,
        basis,
        listed_units
    from {{ ref('int_edition_unit') }}
),

territory as (
    select * from {{ ref('int_territory') }}
),

region as (
    select
        edition_unit.index_code,
        edition_unit.edition_year,
        edition_unit.basis,
        territory.region_code,
        count(*) as units
    from {{ ref('int_edition_unit') }} as edition_unit
    inner join territory
        on edition_unit.territory_code = territory.territory_code
    group by edition_unit.index_code, edition_unit.edition_year, edition_unit.basis, territory.region_code
),

standing as (
    select
        change.index_code,
        change.edition_year,
        change.basis,
        change.vintage,
        change.territory_code,
        change.component_code,
        change.previous_edition_year,
        change.value_before,
        change.value_after,
        change.tolerance,
        change.noise,
        change.noise_source,
        change.source_url,
        change.source_locator,
        territory.name_vi as territory_name_vi,
        territory.region_code,
        territory.region_vi,
        territory.is_home,
        listed.listed_units,
        case when edition.higher_is_better then 1 else -1 end as direction
    from change
    inner join edition
        on
            change.index_code = edition.index_code
            and change.edition_year = edition.edition_year
            and change.basis = edition.basis
    inner join listed
        on
            change.index_code = listed.index_code
            and change.edition_year = listed.edition_year
            and change.basis = listed.basis
    inner join territory
        on change.territory_code = territory.territory_code
),

-- the unit that is judged is no part of its own yardstick
against_others as (
    select
        own.index_code,
        own.edition_year,
        own.basis,
        own.territory_code,
        'national' as scope,
        max(own.listed_units) - 1 as others_listed,
        count(*) as others,
        {{ computed("percentile_cont(0.5) within group (order by other.value_before)") }} as median_before,
        {{ computed("percentile_cont(0.5) within group (order by other.value_after)") }} as median_after
    from standing as own
    inner join standing as other
        on
            own.index_code = other.index_code
            and own.edition_year = other.edition_year
            and own.basis = other.basis
            and own.territory_code <> other.territory_code
    group by own.index_code, own.edition_year, own.basis, own.territory_code
    union all
    select
        own.index_code,
        own.edition_year,
        own.basis,
        own.territory_code,
        'regional' as scope,
        max(region.units) - 1 as others_listed,
        count(*) as others,
        {{ computed("percentile_cont(0.5) within group (order by other.value_before)") }} as median_before,
        {{ computed("percentile_cont(0.5) within group (order by other.value_after)") }} as median_after
    from standing as own
    inner join standing as other
        on
            own.index_code = other.index_code
            and own.edition_year = other.edition_year
            and own.basis = other.basis
            and own.region_code = other.region_code
            and own.territory_code <> other.territory_code
    inner join region
        on
            own.index_code = region.index_code
            and own.edition_year = region.edition_year
            and own.basis = region.basis
            and own.region_code = region.region_code
    group by own.index_code, own.edition_year, own.basis, own.territory_code
),

-- a median over a part of the list (the top thirty, say) is no median of the country or the region
position as (
    select
        standing.index_code,
        standing.edition_year,
        standing.basis,
        standing.vintage,
        standing.territory_code,
        standing.territory_name_vi,
        standing.component_code,
        against_others.scope,
        standing.region_vi,
        standing.previous_edition_year,
        cast(against_others.others as integer) as others,
        standing.value_before,
        standing.value_after,
        against_others.median_before,
        against_others.median_after,
        standing.tolerance,
        standing.noise,
        standing.noise_source,
        {{ computed("(standing.value_before - against_others.median_before) * standing.direction") }} as lead_before,
        {{ computed("(standing.value_after - against_others.median_after) * standing.direction") }} as lead_after,
        standing.is_home,
        standing.source_url,
        standing.source_locator
    from standing
    inner join against_others
        on
            standing.index_code = against_others.index_code
            and standing.edition_year = against_others.edition_year
            and standing.basis = against_others.basis
            and standing.territory_code = against_others.territory_code
    where
        against_others.others >= {{ var('median_min_share') }} * against_others.others_listed
        and against_others.others >= {{ var('median_min_others') }}
)

select * from position
