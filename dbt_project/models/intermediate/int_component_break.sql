with edition as (
    select * from {{ ref('int_edition_pair') }}
),

version as (
    select * from {{ ref('int_component_version') }}
),

compared as (
    select
        edition.index_code,
        edition.edition_year,
        edition.basis,
        later.component_code,
        edition.previous_edition_year,
        later.methodology_version = earlier.methodology_version as comparable_with_previous,
        later.break_reason_vi,
        later.break_reason_en
    from edition
    inner join version as later
        on
            edition.index_code = later.index_code
            and edition.edition_year = later.edition_year
    inner join version as earlier
        on
            edition.index_code = earlier.index_code
            and edition.previous_edition_year = earlier.edition_year
            and later.component_code = earlier.component_code
),

final as (
    select
        index_code,
        edition_year,
        basis,
        component_code,
        previous_edition_year,
        comparable_with_previous,
        case when not comparable_with_previous then {{ break_reason('break_reason_vi', 'vi') }} end as break_reason_vi,
        case when not comparable_with_previous then {{ break_reason('break_reason_en', 'en') }} end as break_reason_en
    from compared
)

select * from final
