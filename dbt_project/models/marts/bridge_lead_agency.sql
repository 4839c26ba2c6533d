with assignment as (
    select
        index_code,
        territory_code,
        agency_code,
        index_name_in_plan_vi,
        legal_basis,
        source,
        valid_from,
        valid_to
    from {{ ref('lead_agency_assignment') }}
)

select * from assignment
