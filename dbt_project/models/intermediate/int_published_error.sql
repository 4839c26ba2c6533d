with figure as (
    select *
    from {{ ref('int_index_result') }}
    where is_current and measure in ('standard_error', 'variance', 'ci_low', 'ci_high')
),

as_printed as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        component_code,
        max(case when measure = 'standard_error' then value end) as standard_error,
        max(case when measure = 'variance' then value end) as variance,
        max(case when measure = 'ci_high' then value end) - max(case when measure = 'ci_low' then value end) as interval_width
    from figure
    group by index_code, edition_year, basis, territory_code, component_code
),

error as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        component_code,
        coalesce(standard_error, sqrt(variance), interval_width / 2 / {{ var('published_interval_z') }}) as standard_error
    from as_printed
)

select * from error
where standard_error is not null
