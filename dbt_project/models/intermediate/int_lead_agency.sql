with assignment as (
    select * from {{ ref('lead_agency_assignment') }}
),

agency as (
    select * from {{ ref('agency') }}
),

index_catalog as (
    select * from {{ ref('stg_raw__index') }}
),

territory as (
    select * from {{ ref('int_territory') }}
),

in_force as (
    select
        assignment.index_code,
        assignment.territory_code,
        assignment.agency_code,
        agency.name_vi as agency_name_vi,
        assignment.legal_basis,
        assignment.valid_from,
        assignment.valid_to,
        index_catalog.level
    from assignment
    inner join agency
        on assignment.agency_code = agency.agency_code
    inner join index_catalog
        on assignment.index_code = index_catalog.index_code
    where
        assignment.valid_from <= {{ as_of_date() }}
        and (assignment.valid_to is null or assignment.valid_to >= {{ as_of_date() }})
),

-- The agency of today's unit answers for its predecessors' figures too; for a national index, the home unit's agency does.
for_territory as (
    select
        in_force.index_code,
        territory.territory_code,
        in_force.agency_code,
        in_force.agency_name_vi,
        in_force.legal_basis,
        in_force.valid_from,
        in_force.valid_to
    from in_force
    inner join territory
        on
            (in_force.level = 'provincial' and in_force.territory_code = territory.today_code)
            or (
                in_force.level = 'national'
                and territory.kind = 'country'
                and in_force.territory_code = {{ home_territory() }}
            )
)

select * from for_territory
