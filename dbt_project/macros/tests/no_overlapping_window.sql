{#- Validity windows of one key do not overlap; an open end counts as for ever. Works for dates and for edition years. -#}
{% test no_overlapping_window(model, key, valid_from, valid_to) %}
with windows as (
    select
        {{ key | join(', ') }},
        {{ valid_from }} as window_start,
        {{ valid_to }} as window_end,
        row_number() over (order by {{ key | join(', ') }}, {{ valid_from }}) as window_no
    from {{ model }}
)

select
    earlier.*,
    later.window_start as next_start
from windows as earlier
inner join windows as later
    on
        earlier.window_no < later.window_no
        {%- for column in key %}
        and earlier.{{ column }} = later.{{ column }}
        {%- endfor %}
        and later.window_start <= coalesce(earlier.window_end, later.window_start)
        and earlier.window_start <= coalesce(later.window_end, earlier.window_start)
{% endtest %}
