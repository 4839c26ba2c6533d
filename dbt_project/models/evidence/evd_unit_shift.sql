with score as (
    select *
    from {{ ref('int_unit_standing') }}
    where score is not null
),

version as (
    select * from {{ ref('int_component_version') }}
),

edition as (
    select * from {{ ref('int_edition_current') }}
),

median as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        component_code,
        count(*) as units,
        {{ computed("percentile_cont(0.5) within group (order by score)") }} as median_value
    from score
    group by index_code, edition_year, basis, vintage, component_code
    -- the country is all there is of a national index
    having count(*) >= {{ var('unit_shift_min_units') }} or max(level) = 'national'
),

with_previous as (
    select
        median.index_code,
        median.edition_year,
        median.basis,
        median.vintage,
        median.component_code,
        edition.source_url,
        lag(median.edition_year) over earlier as previous_edition_year,
        cast(median.units as integer) as units,
        cast(lag(median.units) over earlier as integer) as previous_units,
        median.median_value,
        lag(median.median_value) over earlier as previous_median
    from median
    inner join edition
        on
            median.index_code = edition.index_code
            and median.edition_year = edition.edition_year
            and median.basis = edition.basis
    inner join version
        on
            median.index_code = version.index_code
            and median.edition_year = version.edition_year
            and median.component_code = version.component_code
    window earlier as (
        partition by median.index_code, median.basis, median.component_code, version.methodology_version
        order by median.edition_year
    )
),

compared as (
    select
        *,
        {{ computed("median_value / nullif(previous_median, 0)") }} as ratio
    from with_previous
    where previous_edition_year is not null
),

-- a change of sign, or a factor near 10, 100, 1000 …, is another way of writing the figures and not another level
final as (
    select
        *,
        coalesce(
            ratio < 0
            or (
                abs(round(log10(abs(nullif(ratio, 0))))) >= 1
                and abs(log10(abs(nullif(ratio, 0))) - round(log10(abs(nullif(ratio, 0))))) <= {{ var('unit_factor_slack') }}
            ),
            false
        ) as is_another_unit
    from compared
)

select * from final
