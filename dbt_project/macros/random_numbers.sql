{#- Whole numbers below this prime keep every product below 2^62, so all engines count them alike. -#}
{% macro random_prime() -%} cast(2147483647 as bigint) {%- endmacro %}

{#- One round of mixing: the fifth power, which meets every number below the prime once, plus a constant. -#}
{% macro mixed(number, constant) -%}
    {%- set square = 'mod(' ~ number ~ ' * ' ~ number ~ ', ' ~ random_prime() ~ ')' -%}
    mod(mod(mod({{ square }} * {{ square }}, {{ random_prime() }}) * {{ number }}, {{ random_prime() }}) + {{ constant }}, {{ random_prime() }})
{%- endmacro %}
