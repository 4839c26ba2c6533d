with score as (
    select *
    from {{ ref('int_unit_standing') }}
    where level = 'provincial' and score is not null
),

version as (
    select * from {{ ref('int_component_version') }}
),

identity_check as (
    select * from {{ ref('evd_total_identity') }}
),

weight as (
    select * from {{ ref('int_component_weight') }}
),

-- a slip in a cell that a recomputed total depends on shows there, and far smaller ones do
covered as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        component_code
    from identity_check
    union distinct
    select
        identity_check.index_code,
        identity_check.edition_year,
        identity_check.basis,
        identity_check.territory_code,
        weight.component_code
    from identity_check
    inner join weight
        on
            identity_check.index_code = weight.index_code
            and identity_check.edition_year = weight.edition_year
            and identity_check.basis = weight.basis
            and identity_check.component_code = weight.parent_component_code
),

with_previous as (
    select
        score.index_code,
        score.edition_year,
        score.basis,
        score.vintage,
        score.territory_code,
        score.territory_name_vi,
        score.component_code,
        score.score_locator as source_locator,
        score.score_source_url as source_url,
        score.score,
        least(score.score_decimals, 4) as decimals,
        {{ half_unit('score.score', 'score.score_decimals') }} as half_unit,
        lag(score.edition_year) over own_history as previous_edition_year,
        lag(score.score) over own_history as previous_score
    from score
    inner join version
        on
            score.index_code = version.index_code
            and score.edition_year = version.edition_year
            and score.component_code = version.component_code
    window own_history as (
        partition by
            score.index_code, score.basis, score.territory_code, score.component_code, version.methodology_version
        order by score.edition_year
    )
),

-- what is usual: the change of the others since the same edition, else the column itself
usual_change as (
    select
        index_code,
        edition_year,
        basis,
        component_code,
        previous_edition_year,
        percentile_cont(0.5) within group (order by score - previous_score) as median_change
    from with_previous
    where previous_score is not null
    group by index_code, edition_year, basis, component_code, previous_edition_year
    having count(*) >= {{ var('line_min_units') }}
),

usual_level as (
    select
        index_code,
        edition_year,
        basis,
        component_code,
        percentile_cont(0.5) within group (order by score) as median_score
    from with_previous
    group by index_code, edition_year, basis, component_code
    having count(*) >= {{ var('line_min_units') }}
),

foretold as (
    select
        with_previous.index_code,
        with_previous.edition_year,
        with_previous.basis,
        with_previous.vintage,
        with_previous.territory_code,
        with_previous.territory_name_vi,
        with_previous.component_code,
        with_previous.source_locator,
        with_previous.source_url,
        with_previous.score,
        with_previous.decimals,
        with_previous.half_unit,
        case when usual_change.median_change is not null then with_previous.previous_edition_year end as previous_edition_year,
        case when usual_change.median_change is not null then with_previous.previous_score end as previous_score,
        coalesce(with_previous.previous_score + usual_change.median_change, usual_level.median_score) as expected
    from with_previous
    inner join usual_level
        on
            with_previous.index_code = usual_level.index_code
            and with_previous.edition_year = usual_level.edition_year
            and with_previous.basis = usual_level.basis
            and with_previous.component_code = usual_level.component_code
    left join usual_change
        on
            with_previous.index_code = usual_change.index_code
            and with_previous.edition_year = usual_change.edition_year
            and with_previous.basis = usual_change.basis
            and with_previous.component_code = usual_change.component_code
            and with_previous.previous_edition_year = usual_change.previous_edition_year
),

noise as (
    select
        index_code,
        edition_year,
        basis,
        component_code,
        previous_edition_year,
        1.4826 * percentile_cont(0.5) within group (order by abs(score - expected)) + max(half_unit) as noise
    from foretold
    group by index_code, edition_year, basis, component_code, previous_edition_year
    having count(*) >= {{ var('line_min_units') }}
),

