{#- Tables of dossiers are kept by month of receipt, and a month is made again, whole, when raw records came for it: its content
    is a function of the raw records alone, whatever order they came in. -#}

{#- The settings of a model that is kept by month. `received_month` must be its last column, where Spark keeps partitions. -#}
{% macro kept_by_month() -%}
    {{ return({
        'materialized': 'incremental',
        'incremental_strategy': 'insert_overwrite' if target.type == 'spark' else 'delete+insert',
        'unique_key': none if target.type == 'spark' else 'received_month',
        'partition_by': ['received_month'] if target.type == 'spark' else none,
        'on_schema_change': 'fail',
        'tags': ['kept_by_month'],
    }) }}
{%- endmacro %}

{#- The condition that a row belongs to a month that is to be made now. -#}
{% macro in_stale_month(column) -%}
    {%- set months = stale_months() -%}
    {%- if months -%}
        {{ column }} in (
            {%- for month in months %}
            cast('{{ month }}' as date){% if not loop.last %},{% endif %}
            {%- endfor %}
        )
    {%- else -%}
        {#- typed, so that an engine knows the column even when nothing is read -#}
        {{ column }} < cast('1900-01-01' as date)
    {%- endif -%}
{%- endmacro %}

{#- Months that hold raw records which their tables were not made of yet, earliest first, until they hold more records than one
    build may take (`dossier_records_at_once`). All of them when the asking table is made from nothing. -#}
{% macro stale_months() -%}
    {%- if not execute -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set ledger = run_query(
        'select cast(received_month as varchar(10)) as received_month, max(load_no) as load_no, sum(records) as records from '
        ~ source('raw', 'dossier_delivery') ~ ' group by received_month order by received_month'
    ) -%}
    {%- set built = built_months() -%}
    {#- a table that is not there, though others are, has to catch up with them at once -#}
    {%- set everything = should_full_refresh() or (built | length > 0 and load_relation(this) is none) -%}
    {%- set months = [] -%}
    {%- set taken = namespace(records=0) -%}
    {%- for month in ledger.rows -%}
        {%- if everything -%}
            {%- do months.append(month[0]) -%}
        {%- elif built.get(month[0]) != [month[1] | int, made_by()] -%}
            {%- if taken.records == 0 or taken.records + month[2] <= var('dossier_records_at_once') -%}
                {%- do months.append(month[0]) -%}
            {%- endif -%}
            {%- set taken.records = taken.records + month[2] -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(months) }}
{%- endmacro %}

{#- What each month's tables were made of when they were last finished: {month: [load, made_by]}. -#}
{% macro built_months() -%}
    {%- set state = adapter.get_relation(this.database, model_schema('dossier_month'), 'dossier_month') -%}
    {%- set months = {} -%}
    {%- if state is not none -%}
        {%- for row in run_query('select cast(received_month as varchar(10)), load_no, made_by from ' ~ state).rows -%}
            {%- do months.update({row[0]: [row[1] | int, row[2]]}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(months) }}
{%- endmacro %}

{#- A fingerprint of the models kept by month and of the seeds they read: another rule makes every month stale. -#}
{% macro made_by() -%}
    {%- set parts = [] -%}
    {%- for uid, node in graph.nodes.items() if 'kept_by_month' in node.tags or node.name in ('commune_crosswalk', 'working_day_swap') -%}
        {%- do parts.append(uid ~ node.checksum.checksum) -%}
    {%- endfor -%}
    {{ return(local_md5(parts | sort | join('|'))) }}
{%- endmacro %}

{% macro model_schema(name) -%}
    {%- for node in graph.nodes.values() if node.name == name and node.resource_type == 'model' -%}
        {{ return(node.schema) }}
    {%- endfor -%}
{%- endmacro %}
