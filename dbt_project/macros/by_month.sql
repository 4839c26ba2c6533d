{#- DuckDB's way of keeping a table by month: stale months are deleted and written straight from the model's SQL, some at a time, so
    that sorting one batch fits into memory, and months that are no longer loaded go; all in one transaction. dbt's own
    delete+insert would write every row twice. -#}
{% materialization by_month, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing = load_relation(this) -%}
    {%- set stale = stale_months() -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {#- other columns come of other models, for which every month is stale -#}
    {%- set columns = adapter.get_columns_in_relation(existing) | map(attribute='name') | sort | list if existing is not none else [] -%}
    {%- if columns != get_column_schema_from_query(sql) | map(attribute='name') | sort | list or should_full_refresh() -%}
        {%- if existing is not none -%}
            {%- do adapter.drop_relation(existing) -%}
        {%- endif -%}
        {%- call statement('lay_out') -%}
            {{ create_table_as(False, target_relation, 'select * from (' ~ sql ~ ') as model limit 0') }}
        {%- endcall -%}
    {%- elif config.get('contract').enforced -%}
        {{ get_assert_columns_equivalent(sql) }}
    {%- endif -%}
    {#- only seldom is there any, and to compare every row with the months loaded would take longer the more there are -#}
    {%- set gone = gone_months(target_relation) -%}
    {%- if gone -%}
        {%- call statement('gone') -%}
            {{ drop_months(target_relation, gone) }};
        {%- endcall -%}
    {%- endif -%}
    {%- set all_months = month_list(stale | map(attribute=0) | list) -%}
    {%- for batch in batches_of_months(stale, config.get('meta').records_at_once) -%}
        {%- set months = month_list(batch) -%}
        {%- if loop.length > 1 -%}
            {%- do log(this.name ~ ': ' ~ batch[0] ~ ' to ' ~ batch[-1] ~ ' (' ~ loop.index ~ ' of ' ~ loop.length ~ ')', info=True) -%}
        {%- endif -%}
        {%- call statement('batch') -%}
            {{ drop_months(target_relation, batch) }};
            insert into {{ target_relation }} by name {{ sql | replace(all_months, months) }};
        {%- endcall -%}
    {%- endfor -%}
    {%- call statement('main') -%}
        select 1
    {%- endcall -%}
    {%- do persist_docs(target_relation, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#- Stale months in their order, as many together as hold `records_at_once`; a month that holds more stands alone. -#}
{% macro batches_of_months(stale, records_at_once) -%}
    {%- set batches = [] -%}
    {%- set taken = namespace(records=0) -%}
    {%- for month, records in stale -%}
        {%- if batches and taken.records + records <= records_at_once -%}
            {%- do batches[-1].append(month) -%}
            {%- set taken.records = taken.records + records -%}
        {%- else -%}
            {%- do batches.append([month]) -%}
            {%- set taken.records = records -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(batches) }}
{%- endmacro %}
