with contribution as (
    select * from {{ ref('int_change_contribution') }}
    where component_code <> 'rounding'
),

composite as (
    select distinct
        index_code,
        edition_year,
        basis,
        parent_component_code,
        is_weights_only
    from {{ ref('int_composite_pair') }}
    where has_same_components
),

summed as (
    select
        contribution.index_code,
        contribution.edition_year,
        contribution.basis,
        contribution.territory_code,
        contribution.parent_component_code as component_code,
        composite.is_weights_only,
        {{ computed(exact_sum('contribution.contribution')) }} as change_at_constant_weights
    from contribution
    inner join composite
        on
            contribution.index_code = composite.index_code
            and contribution.edition_year = composite.edition_year
            and contribution.basis = composite.basis
            and contribution.parent_component_code = composite.parent_component_code
    group by
        contribution.index_code, contribution.edition_year, contribution.basis, contribution.territory_code,
        contribution.parent_component_code, composite.is_weights_only
)

select * from summed
