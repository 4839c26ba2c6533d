-- An index without any edition must still show, with its agency and "no edition".
{{ config(meta={'dagster': {'ref': {'name': 'rpt_index_overview'}}}) }}

select dim_index.index_code
from {{ ref('dim_index') }} as dim_index
left join {{ ref('rpt_index_overview') }} as overview
    on dim_index.index_code = overview.index_code
where overview.index_code is null
