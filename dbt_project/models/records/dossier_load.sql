{{ config(post_hook="{{ unmark_stale_months() }}") }}

with delivery as (
    select
        received_month,
        load_no,
        records,
        concat_ws(' ', source_sha256, cast(delivered_date as {{ dbt.type_string() }}), cast(records as {{ dbt.type_string() }})) as content
    from {{ ref('stg_raw__dossier_delivery') }}
    -- a file without any record says nothing about a month
    where records > 0
),

-- what a month is made of is told by what was delivered, not by numbers, which a copy of raw that was put back gives again
loaded as (
    select
        max(load_no) as load_no,
        cast(sum(records) as bigint) as records,
        {{ dbt.hash(dbt.listagg('content', "','", 'order by content')) }} as made_of,
        received_month
    from delivery
    group by received_month
)

select * from loaded
