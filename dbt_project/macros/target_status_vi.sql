{#- The Vietnamese words for a target's status code. -#}
{% macro target_status_vi(column) -%}
    case {{ column }}
        when 'met' then 'đạt'
        when 'not_met' then 'chưa đạt'
        when 'undecided' then 'chưa ghi nhận đủ để kết luận'
        when 'no_target' then 'không có chỉ tiêu'
        else 'chưa có số liệu'
    end
{%- endmacro %}
