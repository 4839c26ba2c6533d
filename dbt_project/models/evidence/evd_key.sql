with result as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        territory_name_vi,
        component_code,
        measure,
        vintage,
        source_locator,
        source_url,
        is_current
    from {{ ref('int_index_result') }}
)

select * from result
