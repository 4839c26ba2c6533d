with refusal as (
    select * from {{ ref('stg_raw__dossier_refusal') }}
)

select * from refusal
