with standing as (
    select *
    from {{ ref('int_unit_standing') }}
    where score is not null and level = 'provincial'
),

published_error as (
    select * from {{ ref('int_published_error') }}
),

-- What a change carries is the error of two editions; one edition has it divided by the root of two.
noise as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        component_code,
        noise_source,
        sampling_noise / sqrt(2) as error
    from {{ ref('int_change_noise') }}
    where measure = 'score' and sampling_noise > 0
),

field_noise as (
    select
        index_code,
        edition_year,
        basis,
        component_code,
        percentile_cont(0.5) within group (order by error) as error
    from noise
    group by index_code, edition_year, basis, component_code
),

field as (
    select distinct
        index_code,
        edition_year,
        basis,
        component_code
    from standing
),

-- An edition whose own changes are not known or not comparable takes the last error known before it, if need be from the
-- other list of units.
last_known as (
    select
        field.index_code,
        field.edition_year,
        field.basis,
        field.component_code,
        field_noise.error,
        row_number() over (
            partition by field.index_code, field.edition_year, field.basis, field.component_code
            order by field_noise.edition_year desc, case when field_noise.basis = field.basis then 0 else 1 end asc
        ) as recency
    from field
    inner join field_noise
        on
            field.index_code = field_noise.index_code
            and field.edition_year >= field_noise.edition_year
            and field.component_code = field_noise.component_code
),

final as (
    select
        standing.index_code,
        standing.edition_year,
        standing.basis,
        standing.territory_code,
        standing.component_code,
        case
            when published_error.standard_error is not null then 'published_error'
            when noise.error is not null then noise.noise_source
            when last_known.error is not null then 'spread_of_changes'
            else 'printed_precision'
        end as error_source,
        coalesce(published_error.standard_error, noise.error, last_known.error, 0.0) as error,
        {{ half_unit('standing.score', 'standing.score_decimals') }} as half_unit
    from standing
    left join published_error
        on
            standing.index_code = published_error.index_code
            and standing.edition_year = published_error.edition_year
            and standing.basis = published_error.basis
            and standing.territory_code = published_error.territory_code
            and standing.component_code = published_error.component_code
    left join noise
        on
            standing.index_code = noise.index_code
            and standing.edition_year = noise.edition_year
            and standing.basis = noise.basis
            and standing.territory_code = noise.territory_code
            and standing.component_code = noise.component_code
    left join last_known
        on
            standing.index_code = last_known.index_code
            and standing.edition_year = last_known.edition_year
            and standing.basis = last_known.basis
            and standing.component_code = last_known.component_code
            and last_known.recency = 1
)

select * from final
