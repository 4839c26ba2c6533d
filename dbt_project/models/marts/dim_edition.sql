with edition as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        title,
        publisher,
        coverage,
        load_status,
        withheld_reason_vi,
        withheld_reason_en,
        published_on_precision,
        notes,
        territories_expected,
        territories_published,
        rows_declared,
        rows_loaded,
        cells_loaded,
        is_current,
        published_on,
        accessed_on,
        source_kind,
        source_url,
        source_file,
        source_sha256
    from {{ ref('stg_raw__edition') }}
)

select * from edition
