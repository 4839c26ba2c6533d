-- Every value called published stands in the fact table as it is, for the same unit or for the unchanged one.
{{ config(meta={'dagster': {'ref': {'name': 'fct_index_comparable'}}}) }}

select
    comparable.index_code,
    comparable.edition_year,
    comparable.territory_code,
    comparable.component_code,
    comparable.value,
    comparable.method
from {{ ref('fct_index_comparable') }} as comparable
left join {{ ref('fct_index_result') }} as result
    on
        comparable.index_code = result.index_code
        and comparable.edition_year = result.edition_year
        and comparable.source_basis = result.basis
        and comparable.territory_code = result.territory_code
        and comparable.component_code = result.component_code
        and result.measure = 'score'
        and result.is_current
where
    comparable.method in ('published', 'published_unchanged')
    and result.value is distinct from comparable.value
