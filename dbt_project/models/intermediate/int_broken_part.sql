with component as (
    select * from {{ ref('stg_raw__component') }}
),

component_break as (
    select * from {{ ref('int_component_break') }}
),

-- parent, its parent, and the parent of that: as deep as the trees go
part_of as (
    select
        index_code,
        component_code,
        parent_component_code as whole_code
    from component
    union all
    select
        component.index_code,
        component.component_code,
        parent.parent_component_code as whole_code
    from component
    inner join component as parent
        on
            component.index_code = parent.index_code
            and component.parent_component_code = parent.component_code
    union all
    select
        component.index_code,
        component.component_code,
        grandparent.parent_component_code as whole_code
    from component
    inner join component as parent
        on
            component.index_code = parent.index_code
            and component.parent_component_code = parent.component_code
    inner join component as grandparent
        on
            parent.index_code = grandparent.index_code
            and parent.parent_component_code = grandparent.component_code
),

-- a part is named once, at the highest place that has the break
broken_part as (
    select
        part.index_code,
        part.edition_year,
        part.basis,
        part_of.whole_code,
        part.component_code
    from component_break as part
    inner join part_of
        on
            part.index_code = part_of.index_code
            and part.component_code = part_of.component_code
    inner join component
        on
            part.index_code = component.index_code
            and part.component_code = component.component_code
    inner join component_break as parent
        on
            part.index_code = parent.index_code
            and part.edition_year = parent.edition_year
            and part.basis = parent.basis
            and component.parent_component_code = parent.component_code
            and parent.comparable_with_previous
    where not part.comparable_with_previous
),

listed as (
    select
        index_code,
        edition_year,
        basis,
        whole_code as component_code,
        {{ dbt.listagg('component_code', "'|'", 'order by component_code') }} as broken_parts
    from broken_part
    where whole_code is not null
    group by index_code, edition_year, basis, whole_code
)

select * from listed
