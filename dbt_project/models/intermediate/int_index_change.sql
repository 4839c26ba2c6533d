with listed as (
    select * from {{ ref('int_unit_standing') }}
),

edition as (
    select * from {{ ref('int_edition_current') }}
),

component_break as (
    select * from {{ ref('int_component_break') }}
),

paired as (
    select
        later.index_code,
        later.edition_year,
        later.basis,
        later.vintage,
        later.territory_code,
        later.component_code,
        earlier.edition_year as previous_edition_year,
        earlier.score as score_before,
        later.score as score_after,
        earlier.score_decimals as score_decimals_before,
        later.score_decimals as score_decimals_after,
        earlier.rank_published as rank_before,
        later.rank_published as rank_after,
        earlier.ranked_among as ranked_among_before,
        later.ranked_among as ranked_among_after,
        later.score_source_url,
        later.rank_source_url,
        later.score_locator,
        later.rank_locator,
        later.higher_is_better,
        later.level,
        component_break.comparable_with_previous,
        edition.is_latest_edition,
        component_break.break_reason_vi,
        component_break.break_reason_en
    from listed as later
    inner join edition
        on
            later.index_code = edition.index_code
            and later.edition_year = edition.edition_year
            and later.basis = edition.basis
    inner join listed as earlier
        on
            later.index_code = earlier.index_code
            and later.basis = earlier.basis
            and later.territory_code = earlier.territory_code
            and later.component_code = earlier.component_code
            and edition.previous_edition_year = earlier.edition_year
    inner join component_break
        on
            later.index_code = component_break.index_code
            and later.edition_year = component_break.edition_year
            and later.basis = component_break.basis
            and later.component_code = component_break.component_code
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
        score_before as value_before,
        score_after as value_after,
        {{ computed("score_after - score_before") }} as change,
        {{ computed("case when higher_is_better then 1 else -1 end * (score_after - score_before)") }} as change_in_good_direction,
        {{ half_unit('score_before', 'score_decimals_before') }}
        + {{ half_unit('score_after', 'score_decimals_after') }}
        + 1e-9 as tolerance,
        cast(null as integer) as ranked_among,
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
        rank_before as value_before,
        rank_after as value_after,
        rank_after - rank_before as change,
        rank_before - rank_after as change_in_good_direction,
        0.0 as tolerance,
        cast(ranked_among_after as integer) as ranked_among,
        coalesce(rank_after / ranked_among_after > rank_before / ranked_among_before, true) as is_worse_in_its_field,
        comparable_with_previous
        and rank_before is not null
        and rank_after is not null
        and (level = 'national' or coalesce(ranked_among_before = ranked_among_after, false)) as is_comparable,
        is_latest_edition,
        break_reason_vi,
        break_reason_en,
        rank_source_url as source_url,
        rank_locator as source_locator
    from paired
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
