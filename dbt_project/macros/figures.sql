{#- Half a unit of the last digit that a printed figure really has: how far the true figure may lie from it.
    The last digit is that of the printed decimals, but never beyond the seventh significant one: the publishers' workbooks
    hold single-precision numbers, and the digits after that are noise of the conversion. -#}
{% macro half_unit(value, printed_decimals) -%}
    0.5 * greatest(
        power(10.0, -coalesce({{ printed_decimals }}, 0)),
        power(10.0, floor(log10(coalesce(nullif(abs({{ value }}), 0), 1e-9))) - 6)
    )
{%- endmacro %}

{#- The n whole numbers from 1 as rows, in SQL that every engine reads. -#}
{% macro whole_numbers(n) -%}
    {%- for i in range(1, n + 1) %}
    select {{ i }} as step{% if not loop.last %} union all{% endif %}
    {%- endfor %}
{%- endmacro %}

{#- Measures that give a unit a place of its own; mean, min, max describe a group of units and never count as a score. -#}
{% macro unit_measures() -%}
    ('score', 'rank', 'tier', 'list_position', 'position_note')
{%- endmacro %}

{#- A figure that we compute, freed of the noise of binary arithmetic: 87.03 less 90.60 is -3.57. Published figures never pass here. -#}
{% macro computed(expression) -%}
    round({{ expression }}, 12)
{%- endmacro %}

{#- Sum over rows in decimals, so that the order in which an engine happens to add leaves no trace in the last bits. -#}
{% macro exact_sum(expression) -%}
    cast(sum(cast({{ expression }} as decimal(38, 15))) as double)
{%- endmacro %}
