with result as (
    select * from {{ ref('stg_raw__index_result') }}
),

edition as (
    select * from {{ ref('int_edition_current') }}
),

territory as (
    select * from {{ ref('int_territory') }}
),

with_context as (
    select
        result.*,
        territory.name_vi as territory_name_vi,
        edition.vintage is not null as is_current,
        -- mirrors lose trailing zeros, so the precision is that of the column, not of the cell
        max(result.printed_decimals) over (
            partition by
                result.index_code, result.edition_year, result.basis, result.vintage,
                result.component_code, result.measure
        ) as column_decimals,
        result.measure in {{ unit_measures() }}
        and (coalesce(territory.is_province, false) or result.basis = 'VN') as is_unit_figure
    from result
    left join edition
        on
            result.index_code = edition.index_code
            and result.edition_year = edition.edition_year
            and result.basis = edition.basis
            and result.vintage = edition.vintage
    left join territory
        on result.territory_code = territory.territory_code
)

select * from with_context
