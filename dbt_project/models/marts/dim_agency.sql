with agency as (
    select
        agency_code,
        name_vi,
        name_en,
        alias_vi,
        {{ vietnamese_order('name_vi', 'agency_code') }} as sort_order_vi
    from {{ ref('agency') }}
)

select * from agency
