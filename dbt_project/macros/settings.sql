{#- The run's settings as SQL literals. --vars wins, then the environment; without either the run stops, because a default would be a guess. -#}

{% macro setting(var_name, env_name) -%}
    {%- set value = var(var_name, env_var(env_name, '')) | string | trim -%}
    {%- if value == '' and execute -%}
        {{ exceptions.raise_compiler_error("setting '" ~ var_name ~ "' is missing: pass --vars '{" ~ var_name ~ ": ...}' or set " ~ env_name) }}
    {%- endif -%}
    {{ return(value) }}
{%- endmacro %}

{% macro home_territory() -%}
    '{{ setting("home_territory", "CHISO_TERRITORY") }}'
{%- endmacro %}

{#- The date the run speaks for. There is no wall clock in any model, so a re-run gives the same tables. -#}
{% macro as_of_date() -%}
    cast('{{ setting("as_of", "CHISO_AS_OF") }}' as date)
{%- endmacro %}
