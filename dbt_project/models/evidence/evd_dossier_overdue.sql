with unit_month as (
    select * from {{ ref('dossier_unit_month') }}
    where territory_code = {{ home_territory() }}
),

-- what became of a unit's dossiers is known up to its latest news, whatever came of other units
told as (
    select
        level,
        unit_code,
        least(max(delivered_date), {{ as_of_date() }}) as told_through
    from unit_month
    group by level, unit_code
    -- a unit that delivers no more, or is no more, is another matter
    having max(delivered_date) >= {{ dbt.dateadd('month', -1, as_of_date()) }}
),

received as (
    select
        told.level,
        told.unit_code,
        told.told_through,
        cast(sum(unit_month.dossiers) as bigint) as dossiers
    from told
    inner join unit_month
        on
            told.level = unit_month.level
            and told.unit_code = unit_month.unit_code
    where unit_month.received_month >= {{ dbt.dateadd('year', -1, 'told.told_through') }}
    group by told.level, told.unit_code, told.told_through
),

overdue as (
    select
        told.level,
        told.unit_code,
        cast(sum(dossier_open.dossiers) as bigint) as overdue,
        min(dossier_open.due_date) as first_due_date
    from told
    inner join {{ ref('dossier_open') }} as dossier_open
        on
            told.level = dossier_open.level
            and told.unit_code = dossier_open.unit_code
    where
        dossier_open.territory_code = {{ home_territory() }}
        and dossier_open.received_month >= {{ dbt.dateadd('year', -1, 'told.told_through') }}
        -- what is due on the last day told of may still have been settled on it
        and dossier_open.due_date < told.told_through
    group by told.level, told.unit_code
),

joined as (
    select
        {{ home_territory() }} as territory_code,
        received.level,
        received.unit_code,
        service_unit.name_vi as unit_vi,
        received.dossiers,
        coalesce(overdue.overdue, 0) as overdue,
        {{ computed('1e2 * coalesce(overdue.overdue, 0) / received.dossiers') }} as share_overdue,
        received.dossiers >= {{ var('dossier_overdue_min_dossiers') }}
        and coalesce(overdue.overdue, 0) >= {{ var('dossier_overdue_min') }}
        and 1e2 * coalesce(overdue.overdue, 0) > {{ var('dossier_overdue_share') }} * received.dossiers as is_beyond,
        overdue.first_due_date,
        received.told_through
    from received
    left join overdue
        on
            received.level = overdue.level
            and received.unit_code = overdue.unit_code
    left join {{ ref('dim_service_unit') }} as service_unit
        on received.unit_code = service_unit.unit_code
)

select * from joined
