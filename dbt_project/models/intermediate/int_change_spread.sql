with change as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        component_code,
        measure,
        change_in_good_direction
    from {{ ref('int_figure_change') }}
    where change_in_good_direction is not null
),

-- The judged unit is no part of its own yardstick: middle and spread are those of the others.
sorted as (
    select
        *,
        row_number() over (
            partition by index_code, edition_year, basis, component_code, measure
            order by change_in_good_direction, territory_code
        ) as place,
        count(*) over (partition by index_code, edition_year, basis, component_code, measure) as units
    from change
),

with_middle as (
    select
        *,
        {{ median_of_others(
            'change_in_good_direction', 'place', 'units', 'index_code, edition_year, basis, component_code, measure'
        ) }} as middle
    from sorted
),

-- leaving one unit out gives at most three different medians a column, and so at most three sortings of the distances
middle as (
    select distinct
        index_code,
        edition_year,
        basis,
        component_code,
        measure,
        middle
    from with_middle
),

sorted_distance as (
    select
        with_middle.index_code,
        with_middle.edition_year,
        with_middle.basis,
        with_middle.territory_code,
        with_middle.component_code,
        with_middle.measure,
        with_middle.middle as own_middle,
        with_middle.units,
        middle.middle,
        abs(with_middle.change_in_good_direction - middle.middle) as distance,
        row_number() over (
            partition by
                with_middle.index_code, with_middle.edition_year, with_middle.basis,
                with_middle.component_code, with_middle.measure, middle.middle
            order by abs(with_middle.change_in_good_direction - middle.middle), with_middle.territory_code
        ) as place
    from with_middle
    inner join middle
        on
            with_middle.index_code = middle.index_code
            and with_middle.edition_year = middle.edition_year
            and with_middle.basis = middle.basis
            and with_middle.component_code = middle.component_code
            and with_middle.measure = middle.measure
    where middle.middle is not null
),

with_spread as (
    select
        *,
        {{ median_of_others(
            'distance', 'place', 'units', 'index_code, edition_year, basis, component_code, measure, middle'
        ) }} as median_distance
    from sorted_distance
),

final as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        component_code,
        measure,
        cast(units - 1 as integer) as peers,
        {{ computed('middle') }} as median_of_others,
        -- scaled, so that it is the standard deviation where the changes are normal
        {{ computed('1.4826 * median_distance') }} as spread_of_others
    from with_spread
    where middle = own_middle
)

select * from final
