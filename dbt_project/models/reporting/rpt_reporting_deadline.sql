with deadline as (
    select *
    from {{ ref('reporting_deadline') }}
    where {{ home_has_the_plan() }}
),

agency as (
    select * from {{ ref('agency') }}
),

final as (
    select
        deadline.deadline_code,
        deadline.responsible_agency_code,
        deadline.recipient_agency_code,
        deadline.what_vi,
        deadline.responsible_vi,
        recipient.name_vi as recipient_vi,
        deadline.recurrence,
        deadline.due_on < {{ as_of_date() }} as is_past,
        deadline.due_on,
        deadline.section,
        deadline.source
    from deadline
    left join agency as recipient
        on deadline.recipient_agency_code = recipient.agency_code
)

select * from final
