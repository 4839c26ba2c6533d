with result as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        component_code,
        measure,
        vintage,
        table_no,
        territory_text,
        value,
        value_text,
        value_status,
        printed_decimals,
        qualifier,
        ranked_among,
        note,
        is_current,
        source_url,
        source_kind,
        source_sha256,
        source_file,
        source_locator
    from {{ ref('int_index_result') }}
)

select * from result
