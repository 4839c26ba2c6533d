{#- The Vietnamese words for a target's status code. -#}
{% macro target_status_vi(column) -%}
    case {{ column }} when 'met' then 'đạt' when 'not_met' then 'chưa đạt' else 'chưa có số liệu' end
{%- endmacro %}
