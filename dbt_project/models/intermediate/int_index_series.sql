with standing as (
    select
        standing.*,
        coalesce(standing.rank_published, rank_computed.rank_computed) as rank,
        standing.rank_published is null and rank_computed.rank_computed is not null as is_rank_computed,
        coalesce(standing.ranked_among, rank_computed.ranked_among_computed) as among,
        rank_interval.rank_interval_low,
        rank_interval.rank_interval_high
    from {{ ref('int_unit_standing') }} as standing
    left join {{ ref('int_rank_computed') }} as rank_computed
        on
            standing.index_code = rank_computed.index_code
            and standing.edition_year = rank_computed.edition_year
            and standing.basis = rank_computed.basis
            and standing.territory_code = rank_computed.territory_code
            and standing.component_code = rank_computed.component_code
    left join {{ ref('int_rank_interval') }} as rank_interval
        on
            standing.index_code = rank_interval.index_code
            and standing.edition_year = rank_interval.edition_year
            and standing.basis = rank_interval.basis
            and standing.territory_code = rank_interval.territory_code
            and standing.component_code = rank_interval.component_code
    where standing.score is not null or standing.rank_published is not null or standing.tier is not null
),

member as (
    select * from {{ ref('int_comparable_member') }}
),

backcast as (
    select
        comparable.*,
        rank_computed.rank_computed,
        rank_computed.ranked_among_computed,
        rank_interval.rank_interval_low,
        rank_interval.rank_interval_high
    from {{ ref('int_score_comparable') }} as comparable
    left join {{ ref('int_comparable_rank') }} as rank_computed
        on
            comparable.index_code = rank_computed.index_code
            and comparable.edition_year = rank_computed.edition_year
            and comparable.territory_code = rank_computed.territory_code
            and comparable.component_code = rank_computed.component_code
    left join {{ ref('int_rank_interval') }} as rank_interval
        on
            comparable.index_code = rank_interval.index_code
            and comparable.edition_year = rank_interval.edition_year
            and comparable.territory_code = rank_interval.territory_code
            and comparable.component_code = rank_interval.component_code
            and rank_interval.basis = '34'
    where comparable.method = 'backcast_mean'
),

version as (
    select * from {{ ref('int_component_version') }}
),

-- the list of 34 and the country: the unit is today's
on_todays_list as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        component_code,
        territory_code as unit_code,
        'today' as relation,
        'published' as method,
        score as value,
        rank,
        is_rank_computed,
        among,
        rank_interval_low,
        rank_interval_high,
        tier
    from standing
    where basis <> '63'
),

-- the list of 63: a unit that the merger left as it was is today's too, the others are predecessors of one
on_the_old_list as (
    select
        standing.index_code,
        standing.edition_year,
        standing.basis,
        standing.territory_code,
        standing.component_code,
        member.territory_code as unit_code,
        case when member.members_expected = 1 then 'today' else 'predecessor' end as relation,
        case when member.members_expected = 1 then 'published_unchanged' else 'published' end as method,
        standing.score as value,
        standing.rank,
        standing.is_rank_computed,
        standing.among,
        standing.rank_interval_low,
        standing.rank_interval_high,
        standing.tier
    from standing
    inner join member
        on
            standing.index_code = member.index_code
            and standing.edition_year = member.edition_year
            and standing.basis = member.basis
            and standing.territory_code = member.predecessor_code
    where member.members_expected > 1 or not member.has_table_of_today
),

point as (
    select
        *,
        cast(null as double) as value_population_weighted,
        cast(null as string) as predecessors
    from on_todays_list
    union all
    select
        *,
        cast(null as double) as value_population_weighted,
        cast(null as string) as predecessors
    from on_the_old_list
    union all
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        component_code,
        territory_code as unit_code,
        'today' as relation,
        method,
        value,
        rank_computed as rank,
        rank_computed is not null as is_rank_computed,
        ranked_among_computed as among,
        rank_interval_low,
        rank_interval_high,
        cast(null as string) as tier,
        value_population_weighted,
        predecessors
    from backcast
),

-- A series may skip years, so each point is compared with the one before it, not only with the year before.
with_previous as (
    select
        point.*,
        version.methodology_version,
        version.break_reason_vi,
        version.break_reason_en,
        lag(version.methodology_version) over (
            partition by point.index_code, point.component_code, point.territory_code, point.relation
            order by point.edition_year
        ) as previous_version
    from point
    inner join version
        on
            point.index_code = version.index_code
            and point.edition_year = version.edition_year
            and point.component_code = version.component_code
),

final as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        component_code,
        unit_code,
        relation,
        method,
        predecessors,
        tier,
        value,
        value_population_weighted,
        cast(rank as integer) as rank,
        case when rank is not null then is_rank_computed end as is_rank_computed,
        cast(case when rank is not null then among end as integer) as ranked_among,
        rank_interval_low,
        rank_interval_high,
        methodology_version,
        methodology_version = previous_version as comparable_with_previous,
        case when methodology_version <> previous_version then {{ break_reason('break_reason_vi', 'vi') }} end as break_reason_vi,
        case when methodology_version <> previous_version then {{ break_reason('break_reason_en', 'en') }} end as break_reason_en
    from with_previous
)

select * from final
