with score as (
    select *
    from {{ ref('int_unit_standing') }}
    where level = 'provincial' and score is not null
),

version as (
    select * from {{ ref('int_component_version') }}
),

levelled as (
    select
        score.index_code,
        score.edition_year,
        score.basis,
        score.vintage,
        score.territory_code,
        score.territory_name_vi,
        score.component_code,
        version.methodology_version,
        score.score,
        count(*) over column_of_edition as units,
        score.score - {{ exact_mean('score.score', 'over column_of_edition') }} as departure
    from score
    inner join version
        on
            score.index_code = version.index_code
            and score.edition_year = version.edition_year
            and score.component_code = version.component_code
    window column_of_edition as (
        partition by score.index_code, score.edition_year, score.basis, score.component_code
    )
),

-- how far a unit stands from the mean of its column, in sample standard deviations
standardised as (
    select
        *,
        {{ computed(
            'departure / nullif(sqrt(' ~ exact_sum('departure * departure', 'over column_of_edition') ~ ' / nullif(units - 1, 0)), 0)'
        ) }} as standing
    from levelled
    window column_of_edition as (
        partition by index_code, edition_year, basis, component_code
    )
),

-- no single cell may weigh more than three spreads
bounded as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        territory_code,
        territory_name_vi,
        component_code,
        methodology_version,
        score,
        least(3.0, greatest(-3.0, standing)) as standing
    from standardised
    where units >= {{ var('profile_min_units') }} and standing is not null
),

profile as (
    select
        *,
        lag(edition_year) over own_history as previous_edition_year,
        {{ computed(exact_mean(
            'standing',
            'over (partition by index_code, basis, territory_code, component_code, methodology_version'
            ' order by edition_year rows between ' ~ var('profile_editions') ~ ' preceding and 1 preceding)'
        )) }} as usual_standing
    from bounded
    window own_history as (
        partition by index_code, basis, territory_code, component_code, methodology_version
        order by edition_year
    )
)

select * from profile
