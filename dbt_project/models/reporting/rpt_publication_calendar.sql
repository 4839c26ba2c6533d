with publication as (
    select * from {{ ref('int_publication') }}
),

pace as (
    select * from {{ ref('int_publication_pace') }}
),

index_catalog as (
    select * from {{ ref('stg_raw__index') }}
),

-- the editions that ought to follow the last known one, at the pace and with the delay on record
step as (
    {{ whole_numbers(var('calendar_horizon')) }}
),

following as (
    select
        pace.index_code,
        pace.last_edition_year + step.step * pace.pace_years as edition_year,
        pace.usual_lag_days,
        pace.longest_lag_days
    from pace
    inner join index_catalog
        on pace.index_code = index_catalog.index_code
    cross join step
    where
        pace.pace_years is not null
        and index_catalog.successor_index_code is null
),

following_dated as (
    select
        index_code,
        edition_year,
        cast({{ dbt.dateadd('day', 'usual_lag_days', 'make_date(edition_year, 12, 31)') }} as date) as usual_by,
        cast({{ dbt.dateadd('day', 'longest_lag_days', 'make_date(edition_year, 12, 31)') }} as date) as expected_by
    from following
),

following_due as (
    select
        *,
        row_number() over (
            partition by index_code, coalesce(expected_by, {{ as_of_date() }}) >= {{ as_of_date() }}
            order by edition_year
        ) as place,
        coalesce(expected_by, {{ as_of_date() }}) < {{ as_of_date() }} as is_overdue
    from following_dated
),

-- every overdue edition, and the first one that is not
expected as (
    select * from following_due
    where is_overdue or place = 1
),

continuous as (
    select index_code
    from publication
    where edition_year is null
),

-- an index of irregular pace, or one nobody has published yet, is expected some day but never late
expected_some_day as (
    select index_code
    from index_catalog
    where
        successor_index_code is null
        and index_code not in (select expected.index_code from expected)
        and index_code not in (select continuous.index_code from continuous)
),

rows_of_calendar as (
    select
        index_code,
        edition_label,
        edition_year,
        case
            when is_held then 'held'
            when published_by > {{ as_of_date() }} then 'expected'
            else 'published_not_held'
        end as status,
        published_on_precision,
        note,
        source_url,
        is_held,
        cast(null as date) as usual_by,
        case when not is_held and published_by > {{ as_of_date() }} then published_by end as expected_by,
        published_on,
        published_by
    from publication
    union all
    select
        index_code,
        cast(edition_year as string) as edition_label,
        edition_year,
        case when is_overdue then 'overdue' else 'expected' end as status,
        cast(null as string) as published_on_precision,
        cast(null as string) as note,
        cast(null as string) as source_url,
        false as is_held,
        usual_by,
        expected_by,
        cast(null as date) as published_on,
        cast(null as date) as published_by
    from expected
    union all
    select
        index_code,
        cast(null as string) as edition_label,
        cast(null as integer) as edition_year,
        'expected' as status,
        cast(null as string) as published_on_precision,
        cast(null as string) as note,
        cast(null as string) as source_url,
        false as is_held,
        cast(null as date) as usual_by,
        cast(null as date) as expected_by,
        cast(null as date) as published_on,
        cast(null as date) as published_by
    from expected_some_day
),

-- of the home province: for a national index there is one only where the plan is the home's
lead_agency as (
    select
        agency.index_code,
        agency.agency_code,
        agency.agency_name_vi
    from {{ ref('int_lead_agency') }} as agency
    inner join index_catalog
        on agency.index_code = index_catalog.index_code
    where index_catalog.level = 'national' or agency.territory_code = {{ home_territory() }}
),

-- what the settings leave out is neither missing nor late
excluded as (
    select index_code
    from {{ ref('stg_raw__edition') }}
    where load_status = 'excluded'
),

final as (
    select
        rows_of_calendar.index_code,
        rows_of_calendar.edition_label,
        rows_of_calendar.edition_year,
        lead_agency.agency_code as lead_agency_code,
        index_catalog.name_vi as index_name_vi,
        lead_agency.agency_name_vi as lead_agency_vi,
        rows_of_calendar.status,
        rows_of_calendar.published_on_precision,
        rows_of_calendar.note,
        cast(
            {{ dbt.datediff('make_date(rows_of_calendar.edition_year, 12, 31)', 'rows_of_calendar.published_by', 'day') }}
            as integer
        ) as lag_days,
        cast(
            case
                when rows_of_calendar.status = 'overdue'
                    then {{ dbt.datediff('rows_of_calendar.expected_by', as_of_date(), 'day') }}
            end
            as integer
        ) as days_overdue,
        pace.pace_years,
        rows_of_calendar.is_held as held,
        index_catalog.index_code is not null as is_index,
        rows_of_calendar.usual_by,
        rows_of_calendar.expected_by,
        rows_of_calendar.published_on,
        rows_of_calendar.published_by,
        rows_of_calendar.source_url
    from rows_of_calendar
    left join index_catalog
        on rows_of_calendar.index_code = index_catalog.index_code
    left join lead_agency
        on rows_of_calendar.index_code = lead_agency.index_code
    left join pace
        on rows_of_calendar.index_code = pace.index_code
    where rows_of_calendar.index_code not in (select excluded.index_code from excluded)
)

select * from final
