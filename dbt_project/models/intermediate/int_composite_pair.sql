with pair as (
    select * from {{ ref('int_edition_pair') }}
),

weight as (
    select * from {{ ref('int_component_weight') }}
),

new_version as (
    select distinct
        pair.index_code,
        pair.edition_year,
        pair.basis,
        methodology.component_code
    from pair
    inner join {{ ref('stg_raw__methodology') }} as methodology
        on
            pair.index_code = methodology.index_code
            and pair.previous_edition_year < methodology.from_edition
            and pair.edition_year >= methodology.from_edition
),

later as (
    select
        pair.index_code,
        pair.edition_year,
        pair.basis,
        weight.parent_component_code,
        weight.component_code,
        weight.weight,
        weight.points_of_parent
    from weight
    inner join pair
        on
            weight.index_code = pair.index_code
            and weight.edition_year = pair.edition_year
            and weight.basis = pair.basis
),

earlier as (
    select
        pair.index_code,
        pair.edition_year,
        pair.basis,
        weight.parent_component_code,
        weight.component_code,
        weight.weight,
        weight.points_of_parent
    from weight
    inner join pair
        on
            weight.index_code = pair.index_code
            and weight.edition_year = pair.previous_edition_year
            and weight.basis = pair.previous_basis
),

side_by_side as (
    select
        coalesce(later.index_code, earlier.index_code) as index_code,
        coalesce(later.edition_year, earlier.edition_year) as edition_year,
        coalesce(later.basis, earlier.basis) as basis,
        coalesce(later.parent_component_code, earlier.parent_component_code) as parent_component_code,
        coalesce(later.component_code, earlier.component_code) as component_code,
        earlier.weight as weight_before,
        later.weight as weight_after,
        earlier.points_of_parent as points_before,
        later.points_of_parent as points_after
    from later
    full outer join earlier
        on
            later.index_code = earlier.index_code
            and later.edition_year = earlier.edition_year
            and later.basis = earlier.basis
            and later.parent_component_code = earlier.parent_component_code
            and later.component_code = earlier.component_code
),

parent as (
    select
        side_by_side.index_code,
        side_by_side.edition_year,
        side_by_side.basis,
        side_by_side.parent_component_code,
        count(side_by_side.points_before) as components_before,
        count(side_by_side.points_after) as components_after,
        count(*) = count(side_by_side.points_before) and count(*) = count(side_by_side.points_after) as has_same_components,
        max(case when side_by_side.points_before <> side_by_side.points_after then 1 else 0 end) = 1 as weights_differ,
        count(new_version.component_code) > 0 as versions_differ
    from side_by_side
    left join new_version
        on
            side_by_side.index_code = new_version.index_code
            and side_by_side.edition_year = new_version.edition_year
            and side_by_side.basis = new_version.basis
            and side_by_side.component_code = new_version.component_code
    group by
        side_by_side.index_code, side_by_side.edition_year, side_by_side.basis, side_by_side.parent_component_code
),

final as (
    select
        side_by_side.index_code,
        side_by_side.edition_year,
        side_by_side.basis,
        side_by_side.parent_component_code,
        side_by_side.component_code,
        side_by_side.weight_before,
        side_by_side.weight_after,
        coalesce(side_by_side.points_before, 0.0) as points_before,
        coalesce(side_by_side.points_after, 0.0) as points_after,
        parent.has_same_components,
        parent.has_same_components and parent.weights_differ and not parent.versions_differ as is_weights_only
    from side_by_side
    inner join parent
        on
            side_by_side.index_code = parent.index_code
            and side_by_side.edition_year = parent.edition_year
            and side_by_side.basis = parent.basis
            and side_by_side.parent_component_code = parent.parent_component_code
    -- a parent without weights on one side cannot be taken apart
    where parent.components_before > 0 and parent.components_after > 0
)

select * from final
