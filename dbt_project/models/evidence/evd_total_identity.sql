with score as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        territory_code,
        territory_name_vi,
        component_code,
        score,
        score_decimals,
        score_locator,
        score_source_url
    from {{ ref('int_unit_standing') }}
    where score is not null
),

weight as (
    select * from {{ ref('int_component_weight') }}
),

child as (
    select
        score.index_code,
        score.edition_year,
        score.basis,
        score.territory_code,
        weight.parent_component_code,
        max(weight.siblings) as siblings,
        count(*) as children,
        {{ computed('max(weight.scale_factor) * ' ~ exact_sum('weight.weight * score.score')) }} as recomputed,
        max(weight.scale_factor)
        * {{ exact_sum('abs(weight.weight) * ' ~ half_unit('score.score', 'score.score_decimals')) }} as children_tolerance
    from score
    inner join weight
        on
            score.index_code = weight.index_code
            and score.edition_year = weight.edition_year
            and score.basis = weight.basis
            and score.component_code = weight.component_code
    group by
        score.index_code, score.edition_year, score.basis, score.territory_code, weight.parent_component_code
),

identity_check as (
    select
        parent.index_code,
        parent.edition_year,
        parent.basis,
        parent.vintage,
        parent.territory_code,
        parent.territory_name_vi,
        parent.component_code,
        parent.score_locator as source_locator,
        parent.score_source_url as source_url,
        cast(child.children as integer) as children,
        parent.score as published,
        child.recomputed,
        {{ computed("parent.score - child.recomputed") }} as difference,
        {{ computed("abs(parent.score - child.recomputed)") }} as absolute_difference,
        {{ half_unit('parent.score', 'parent.score_decimals') }} + child.children_tolerance + 1e-9 as tolerance
    from score as parent
    inner join child
        on
            parent.index_code = child.index_code
            and parent.edition_year = child.edition_year
            and parent.basis = child.basis
            and parent.territory_code = child.territory_code
            and parent.component_code = child.parent_component_code
    -- a sum over some of the children proves nothing about the total
    where child.children = child.siblings
)

select
    *,
    absolute_difference <= tolerance as is_consistent
from identity_check
