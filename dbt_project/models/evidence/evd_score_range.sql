with score as (
    select *
    from {{ ref('int_index_result') }}
    where is_current and is_unit_figure and measure = 'score' and value is not null
),

component as (
    select * from {{ ref('stg_raw__component') }}
),

weight as (
    select * from {{ ref('stg_raw__component_weight') }}
),

-- the scale of the methodology version goes before the one the component has in general
with_scale as (
    select
        score.index_code,
        score.edition_year,
        score.basis,
        score.vintage,
        score.territory_code,
        score.territory_name_vi,
        score.component_code,
        score.value_text,
        score.source_locator,
        score.source_url,
        score.value,
        coalesce(weight.scale_min, component.scale_min) as scale_min,
        coalesce(weight.scale_max, component.scale_max) as scale_max
    from score
    inner join component
        on
            score.index_code = component.index_code
            and score.component_code = component.component_code
    left join weight
        on
            score.index_code = weight.index_code
            and score.component_code = weight.component_code
            and score.edition_year between weight.from_edition and weight.to_edition
),

judged as (
    select
        *,
        value >= coalesce(scale_min, value) and value <= coalesce(scale_max, value) as is_in_scale
    from with_scale
    where scale_min is not null or scale_max is not null
)

select * from judged
