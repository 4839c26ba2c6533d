-- A figure whose component the catalog does not know could not be named to a reader.
{{ config(meta={'dagster': {'ref': {'name': 'fct_index_result'}}}) }}

select distinct
    result.index_code,
    result.component_code
from {{ ref('fct_index_result') }} as result
left join {{ ref('dim_component') }} as component
    on
        result.index_code = component.index_code
        and result.component_code = component.component_code
where component.component_code is null
