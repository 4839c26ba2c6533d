with published as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        territory_code,
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

component as (
    select
        index_code,
        component_code,
        name_vi,
        name_en,
        coalesce(parent_component_code, '') as parent_component_code
    from {{ ref('stg_raw__component') }}
),

-- only cells that are equal are ever joined, so that any column can be held against any other
equal_cells as (
    select
        later.index_code,
        later.edition_year,
        later.basis,
        later.component_code,
        other.edition_year as other_edition_year,
        other.component_code as other_component_code,
        count(*) as equal_cells
    from score as later
    inner join score as other
        on
            later.index_code = other.index_code
            and later.basis = other.basis
            and later.territory_code = other.territory_code
            and later.score = other.score
    where
        other.edition_year < later.edition_year
        or (other.edition_year = later.edition_year and other.component_code < later.component_code)
    group by
        later.index_code, later.edition_year, later.basis, later.component_code, other.edition_year, other.component_code
    having count(*) >= {{ var('repeat_min_cells') }}
),

-- a parent with a single part is equal to it
candidate as (
    select equal_cells.*
    from equal_cells
    inner join component
        on
            equal_cells.index_code = component.index_code
            and equal_cells.component_code = component.component_code
    inner join component as other
        on
            equal_cells.index_code = other.index_code
            and equal_cells.other_component_code = other.component_code
    where
        component.parent_component_code <> equal_cells.other_component_code
        and other.parent_component_code <> equal_cells.component_code
),

compared as (
    select
        candidate.index_code,
        candidate.edition_year,
        candidate.basis,
        candidate.component_code,
        candidate.other_edition_year,
        candidate.other_component_code,
        max(candidate.equal_cells) as equal_cells,
        count(*) as compared_cells
    from candidate
    inner join score as later
        on
            candidate.index_code = later.index_code
            and candidate.edition_year = later.edition_year
            and candidate.basis = later.basis
            and candidate.component_code = later.component_code
    inner join score as other
        on
            candidate.index_code = other.index_code
            and candidate.other_edition_year = other.edition_year
            and candidate.basis = other.basis
            and candidate.other_component_code = other.component_code
            and later.territory_code = other.territory_code
    group by
        candidate.index_code, candidate.edition_year, candidate.basis, candidate.component_code,
        candidate.other_edition_year, candidate.other_component_code
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

column_size as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        component_code,
        count(*) as cells
    from score
    group by index_code, edition_year, basis, vintage, component_code
),

-- figures on a coarse scale are equal now and then: as often as how common each figure is lets expect
by_chance as (
    select
        compared.index_code,
        compared.edition_year,
        compared.basis,
        compared.component_code,
        compared.other_edition_year,
        compared.other_component_code,
        sum(later.cells * other.cells) as equal_pairs
    from compared
    inner join frequency as later
        on
            compared.index_code = later.index_code
            and compared.edition_year = later.edition_year
            and compared.basis = later.basis
            and compared.component_code = later.component_code
    inner join frequency as other
        on
            compared.index_code = other.index_code
            and compared.other_edition_year = other.edition_year
            and compared.basis = other.basis
            and compared.other_component_code = other.component_code
            and later.score = other.score
    group by
        compared.index_code, compared.edition_year, compared.basis, compared.component_code,
        compared.other_edition_year, compared.other_component_code
),

with_expected as (
    select
        compared.*,
        compared.compared_cells * by_chance.equal_pairs / cast(later.cells * other.cells as double) as expected_cells
    from compared
    inner join by_chance
        on
            compared.index_code = by_chance.index_code
            and compared.edition_year = by_chance.edition_year
            and compared.basis = by_chance.basis
            and compared.component_code = by_chance.component_code
            and compared.other_edition_year = by_chance.other_edition_year
            and compared.other_component_code = by_chance.other_component_code
    inner join column_size as later
        on
            compared.index_code = later.index_code
            and compared.edition_year = later.edition_year
            and compared.basis = later.basis
            and compared.component_code = later.component_code
    inner join column_size as other
        on
            compared.index_code = other.index_code
            and compared.other_edition_year = other.edition_year
            and compared.basis = other.basis
            and compared.other_component_code = other.component_code
),

ranked as (
    select
        *,
        (equal_cells - expected_cells) / nullif(compared_cells - expected_cells, 0) as share_beyond_chance,
        row_number() over (
            partition by index_code, edition_year, basis, component_code
            order by
                (equal_cells - expected_cells) / nullif(compared_cells - expected_cells, 0) desc nulls last,
                other_edition_year desc, other_component_code asc
        ) as likeliest
    from with_expected
),

final as (
    select
        column_size.index_code,
        column_size.edition_year,
        column_size.basis,
        column_size.vintage,
        column_size.component_code,
        ranked.other_edition_year,
        ranked.other_component_code,
        component.name_vi as other_component_name_vi,
        component.name_en as other_component_name_en,
        cast(coalesce(ranked.equal_cells, 0) as integer) as equal_cells,
        cast(coalesce(ranked.compared_cells, column_size.cells) as integer) as compared_cells,
        round(coalesce(ranked.expected_cells, 0.0), 6) as expected_cells,
        round(coalesce(ranked.share_beyond_chance, 0.0), 6) as share_beyond_chance
    from column_size
    left join ranked
        on
            column_size.index_code = ranked.index_code
            and column_size.edition_year = ranked.edition_year
            and column_size.basis = ranked.basis
            and column_size.component_code = ranked.component_code
            and ranked.likeliest = 1
    left join component
        on
            ranked.index_code = component.index_code
            and ranked.other_component_code = component.component_code
)

select * from final
