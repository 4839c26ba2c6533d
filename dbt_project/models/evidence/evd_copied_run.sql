with cell as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        territory_code,
        territory_name_vi,
        component_code,
        value,
        source_row
    from {{ ref('int_index_result') }}
    where is_current and is_unit_figure and measure = 'score' and value is not null and basis <> 'VN'
),

copied_row as (
    select * from {{ ref('evd_copied_row') }}
    where equal_cells > 0.5 * compared_cells
),

line as (
    select
        *,
        row_number() over (
            partition by index_code, edition_year, basis, component_code
            order by source_row, territory_code
        ) as line_no,
        log10(
            count(*) over (partition by index_code, edition_year, basis, component_code)
            / cast(count(*) over (partition by index_code, edition_year, basis, component_code, value) as double)
        ) as rarity
    from cell
),

-- the same figure again further down the column; rows that are copied as a whole are said once, as rows
equal_pair as (
    select
        first.index_code,
        first.edition_year,
        first.basis,
        first.component_code,
        first.rarity,
        first.line_no,
        again.line_no - first.line_no as shift
    from line as first
    inner join line as again
        on
            first.index_code = again.index_code
            and first.edition_year = again.edition_year
            and first.basis = again.basis
            and first.component_code = again.component_code
            and first.value = again.value
    where
        first.line_no < again.line_no
        and not exists (
            select 1 from copied_row
            where
                copied_row.index_code = first.index_code
                and copied_row.edition_year = first.edition_year
                and copied_row.basis = first.basis
                and copied_row.territory_code = greatest(first.territory_code, again.territory_code)
                and copied_row.counter_territory_code = least(first.territory_code, again.territory_code)
        )
),

numbered as (
    select
        *,
        line_no - row_number() over (
            partition by index_code, edition_year, basis, component_code, shift
            order by line_no
        ) as island
    from equal_pair
),

-- how rare a run of such figures is: the powers of ten of the cells multiply
run as (
    select
        index_code,
        edition_year,
        basis,
        component_code,
        shift,
        island,
        count(*) as cells,
        {{ exact_sum('rarity') }} as improbability,
        min(line_no) as first_line,
        max(line_no) as last_line
    from numbered
    group by index_code, edition_year, basis, component_code, shift, island
),

ranked as (
    select
        *,
        row_number() over (
            partition by index_code, edition_year, basis, component_code
            order by improbability desc, shift asc, first_line asc
        ) as most_improbable
    from run
),

judged_column as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        component_code,
        count(*) as column_cells
    from cell
    group by index_code, edition_year, basis, vintage, component_code
),

final as (
    select
        judged_column.index_code,
        judged_column.edition_year,
        judged_column.basis,
        judged_column.vintage,
        judged_column.component_code,
        first_of_run.territory_name_vi as first_territory_name_vi,
        last_of_run.territory_name_vi as last_territory_name_vi,
        first_again.territory_name_vi as again_first_territory_name_vi,
        last_again.territory_name_vi as again_last_territory_name_vi,
        cast(judged_column.column_cells as integer) as column_cells,
        cast(coalesce(ranked.cells, 0) as integer) as run_cells,
        round(coalesce(ranked.improbability, 0.0), 6) as improbability
    from judged_column
    left join ranked
        on
            judged_column.index_code = ranked.index_code
            and judged_column.edition_year = ranked.edition_year
            and judged_column.basis = ranked.basis
            and judged_column.component_code = ranked.component_code
            and ranked.most_improbable = 1
    left join line as first_of_run
        on
            ranked.index_code = first_of_run.index_code
            and ranked.edition_year = first_of_run.edition_year
            and ranked.basis = first_of_run.basis
            and ranked.component_code = first_of_run.component_code
            and ranked.first_line = first_of_run.line_no
    left join line as last_of_run
        on
            ranked.index_code = last_of_run.index_code
            and ranked.edition_year = last_of_run.edition_year
            and ranked.basis = last_of_run.basis
            and ranked.component_code = last_of_run.component_code
            and ranked.last_line = last_of_run.line_no
    left join line as first_again
        on
            ranked.index_code = first_again.index_code
            and ranked.edition_year = first_again.edition_year
            and ranked.basis = first_again.basis
            and ranked.component_code = first_again.component_code
            and ranked.first_line + ranked.shift = first_again.line_no
    left join line as last_again
        on
            ranked.index_code = last_again.index_code
            and ranked.edition_year = last_again.edition_year
            and ranked.basis = last_again.basis
            and ranked.component_code = last_again.component_code
            and ranked.last_line + ranked.shift = last_again.line_no
)

select * from final
