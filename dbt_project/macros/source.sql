{#- Raw Parquet as each engine reads it. On DuckDB dbt-duckdb takes the path from `external_location` in _sources.yml; Spark reads
    the same path, which may lie in an object store, as a table. -#}
{% macro source(source_name, table_name) -%}
    {{ return(adapter.dispatch('raw_files', 'chiso')(builtins.source(source_name, table_name))) }}
{%- endmacro %}

{% macro default__raw_files(relation) -%}
    {{ return(relation) }}
{%- endmacro %}

{#- Where folders name a partition (`month=*`), Spark finds its column when it reads the folder above them. -#}
{% macro spark__raw_files(relation) -%}
    {%- set raw = var('raw_dir', env_var('CHISO_HOME') ~ '/raw') -%}
    {%- set above = relation.identifier.split('=')[0].split('/') -%}
    {%- set files = above[:-1] | join('/') if '=' in relation.identifier else relation.identifier ~ '.parquet' -%}
    {{ return('parquet.`' ~ raw ~ '/' ~ files ~ '`') }}
{%- endmacro %}
