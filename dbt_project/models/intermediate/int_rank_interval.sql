{% set draws = var('rank_interval_draws') %}
with ranked as (
    select
        *,
        dense_rank() over (order by index_code, edition_year, basis, component_code) as field_no
    from {{ ref('int_rank_error') }}
),

draw as (
    select * from {{ ref('int_monte_carlo_draw') }}
),

-- one lot is one draw of a whole table of provinces; millions of rows pass here, hence one narrow number for the key
simulated as (
    select
        cast(ranked.field_no * {{ draws }} + draw.draw_no - 1 as integer) as lot,
        cast(ranked.place as smallint) as place,
        ranked.merit + ranked.error * draw.normal + ranked.half_unit * draw.uniform as merit
    from ranked
    inner join draw
        on ranked.place = draw.place
),

drawn as (
    select
        lot,
        place,
        cast(rank() over (partition by lot order by merit desc) as smallint) as drawn_rank
    from simulated
),

between_tails as (
    select
        floor(lot / {{ draws }}.0) as field_no,
        place,
        percentile_disc(0.05) within group (order by drawn_rank) as low,
        percentile_disc(0.95) within group (order by drawn_rank) as high
    from drawn
    group by floor(lot / {{ draws }}.0), place
),

-- the interval always holds the rank that the figures as printed give
final as (
    select
        ranked.index_code,
        ranked.edition_year,
        ranked.basis,
        ranked.territory_code,
        ranked.component_code,
        ranked.interval_source,
        cast(least(between_tails.low, ranked.rank_computed) as integer) as rank_interval_low,
        cast(greatest(between_tails.high, ranked.rank_computed) as integer) as rank_interval_high
    from ranked
    inner join between_tails
        on
            ranked.field_no = between_tails.field_no
            and ranked.place = between_tails.place
)

select * from final
