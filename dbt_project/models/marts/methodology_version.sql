with methodology as (
    select
        index_code,
        component_code,
        from_edition,
        to_edition,
        aggregation,
        break_reason_vi,
        break_reason_en,
        evidence
    from {{ ref('stg_raw__methodology') }}
)

select * from methodology
