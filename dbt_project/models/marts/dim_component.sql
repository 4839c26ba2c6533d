with component as (
    select
        index_code,
        component_code,
        parent_component_code,
        kind,
        name_vi,
        name_en,
        scale_min,
        scale_max,
        sort_order
    from {{ ref('stg_raw__component') }}
)

select * from component
