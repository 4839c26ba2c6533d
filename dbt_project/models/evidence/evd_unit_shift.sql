with score as (
    select *
    from {{ ref('int_unit_standing') }}
    where level = 'provincial' and score is not null
),

edition as (
    select * from {{ ref('int_edition_current') }}
),

component_break as (
    select * from {{ ref('int_component_break') }}
    where comparable_with_previous
),

median as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        component_code,
        count(*) as units,
        {{ computed("percentile_cont(0.5) within group (order by score)") }} as median_value
    from score
    group by index_code, edition_year, basis, vintage, component_code
),

previous as (
    select
        later.index_code,
        later.edition_year,
        later.basis,
        later.vintage,
        later.component_code,
        edition.source_url,
        earlier.edition_year as previous_edition_year,
        cast(later.units as integer) as units,
        cast(earlier.units as integer) as previous_units,
        later.median_value,
        earlier.median_value as previous_median,
        {{ computed("later.median_value / nullif(earlier.median_value, 0)") }} as ratio
    from median as later
    inner join edition
        on
            later.index_code = edition.index_code
            and later.edition_year = edition.edition_year
            and later.basis = edition.basis
    inner join median as earlier
        on
            later.index_code = earlier.index_code
            and later.basis = earlier.basis
            and later.component_code = earlier.component_code
            and edition.previous_edition_year = earlier.edition_year
    inner join component_break
        on
            later.index_code = component_break.index_code
            and later.edition_year = component_break.edition_year
            and later.basis = component_break.basis
            and later.component_code = component_break.component_code
    where
        later.units >= {{ var('unit_shift_min_units') }}
        and earlier.units >= {{ var('unit_shift_min_units') }}
)

select * from previous
