-- Annex I leaves no index without an agency that answers for it.
{{ config(meta={'dagster': {'ref': {'name': 'bridge_lead_agency'}}}) }}

select dim_index.index_code
from {{ ref('dim_index') }} as dim_index
left join {{ ref('bridge_lead_agency') }} as lead_agency
    on dim_index.index_code = lead_agency.index_code
where
    dim_index.in_plan
    and lead_agency.index_code is null