judged as (
    select
        foretold.*,
        noise.noise,
        abs(foretold.score - foretold.expected) / noise.noise as distance
    from foretold
    inner join noise
        on
            foretold.index_code = noise.index_code
            and foretold.edition_year = noise.edition_year
            and foretold.basis = noise.basis
            and foretold.component_code = noise.component_code
            and coalesce(foretold.previous_edition_year, 0) = coalesce(noise.previous_edition_year, 0)
    where not exists (
        select 1 from covered
        where
            covered.index_code = foretold.index_code
            and covered.edition_year = foretold.edition_year
            and covered.basis = foretold.basis
            and covered.territory_code = foretold.territory_code
            and covered.component_code = foretold.component_code
    )
),

step as (
    {{ whole_numbers(10) }}
),

-- powers of ten from the fourth decimal to the hundreds
digit as (
    select
        judged.index_code,
        judged.edition_year,
        judged.basis,
        judged.territory_code,
        judged.component_code,
        judged.score,
        judged.decimals,
        step.step - 5 as power,
        {{ power_of_ten('step.step - 5') }} as unit,
        mod(floor(round(abs(judged.score) / {{ power_of_ten('step.step - 5') }}, 6)), 10) as digit
    from judged
    cross join step
    where
        judged.distance > {{ var('line_slip_from') }}
        and step.step <= 7
        and step.step - 5 >= -judged.decimals
),

-- what the figure would be with one slip taken back
candidate as (
    select
        judged.index_code,
        judged.edition_year,
        judged.basis,
        judged.territory_code,
        judged.component_code,
        'decimal_point' as slip,
        1 as plainness,
        judged.score * {{ power_of_ten('step.step - 3') }} as figure
    from judged
    cross join step
    where judged.distance > {{ var('line_slip_from') }} and step.step between 1 and 5 and step.step <> 3
    union all
    select
        higher.index_code,
        higher.edition_year,
        higher.basis,
        higher.territory_code,
        higher.component_code,
        'transposed' as slip,
        2 as plainness,
        higher.score + (lower.digit - higher.digit) * (higher.unit - lower.unit) as figure
    from digit as higher
    inner join digit as lower
        on
            higher.index_code = lower.index_code
            and higher.edition_year = lower.edition_year
            and higher.basis = lower.basis
            and higher.territory_code = lower.territory_code
            and higher.component_code = lower.component_code
            and higher.power = lower.power + 1
    union all
    select
        digit.index_code,
        digit.edition_year,
        digit.basis,
        digit.territory_code,
        digit.component_code,
        'digit' as slip,
        3 as plainness,
        digit.score + (step.step - 1 - digit.digit) * digit.unit as figure
    from digit
    cross join step
),

in_line as (
    select
        judged.index_code,
        judged.edition_year,
        judged.basis,
        judged.territory_code,
        judged.component_code,
        candidate.slip,
        round(candidate.figure, 9) as likely_score,
        row_number() over (
            partition by
                judged.index_code, judged.edition_year, judged.basis, judged.territory_code, judged.component_code
            order by candidate.plainness asc, abs(candidate.figure - judged.expected) asc, candidate.figure asc
        ) as likeliest
    from judged
    inner join candidate
        on
            judged.index_code = candidate.index_code
            and judged.edition_year = candidate.edition_year
            and judged.basis = candidate.basis
            and judged.territory_code = candidate.territory_code
            and judged.component_code = candidate.component_code
    where abs(candidate.figure - judged.expected) <= 2 * judged.noise
),

final as (
    select
        judged.index_code,
        judged.edition_year,
        judged.basis,
        judged.vintage,
        judged.territory_code,
        judged.territory_name_vi,
        judged.component_code,
        in_line.slip,
        judged.source_locator,
        judged.source_url,
        judged.previous_edition_year,
        judged.score,
        judged.previous_score,
        round(judged.expected, 6) as expected_score,
        round(judged.noise, 6) as usual_departure,
        round(judged.distance, 6) as distance,
        in_line.likely_score
    from judged
    left join in_line
        on
            judged.index_code = in_line.index_code
            and judged.edition_year = in_line.edition_year
            and judged.basis = in_line.basis
            and judged.territory_code = in_line.territory_code
            and judged.component_code = in_line.component_code
            and in_line.likeliest = 1
)

select * from final
