with component as (
    select * from {{ ref('stg_raw__component') }}
),

methodology as (
    select * from {{ ref('stg_raw__methodology') }}
),

edition as (
    select distinct
        index_code,
        edition_year
    from {{ ref('stg_raw__edition') }}
),

-- A component changes its meaning when it, what it is part of, or the index as a whole is put together anew.
chain as (
    select
        index_code,
        component_code,
        component_code as ancestor_code
    from component
    union distinct
    select
        component.index_code,
        component.component_code,
        component.parent_component_code as ancestor_code
    from component
    where component.parent_component_code is not null
    union distinct
    select
        component.index_code,
        component.component_code,
        parent.parent_component_code as ancestor_code
    from component
    inner join component as parent
        on
            component.index_code = parent.index_code
            and component.parent_component_code = parent.component_code
    where parent.parent_component_code is not null
    union distinct
    select
        index_code,
        component_code,
        'total' as ancestor_code
    from component
),

in_force as (
    select
        edition.index_code,
        edition.edition_year,
        chain.component_code,
        chain.ancestor_code,
        chain.ancestor_code || ':' || coalesce(cast(methodology.from_edition as string), '?') as ancestor_version,
        methodology.break_reason_vi,
        methodology.break_reason_en,
        row_number() over (
            partition by edition.index_code, edition.edition_year, chain.component_code
            order by
                methodology.from_edition desc nulls last,
                case when chain.ancestor_code = 'total' then 0 else 1 end asc,
                chain.ancestor_code asc
        ) as newest
    from edition
    inner join chain
        on edition.index_code = chain.index_code
    left join methodology
        on
            chain.index_code = methodology.index_code
            and chain.ancestor_code = methodology.component_code
            and edition.edition_year between methodology.from_edition and methodology.to_edition
),

version as (
    select
        index_code,
        edition_year,
        component_code,
        {{ dbt.listagg('ancestor_version', "'|'", 'order by ancestor_code') }} as methodology_version,
        max(case when newest = 1 then break_reason_vi end) as break_reason_vi,
        max(case when newest = 1 then break_reason_en end) as break_reason_en
    from in_force
    group by index_code, edition_year, component_code
)

select * from version
