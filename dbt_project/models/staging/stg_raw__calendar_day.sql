with source as (
    select * from {{ source('raw', 'calendar_day') }}
),

renamed as (
    select
        -- texts
        holiday_vi,
        holiday_en,

        -- flags
        is_worked_instead,

        -- dates
        day
    from source
)

select * from renamed
