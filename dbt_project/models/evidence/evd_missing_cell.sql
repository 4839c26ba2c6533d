with score as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        territory_code,
        territory_name_vi,
        component_code
    from {{ ref('int_unit_standing') }}
    where coverage = 'complete' and score is not null
),

weight as (
    select * from {{ ref('int_component_weight') }}
),

published_column as (
    select distinct
        index_code,
        edition_year,
        basis,
        component_code
    from score
),

-- where a total is published, every part of it is known, so each part should be published beside it
part as (
    select
        parent.index_code,
        parent.edition_year,
        parent.basis,
        parent.vintage,
        parent.territory_code,
        parent.territory_name_vi,
        weight.component_code
    from score as parent
    inner join weight
        on
            parent.index_code = weight.index_code
            and parent.edition_year = weight.edition_year
            and parent.basis = weight.basis
            and parent.component_code = weight.parent_component_code
),

-- where every part is published, so should be the total, if the table has a column of totals
whole as (
    select
        score.index_code,
        score.edition_year,
        score.basis,
        score.vintage,
        score.territory_code,
        score.territory_name_vi,
        weight.parent_component_code as component_code
    from score
    inner join weight
        on
            score.index_code = weight.index_code
            and score.edition_year = weight.edition_year
            and score.basis = weight.basis
            and score.component_code = weight.component_code
    inner join published_column
        on
            weight.index_code = published_column.index_code
            and weight.edition_year = published_column.edition_year
            and weight.basis = published_column.basis
            and weight.parent_component_code = published_column.component_code
    group by
        score.index_code, score.edition_year, score.basis, score.vintage,
        score.territory_code, score.territory_name_vi, weight.parent_component_code
    having count(*) = max(weight.siblings)
),

-- where other parts of the same total are published, a part without any figure is a column that was lost
beside as (
    select distinct
        score.index_code,
        score.edition_year,
        score.basis,
        score.vintage,
        score.territory_code,
        score.territory_name_vi,
        lost.component_code
    from score
    inner join weight
        on
            score.index_code = weight.index_code
            and score.edition_year = weight.edition_year
            and score.basis = weight.basis
            and score.component_code = weight.component_code
    inner join weight as lost
        on
            weight.index_code = lost.index_code
            and weight.edition_year = lost.edition_year
            and weight.basis = lost.basis
            and weight.parent_component_code = lost.parent_component_code
    where not exists (
        select 1 from published_column
        where
            published_column.index_code = lost.index_code
            and published_column.edition_year = lost.edition_year
            and published_column.basis = lost.basis
            and published_column.component_code = lost.component_code
    )
),

expected as (
    select * from part
    union distinct
    select * from whole
    union distinct
    select * from beside
),

held_against as (
    select
        expected.*,
        case when score.territory_code is null then expected.territory_name_vi end as missing_territory_name_vi
    from expected
    left join score
        on
            expected.index_code = score.index_code
            and expected.edition_year = score.edition_year
            and expected.basis = score.basis
            and expected.territory_code = score.territory_code
            and expected.component_code = score.component_code
),

by_column as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        component_code,
        min(missing_territory_name_vi) as missing_territory_name_vi,
        cast(count(*) as integer) as expected_cells,
        cast(count(missing_territory_name_vi) as integer) as missing_cells
    from held_against
    group by index_code, edition_year, basis, vintage, component_code
)

select * from by_column
