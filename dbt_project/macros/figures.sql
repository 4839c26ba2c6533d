{#- Half a unit of the last digit that a printed figure really has: how far the true figure may lie from it.
    The last digit is that of the printed decimals, but never beyond the seventh significant one: the publishers' workbooks
    hold single-precision numbers, and the digits after that are noise of the conversion. -#}
{% macro half_unit(value, printed_decimals) -%}
    0.5 * greatest(
        {{ power_of_ten('-coalesce(' ~ printed_decimals ~ ', 0)') }},
        {{ power_of_ten('floor(log10(coalesce(nullif(abs(' ~ value ~ '), 0), 1e-9))) - 6') }}
    )
{%- endmacro %}

{#- The n whole numbers from 1 as rows, in SQL that every engine reads. -#}
{% macro whole_numbers(n) -%}
    {%- for i in range(1, n + 1) %}
    select {{ i }} as step{% if not loop.last %} union all{% endif %}
    {%- endfor %}
{%- endmacro %}

{#- Measures that give a unit a place of its own; mean, min, max describe a group of units and never count as a score. -#}
{% macro unit_measures() -%}
    ('score', 'rank', 'tier', 'list_position', 'position_note')
{%- endmacro %}

{#- A figure that we compute, freed of the noise of binary arithmetic: 87.03 less 90.60 is -3.57. Published figures never pass here. -#}
{% macro computed(expression) -%}
    {{ adapter.dispatch('computed', 'chiso')(expression) }}
{%- endmacro %}

{% macro default__computed(expression) -%}
    round({{ expression }}, 12)
{%- endmacro %}

{#- The way DuckDB rounds, in plain binary arithmetic; Spark's own goes by the decimals that it would print. -#}
{% macro spark__computed(expression) -%}
    round(({{ expression }}) * 1e12) / 1e12
{%- endmacro %}

{#- A whole power of ten as the double nearest to it, also below zero. -#}
{% macro power_of_ten(exponent) -%}
    {{ adapter.dispatch('power_of_ten', 'chiso')(exponent) }}
{%- endmacro %}

{% macro default__power_of_ten(exponent) -%}
    power(10.0, {{ exponent }})
{%- endmacro %}

{#- Java's power misses some in the last bit; its reading of a number does not. -#}
{% macro spark__power_of_ten(exponent) -%}
    cast(concat('1e', cast({{ exponent }} as int)) as double)
{%- endmacro %}

{#- The whole number nearest to a double, the even one of two: DuckDB's cast rounds, Spark's cuts off. -#}
{% macro nearest_whole(expression) -%}
    {{ adapter.dispatch('nearest_whole', 'chiso')(expression) }}
{%- endmacro %}

{% macro default__nearest_whole(expression) -%}
    cast({{ expression }} as integer)
{%- endmacro %}

{% macro spark__nearest_whole(expression) -%}
    cast(bround({{ expression }}) as integer)
{%- endmacro %}

{#- Sum over rows as whole trillionths, so that the order in which an engine happens to add leaves no trace in the last bits,
    which no rounding takes away for all of many rows. Scaled before the cast, since the engines cast fractions otherwise; alike for terms
    below 9,000.
    `over` makes it that of a window. -#}
{% macro exact_sum(expression, over='') -%}
    (cast(sum(cast(round(({{ expression }}) * 1e12) as decimal(38, 0))) {{ over }} as double) / 1e12)
{%- endmacro %}

{#- The mean over rows by an exact sum. -#}
{% macro exact_mean(expression, over='') -%}
    {{ exact_sum(expression, over) }} / count({{ expression }}) {{ over }}
{%- endmacro %}
