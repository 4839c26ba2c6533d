with overview as (
    select *
    from {{ ref('rpt_index_overview') }}
    where is_home and lead_agency_code is not null
),

index_catalog as (
    select * from {{ ref('stg_raw__index') }}
),

editions_held as (
    select
        index_code,
        count(distinct edition_year) as editions_held,
        max(edition_year) as latest_edition_year
    from {{ ref('int_edition_current') }}
    group by index_code
),

component_change as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        count(case when is_worse then 1 end) as components_worse,
        count(case when is_comparable and change_in_good_direction > tolerance then 1 end) as components_better,
        count(case when is_comparable then 1 end) as components_compared
    from {{ ref('rpt_index_change') }}
    where measure = 'score' and component_code <> 'total'
    group by index_code, edition_year, basis, territory_code
),

-- the latest figures the home unit has; its predecessors stand in only while it has none of its own
with_latest_year as (
    select
        *,
        max(edition_year) over (partition by index_code) as latest_home_year
    from overview
),

in_latest_year as (
    select
        *,
        max(case when territory_code = {{ home_territory() }} then 1 else 0 end) over (partition by index_code) as has_home
    from with_latest_year
    where edition_year is not distinct from latest_home_year
),

latest as (
    select *
    from in_latest_year
    where has_home = 0 or territory_code = {{ home_territory() }}
),

scorecard as (
    select
        latest.lead_agency_code as agency_code,
        latest.index_code,
        latest.territory_code,
        latest.basis,
        latest.lead_agency_vi as agency_name_vi,
        latest.index_name_vi,
        latest.level,
        latest.territory_name_vi,
        latest.legal_basis,
        latest.edition_status,
        latest.coverage,
        cast(coalesce(editions_held.editions_held, 0) as integer) as editions_held,
        editions_held.latest_edition_year,
        latest.edition_year,
        latest.score,
        latest.score_text,
        latest.rank_published,
        latest.ranked_among_published,
        latest.rank_computed,
        latest.ranked_among_computed,
        latest.tier,
        latest.previous_edition_year,
        latest.score_change,
        latest.rank_change,
        latest.comparable_with_previous,
        cast(component_change.components_compared as integer) as components_compared,
        cast(component_change.components_worse as integer) as components_worse,
        cast(component_change.components_better as integer) as components_better,
        index_catalog.in_plan,
        latest.published_on,
        latest.source_kind,
        latest.source_url
    from latest
    inner join index_catalog
        on latest.index_code = index_catalog.index_code
    left join editions_held
        on latest.index_code = editions_held.index_code
    left join component_change
        on
            latest.index_code = component_change.index_code
            and latest.edition_year = component_change.edition_year
            and latest.basis = component_change.basis
            and latest.territory_code = component_change.territory_code
)

select * from scorecard
