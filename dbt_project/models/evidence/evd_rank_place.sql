with ranked as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        territory_code,
        territory_name_vi,
        component_code,
        rank_locator as source_locator,
        rank_source_url as source_url,
        rank_published,
        ranked_among,
        score
    from {{ ref('int_unit_standing') }}
    where level = 'provincial' and rank_published is not null
),

-- units share a place only where their scores are known to be equal
shared as (
    select
        one.index_code,
        one.edition_year,
        one.basis,
        one.territory_code,
        one.component_code,
        min(other.territory_code) as counter_territory_code
    from ranked as one
    inner join ranked as other
        on
            one.index_code = other.index_code
            and one.edition_year = other.edition_year
            and one.basis = other.basis
            and one.component_code = other.component_code
            and one.rank_published = other.rank_published
    where
        one.territory_code <> other.territory_code
        and not coalesce(one.score = other.score, false)
    group by one.index_code, one.edition_year, one.basis, one.territory_code, one.component_code
),

judged as (
    select
        ranked.index_code,
        ranked.edition_year,
        ranked.basis,
        ranked.vintage,
        ranked.territory_code,
        ranked.territory_name_vi,
        ranked.component_code,
        shared.counter_territory_code,
        ranked.source_locator,
        ranked.source_url,
        ranked.rank_published,
        cast(ranked.ranked_among as integer) as ranked_among,
        shared.counter_territory_code is null
        and ranked.rank_published = floor(ranked.rank_published)
        and ranked.rank_published between 1 and coalesce(ranked.ranked_among, ranked.rank_published) as is_a_place
    from ranked
    left join shared
        on
            ranked.index_code = shared.index_code
            and ranked.edition_year = shared.edition_year
            and ranked.basis = shared.basis
            and ranked.territory_code = shared.territory_code
            and ranked.component_code = shared.component_code
)

select * from judged
