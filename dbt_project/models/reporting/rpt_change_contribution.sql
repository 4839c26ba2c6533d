with contribution as (
    select * from {{ ref('int_change_contribution') }}
),

pair as (
    select * from {{ ref('int_edition_pair') }}
),

component as (
    select * from {{ ref('stg_raw__component') }}
),

territory as (
    select * from {{ ref('int_territory') }}
),

final as (
    select
        contribution.index_code,
        contribution.edition_year,
        contribution.basis,
        contribution.territory_code,
        contribution.parent_component_code,
        contribution.component_code,
        territory.name_vi as territory_name_vi,
        parent.name_vi as parent_component_name_vi,
        case when contribution.component_code = 'rounding' then 'Làm tròn' else component.name_vi end as component_name_vi,
        territory.is_home,
        pair.previous_edition_year,
        contribution.weight_before,
        contribution.weight_after,
        contribution.value_before,
        contribution.value_after,
        contribution.contribution,
        contribution.weight_effect,
        contribution.contribution_to_total,
        contribution.is_explained,
        contribution.is_comparable,
        pair.is_latest_edition
    from contribution
    inner join pair
        on
            contribution.index_code = pair.index_code
            and contribution.edition_year = pair.edition_year
            and contribution.basis = pair.basis
    inner join territory
        on contribution.territory_code = territory.territory_code
    left join component as parent
        on
            contribution.index_code = parent.index_code
            and contribution.parent_component_code = parent.component_code
    left join component
        on
            contribution.index_code = component.index_code
            and contribution.component_code = component.component_code
)

select * from final
