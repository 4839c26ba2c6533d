with vintage as (
    select * from {{ ref('stg_raw__edition') }}
    where load_status in ('loaded', 'last_good_kept')
),

component as (
    select * from {{ ref('stg_raw__component') }}
),

revision as (
    select
        revision.*,
        component.name_vi as component_name_vi,
        row_number() over (
            partition by revision.index_code, revision.edition_year, revision.basis, revision.vintage_after
            order by
                abs(revision.difference) desc nulls last,
                revision.territory_code asc, revision.component_code asc, revision.measure asc
        ) as size_order
    from {{ ref('int_revision') }} as revision
    left join component
        on
            revision.index_code = component.index_code
            and revision.component_code = component.component_code
),

largest as (
    select * from revision
    where size_order = 1 and difference is not null
),

counted as (
    select
        index_code,
        edition_year,
        basis,
        vintage_after,
        max(vintage_before) as vintage_before,
        count(*) as changed_cells,
        count(case when revision = 'revised' then 1 end) as revised_cells,
        count(case when revision = 'missing' then 1 end) as missing_cells,
        count(case when revision = 'added' then 1 end) as added_cells
    from revision
    group by index_code, edition_year, basis, vintage_after
),

final as (
    select
        vintage.index_code,
        vintage.edition_year,
        vintage.basis,
        vintage.vintage,
        counted.vintage_before,
        largest.territory_name_vi as largest_territory_name_vi,
        largest.component_code as largest_component_code,
        largest.component_name_vi as largest_component_name_vi,
        cast(coalesce(counted.changed_cells, 0) as integer) as changed_cells,
        cast(coalesce(counted.revised_cells, 0) as integer) as revised_cells,
        cast(coalesce(counted.missing_cells, 0) as integer) as missing_cells,
        cast(coalesce(counted.added_cells, 0) as integer) as added_cells,
        largest.value_before as largest_before,
        largest.value_after as largest_after
    from vintage
    left join counted
        on
            vintage.index_code = counted.index_code
            and vintage.edition_year = counted.edition_year
            and vintage.basis = counted.basis
            and vintage.vintage = counted.vintage_after
    left join largest
        on
            vintage.index_code = largest.index_code
            and vintage.edition_year = largest.edition_year
            and vintage.basis = largest.basis
            and vintage.vintage = largest.vintage_after
)

select * from final
