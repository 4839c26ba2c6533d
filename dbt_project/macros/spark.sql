{#- What dbt-spark leaves out or does otherwise than the models need; dbt finds these before its own. -#}

{#- Spark has had an ordered listagg since 4.0. -#}
{% macro spark__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    listagg({{ measure }}, {{ delimiter_text }}) within group ({{ order_by_clause }})
{%- endmacro %}

{#- dbt-spark binds an empty cell as the word None and does not escape quotes. -#}
{% macro spark__load_csv_rows(model, agate_table) -%}
    {%- set types = model['config']['column_types'] -%}
    {%- set sql -%}
        insert into {{ this.render() }} values
        {%- for row in agate_table.rows %}
        (
            {%- for name in agate_table.column_names -%}
            cast({{ spark_literal(row[name]) }} as {{ types[name] }}){% if not loop.last %}, {% endif %}
            {%- endfor -%}
        ){% if not loop.last %},{% endif %}
        {%- endfor %}
    {%- endset -%}
    {%- do adapter.add_query(sql, abridge_sql_log=True) -%}
    {{ return(sql) }}
{%- endmacro %}

{% macro spark_literal(cell) -%}
    {%- if cell is none -%} null {%- else -%} '{{ cell | string | replace('\\', '\\\\') | replace("'", "\\'") }}' {%- endif -%}
{%- endmacro %}
