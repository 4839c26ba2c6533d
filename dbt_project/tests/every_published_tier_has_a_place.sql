-- A tier in words that the seed does not order cannot be called better or worse than another.
{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'tier'}}}) }}

select distinct
    standing.index_code,
    standing.edition_year,
    standing.tier
from {{ ref('int_unit_standing') }} as standing
left join {{ ref('tier') }} as tier
    on
        standing.index_code = tier.index_code
        and lower(standing.tier) = tier.tier_key
        and standing.edition_year between tier.from_edition and tier.to_edition
where
    standing.level = 'provincial'
    and standing.tier is not null
    and tier.position is null
