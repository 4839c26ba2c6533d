with series as (
    select
        series.*,
        case when coalesce(index_catalog.higher_is_better, true) then series.value else -series.value end as merit
    from {{ ref('int_index_series') }} as series
    inner join {{ ref('stg_raw__index') }} as index_catalog
        on series.index_code = index_catalog.index_code
    where series.value is not null
),

-- only what was known at that edition, and only under its methodology
running as (
    select
        *,
        max(merit) over (
            partition by index_code, component_code, territory_code, relation, methodology_version
            order by edition_year
        ) as best_merit
    from series
),

final as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        component_code,
        relation,
        best_merit,
        cast(max(case when merit = best_merit then edition_year end) over (
            partition by index_code, component_code, territory_code, relation, methodology_version
            order by edition_year
        ) as integer) as best_edition_year
    from running
)

select * from final
