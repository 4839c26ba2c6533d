with lineage as (
    select * from {{ ref('int_territory_lineage') }}
),

expected_unit as (
    select *
    from {{ ref('int_edition_unit') }}
    where basis = '63'
),

today_edition as (
    select distinct
        index_code,
        edition_year
    from {{ ref('int_unit_standing') }}
    where basis = '34' and score is not null
),

member as (
    select
        expected_unit.index_code,
        expected_unit.edition_year,
        expected_unit.basis,
        lineage.territory_code,
        lineage.predecessor_code,
        lineage.population,
        count(*) over (
            partition by expected_unit.index_code, expected_unit.edition_year, lineage.territory_code
        ) as members_expected,
        today_edition.index_code is not null as has_table_of_today
    from expected_unit
    inner join lineage
        on expected_unit.territory_code = lineage.predecessor_code
    left join today_edition
        on
            expected_unit.index_code = today_edition.index_code
            and expected_unit.edition_year = today_edition.edition_year
)

select * from member
