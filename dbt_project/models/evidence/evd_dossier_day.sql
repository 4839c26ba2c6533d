with by_unit as (
    select
        level,
        unit_code,
        received_date,
        cast(sum(dossiers) as bigint) as dossiers
    from {{ ref('agg_service_quality_daily') }}
    where territory_code = {{ home_territory() }}
    group by level, unit_code, received_date
),

-- the province as a whole stands beside its units, without a level
daily as (
    select * from by_unit
    union all
    select
        '' as level,
        '' as unit_code,
        received_date,
        cast(sum(dossiers) as bigint) as dossiers
    from by_unit
    group by received_date
),

calendar as (
    select * from {{ ref('dim_calendar_day') }}
    where is_working_day
),

recorded as (
    select max(daily.received_date) as recorded_through
    from daily
    inner join calendar
        on daily.received_date = calendar.day
    where daily.received_date <= {{ as_of_date() }}
),

-- the last working days on record; the very last may still be coming in
looked_over as (
    select
        calendar.day,
        calendar.working_day_no,
        max(calendar.working_day_no) over () as last_working_day_no
    from calendar
    cross join recorded
    where calendar.day < recorded.recorded_through
),

recent_day as (
    select day
    from looked_over
    where working_day_no > last_working_day_no - {{ var('dossier_days_looked_over') }}
),

-- a unit is followed from its first dossier on; districts, which are no more, until their last
unit_span as (
    select
        level,
        unit_code,
        min(received_date) as first_date,
        case when level = 'district' then max(received_date) end as last_date
    from daily
    group by level, unit_code
),

expected as (
    select
        unit_span.level,
        unit_span.unit_code,
        recent_day.day,
        coalesce(daily.dossiers, 0) as dossiers
    from unit_span
    inner join recent_day
        on unit_span.first_date <= recent_day.day and (unit_span.last_date is null or unit_span.last_date >= recent_day.day)
    left join daily
        on
            unit_span.level = daily.level
            and unit_span.unit_code = daily.unit_code
            and recent_day.day = daily.received_date
),

-- what is usual is read off the other days, so that missing ones do not lower it
usual as (
    select
        level,
        unit_code,
        {{ computed('sum(dossiers) * 1e0 / count(case when dossiers > 0 then 1 end)') }} as usual_dossiers,
        count(case when dossiers > 0 then 1 end) as days_with_dossiers,
        count(*) as days
    from expected
    group by level, unit_code
    having sum(dossiers) > 0
),

judged as (
    select
        {{ home_territory() }} as territory_code,
        nullif(expected.level, '') as level,
        nullif(expected.unit_code, '') as unit_code,
        service_unit.name_vi as unit_vi,
        expected.dossiers,
        usual.usual_dossiers,
        expected.dossiers > 0 as is_delivered,
        expected.day,
        cast(null as date) as last_day
    from expected
    inner join usual
        on
            expected.level = usual.level
            and expected.unit_code = usual.unit_code
    inner join expected as territory
        on expected.day = territory.day and territory.level = ''
    left join {{ ref('dim_service_unit') }} as service_unit
        on expected.unit_code = service_unit.unit_code
    where
        usual.usual_dossiers >= {{ var('dossier_day_min_mean') }}
        -- a unit that is silent on most days has no usual day
        and (usual.days_with_dossiers * 2 > usual.days or expected.level = '')
        -- a day that the whole province lacks is told once
        and (expected.level = '' or territory.dossiers > 0)
),

-- a feed that stopped has no last day to look back from
silent as (
    select
        min(calendar.day) as day,
        max(calendar.day) as last_day
    from calendar
    cross join recorded
    where
        calendar.day > recorded.recorded_through
        and calendar.day < {{ as_of_date() }}
        -- what nobody delivers any more is an archive
        and recorded.recorded_through >= {{ dbt.dateadd('year', -1, as_of_date()) }}
    having count(*) >= {{ var('dossier_silent_days') }}
),

stopped as (
    select
        {{ home_territory() }} as territory_code,
        cast(null as {{ dbt.type_string() }}) as level,
        cast(null as {{ dbt.type_string() }}) as unit_code,
        cast(null as {{ dbt.type_string() }}) as unit_vi,
        cast(0 as bigint) as dossiers,
        usual.usual_dossiers,
        false as is_delivered,
        silent.day,
        silent.last_day
    from silent
    inner join usual
        on usual.level = ''
)

select * from judged
union all
select * from stopped
