with figure_pair as (
    select *
    from {{ ref('int_figure_pair') }}
    where is_on_both_sides
),

component_break as (
    select * from {{ ref('int_component_break') }}
),

paired as (
    select
        figure_pair.*,
        component_break.comparable_with_previous,
        component_break.break_reason_vi,
        component_break.break_reason_en,
        figure_pair.rank_computed_before is not null
        and figure_pair.rank_computed_after is not null
        and (figure_pair.rank_published_before is null or figure_pair.rank_published_after is null) as is_rank_computed
    from figure_pair
    inner join component_break
        on
            figure_pair.index_code = component_break.index_code
            and figure_pair.edition_year = component_break.edition_year
            and figure_pair.basis = component_break.basis
            and figure_pair.component_code = component_break.component_code
),

score_change as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        territory_code,
        component_code,
        'score' as measure,
        previous_edition_year,
        before_method,
        score_before as value_before,
        score_after as value_after,
        {{ computed("score_after - score_before") }} as change,
        {{ computed("case when higher_is_better then 1 else -1 end * (score_after - score_before)") }} as change_in_good_direction,
        case when score_before is not null then decimals_before end as decimals_before,
        case when score_after is not null then decimals_after end as decimals_after,
        half_unit_before,
        half_unit_after,
        half_unit_before + half_unit_after + 1e-9 as tolerance,
        cast(null as integer) as ranked_among,
        cast(null as boolean) as is_rank_computed,
        true as is_worse_in_its_field,
        comparable_with_previous and score_before is not null and score_after is not null as is_comparable,
        is_latest_edition,
        break_reason_vi,
        break_reason_en,
        score_source_url as source_url,
        score_locator as source_locator
    from paired
    where score_before is not null or score_after is not null
),

-- The published rank where both editions print it, else the one that can be computed in both.
placed as (
    select
        *,
        case when is_rank_computed then rank_computed_before else rank_published_before end as rank_before,
        case when is_rank_computed then rank_computed_after else rank_published_after end as rank_after,
        case when is_rank_computed then ranked_among_computed_before else ranked_among_before end as among_before,
        case when is_rank_computed then ranked_among_computed_after else ranked_among_after end as among_after
    from paired
    where basis = previous_basis
),

-- A place among one number of provinces is not a place among another. The field of countries changes a little every year:
-- there a place is worse when it is worse as a share of the field too.
rank_change as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        territory_code,
        component_code,
        'rank' as measure,
        previous_edition_year,
        before_method,
        rank_before as value_before,
        rank_after as value_after,
        rank_after - rank_before as change,
        rank_before - rank_after as change_in_good_direction,
        case when not is_rank_computed and rank_before is not null then 0 end as decimals_before,
        case when not is_rank_computed and rank_after is not null then 0 end as decimals_after,
        0.0 as half_unit_before,
        0.0 as half_unit_after,
        0.0 as tolerance,
        cast(among_after as integer) as ranked_among,
        is_rank_computed,
        coalesce(rank_after / among_after > rank_before / among_before, true) as is_worse_in_its_field,
        comparable_with_previous
        and rank_before is not null
        and rank_after is not null
        and (level = 'national' or coalesce(among_before = among_after, false)) as is_comparable,
        is_latest_edition,
        break_reason_vi,
        break_reason_en,
        case when is_rank_computed then score_source_url else rank_source_url end as source_url,
        case when is_rank_computed then score_locator else rank_locator end as source_locator
    from placed
    where rank_before is not null or rank_after is not null
),

changes as (
    select * from score_change
    union all
    select * from rank_change
),

judged as (
    select
        *,
        is_comparable and change_in_good_direction < -tolerance and is_worse_in_its_field as is_worse
    from changes
)

select * from judged
