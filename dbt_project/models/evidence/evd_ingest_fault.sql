with fault as (
    select * from {{ ref('stg_raw__ingest_fault') }}
),

with_id as (
    select
        md5(
            concat_ws(
                '|', index_code, cast(edition_year as string), basis, cast(vintage as string), fault_code,
                source_file, cast(source_row as string), column_header, cell_text, message_en
            )
        ) as fault_id,
        *
    from fault
)

select * from with_id
