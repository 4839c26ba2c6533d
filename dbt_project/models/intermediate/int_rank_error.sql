with score_error as (
    select * from {{ ref('int_score_error') }}
),

on_its_own_list as (
    select
        ranked.index_code,
        ranked.edition_year,
        ranked.basis,
        ranked.territory_code,
        ranked.component_code,
        ranked.rank_computed,
        score_error.error_source as interval_source,
        standing.merit,
        score_error.error,
        score_error.half_unit
    from {{ ref('int_rank_computed') }} as ranked
    inner join {{ ref('int_unit_standing') }} as standing
        on
            ranked.index_code = standing.index_code
            and ranked.edition_year = standing.edition_year
            and ranked.basis = standing.basis
            and ranked.territory_code = standing.territory_code
            and ranked.component_code = standing.component_code
    inner join score_error
        on
            ranked.index_code = score_error.index_code
            and ranked.edition_year = score_error.edition_year
            and ranked.basis = score_error.basis
            and ranked.territory_code = score_error.territory_code
            and ranked.component_code = score_error.component_code
),

-- the error of a mean; where the members' errors come from different places, the widest of them is named
member_error as (
    select
        member.index_code,
        member.edition_year,
        member.territory_code,
        score_error.component_code,
        max(case when score_error.error_source = 'spread_of_changes' then 1 else 0 end) as has_spread,
        max(case when score_error.error_source = 'published_error' then 1 else 0 end) as has_published,
        {{ computed('sqrt(' ~ exact_sum('score_error.error * score_error.error') ~ ') / count(*)') }} as error
    from {{ ref('int_comparable_member') }} as member
    inner join score_error
        on
            member.index_code = score_error.index_code
            and member.edition_year = score_error.edition_year
            and member.basis = score_error.basis
            and member.predecessor_code = score_error.territory_code
    group by member.index_code, member.edition_year, member.territory_code, score_error.component_code
),

-- an edition of the old list as it ranks the units of today
on_todays_list as (
    select
        ranked.index_code,
        ranked.edition_year,
        '34' as basis,
        ranked.territory_code,
        ranked.component_code,
        ranked.rank_computed,
        case
            when member_error.has_spread = 1 then 'spread_of_changes'
            when member_error.has_published = 1 then 'published_error'
            else 'printed_precision'
        end as interval_source,
        ranked.merit,
        member_error.error,
        comparable.half_unit
    from {{ ref('int_comparable_rank') }} as ranked
    inner join {{ ref('int_score_comparable') }} as comparable
        on
            ranked.index_code = comparable.index_code
            and ranked.edition_year = comparable.edition_year
            and ranked.territory_code = comparable.territory_code
            and ranked.component_code = comparable.component_code
            and comparable.basis <> '34'
    inner join member_error
        on
            ranked.index_code = member_error.index_code
            and ranked.edition_year = member_error.edition_year
            and ranked.territory_code = member_error.territory_code
            and ranked.component_code = member_error.component_code
),

ranked as (
    select * from on_its_own_list
    union all
    select * from on_todays_list
),

final as (
    select
        *,
        cast(row_number() over (
            partition by index_code, edition_year, basis, component_code
            order by territory_code
        ) as integer) as place
    from ranked
    -- where nothing but rounding is known an interval would claim a certainty that is not there
    where interval_source <> 'printed_precision'
)

select * from final
