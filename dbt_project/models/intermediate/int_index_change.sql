with change as (
    select * from {{ ref('int_figure_change') }}
),

noise as (
    select * from {{ ref('int_change_noise') }}
),

rank_interval as (
    select * from {{ ref('int_rank_interval') }}
),

constant_weight as (
    select * from {{ ref('int_constant_weight_change') }}
),

weights_only as (
    select distinct
        index_code,
        edition_year,
        basis,
        parent_component_code as component_code
    from {{ ref('int_composite_pair') }}
    where is_weights_only
),

pair as (
    select * from {{ ref('int_edition_pair') }}
),

weight as (
    select * from {{ ref('int_component_weight') }}
),

fall_run as (
    select * from {{ ref('int_fall_run') }}
),

joined as (
    select
        change.*,
        noise.broken_parts,
        noise.peers,
        noise.baseline_change,
        noise.noise,
        noise.noise_source,
        noise.z,
        case when change.measure = 'rank' then rank_interval.rank_interval_low end as rank_interval_low,
        case when change.measure = 'rank' then rank_interval.rank_interval_high end as rank_interval_high,
        case when change.measure = 'rank' then interval_before.rank_interval_low end as rank_interval_low_before,
        case when change.measure = 'rank' then interval_before.rank_interval_high end as rank_interval_high_before,
        case when change.measure = 'score' then constant_weight.change_at_constant_weights end as change_at_constant_weights,
        change.break_reason_vi is not null and weights_only.index_code is not null as is_weights_only_break,
        case when change.measure = 'score' then {{ computed('change.change * weight.points_of_total') }} end as contribution,
        case
            when change.measure = 'score' and change.value_before is not null and change.value_after is not null
                then coalesce(fall_run.falls_in_row, 0)
        end as falls_in_row,
        case when change.measure = 'score' then fall_run.change_over_falls end as change_over_falls
    from change
    inner join pair
        on
            change.index_code = pair.index_code
            and change.edition_year = pair.edition_year
            and change.basis = pair.basis
    inner join noise
        on
            change.index_code = noise.index_code
            and change.edition_year = noise.edition_year
            and change.basis = noise.basis
            and change.territory_code = noise.territory_code
            and change.component_code = noise.component_code
            and change.measure = noise.measure
    left join rank_interval
        on
            change.index_code = rank_interval.index_code
            and change.edition_year = rank_interval.edition_year
            and change.basis = rank_interval.basis
            and change.territory_code = rank_interval.territory_code
            and change.component_code = rank_interval.component_code
    left join rank_interval as interval_before
        on
            change.index_code = interval_before.index_code
            and change.previous_edition_year = interval_before.edition_year
            and pair.previous_basis = interval_before.basis
            and change.territory_code = interval_before.territory_code
            and change.component_code = interval_before.component_code
    left join constant_weight
        on
            change.index_code = constant_weight.index_code
            and change.edition_year = constant_weight.edition_year
            and change.basis = constant_weight.basis
            and change.territory_code = constant_weight.territory_code
            and change.component_code = constant_weight.component_code
    left join weights_only
        on
            change.index_code = weights_only.index_code
            and change.edition_year = weights_only.edition_year
            and change.basis = weights_only.basis
            and change.component_code = weights_only.component_code
    left join weight
        on
            change.index_code = weight.index_code
            and change.previous_edition_year = weight.edition_year
            and pair.previous_basis = weight.basis
            and change.component_code = weight.component_code
    left join fall_run
        on
            change.index_code = fall_run.index_code
            and change.edition_year = fall_run.edition_year
            and change.basis = fall_run.basis
            and change.territory_code = fall_run.territory_code
            and change.component_code = fall_run.component_code
)

select * from joined
