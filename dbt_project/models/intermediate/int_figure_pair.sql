with pair as (
    select * from {{ ref('int_edition_pair') }}
),

standing as (
    select
        standing.index_code,
        standing.edition_year,
        standing.basis,
        standing.territory_code,
        standing.component_code,
        standing.score,
        standing.score_decimals,
        {{ half_unit('standing.score', 'standing.score_decimals') }} as half_unit,
        standing.rank_published,
        standing.ranked_among,
        rank_computed.rank_computed,
        rank_computed.ranked_among_computed,
        standing.score_source_url,
        standing.score_locator,
        standing.rank_source_url,
        standing.rank_locator
    from {{ ref('int_unit_standing') }} as standing
    left join {{ ref('int_rank_computed') }} as rank_computed
        on
            standing.index_code = rank_computed.index_code
            and standing.edition_year = rank_computed.edition_year
            and standing.basis = rank_computed.basis
            and standing.territory_code = rank_computed.territory_code
            and standing.component_code = rank_computed.component_code
),

later as (
    select
        standing.*,
        pair.previous_edition_year
    from standing
    inner join pair
        on
            standing.index_code = pair.index_code
            and standing.edition_year = pair.edition_year
            and standing.basis = pair.basis
),

published_before as (
    select
        pair.edition_year as next_edition_year,
        pair.basis as next_basis,
        'published' as method,
        standing.*
    from standing
    inner join pair
        on
            standing.index_code = pair.index_code
            and standing.edition_year = pair.previous_edition_year
            and standing.basis = pair.previous_basis
    where pair.basis = pair.previous_basis
),

-- Ranks are never compared across lists, so a back-cast brings only a score.
backcast_before as (
    select
        pair.edition_year as next_edition_year,
        pair.basis as next_basis,
        comparable.method,
        comparable.index_code,
        comparable.territory_code,
        comparable.component_code,
        comparable.value as score,
        comparable.score_decimals,
        comparable.half_unit
    from {{ ref('int_score_comparable') }} as comparable
    inner join pair
        on
            comparable.index_code = pair.index_code
            and comparable.edition_year = pair.previous_edition_year
            and comparable.basis = pair.previous_basis
    where pair.basis <> pair.previous_basis
),

earlier as (
    select
        index_code,
        next_edition_year,
        next_basis,
        territory_code,
        component_code,
        method,
        score,
        score_decimals,
        half_unit,
        rank_published,
        ranked_among,
        rank_computed,
        ranked_among_computed
    from published_before
    union all
    select
        index_code,
        next_edition_year,
        next_basis,
        territory_code,
        component_code,
        method,
        score,
        score_decimals,
        half_unit,
        null as rank_published,
        null as ranked_among,
        null as rank_computed,
        null as ranked_among_computed
    from backcast_before
),

both_sides as (
    select
        coalesce(later.index_code, earlier.index_code) as index_code,
        coalesce(later.edition_year, earlier.next_edition_year) as edition_year,
        coalesce(later.basis, earlier.next_basis) as basis,
        coalesce(later.territory_code, earlier.territory_code) as territory_code,
        coalesce(later.component_code, earlier.component_code) as component_code,
        earlier.method as before_method,
        later.index_code is not null and earlier.index_code is not null as is_on_both_sides,
        earlier.score as score_before,
        later.score as score_after,
        earlier.score_decimals as decimals_before,
        later.score_decimals as decimals_after,
        earlier.half_unit as half_unit_before,
        later.half_unit as half_unit_after,
        earlier.rank_published as rank_published_before,
        later.rank_published as rank_published_after,
        earlier.ranked_among as ranked_among_before,
        later.ranked_among as ranked_among_after,
        earlier.rank_computed as rank_computed_before,
        later.rank_computed as rank_computed_after,
        earlier.ranked_among_computed as ranked_among_computed_before,
        later.ranked_among_computed as ranked_among_computed_after,
        later.score_source_url,
        later.score_locator,
        later.rank_source_url,
        later.rank_locator
    from later
    full outer join earlier
        on
            later.index_code = earlier.index_code
            and later.edition_year = earlier.next_edition_year
            and later.basis = earlier.next_basis
            and later.territory_code = earlier.territory_code
            and later.component_code = earlier.component_code
),

with_edition as (
    select
        both_sides.*,
        pair.vintage,
        pair.previous_edition_year,
        pair.previous_basis,
        pair.level,
        pair.higher_is_better,
        pair.is_latest_edition
    from both_sides
    inner join pair
        on
            both_sides.index_code = pair.index_code
            and both_sides.edition_year = pair.edition_year
            and both_sides.basis = pair.basis
)

select * from with_edition
