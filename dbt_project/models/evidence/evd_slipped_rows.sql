with fit as (
    select * from {{ ref('int_row_fit') }}
),

printed as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        territory_code,
        territory_name_vi,
        min(source_row) as source_row
    from {{ ref('int_index_result') }}
    where is_current and is_unit_figure and measure = 'score' and value is not null
    group by index_code, edition_year, basis, vintage, territory_code, territory_name_vi
),

line as (
    select
        printed.*,
        fit.fit as own_fit,
        row_number() over (
            partition by printed.index_code, printed.edition_year, printed.basis
            order by printed.source_row, printed.territory_code
        ) as line_no
    from printed
    inner join fit
        on
            printed.index_code = fit.index_code
            and printed.edition_year = fit.edition_year
            and printed.basis = fit.basis
            and printed.territory_code = fit.territory_code
            and printed.territory_code = fit.place_code
),

-- how much better a row suits the name one line above it, and the one below it
neighbour as (
    select
        line.index_code,
        line.edition_year,
        line.basis,
        line.line_no,
        other.line_no - line.line_no as shift,
        fit.fit - line.own_fit as gain
    from line
    inner join line as other
        on
            line.index_code = other.index_code
            and line.edition_year = other.edition_year
            and line.basis = other.basis
            and (line.line_no = other.line_no + 1 or line.line_no = other.line_no - 1)
    inner join fit
        on
            line.index_code = fit.index_code
            and line.edition_year = fit.edition_year
            and line.basis = fit.basis
            and line.territory_code = fit.territory_code
            and other.territory_code = fit.place_code
),

running as (
    select
        *,
        {{ computed(exact_sum(
            'gain',
            'over (partition by index_code, edition_year, basis, shift order by line_no rows unbounded preceding)'
        )) }} as gain_so_far
    from neighbour
),

-- the stretch of rows with the largest sum ends where the running sum is farthest above its lowest point before
stretch as (
    select
        *,
        gain_so_far - least(0.0, coalesce(min(gain_so_far) over (
            partition by index_code, edition_year, basis, shift
            order by line_no
            rows between unbounded preceding and 1 preceding
        ), 0.0)) as stretch_gain
    from running
),

ranked as (
    select
        *,
        row_number() over (
            partition by index_code, edition_year, basis
            order by stretch_gain desc, shift asc, line_no asc
        ) as likeliest
    from stretch
),

-- the stretch begins after the lowest point
bounded as (
    select
        ranked.index_code,
        ranked.edition_year,
        ranked.basis,
        ranked.shift,
        ranked.line_no as last_line,
        coalesce(max(before.line_no), min(first.line_no) - 1) + 1 as first_line,
        max(ranked.stretch_gain) as slip_gain
    from ranked
    inner join running as first
        on
            ranked.index_code = first.index_code
            and ranked.edition_year = first.edition_year
            and ranked.basis = first.basis
            and ranked.shift = first.shift
    left join running as before
        on
            ranked.index_code = before.index_code
            and ranked.edition_year = before.edition_year
            and ranked.basis = before.basis
            and ranked.shift = before.shift
            and ranked.line_no > before.line_no
            and first.line_no = before.line_no
            and ranked.gain_so_far - ranked.stretch_gain >= before.gain_so_far - 1e-9
    where ranked.likeliest = 1
    group by ranked.index_code, ranked.edition_year, ranked.basis, ranked.shift, ranked.line_no
),

final as (
    select
        bounded.index_code,
        bounded.edition_year,
        bounded.basis,
        first_row.vintage,
        first_row.territory_name_vi as first_territory_name_vi,
        last_row.territory_name_vi as last_territory_name_vi,
        cast(bounded.shift as integer) as shift,
        cast(bounded.last_line - bounded.first_line + 1 as integer) as slipped_rows,
        round(bounded.slip_gain, 6) as slip_gain
    from bounded
    inner join line as first_row
        on
            bounded.index_code = first_row.index_code
            and bounded.edition_year = first_row.edition_year
            and bounded.basis = first_row.basis
            and bounded.first_line = first_row.line_no
    inner join line as last_row
        on
            bounded.index_code = last_row.index_code
            and bounded.edition_year = last_row.edition_year
            and bounded.basis = last_row.basis
            and bounded.last_line = last_row.line_no
)

select * from final
