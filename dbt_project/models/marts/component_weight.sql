with weight as (
    select
        index_code,
        from_edition,
        to_edition,
        component_code,
        parent_component_code,
        weight_text,
        aggregation,
        evidence,
        weight,
        scale_min,
        scale_max
    from {{ ref('stg_raw__component_weight') }}
)

select * from weight
