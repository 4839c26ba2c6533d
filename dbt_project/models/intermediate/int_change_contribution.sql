with composite_pair as (
    select * from {{ ref('int_composite_pair') }}
),

figure_pair as (
    select * from {{ ref('int_figure_pair') }}
),

component_break as (
    select * from {{ ref('int_component_break') }}
),

weight as (
    select * from {{ ref('int_component_weight') }}
),

parent as (
    select
        figure_pair.index_code,
        figure_pair.edition_year,
        figure_pair.basis,
        figure_pair.territory_code,
        figure_pair.component_code as parent_component_code,
        figure_pair.score_before,
        figure_pair.score_after,
        figure_pair.half_unit_before + figure_pair.half_unit_after as half_units,
        -- points of the total that one point of the parent was worth in the earlier edition
        case when figure_pair.component_code = 'total' then 1.0 else weight.points_of_total end as points_of_total
    from figure_pair
    left join weight
        on
            figure_pair.index_code = weight.index_code
            and figure_pair.previous_edition_year = weight.edition_year
            and figure_pair.previous_basis = weight.basis
            and figure_pair.component_code = weight.component_code
    where figure_pair.score_before is not null and figure_pair.score_after is not null
),

child as (
    select
        parent.index_code,
        parent.edition_year,
        parent.basis,
        parent.territory_code,
        parent.parent_component_code,
        composite_pair.component_code,
        parent.score_before as parent_before,
        parent.score_after as parent_after,
        parent.half_units,
        parent.points_of_total,
        composite_pair.weight_before,
        composite_pair.weight_after,
        composite_pair.points_before,
        composite_pair.points_after,
        figure_pair.score_before,
        figure_pair.score_after,
        composite_pair.points_before * coalesce(figure_pair.half_unit_before, 0.0)
        + composite_pair.points_after * coalesce(figure_pair.half_unit_after, 0.0) as weighted_half_units,
        (composite_pair.weight_before is null or figure_pair.score_before is not null)
        and (composite_pair.weight_after is null or figure_pair.score_after is not null) as is_known
    from parent
    inner join composite_pair
        on
            parent.index_code = composite_pair.index_code
            and parent.edition_year = composite_pair.edition_year
            and parent.basis = composite_pair.basis
            and parent.parent_component_code = composite_pair.parent_component_code
    left join figure_pair
        on
            parent.index_code = figure_pair.index_code
            and parent.edition_year = figure_pair.edition_year
            and parent.basis = figure_pair.basis
            and parent.territory_code = figure_pair.territory_code
            and composite_pair.component_code = figure_pair.component_code
),

counted as (
    select
        *,
        min(case when is_known then 1 else 0 end) over (
            partition by index_code, edition_year, basis, territory_code, parent_component_code
        ) as is_complete
    from child
),

-- A component that is new or gone changes the total by being weighed or no longer weighed: that is an effect of weights.
effect as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        parent_component_code,
        component_code,
        parent_before,
        parent_after,
        half_units,
        weighted_half_units,
        points_of_total,
        points_before,
        points_after,
        weight_before,
        weight_after,
        score_before as value_before,
        score_after as value_after,
        case
            when weight_before is null or weight_after is null then 0.0
            else {{ computed('points_before * (score_after - score_before)') }}
        end as contribution,
        case
            when weight_before is null then {{ computed('points_after * score_after') }}
            when weight_after is null then {{ computed('-points_before * score_before') }}
            else {{ computed('(points_after - points_before) * score_after') }}
        end as weight_effect
    from counted
    where is_complete = 1
),

remainder as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        parent_component_code,
        'rounding' as component_code,
        max(half_units) + {{ exact_sum('weighted_half_units') }} + 1e-9 as tolerance,
        max(points_of_total) as points_of_total,
        cast(null as double) as weight_before,
        cast(null as double) as weight_after,
        {{ computed('max(parent_before) - ' ~ exact_sum('coalesce(points_before * value_before, 0.0)')) }} as value_before,
        {{ computed('max(parent_after) - ' ~ exact_sum('coalesce(points_after * value_after, 0.0)')) }} as value_after,
        {{ computed('max(parent_after) - max(parent_before) - ' ~ exact_sum('contribution + weight_effect')) }} as contribution,
        0.0 as weight_effect
    from effect
    group by index_code, edition_year, basis, territory_code, parent_component_code
),

part as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        parent_component_code,
        component_code,
        points_of_total,
        weight_before,
        weight_after,
        value_before,
        value_after,
        contribution,
        weight_effect
    from effect
    union all
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        parent_component_code,
        component_code,
        points_of_total,
        weight_before,
        weight_after,
        value_before,
        value_after,
        contribution,
        weight_effect
    from remainder
),

final as (
    select
        part.index_code,
        part.edition_year,
        part.basis,
        part.territory_code,
        part.parent_component_code,
        part.component_code,
        part.weight_before,
        part.weight_after,
        part.value_before,
        part.value_after,
        part.contribution,
        part.weight_effect,
        {{ computed('part.contribution * part.points_of_total') }} as contribution_to_total,
        abs(remainder.contribution) <= remainder.tolerance as is_explained,
        component_break.comparable_with_previous and coalesce(part_break.comparable_with_previous, true) as is_comparable
    from part
    inner join remainder
        on
            part.index_code = remainder.index_code
            and part.edition_year = remainder.edition_year
            and part.basis = remainder.basis
            and part.territory_code = remainder.territory_code
            and part.parent_component_code = remainder.parent_component_code
    left join component_break
        on
            part.index_code = component_break.index_code
            and part.edition_year = component_break.edition_year
            and part.basis = component_break.basis
            and part.parent_component_code = component_break.component_code
    left join component_break as part_break
        on
            part.index_code = part_break.index_code
            and part.edition_year = part_break.edition_year
            and part.basis = part_break.basis
            and part.component_code = part_break.component_code
)

select * from final
