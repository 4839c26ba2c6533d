with edition as (
    select *
    from {{ ref('stg_raw__edition') }}
    where is_current and load_status in ('loaded', 'last_good_kept')
),

index_catalog as (
    select * from {{ ref('stg_raw__index') }}
),

with_index as (
    select
        edition.*,
        index_catalog.level,
        coalesce(index_catalog.higher_is_better, true) as higher_is_better,
        max(edition.edition_year) over (partition by edition.index_code) as latest_edition_year
    from edition
    inner join index_catalog
        on edition.index_code = index_catalog.index_code
),

-- Consecutive means the very next year on the same list of territories; a gap year leaves the edition without a previous one.
with_previous as (
    select
        later.index_code,
        later.edition_year,
        later.basis,
        later.vintage,
        earlier.edition_year as previous_edition_year,
        later.level,
        later.coverage,
        later.withheld_reason_vi,
        later.published_on_precision,
        later.source_kind,
        later.source_url,
        later.territories_expected,
        later.higher_is_better,
        later.edition_year = later.latest_edition_year as is_latest_edition,
        later.load_status = 'last_good_kept' as is_last_good,
        later.published_on
    from with_index as later
    left join with_index as earlier
        on
            later.index_code = earlier.index_code
            and later.basis = earlier.basis
            and later.edition_year = earlier.edition_year + 1
)

select * from with_previous
