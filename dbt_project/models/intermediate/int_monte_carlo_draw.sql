with draw as (
    select step as draw_no
    from ({{ whole_numbers(var('rank_interval_draws')) }}) as draws
),

place as (
    select distinct place
    from {{ ref('int_rank_error') }}
),

-- three streams: two numbers make a normal one, the third stays uniform
stream as (
    select step as stream_no
    from ({{ whole_numbers(3) }}) as streams
),

numbered as (
    select
        draw.draw_no,
        place.place,
        stream.stream_no,
        mod(
            cast({{ var('rank_interval_seed') }} as bigint)
            + 48271 * ((cast(draw.draw_no as bigint) * 1000 + place.place) * 3 + stream.stream_no),
            {{ random_prime() }}
        ) as number
    from draw
    cross join place
    cross join stream
),

mixed_once as (
    select
        draw_no,
        place,
        stream_no,
        {{ mixed('number', 1013904223) }} as number
    from numbered
),

mixed_twice as (
    select
        draw_no,
        place,
        stream_no,
        {{ mixed('number', 1779033703) }} as number
    from mixed_once
),

mixed_thrice as (
    select
        draw_no,
        place,
        stream_no,
        ({{ mixed('number', 1541459225) }} + 0.5) / {{ random_prime() }} as uniform
    from mixed_twice
),

side_by_side as (
    select
        draw_no,
        place,
        max(case when stream_no = 1 then uniform end) as first_uniform,
        max(case when stream_no = 2 then uniform end) as second_uniform,
        max(case when stream_no = 3 then uniform end) as third_uniform
    from mixed_thrice
    group by draw_no, place
),

-- Box and Muller; nine decimals, so that engines whose logarithms differ in the last bit draw the same
final as (
    select
        cast(draw_no as integer) as draw_no,
        place,
        cast(round(sqrt(-2 * ln(first_uniform)) * cos(2 * pi() * second_uniform), 9) as double) as normal,
        cast(round(2 * third_uniform - 1, 9) as double) as uniform
    from side_by_side
)

select * from final
