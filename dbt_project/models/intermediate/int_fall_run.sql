with change as (
    select * from {{ ref('int_figure_change') }}
    where measure = 'score' and is_worse
),

broken_part as (
    select * from {{ ref('int_broken_part') }}
),

-- a figure with a part that is measured anew may have fallen by that alone: it ends a run and begins none
fall as (
    select
        change.index_code,
        change.edition_year,
        change.basis,
        change.territory_code,
        change.component_code,
        change.change_in_good_direction
    from change
    where
        not exists (
            select 1
            from broken_part
            where
                broken_part.index_code = change.index_code
                and broken_part.edition_year = change.edition_year
                and broken_part.basis = change.basis
                and broken_part.component_code = change.component_code
        )
),

-- within one run of falls the year and the number of the fall grow alike
numbered as (
    select
        *,
        edition_year - row_number() over (
            partition by index_code, basis, territory_code, component_code
            order by edition_year
        ) as run
    from fall
),

counted as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        component_code,
        cast(row_number() over (
            partition by index_code, basis, territory_code, component_code, run
            order by edition_year
        ) as integer) as falls_in_row,
        {{ computed(exact_sum(
            'change_in_good_direction',
            'over (partition by index_code, basis, territory_code, component_code, run order by edition_year)'
        )) }} as change_over_falls
    from numbered
)

select * from counted
