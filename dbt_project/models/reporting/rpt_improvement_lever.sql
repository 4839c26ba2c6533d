with published as (
    select *
    from {{ ref('int_unit_standing') }}
    where level = 'provincial' and score is not null
),

comparable as (
    select * from {{ ref('int_score_comparable') }}
    where basis <> '34'
),

edition as (
    select * from {{ ref('int_edition_current') }}
),

weight as (
    select *
    from {{ ref('int_component_weight') }}
    where parent_component_code = 'total'
),

territory as (
    select * from {{ ref('int_territory') }}
),

listed_today as (
    select count(*) as units
    from territory
    where on_34_list
),

-- A unit stands in one of three fields: all units of the list of today, the same as their predecessors' figures make them, or
-- the units of an older list.
standing as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        territory_code,
        component_code,
        'published' as method,
        case when basis = '34' then 1 else 3 end as field,
        listed_units,
        higher_is_better,
        score,
        merit
    from published
    union all
    select
        comparable.index_code,
        comparable.edition_year,
        comparable.basis,
        edition.vintage,
        comparable.territory_code,
        comparable.component_code,
        comparable.method,
        2 as field,
        listed_today.units as listed_units,
        edition.higher_is_better,
        comparable.value as score,
        case when edition.higher_is_better then comparable.value else -comparable.value end as merit
    from comparable
    inner join edition
        on
            comparable.index_code = edition.index_code
            and comparable.edition_year = edition.edition_year
            and comparable.basis = edition.basis
    cross join listed_today
),

weighted as (
    select
        standing.index_code,
        standing.edition_year,
        standing.basis,
        standing.vintage,
        standing.territory_code,
        standing.component_code,
        standing.method,
        standing.field,
        territory.region_code,
        territory.is_home,
        territory.is_home_today,
        standing.listed_units,
        case when standing.higher_is_better then 1 else -1 end as direction,
        weight.siblings,
        weight.weight,
        weight.weight * weight.scale_factor as points_per_unit,
        standing.score,
        standing.merit,
        count(*) over (
            partition by standing.index_code, standing.edition_year, standing.field, standing.component_code
        ) as units_compared,
        count(*) over (
            partition by standing.index_code, standing.edition_year, standing.field, standing.territory_code
        ) as components_scored
    from standing
    inner join weight
        on
            standing.index_code = weight.index_code
            and standing.edition_year = weight.edition_year
            and standing.basis = weight.basis
            and standing.component_code = weight.component_code
    inner join territory
        on standing.territory_code = territory.territory_code
),

benchmark as (
    select
        index_code,
        edition_year,
        field,
        component_code,
        {{ computed("percentile_cont(0.75) within group (order by merit)") }} as top_quartile_merit,
        min(units_compared) as units_compared
    from weighted
    group by index_code, edition_year, field, component_code
),

region_benchmark as (
    select
        index_code,
        edition_year,
        field,
        component_code,
        region_code,
        max(merit) as region_best_merit
    from weighted
    where region_code is not null
    group by index_code, edition_year, field, component_code, region_code
),

-- an edition counts when the home unit has every component and most units of the list have them too
home_edition as (
    select
        index_code,
        edition_year,
        field,
        territory_code,
        -- the newest edition, of the unit of today before its predecessors, among the units of today before an older list
        rank() over (
            partition by index_code
            order by edition_year desc, case when is_home_today then 0 else 1 end asc, field asc
        ) as preference
    from weighted
    where is_home
    group by index_code, edition_year, field, territory_code, is_home_today
    having
        min(components_scored) = min(siblings)
        and min(units_compared) >= {{ var('lever_min_share') }} * min(listed_units)
),

latest_home as (
    select * from home_edition
    where preference = 1
),

