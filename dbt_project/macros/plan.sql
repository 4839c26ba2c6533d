{#- The plan that the seeds hold binds the province that it assigns indices to; another home has none, and gets none of its targets. -#}

{% macro home_has_the_plan() -%}
    {{ home_territory() }} in (select assignment.territory_code from {{ ref('lead_agency_assignment') }} as assignment)
{%- endmacro %}
