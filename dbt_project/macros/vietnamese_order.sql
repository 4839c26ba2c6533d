{#- Place of a row in the Vietnamese alphabet (Đ after D, tones after letters), from 1; `tie` makes it the same on every run. -#}

{% macro vietnamese_order(name, tie) -%}
    cast(row_number() over (order by {{ name }} collate vi, {{ tie }}) as integer)
{%- endmacro %}
