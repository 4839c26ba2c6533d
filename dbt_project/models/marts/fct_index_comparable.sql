with comparable as (
    select * from {{ ref('int_score_comparable') }}
),

version as (
    select * from {{ ref('int_component_version') }}
),

with_version as (
    select
        comparable.*,
        version.methodology_version,
        version.break_reason_vi,
        version.break_reason_en
    from comparable
    inner join version
        on
            comparable.index_code = version.index_code
            and comparable.edition_year = version.edition_year
            and comparable.component_code = version.component_code
),

with_previous as (
    select
        later.*,
        case
            when earlier.edition_year is null then null
            else later.methodology_version = earlier.methodology_version
        end as comparable_with_previous
    from with_version as later
    left join with_version as earlier
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
        value,
        value_population_weighted,
        method,
        predecessors,
        comparable_with_previous,
        case when not comparable_with_previous then {{ break_reason('break_reason_vi', 'vi') }} end as break_reason,
        case when not comparable_with_previous then {{ break_reason('break_reason_en', 'en') }} end as break_reason_en
    from with_previous
)

select * from final
