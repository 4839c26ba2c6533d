with result as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        territory_code,
        territory_name_vi,
        component_code,
        measure,
        value,
        value_text,
        source_locator
    from {{ ref('int_index_result') }}
),

vintage as (
    select distinct
        index_code,
        edition_year,
        basis,
        vintage
    from result
),

step as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        lag(vintage) over (partition by index_code, edition_year, basis order by vintage) as previous_vintage
    from vintage
),

later as (
    select
        result.*,
        step.previous_vintage
    from result
    inner join step
        on
            result.index_code = step.index_code
            and result.edition_year = step.edition_year
            and result.basis = step.basis
            and result.vintage = step.vintage
    where step.previous_vintage is not null
),

earlier as (
    select
        result.*,
        step.vintage as next_vintage
    from result
    inner join step
        on
            result.index_code = step.index_code
            and result.edition_year = step.edition_year
            and result.basis = step.basis
            and result.vintage = step.previous_vintage
),

paired as (
    select
        coalesce(later.index_code, earlier.index_code) as index_code,
        coalesce(later.edition_year, earlier.edition_year) as edition_year,
        coalesce(later.basis, earlier.basis) as basis,
        coalesce(later.territory_code, earlier.territory_code) as territory_code,
        coalesce(later.component_code, earlier.component_code) as component_code,
        coalesce(later.measure, earlier.measure) as measure,
        coalesce(later.previous_vintage, earlier.vintage) as vintage_before,
        coalesce(later.vintage, earlier.next_vintage) as vintage_after,
        coalesce(later.territory_name_vi, earlier.territory_name_vi) as territory_name_vi,
        case
            when earlier.index_code is null then 'added'
            when later.index_code is null then 'missing'
            else 'revised'
        end as revision,
        earlier.value as value_before,
        later.value as value_after,
        {{ computed("later.value - earlier.value") }} as difference,
        earlier.value_text as value_text_before,
        later.value_text as value_text_after,
        earlier.source_locator as source_locator_before,
        later.source_locator as source_locator_after
    from later
    full outer join earlier
        on
            later.index_code = earlier.index_code
            and later.edition_year = earlier.edition_year
            and later.basis = earlier.basis
            and later.previous_vintage = earlier.vintage
            and later.territory_code = earlier.territory_code
            and later.component_code = earlier.component_code
            and later.measure = earlier.measure
),

revision as (
    select *
    from paired
    where
        revision in ('added', 'missing')
        or value_before is distinct from value_after
        or (value_before is null and value_text_before is distinct from value_text_after)
)

select * from revision
