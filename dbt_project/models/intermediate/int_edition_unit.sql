with edition as (
    select * from {{ ref('int_edition_current') }}
),

territory as (
    select * from {{ ref('int_territory') }}
),

listed as (
    select
        edition.index_code,
        edition.edition_year,
        edition.basis,
        edition.vintage,
        edition.coverage,
        edition.territories_expected,
        territory.territory_code,
        territory.name_vi as territory_name_vi
    from edition
    inner join territory
        on
            (edition.basis = '34' and territory.on_34_list)
            or (edition.basis = 'VN' and territory.kind = 'country')
            -- a unit dissolved during the edition year was still surveyed
            or (
                edition.basis = '63'
                and territory.on_63_list
                and (territory.valid_to is null or territory.valid_to >= make_date(edition.edition_year, 1, 1))
            )
),

counted as (
    select
        *,
        count(*) over (partition by index_code, edition_year, basis) as units_on_list
    from listed
),

-- Where the publisher covered fewer units than the list holds, the catalog says how many.
with_field as (
    select
        *,
        coalesce(territories_expected, units_on_list) as listed_units
    from counted
)

select * from with_field
