with published as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        territory_code,
        territory_name_vi,
        component_code,
        score
    from {{ ref('int_unit_standing') }}
    where level = 'provincial' and score is not null
),

-- on a scale of a few steps, equal figures are nothing to wonder at, and they stay for years
fine_column as (
    select
        index_code,
        edition_year,
        basis,
        component_code
    from published
    group by index_code, edition_year, basis, component_code
    having 2 * count(distinct score) > count(*)
),

score as (
    select published.*
    from published
    inner join fine_column
        on
            published.index_code = fine_column.index_code
            and published.edition_year = fine_column.edition_year
            and published.basis = fine_column.basis
            and published.component_code = fine_column.component_code
),

frequency as (
    select
        index_code,
        edition_year,
        basis,
        component_code,
        score,
        count(*) as cells
    from score
    group by index_code, edition_year, basis, component_code, score
),

-- how often two cells of a column are equal, whatever their rows
chance as (
    select
        index_code,
        edition_year,
        basis,
        component_code,
        sum(cells * (cells - 1)) / nullif(cast(sum(cells) * (sum(cells) - 1) as double), 0) as share
    from frequency
    group by index_code, edition_year, basis, component_code
),

equal_cells as (
    select
        one.index_code,
        one.edition_year,
        one.basis,
        one.territory_code,
        other.territory_code as counter_territory_code,
        count(*) as equal_cells
    from score as one
    inner join score as other
        on
            one.index_code = other.index_code
            and one.edition_year = other.edition_year
            and one.basis = other.basis
            and one.component_code = other.component_code
            and one.score = other.score
    where one.territory_code > other.territory_code
    group by one.index_code, one.edition_year, one.basis, one.territory_code, other.territory_code
    having count(*) >= {{ var('repeat_min_cells') }}
),

compared as (
    select
        equal_cells.index_code,
        equal_cells.edition_year,
        equal_cells.basis,
        equal_cells.territory_code,
        equal_cells.counter_territory_code,
        max(other.territory_name_vi) as counter_territory_name_vi,
        max(equal_cells.equal_cells) as equal_cells,
        count(*) as compared_cells,
        {{ exact_sum('coalesce(chance.share, 0)') }} as expected_cells
    from equal_cells
    inner join score as one
        on
            equal_cells.index_code = one.index_code
            and equal_cells.edition_year = one.edition_year
            and equal_cells.basis = one.basis
            and equal_cells.territory_code = one.territory_code
    inner join score as other
        on
            equal_cells.index_code = other.index_code
            and equal_cells.edition_year = other.edition_year
            and equal_cells.basis = other.basis
            and equal_cells.counter_territory_code = other.territory_code
            and one.component_code = other.component_code
    inner join chance
        on
            one.index_code = chance.index_code
            and one.edition_year = chance.edition_year
            and one.basis = chance.basis
            and one.component_code = chance.component_code
    group by
        equal_cells.index_code, equal_cells.edition_year, equal_cells.basis,
        equal_cells.territory_code, equal_cells.counter_territory_code
),

ranked as (
    select
        *,
        (equal_cells - expected_cells) / nullif(compared_cells - expected_cells, 0) as share_beyond_chance,
        row_number() over (
            partition by index_code, edition_year, basis, territory_code
            order by
                (equal_cells - expected_cells) / nullif(compared_cells - expected_cells, 0) desc nulls last,
                counter_territory_code asc
        ) as likeliest
    from compared
),

unit as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        territory_code,
        territory_name_vi,
        count(*) as cells
    from score
    group by index_code, edition_year, basis, vintage, territory_code, territory_name_vi
),

final as (
    select
        unit.index_code,
        unit.edition_year,
        unit.basis,
        unit.vintage,
        unit.territory_code,
        unit.territory_name_vi,
        ranked.counter_territory_code,
        ranked.counter_territory_name_vi,
        cast(coalesce(ranked.equal_cells, 0) as integer) as equal_cells,
        cast(coalesce(ranked.compared_cells, unit.cells) as integer) as compared_cells,
        round(coalesce(ranked.expected_cells, 0.0), 6) as expected_cells,
        round(coalesce(ranked.share_beyond_chance, 0.0), 6) as share_beyond_chance
    from unit
    left join ranked
        on
            unit.index_code = ranked.index_code
            and unit.edition_year = ranked.edition_year
            and unit.basis = ranked.basis
            and unit.territory_code = ranked.territory_code
            and ranked.likeliest = 1
)

select * from final
