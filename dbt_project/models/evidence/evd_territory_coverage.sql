with expected_unit as (
    select *
    from {{ ref('int_edition_unit') }}
    where coverage = 'complete'
),

published_unit as (
    select distinct
        index_code,
        edition_year,
        basis,
        territory_code
    from {{ ref('int_unit_standing') }}
),

covered as (
    select
        expected_unit.index_code,
        expected_unit.edition_year,
        expected_unit.basis,
        expected_unit.vintage,
        expected_unit.territory_code,
        expected_unit.territory_name_vi,
        cast(expected_unit.listed_units as integer) as expected_count,
        cast(
            count(published_unit.territory_code) over (
                partition by expected_unit.index_code, expected_unit.edition_year, expected_unit.basis
            ) as integer
        ) as published_count,
        published_unit.territory_code is not null as is_published
    from expected_unit
    left join published_unit
        on
            expected_unit.index_code = published_unit.index_code
            and expected_unit.edition_year = published_unit.edition_year
            and expected_unit.basis = published_unit.basis
            and expected_unit.territory_code = published_unit.territory_code
    -- where the publisher covered only some units of the list, which ones is known from the publication alone
    where
        expected_unit.listed_units = expected_unit.units_on_list
        or published_unit.territory_code is not null
),

-- a number of units that is too small is missed as a number
short as (
    select distinct
        index_code,
        edition_year,
        basis,
        vintage,
        cast(null as string) as territory_code,
        cast(null as string) as territory_name_vi,
        expected_count,
        published_count,
        false as is_published
    from covered
    where
        published_count < expected_count
        and not exists (
            select 1 from expected_unit
            where
                expected_unit.index_code = covered.index_code
                and expected_unit.edition_year = covered.edition_year
                and expected_unit.basis = covered.basis
                and expected_unit.listed_units = expected_unit.units_on_list
        )
),

final as (
    select * from covered
    union all
    select * from short
)

select * from final
