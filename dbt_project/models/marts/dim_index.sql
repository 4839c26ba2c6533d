with index_catalog as (
    select
        index_code,
        level,
        name_vi,
        name_en,
        publisher,
        publisher_code,
        successor_index_code,
        citation,
        passing_on,
        terms,
        note,
        scale_min,
        scale_max,
        higher_is_better,
        in_plan
    from {{ ref('stg_raw__index') }}
)

select * from index_catalog
