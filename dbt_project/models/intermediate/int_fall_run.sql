with fall as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        component_code,
        change_in_good_direction
    from {{ ref('int_figure_change') }}
    where measure = 'score' and is_worse
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
        sum(cast(change_in_good_direction as decimal(38, 15))) over (
            partition by index_code, basis, territory_code, component_code, run
            order by edition_year
        ) as change_over_falls
    from numbered
),

final as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        component_code,
        falls_in_row,
        {{ computed('cast(change_over_falls as double)') }} as change_over_falls
    from counted
)

select * from final
