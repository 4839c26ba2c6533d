with calendar as (
    select * from {{ ref('publication_calendar') }}
),

edition as (
    select
        index_code,
        edition_year,
        min(published_on) as published_on,
        min(published_on_precision) as published_on_precision,
        min(source_url) as source_url
    from {{ ref('int_edition_current') }}
    group by index_code, edition_year
),

-- some publications reach the warehouse as a province's metric and not as an edition
metric as (
    select distinct
        metric_code,
        extract(year from period_end) as period_year
    from {{ ref('int_provincial_metric') }}
    where is_actual and is_current
),

calendar_metric as (
    select distinct
        calendar.index_code,
        calendar.edition_label
    from calendar
    inner join metric
        on
            calendar.metric_code = metric.metric_code
            and coalesce(calendar.edition_year, metric.period_year) = metric.period_year
),

publication as (
    select
        coalesce(calendar.index_code, edition.index_code) as index_code,
        coalesce(calendar.edition_label, cast(edition.edition_year as string)) as edition_label,
        coalesce(calendar.edition_year, edition.edition_year) as edition_year,
        coalesce(calendar.precision, edition.published_on_precision) as published_on_precision,
        calendar.note,
        coalesce(calendar.source_url, edition.source_url) as source_url,
        edition.index_code is not null or calendar_metric.index_code is not null as is_held,
        coalesce(calendar.published_on, edition.published_on) as published_on,
        coalesce(calendar.published_by, edition.published_on) as published_by
    from calendar
    full outer join edition
        on
            calendar.index_code = edition.index_code
            and calendar.edition_year = edition.edition_year
    left join calendar_metric
        on
            calendar.index_code = calendar_metric.index_code
            and calendar.edition_label = calendar_metric.edition_label
)

select * from publication
