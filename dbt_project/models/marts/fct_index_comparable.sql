with comparable as (
    select * from {{ ref('int_score_comparable') }}
),

edition as (
    select * from {{ ref('int_edition_current') }}
),

version as (
    select * from {{ ref('int_component_version') }}
),

rank_computed as (
    select * from {{ ref('int_comparable_rank') }}
),

rank_interval as (
    select *
    from {{ ref('int_rank_interval') }}
    where basis = '34'
),

with_edition as (
    select
        comparable.*,
        edition.coverage,
        version.methodology_version,
        version.break_reason_vi,
        version.break_reason_en,
        rank_computed.rank_computed,
        rank_computed.ranked_among_computed,
        rank_interval.rank_interval_low,
        rank_interval.rank_interval_high
    from comparable
    inner join edition
        on
            comparable.index_code = edition.index_code
            and comparable.edition_year = edition.edition_year
            and comparable.basis = edition.basis
    inner join version
        on
            comparable.index_code = version.index_code
            and comparable.edition_year = version.edition_year
            and comparable.component_code = version.component_code
    left join rank_computed
        on
            comparable.index_code = rank_computed.index_code
            and comparable.edition_year = rank_computed.edition_year
            and comparable.territory_code = rank_computed.territory_code
            and comparable.component_code = rank_computed.component_code
    left join rank_interval
        on
            comparable.index_code = rank_interval.index_code
            and comparable.edition_year = rank_interval.edition_year
            and comparable.territory_code = rank_interval.territory_code
            and comparable.component_code = rank_interval.component_code
),

with_previous as (
    select
        later.*,
        case
            when earlier.edition_year is null then null
            else later.methodology_version = earlier.methodology_version
        end as comparable_with_previous
    from with_edition as later
    left join with_edition as earlier
        on
            later.index_code = earlier.index_code
            and later.territory_code = earlier.territory_code
            and later.component_code = earlier.component_code
            and later.edition_year = earlier.edition_year + 1
),

final as (
    select
        index_code,
        edition_year,
        territory_code,
        component_code,
        basis as source_basis,
        coverage,
        value,
        value_population_weighted,
        method,
        predecessors,
        rank_computed,
        ranked_among_computed,
        rank_interval_low,
        rank_interval_high,
        comparable_with_previous,
        case when not comparable_with_previous then {{ break_reason('break_reason_vi', 'vi') }} end as break_reason,
        case when not comparable_with_previous then {{ break_reason('break_reason_en', 'en') }} end as break_reason_en
    from with_previous
)

select * from final
