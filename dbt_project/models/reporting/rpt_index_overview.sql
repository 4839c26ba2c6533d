with unit_in_edition as (
    select distinct
        index_code,
        edition_year,
        basis,
        vintage,
        territory_code
    from {{ ref('int_unit_standing') }}
),

total as (
    select *
    from {{ ref('int_unit_standing') }}
    where component_code = 'total'
),

rank_computed as (
    select *
    from {{ ref('int_rank_computed') }}
    where component_code = 'total'
),

edition as (
    select * from {{ ref('int_edition_current') }}
),

total_break as (
    select *
    from {{ ref('int_component_break') }}
    where component_code = 'total'
),

published as (
    select
        unit_in_edition.index_code,
        unit_in_edition.edition_year,
        unit_in_edition.basis,
        unit_in_edition.vintage,
        unit_in_edition.territory_code,
        edition.coverage,
        'published' as edition_status,
        edition.withheld_reason_vi,
        total.score,
        total.score_text,
        cast(total.rank_published as integer) as rank_published,
        total.ranked_among_published,
        cast(case when total.rank_published is not null then total.ranked_among end as integer) as ranked_among,
        rank_computed.rank_computed,
        rank_computed.ranked_among_computed,
        total.tier,
        edition.previous_edition_year,
        {{ computed("total.score - total_before.score") }} as score_change,
        cast(total.rank_published - total_before.rank_published as integer) as rank_change,
        total_break.comparable_with_previous,
        total_break.break_reason_vi,
        edition.is_last_good,
        edition.is_latest_edition,
        unit_in_edition.edition_year = max(unit_in_edition.edition_year) over (
            partition by unit_in_edition.index_code, unit_in_edition.territory_code
        ) as is_latest_for_territory,
        coalesce(total.score_source_kind, total.rank_source_kind, edition.source_kind) as source_kind,
        coalesce(total.score_source_url, total.rank_source_url, edition.source_url) as source_url,
        edition.published_on
    from unit_in_edition
    inner join edition
        on
            unit_in_edition.index_code = edition.index_code
            and unit_in_edition.edition_year = edition.edition_year
            and unit_in_edition.basis = edition.basis
    left join total
        on
            unit_in_edition.index_code = total.index_code
            and unit_in_edition.edition_year = total.edition_year
            and unit_in_edition.basis = total.basis
            and unit_in_edition.territory_code = total.territory_code
    left join total as total_before
        on
            unit_in_edition.index_code = total_before.index_code
            and edition.previous_edition_year = total_before.edition_year
            and unit_in_edition.basis = total_before.basis
            and unit_in_edition.territory_code = total_before.territory_code
    left join total_break
        on
            unit_in_edition.index_code = total_break.index_code
            and unit_in_edition.edition_year = total_break.edition_year
            and unit_in_edition.basis = total_break.basis
    left join rank_computed
        on
            unit_in_edition.index_code = rank_computed.index_code
            and unit_in_edition.edition_year = rank_computed.edition_year
            and unit_in_edition.basis = rank_computed.basis
            and unit_in_edition.territory_code = rank_computed.territory_code
),

-- An index nobody has published figures of still shows, with the agency that answers for it.
without_edition as (
    select
        index_catalog.index_code,
        cast(null as integer) as edition_year,
        cast(null as string) as basis,
        cast(null as integer) as vintage,
        territory.territory_code,
        cast(null as string) as coverage,
        'no edition' as edition_status,
        cast(null as string) as withheld_reason_vi,
        cast(null as double) as score,
        cast(null as string) as score_text,
        cast(null as integer) as rank_published,
        cast(null as integer) as ranked_among_published,
        cast(null as integer) as ranked_among,
        cast(null as integer) as rank_computed,
        cast(null as integer) as ranked_among_computed,
        cast(null as string) as tier,
        cast(null as integer) as previous_edition_year,
        cast(null as double) as score_change,
        cast(null as integer) as rank_change,
        cast(null as boolean) as comparable_with_previous,
        cast(null as string) as break_reason_vi,
        false as is_last_good,
        false as is_latest_edition,
        false as is_latest_for_territory,
        cast(null as string) as source_kind,
        cast(null as string) as source_url,
        cast(null as date) as published_on
    from {{ ref('stg_raw__index') }} as index_catalog
    inner join {{ ref('int_territory') }} as territory
        on
            (index_catalog.level = 'provincial' and territory.is_home_today)
            or (index_catalog.level = 'national' and territory.kind = 'country')
    where index_catalog.index_code not in (select edition.index_code from edition)
),

overview as (
    select * from published
    union all
    select * from without_edition
),

final as (
    select
        overview.index_code,
        overview.edition_year,
        overview.basis,
        overview.vintage,
        overview.territory_code,
        index_catalog.name_vi as index_name_vi,
        index_catalog.level,
        territory.name_vi as territory_name_vi,
        territory.sort_order_vi as territory_sort_vi,
        territory.is_home or index_catalog.level = 'national' as is_home,
        overview.coverage,
        overview.edition_status,
        overview.withheld_reason_vi,
        overview.score,
        overview.score_text,
        overview.rank_published,
        overview.ranked_among_published,
        overview.ranked_among,
        overview.rank_computed,
        overview.ranked_among_computed,
        overview.tier,
        overview.previous_edition_year,
        overview.score_change,
        overview.rank_change,
        overview.comparable_with_previous,
        overview.break_reason_vi,
        lead_agency.agency_code as lead_agency_code,
        lead_agency.agency_name_vi as lead_agency_vi,
        lead_agency.legal_basis,
        case
            when overview.published_on between lead_agency.valid_from and coalesce(lead_agency.valid_to, overview.published_on)
                then lead_agency.agency_code
        end as lead_agency_code_at_publication,
        overview.is_last_good,
        overview.is_latest_edition,
        overview.is_latest_for_territory,
        overview.source_kind,
        overview.source_url,
        overview.published_on
    from overview
    inner join {{ ref('stg_raw__index') }} as index_catalog
        on overview.index_code = index_catalog.index_code
    inner join {{ ref('int_territory') }} as territory
        on overview.territory_code = territory.territory_code
    left join {{ ref('int_lead_agency') }} as lead_agency
        on
            overview.index_code = lead_agency.index_code
            and overview.territory_code = lead_agency.territory_code
)

select * from final
