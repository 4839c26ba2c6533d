with publication as (
    select *
    from {{ ref('int_publication') }}
    where edition_year is not null
),

gap as (
    select
        index_code,
        edition_year,
        edition_year - lag(edition_year) over (partition by index_code order by edition_year) as years
    from publication
),

gap_count as (
    select
        index_code,
        years,
        count(*) as gaps
    from gap
    where years is not null
    group by index_code, years
),

gap_rank as (
    select
        index_code,
        years,
        gaps,
        sum(gaps) over (partition by index_code) as all_gaps,
        row_number() over (partition by index_code order by gaps desc, years desc) as gap_rank
    from gap_count
),

pace as (
    select
        index_code,
        years as pace_years
    from gap_rank
    where
        gap_rank = 1
        and all_gaps >= {{ var('pace_min_gaps') }}
        and gaps >= {{ var('pace_min_share') }} * all_gaps
),

dated as (
    select
        index_code,
        {{ dbt.datediff('make_date(edition_year, 12, 31)', 'published_by', 'day') }} as lag_days
    from publication
    where published_by is not null
),

publication_lag as (
    select
        index_code,
        count(*) as dated_editions,
        {{ nearest_whole('percentile_cont(0.5) within group (order by lag_days)') }} as usual_lag_days,
        cast(max(lag_days) as integer) as longest_lag_days
    from dated
    group by index_code
),

last_known as (
    select
        index_code,
        max(edition_year) as last_edition_year
    from publication
    group by index_code
),

summary as (
    select
        last_known.index_code,
        last_known.last_edition_year,
        pace.pace_years,
        coalesce(publication_lag.dated_editions, 0) as dated_editions,
        enough.usual_lag_days,
        enough.longest_lag_days
    from last_known
    left join pace
        on last_known.index_code = pace.index_code
    left join publication_lag
        on last_known.index_code = publication_lag.index_code
    left join publication_lag as enough
        on
            last_known.index_code = enough.index_code
            and enough.dated_editions >= {{ var('lag_min_editions') }}
)

select * from summary
