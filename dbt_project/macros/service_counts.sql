{#- What is counted of a group of dossiers, once for every table: name and the condition that a dossier counts. An impossible
    time makes a dossier neither in time nor late; what was not recorded is counted apart and never as a no. -#}
{% macro service_conditions() -%}
    {{ return({
        'dossiers': 'true',
        'dossiers_online': "channel = 'online'",
        'dossiers_open': 'not is_finished',
        'dossiers_finished': 'is_finished',
        'finished_in_time': 'is_finished and is_in_time',
        'finished_late': 'is_finished and not is_in_time',
        'finished_undated': 'is_finished and is_in_time is null',
        'results_electronic': 'is_finished and is_result_electronic',
        'results_on_paper': 'is_finished and not is_result_electronic',
        'results_unrecorded': 'is_finished and is_result_electronic is null',
        'data_reused': 'is_data_reused',
        'data_not_reused': 'not is_data_reused',
        'data_reuse_unrecorded': 'is_data_reused is null',
        'answers_satisfied': "satisfaction in ('very_satisfied', 'satisfied')",
        'answers_neutral': "satisfaction = 'neutral'",
        'answers_dissatisfied': "satisfaction = 'dissatisfied'",
        'times_at_fault': 'time_fault is not null',
    }) }}
{%- endmacro %}

{#- Figures that are added up rather than counted. -#}
{% macro service_amounts() -%}
    {{ return(['petitions', 'petitions_in_time', 'fee_vnd', 'working_days']) }}
{%- endmacro %}

{#- What is never told by day: a day of a small unit is often one person's, whose answer, petition and fee are nobody's business. -#}
{% macro monthly_names() -%}
    {{ return(['answers_satisfied', 'answers_neutral', 'answers_dissatisfied', 'petitions', 'petitions_in_time', 'fee_vnd']) }}
{%- endmacro %}

{% macro daily_names() -%}
    {{ return(service_names() | reject('in', monthly_names()) | list) }}
{%- endmacro %}

{% macro service_names() -%}
    {{ return(service_conditions().keys() | list + service_amounts()) }}
{%- endmacro %}

{#- Counts of dossiers, by their names. -#}
{% macro service_counts(names) -%}
    {%- set conditions = service_conditions() -%}
    {%- for name in names %}
    {% if name not in conditions %}cast(coalesce(sum({{ name }}), 0) as bigint)
    {%- elif conditions[name] == 'true' %}count(*)
    {%- else %}count(case when {{ conditions[name] }} then 1 end)
    {%- endif %} as {{ name }}{% if not loop.last %},{% endif %}
    {%- endfor %}
{%- endmacro %}

{#- Sums of such counts. -#}
{% macro sums_of_service_counts(names) -%}
    {%- for name in names %}
    cast(sum({{ name }}) as bigint) as {{ name }}{% if not loop.last %},{% endif %}
    {%- endfor %}
{%- endmacro %}

{#- Why a dossier cannot be right as recorded: kind and the condition that it is of it. An unknown unit shows in the counts themselves. -#}
{% macro dossier_faults() -%}
    {{ return({
        'due_before_received': "time_fault = 'due_before_received'",
        'finished_before_received': "time_fault = 'finished_before_received'",
        'after_delivery': "time_fault = 'after_delivery'",
        'received_another_day': 'is_received_another_day',
        'version_in_conflict': 'is_version_in_conflict',
    }) }}
{%- endmacro %}
