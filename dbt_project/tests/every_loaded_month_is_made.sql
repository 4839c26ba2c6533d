-- Every month is made of what was loaded of it, and no other is there: what was left out, or is gone, would not show in any figure.
{{ config(meta={'dagster': {'ref': {'name': 'dossier_month'}}}) }}

select
    loaded.received_month,
    made.received_month as made_month
from {{ ref('dossier_load') }} as loaded
full outer join {{ ref('dossier_month') }} as made
    on loaded.received_month = made.received_month
where made.received_month is null or loaded.received_month is null or made.made_of <> loaded.made_of
