{#- A break without a reason in the catalog still says what is known: one of the two editions has no methodology on record. -#}
{% macro break_reason(column, language) -%}
    {%- set unknown = {
        'vi': 'Chưa có phương pháp tính của kỳ này hoặc kỳ liền trước trong danh mục',
        'en': 'The methodology of this or of the previous edition is not on record',
    } -%}
    coalesce({{ column }}, '{{ unknown[language] }}')
{%- endmacro %}
