{#- Median of the other rows of a partition, the row itself left out. `place` is the row's place when `value` is sorted in the
    partition, `n` the rows there. Leaving a row out moves every later one a place up, so the middle is read off the sorted
    values instead of sorting once for each row; null where there are no others. -#}
{% macro median_of_others(value, place, n, partition) -%}
    ({{ value_of_others_at('floor(' ~ n ~ ' / 2.0)', value, place, partition) }}
        + {{ value_of_others_at('floor((' ~ n ~ ' + 1) / 2.0)', value, place, partition) }}) / 2.0
{%- endmacro %}

{#- The value at a place among the others. -#}
{% macro value_of_others_at(middle, value, place, partition) -%}
    case
        when {{ place }} > {{ middle }} then max(case when {{ place }} = {{ middle }} then {{ value }} end) over (partition by {{ partition }})
        else max(case when {{ place }} = {{ middle }} + 1 then {{ value }} end) over (partition by {{ partition }})
    end
{%- endmacro %}
