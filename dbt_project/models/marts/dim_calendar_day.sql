with calendar as (
    select * from {{ ref('stg_raw__calendar_day') }}
),

swap as (
    select * from {{ ref('working_day_swap') }}
),

judged as (
    select
        calendar.day,
        calendar.holiday_vi,
        calendar.holiday_en,
        case
            when worked.worked_instead is not null or calendar.is_worked_instead then true
            when swapped_off.day_off is not null or calendar.holiday_vi is not null then false
            -- days from a Monday, so that no engine's numbering of weekdays matters
            else mod({{ dbt.datediff("cast('2001-01-01' as date)", 'calendar.day', 'day') }}, 7) < 5
        end as is_working_day
    from calendar
    left join swap as swapped_off
        on calendar.day = swapped_off.day_off
    left join swap as worked
        on calendar.day = worked.worked_instead
),

numbered as (
    select
        day,
        holiday_vi,
        holiday_en,
        cast(
            sum(case when is_working_day then 1 else 0 end) over (order by day rows between unbounded preceding and current row)
            as integer
        ) as working_day_no,
        is_working_day
    from judged
)

select * from numbered
