with score as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        component_code,
        score as value,
        score_decimals,
        {{ half_unit('score', 'score_decimals') }} as half_unit
    from {{ ref('int_unit_standing') }}
    where level = 'provincial' and score is not null
),

-- An edition with a table on today's units needs no back-cast from the older table.
member as (
    select *
    from {{ ref('int_comparable_member') }}
    where not has_table_of_today
),

published_today as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        component_code,
        value,
        cast(null as double) as value_population_weighted,
        'published' as method,
        cast(null as string) as predecessors,
        score_decimals,
        half_unit
    from score
    where basis = '34'
),

member_score as (
    select
        member.territory_code,
        member.predecessor_code,
        member.population,
        member.index_code,
        member.edition_year,
        member.basis,
        member.members_expected,
        score.component_code,
        score.value,
        score.score_decimals,
        score.half_unit
    from member
    inner join score
        on
            member.index_code = score.index_code
            and member.edition_year = score.edition_year
            and member.basis = score.basis
            and member.predecessor_code = score.territory_code
),

from_predecessors as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        component_code,
        max(members_expected) as members_expected,
        count(*) as members_scored,
        {{ computed(exact_sum('value') ~ ' / count(*)') }} as value_mean,
        max(value) as value_single,
        case
            when count(population) = count(*)
                then {{ computed(exact_sum('1e-6 * population * value') ~ ' / nullif(1e-6 * sum(population), 0)') }}
        end as value_weighted,
        {{ dbt.listagg('predecessor_code', "'|'", 'order by predecessor_code') }} as predecessors,
        max(score_decimals) as score_decimals,
        {{ exact_sum('half_unit') }} / count(*) as half_unit
    from member_score
    group by index_code, edition_year, basis, territory_code, component_code
),

-- One predecessor missing: no mean, because the rest would be passed off as the whole.
complete_predecessors as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        component_code,
        case when members_expected = 1 then value_single else value_mean end as value,
        case when members_expected > 1 then value_weighted end as value_population_weighted,
        case when members_expected = 1 then 'published_unchanged' else 'backcast_mean' end as method,
        case when members_expected > 1 then predecessors end as predecessors,
        case when members_expected = 1 then score_decimals end as score_decimals,
        half_unit
    from from_predecessors
    where members_scored = members_expected
),

comparable as (
    select * from published_today
    union all
    select * from complete_predecessors
)

select * from comparable
