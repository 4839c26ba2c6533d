with edition as (
    select * from {{ ref('stg_raw__edition') }}
),

loaded as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        source_file,
        source_url,
        rows_declared,
        rows_loaded,
        rows_loaded - rows_declared as difference
    from edition
    where load_status in ('loaded', 'last_good_kept')
)

select * from loaded
