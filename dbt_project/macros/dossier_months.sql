{#- Tables of dossiers are kept by month of receipt, and a month is made again, whole, when raw records came for it: its content
    is a function of the raw records alone, whatever order they came in. -#}

{#- The settings of a model that is kept by month. `received_month` must be its last column, where Spark keeps partitions; DuckDB makes
    months of `records_at_once` together, fewer where they are sorted than where they are only counted. -#}
{% macro kept_by_month(records_at_once=var('dossier_records_counted_at_once')) -%}
    {%- if target.type == 'spark' -%}
        {{ return({
            'materialized': 'incremental',
            'incremental_strategy': 'insert_overwrite',
            'partition_by': ['received_month'],
            'on_schema_change': 'fail',
            'tags': ['kept_by_month'],
            'pre_hook': '{{ drop_stale_months() }}',
        }) }}
    {%- endif -%}
    {{ return({'materialized': 'by_month', 'tags': ['kept_by_month'], 'meta': {'records_at_once': records_at_once}}) }}
{%- endmacro %}

{#- The condition that a row belongs to a month that is to be made now. -#}
{% macro in_stale_month(column) -%}
    {{ column }} in ({{ month_list(stale_months() | map(attribute=0) | list) }})
{%- endmacro %}

{#- Spark replaces the partitions that have rows: what a month no longer has, and months that are no longer loaded, go before. -#}
{% macro drop_stale_months() -%}
    {%- if execute and load_relation(this) is not none -%}
        {{ drop_months(this, (stale_months() | map(attribute=0) | list) + gone_months(this)) }}
    {%- endif -%}
{%- endmacro %}

{#- Months in a table that are no longer loaded. -#}
{% macro gone_months(relation) -%}
    {{ return(run_query(
        'select cast(received_month as varchar(10)) from (select distinct received_month from ' ~ relation
        ~ ' except select received_month from ' ~ ref('dossier_load') ~ ') as gone'
    ).columns[0].values() | list) }}
{%- endmacro %}

{#- Take months out of a table; nothing where there is none to take. -#}
{% macro drop_months(relation, months) -%}
    {%- if months -%} {{ adapter.dispatch('drop_months', 'chiso')(relation, months) }} {%- endif -%}
{%- endmacro %}

{% macro default__drop_months(relation, months) -%}
    delete from {{ relation }} where received_month in ({{ month_list(months) }})
{%- endmacro %}

{% macro spark__drop_months(relation, months) -%}
    alter table {{ relation }} drop if exists
    {%- for month in months %} partition (received_month = date '{{ month }}'){% if not loop.last %}, {% endif %}{% endfor %}
{%- endmacro %}

{#- Months are marked as made behind all their tables, and lose the mark before the first of them is made again: whatever ends a build
    between, or is put back in raw after that, they are stale. -#}
{% macro unmark_stale_months() -%}
    {%- if execute -%}
        {%- set rules, loaded, stale = made_by(), {}, [] -%}
        {%- for month, made_of in run_query('select cast(received_month as varchar(10)), made_of from ' ~ this).rows -%}
            {%- do loaded.update({month: [made_of, rules]}) -%}
        {%- endfor -%}
        {%- for month, made in built_months().items() if loaded.get(month) != made -%}
            {%- do stale.append(month) -%}
        {%- endfor -%}
        {{ drop_months(state_of_months(), stale) }}
    {%- endif -%}
{%- endmacro %}

{#- The table that marks the months made, or none before there is any. -#}
{% macro state_of_months() -%}
    {%- set state = graph.nodes.values() | selectattr('name', 'equalto', 'dossier_month') | first -%}
    {{ return(adapter.get_relation(this.database, state.schema, state.name)) }}
{%- endmacro %}

{% macro month_list(months) -%}
    {%- for month in months or ['0001-01-01'] -%}
        cast('{{ month }}' as date){% if not loop.last %}, {% endif %}
    {%- endfor -%}
{%- endmacro %}

{#- Months whose tables were not made of what is loaded of them now, and how many records they have; all months when the asking table is
    made from nothing. -#}
{% macro stale_months() -%}
    {%- set loaded = ref('dossier_load') -%}
    {%- if not execute -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set built = {} if should_full_refresh() or load_relation(this) is none else built_months() -%}
    {%- set months, rules = [], made_by() -%}
    {%- for month, made_of, records in run_query(
        'select cast(received_month as varchar(10)), made_of, records from ' ~ loaded ~ ' order by received_month'
    ).rows if built.get(month) != [made_of, rules] -%}
        {%- do months.append([month, records | int]) -%}
    {%- endfor -%}
    {{ return(months) }}
{%- endmacro %}

{#- What each month's tables were made of when they were last finished: {month: [made_of, made_by]}. -#}
{% macro built_months() -%}
    {%- set relation, months = state_of_months(), {} -%}
    {#- a table of an earlier release may not say it, and then nothing is known -#}
    {%- set columns = adapter.get_columns_in_relation(relation) | map(attribute='name') | list if relation is not none else [] -%}
    {%- if 'made_of' in columns and 'made_by' in columns -%}
        {%- for row in run_query('select cast(received_month as varchar(10)), made_of, made_by from ' ~ relation).rows -%}
            {%- do months.update({row[0]: [row[1], row[2]]}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(months) }}
{%- endmacro %}

{#- A fingerprint of what the tables kept by month are made by: their models, what they count, and what else they read. Another rule makes
    every month stale. -#}
{% macro made_by() -%}
    {%- set parts = [service_counts(service_names()), monthly_names() | string, dossier_faults() | string] -%}
    {%- set read = ('stg_raw__dossier', 'dim_calendar_day', 'commune_crosswalk', 'working_day_swap') -%}
    {%- for uid, node in graph.nodes.items() if 'kept_by_month' in node.tags or node.name in read -%}
        {%- do parts.append(uid ~ node.checksum.checksum) -%}
    {%- endfor -%}
    {{ return(local_md5(parts | sort | join('|'))) }}
{%- endmacro %}
