with edition_table as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        table_no,
        title,
        publisher,
        notes,
        source_kind,
        source_url,
        source_file,
        source_sha256
    from {{ ref('stg_raw__edition_source') }}
)

select * from edition_table
