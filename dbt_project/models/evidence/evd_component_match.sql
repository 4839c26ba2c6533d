with profile as (
    select * from {{ ref('int_component_profile') }}
),

component as (
    select
        index_code,
        component_code,
        name_vi,
        name_en,
        coalesce(parent_component_code, '') as parent_component_code
    from {{ ref('stg_raw__component') }}
),

levelled as (
    select
        *,
        score - {{ exact_mean('score', 'over column_of_edition') }} as departure
    from profile
    window column_of_edition as (
        partition by index_code, edition_year, basis, vintage, component_code, methodology_version
    )
),

column_level as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        component_code,
        methodology_version,
        percentile_cont(0.5) within group (order by score) as median_value,
        sqrt({{ exact_sum('departure * departure') }} / nullif(count(*) - 1, 0)) as spread
    from levelled
    group by index_code, edition_year, basis, vintage, component_code, methodology_version
),

level_with_history as (
    select
        *,
        lag(edition_year) over earlier as previous_edition_year,
        lag(median_value) over earlier as previous_median,
        lag(spread) over earlier as previous_spread
    from column_level
    window earlier as (
        partition by index_code, basis, component_code, methodology_version
        order by edition_year
    )
),

-- columns of one parent are the ones that a publisher's table has side by side, and the ones whose exchange no total shows
sibling as (
    select
        one.index_code,
        one.component_code,
        place.component_code as place_code
    from component as one
    inner join component as place
        on
            one.index_code = place.index_code
            and one.parent_component_code = place.parent_component_code
),

paired as (
    select
        one.index_code,
        one.edition_year,
        one.basis,
        one.component_code,
        place.component_code as place_code,
        one.standing - {{ exact_mean('one.standing', 'over pair') }} as standing,
        place.usual_standing - {{ exact_mean('place.usual_standing', 'over pair') }} as usual_standing
    from profile as one
    inner join sibling
        on
            one.index_code = sibling.index_code
            and one.component_code = sibling.component_code
    inner join profile as place
        on
            one.index_code = place.index_code
            and one.edition_year = place.edition_year
            and one.basis = place.basis
            and one.territory_code = place.territory_code
            and sibling.place_code = place.component_code
    where place.usual_standing is not null
    window pair as (
        partition by one.index_code, one.edition_year, one.basis, one.component_code, place.component_code
    )
),

moments as (
    select
        index_code,
        edition_year,
        basis,
        component_code,
        place_code,
        count(*) as units,
        {{ exact_sum('standing * standing') }} as squares,
        {{ exact_sum('usual_standing * usual_standing') }} as usual_squares,
        {{ exact_sum('standing * usual_standing') }} as products
    from paired
    group by index_code, edition_year, basis, component_code, place_code
    having count(*) >= {{ var('profile_min_units') }}
),

-- Pearson's
correlation as (
    select
        index_code,
        edition_year,
        basis,
        component_code,
        place_code,
        units,
        coalesce(products / nullif(sqrt(squares * usual_squares), 0), 0.0) as correlation
    from moments
),

-- how well a column of this edition suits the place that a component had before: order of the units, and level
fit as (
    select
        correlation.*,
        one.vintage,
        place.previous_edition_year,
        abs(one.median_value - place.previous_median) / place.previous_spread as distance,
        0.5 * ln(
            (1 + least(0.99, greatest(-0.99, correlation.correlation)))
            / (1 - least(0.99, greatest(-0.99, correlation.correlation)))
        ) - 0.5 * ln(0.5 + abs(one.median_value - place.previous_median) / place.previous_spread) as fit
    from correlation
    inner join level_with_history as one
        on
            correlation.index_code = one.index_code
            and correlation.edition_year = one.edition_year
            and correlation.basis = one.basis
            and correlation.component_code = one.component_code
    inner join level_with_history as place
        on
            correlation.index_code = place.index_code
            and correlation.edition_year = place.edition_year
            and correlation.basis = place.basis
            and correlation.place_code = place.component_code
    where place.previous_spread > 0
),

own as (
    select * from fit
    where component_code = place_code
),

exchange as (
    select
        own.index_code,
        own.edition_year,
        own.basis,
        own.vintage,
        own.component_code,
        counter.component_code as counter_component_code,
        own.previous_edition_year,
        own.units,
        own.correlation as own_correlation,
        there.correlation as exchanged_correlation,
        own.distance as own_distance,
        there.distance as exchanged_distance,
        there.fit + back.fit - own.fit - counter.fit as exchange_gain
    from own
    inner join fit as there
        on
            own.index_code = there.index_code
            and own.edition_year = there.edition_year
            and own.basis = there.basis
            and own.component_code = there.component_code
    inner join own as counter
        on
            own.index_code = counter.index_code
            and own.edition_year = counter.edition_year
            and own.basis = counter.basis
            and there.place_code = counter.component_code
    inner join fit as back
        on
            own.index_code = back.index_code
            and own.edition_year = back.edition_year
            and own.basis = back.basis
            and counter.component_code = back.component_code
            and own.component_code = back.place_code
    where own.component_code <> counter.component_code
),

ranked as (
    select
        *,
        row_number() over (
            partition by index_code, edition_year, basis, component_code
            order by exchange_gain desc, counter_component_code asc
        ) as likeliest
    from exchange
),

final as (
    select
        ranked.index_code,
        ranked.edition_year,
        ranked.basis,
        ranked.vintage,
        ranked.component_code,
        ranked.counter_component_code,
        component.name_vi as counter_component_name_vi,
        component.name_en as counter_component_name_en,
        ranked.previous_edition_year,
        cast(ranked.units as integer) as units,
        round(ranked.own_correlation, 6) as own_correlation,
        round(ranked.exchanged_correlation, 6) as exchanged_correlation,
        round(ranked.own_distance, 6) as own_distance,
        round(ranked.exchanged_distance, 6) as exchanged_distance,
        round(ranked.exchange_gain, 6) as exchange_gain
    from ranked
    inner join component
        on
            ranked.index_code = component.index_code
            and ranked.counter_component_code = component.component_code
    where ranked.likeliest = 1
)

select * from final
