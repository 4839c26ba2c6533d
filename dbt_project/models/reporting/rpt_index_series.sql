with series as (
    select * from {{ ref('int_index_series') }}
),

index_catalog as (
    select * from {{ ref('stg_raw__index') }}
),

component as (
    select * from {{ ref('stg_raw__component') }}
),

territory as (
    select * from {{ ref('int_territory') }}
),

final as (
    select
        series.index_code,
        series.component_code,
        series.edition_year,
        series.basis,
        series.territory_code,
        series.relation,
        series.unit_code,
        index_catalog.name_vi as index_name_vi,
        component.name_vi as component_name_vi,
        territory.name_vi as territory_name_vi,
        series.method,
        series.predecessors,
        series.tier,
        series.value,
        series.value_population_weighted,
        series.rank,
        series.ranked_among,
        series.rank_interval_low,
        series.rank_interval_high,
        series.is_rank_computed,
        series.comparable_with_previous,
        series.break_reason_vi,
        series.break_reason_en,
        territory.is_home or index_catalog.level = 'national' as is_home
    from series
    inner join index_catalog
        on series.index_code = index_catalog.index_code
    inner join territory
        on series.territory_code = territory.territory_code
    left join component
        on
            series.index_code = component.index_code
            and series.component_code = component.component_code
)

select * from final
