with refusal as (
    select
        *,
        count(*) over (partition by source_file) as faults,
        row_number() over (
            partition by source_file
            order by fault_code desc, coalesce(source_row, 0) asc, coalesce(column_header, '') asc, message_en asc
        ) as place
    from {{ ref('stg_raw__dossier_refusal') }}
),

first_fault as (
    select * from refusal
    where place = 1
),

delivery as (
    select distinct
        source_file,
        source_sha256
    from {{ ref('stg_raw__dossier_delivery') }}
),

judged as (
    select
        first_fault.fault_code,
        first_fault.column_header,
        first_fault.message_vi,
        first_fault.message_en,
        first_fault.remedy_vi,
        first_fault.remedy_en,
        coalesce(first_fault.faults, 0) as faults,
        coalesce(first_fault.source_file, delivery.source_file) as source_file,
        first_fault.source_row
    from delivery
    full outer join first_fault
        on
            delivery.source_file = first_fault.source_file
            and delivery.source_sha256 = first_fault.source_sha256
)

select * from judged
