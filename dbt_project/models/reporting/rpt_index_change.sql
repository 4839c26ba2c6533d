with change as (
    select * from {{ ref('int_index_change') }}
),

component as (
    select * from {{ ref('stg_raw__component') }}
),

index_catalog as (
    select * from {{ ref('stg_raw__index') }}
),

territory as (
    select * from {{ ref('int_territory') }}
),

lead_agency as (
    select * from {{ ref('int_lead_agency') }}
),

final as (
    select
        change.index_code,
        change.edition_year,
        change.basis,
        change.vintage,
        change.territory_code,
        change.component_code,
        change.measure,
        index_catalog.name_vi as index_name_vi,
        territory.name_vi as territory_name_vi,
        component.name_vi as component_name_vi,
        territory.is_home or index_catalog.level = 'national' as is_home,
        change.previous_edition_year,
        change.value_before,
        change.value_after,
        change.change,
        change.change_in_good_direction,
        change.tolerance,
        change.before_method,
        change.decimals_before,
        change.decimals_after,
        change.ranked_among,
        change.is_rank_computed,
        change.rank_interval_low,
        change.rank_interval_high,
        change.rank_interval_low_before,
        change.rank_interval_high_before,
        change.peers,
        change.baseline_change,
        change.noise,
        change.noise_source,
        change.z,
        change.change_at_constant_weights,
        change.contribution,
        change.falls_in_row,
        change.change_over_falls,
        change.is_comparable,
        change.is_weights_only_break,
        change.is_worse,
        change.is_latest_edition,
        change.break_reason_vi,
        change.break_reason_en,
        change.broken_parts,
        lead_agency.agency_code as lead_agency_code,
        lead_agency.agency_name_vi as lead_agency_vi,
        lead_agency.legal_basis,
        change.source_url,
        change.source_locator
    from change
    inner join index_catalog
        on change.index_code = index_catalog.index_code
    inner join territory
        on change.territory_code = territory.territory_code
    left join component
        on
            change.index_code = component.index_code
            and change.component_code = component.component_code
    left join lead_agency
        on
            change.index_code = lead_agency.index_code
            and change.territory_code = lead_agency.territory_code
)

select * from final
