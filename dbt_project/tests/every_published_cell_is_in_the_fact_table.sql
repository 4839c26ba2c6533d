-- Nothing published is lost or doubled on the way from raw to the fact table.
{{ config(meta={'dagster': {'ref': {'name': 'fct_index_result'}}}) }}

with published as (
    select count(*) as cells from {{ ref('stg_raw__index_result') }}
),

loaded as (
    select count(*) as cells from {{ ref('fct_index_result') }}
)

select
    published.cells as cells_published,
    loaded.cells as cells_loaded
from published
cross join loaded
where published.cells <> loaded.cells
