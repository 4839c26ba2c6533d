with profile as (
    select * from {{ ref('int_component_profile') }}
    where usual_standing is not null
),

component as (
    select * from {{ ref('stg_raw__component') }}
),

judged_component as (
    select distinct
        index_code,
        edition_year,
        basis,
        component_code
    from profile
),

-- a total or a dimension only says again what its parts say
part as (
    select *
    from judged_component
    where not exists (
        select 1
        from component
        inner join judged_component as child
            on
                component.index_code = child.index_code
                and component.component_code = child.component_code
        where
            component.index_code = judged_component.index_code
            and component.parent_component_code = judged_component.component_code
            and child.edition_year = judged_component.edition_year
            and child.basis = judged_component.basis
    )
),

centred as (
    select
        profile.index_code,
        profile.edition_year,
        profile.basis,
        profile.component_code,
        profile.standing - {{ exact_mean('profile.standing', 'over column_of_edition') }} as standing,
        profile.usual_standing - {{ exact_mean('profile.usual_standing', 'over column_of_edition') }} as usual_standing
    from profile
    inner join part
        on
            profile.index_code = part.index_code
            and profile.edition_year = part.edition_year
            and profile.basis = part.basis
            and profile.component_code = part.component_code
    window column_of_edition as (
        partition by profile.index_code, profile.edition_year, profile.basis, profile.component_code
    )
),

moments as (
    select
        index_code,
        edition_year,
        basis,
        component_code,
        count(*) as units,
        {{ exact_sum('standing * standing') }} as squares,
        {{ exact_sum('usual_standing * usual_standing') }} as usual_squares,
        {{ exact_sum('standing * usual_standing') }} as products
    from centred
    group by index_code, edition_year, basis, component_code
),

-- what history foretells of a column, by Pearson's correlation: the better it does, the more a departure from it means
foretold as (
    select
        index_code,
        edition_year,
        basis,
        component_code,
        {{ computed(
            'least(0.95, greatest(0.0, coalesce(products / nullif(sqrt(squares * usual_squares), 0), 0.0)))'
        ) }} as persistence,
        {{ computed('sqrt(usual_squares / (units - 1))') }} as usual_spread
    from moments
    where units > 1 and usual_squares > 0
),

scaled as (
    select
        profile.index_code,
        profile.edition_year,
        profile.basis,
        profile.vintage,
        profile.territory_code,
        profile.territory_name_vi,
        profile.component_code,
        profile.previous_edition_year,
        profile.standing / sqrt(1 - foretold.persistence * foretold.persistence) as seen,
        foretold.persistence * profile.usual_standing
        / (foretold.usual_spread * sqrt(1 - foretold.persistence * foretold.persistence)) as expected
    from profile
    inner join foretold
        on
            profile.index_code = foretold.index_code
            and profile.edition_year = foretold.edition_year
            and profile.basis = foretold.basis
            and profile.component_code = foretold.component_code
),

-- every row of this edition against what the history of every territory lets expect
departed as (
    select
        seen.index_code,
        seen.edition_year,
        seen.basis,
        seen.territory_code,
        expected.territory_code as place_code,
        seen.seen - expected.expected as departure
    from scaled as seen
    inner join scaled as expected
        on
            seen.index_code = expected.index_code
            and seen.edition_year = expected.edition_year
            and seen.basis = expected.basis
            and seen.component_code = expected.component_code
),

compared as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        place_code,
        count(*) as components,
        {{ computed(exact_mean('departure')) }} as mean_departure,
        {{ computed(exact_mean('departure * departure')) }} as mean_square
    from departed
    group by index_code, edition_year, basis, territory_code, place_code
),

own_departure as (
    select
        index_code,
        edition_year,
        basis,
        components,
        mean_square - mean_departure * mean_departure as part_variance,
        mean_departure * mean_departure as common_variance
    from compared
    where territory_code = place_code
),

-- a province may rise or fall as a whole, so the common part of its departures counts once and not once per component
usual_departure as (
    select
        index_code,
        edition_year,
        basis,
        max(components) as components,
        {{ exact_mean('part_variance') }} as part_variance,
        {{ exact_mean('common_variance') }} as common_variance
    from own_departure
    group by index_code, edition_year, basis
    having max(components) >= {{ var('profile_min_components') }}
),

fit as (
    select
        compared.*,
        round(
            -0.5 * (
                compared.components
                * (compared.mean_square - compared.mean_departure * compared.mean_departure)
                / usual_departure.part_variance
                + compared.mean_departure * compared.mean_departure / usual_departure.common_variance
            ), 6
        ) as fit
    from compared
    inner join usual_departure
        on
            compared.index_code = usual_departure.index_code
            and compared.edition_year = usual_departure.edition_year
            and compared.basis = usual_departure.basis
    where compared.components >= 0.5 * usual_departure.components
)

select * from fit
