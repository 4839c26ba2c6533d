with agency as (
    select
        agency_code,
        name_vi,
        name_en,
        alias_vi
    from {{ ref('agency') }}
)

select * from agency
