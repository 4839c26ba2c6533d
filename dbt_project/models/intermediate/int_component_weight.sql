with weight as (
    select *
    from {{ ref('stg_raw__component_weight') }}
    where weight is not null
),

edition as (
    select * from {{ ref('int_edition_current') }}
),

by_edition as (
    select
        edition.index_code,
        edition.edition_year,
        edition.basis,
        edition.vintage,
        weight.component_code,
        weight.parent_component_code,
        weight.aggregation,
        weight.weight,
        case when weight.aggregation = 'weighted_mean_x10' then 10.0 else 1.0 end as scale_factor,
        count(*) over (
            partition by edition.index_code, edition.edition_year, edition.basis, weight.parent_component_code
        ) as siblings
    from edition
    inner join weight
        on
            edition.index_code = weight.index_code
            and edition.edition_year between weight.from_edition and weight.to_edition
)

select * from by_edition
