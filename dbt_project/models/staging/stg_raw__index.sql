with source as (
    select * from {{ source('raw', 'index') }}
),

renamed as (
    select
        -- ids
        index_code,
        publisher_code,
        successor_index_code,

        -- texts
        level,
        name_vi,
        name_en,
        publisher,
        citation,
        passing_on,
        terms,
        note,

        -- numbers
        scale_min,
        scale_max,

        -- flags
        higher_is_better,
        in_plan
    from source
)

select * from renamed