gap as (
    select
        weighted.index_code,
        weighted.edition_year,
        weighted.basis,
        weighted.vintage,
        weighted.territory_code,
        weighted.component_code,
        weighted.method,
        weighted.weight,
        weighted.points_per_unit,
        weighted.is_home_today,
        weighted.score,
        weighted.direction * region_benchmark.region_best_merit as region_best,
        weighted.direction * benchmark.top_quartile_merit as top_quartile,
        weighted.direction * own_best.best_merit as own_best,
        own_best.best_edition_year as own_best_edition_year,
        case
            when region_benchmark.region_best_merit is not null
                then {{ computed("greatest(region_benchmark.region_best_merit - weighted.merit, 0.0)") }}
        end as gap_to_region_best,
        {{ computed("greatest(benchmark.top_quartile_merit - weighted.merit, 0.0)") }} as gap_to_top_quartile,
        {{ computed("greatest(own_best.best_merit - weighted.merit, 0.0)") }} as gap_to_own_best,
        cast(benchmark.units_compared as integer) as units_compared
    from weighted
    inner join latest_home
        on
            weighted.index_code = latest_home.index_code
            and weighted.edition_year = latest_home.edition_year
            and weighted.field = latest_home.field
            and weighted.territory_code = latest_home.territory_code
    inner join benchmark
        on
            weighted.index_code = benchmark.index_code
            and weighted.edition_year = benchmark.edition_year
            and weighted.field = benchmark.field
            and weighted.component_code = benchmark.component_code
    left join region_benchmark
        on
            weighted.index_code = region_benchmark.index_code
            and weighted.edition_year = region_benchmark.edition_year
            and weighted.field = region_benchmark.field
            and weighted.component_code = region_benchmark.component_code
            and weighted.region_code = region_benchmark.region_code
    left join {{ ref('int_own_best') }} as own_best
        on
            weighted.index_code = own_best.index_code
            and weighted.edition_year = own_best.edition_year
            and weighted.basis = own_best.basis
            and weighted.territory_code = own_best.territory_code
            and weighted.component_code = own_best.component_code
            and own_best.relation = case when weighted.is_home_today then 'today' else 'predecessor' end
),

-- weights that a later edition has given up
superseded as (
    select
        gap.index_code,
        max(gap.edition_year) as edition_year
    from gap
    inner join {{ ref('stg_raw__methodology') }} as methodology
        on
            gap.index_code = methodology.index_code
            and methodology.component_code = 'total'
            and gap.edition_year < methodology.from_edition
    group by gap.index_code
),

lever as (
    select
        *,
        {{ computed("gap_to_region_best * points_per_unit") }} as points_to_region_best,
        {{ computed("gap_to_top_quartile * points_per_unit") }} as points_to_top_quartile,
        {{ computed("gap_to_own_best * points_per_unit") }} as points_to_own_best,
        rank() over (
            partition by index_code, territory_code
            order by gap_to_top_quartile * points_per_unit desc, gap_to_region_best * points_per_unit desc nulls last
        ) as lever_rank
    from gap
),

final as (
    select
        lever.index_code,
        lever.edition_year,
        lever.basis,
        lever.vintage,
        lever.territory_code,
        lever.component_code,
        lead_agency.agency_code as lead_agency_code,
        index_catalog.name_vi as index_name_vi,
        territory.name_vi as territory_name_vi,
        component.name_vi as component_name_vi,
        lead_agency.agency_name_vi as lead_agency_vi,
        'Giả định: trọng số giữ nguyên; các tỉnh khác và các thành phần khác đứng yên; thành phần này tăng riêng được.'
        || ' Con số cho biết điểm nằm ở đâu, không cho biết chi phí.'
        || case
            when not lever.is_home_today then ' Tính trên số liệu của tỉnh trước sáp nhập.'
            when lever.method = 'backcast_mean' then ' Điểm của tỉnh là bình quân các tỉnh trước sáp nhập.'
            else ''
        end
        || case
            when superseded.index_code is not null
                then ' Tính theo phương pháp của kỳ ' || cast(superseded.edition_year as string) || ', các kỳ sau đã đổi phương pháp.'
            else ''
        end as assumption_vi,
        lever.method,
        cast(lever.lever_rank as integer) as lever_rank,
        lever.score,
        lever.weight,
        lever.region_best,
        lever.top_quartile,
        lever.own_best,
        lever.own_best_edition_year,
        lever.gap_to_region_best,
        lever.gap_to_top_quartile,
        lever.gap_to_own_best,
        lever.points_to_region_best,
        lever.points_to_top_quartile,
        lever.points_to_own_best,
        lever.units_compared
    from lever
    inner join {{ ref('stg_raw__index') }} as index_catalog
        on lever.index_code = index_catalog.index_code
    inner join territory
        on lever.territory_code = territory.territory_code
    left join superseded
        on lever.index_code = superseded.index_code
    left join {{ ref('stg_raw__component') }} as component
        on
            lever.index_code = component.index_code
            and lever.component_code = component.component_code
    left join {{ ref('int_lead_agency') }} as lead_agency
        on
            lever.index_code = lead_agency.index_code
            and lever.territory_code = lead_agency.territory_code
)

select * from final
