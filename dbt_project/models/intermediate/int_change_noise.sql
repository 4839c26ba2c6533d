with change as (
    select
        index_code,
        edition_year,
        previous_edition_year,
        basis,
        territory_code,
        component_code,
        measure,
        change_in_good_direction,
        sqrt((half_unit_before * half_unit_before + half_unit_after * half_unit_after) / 3) as precision_noise,
        is_comparable
    from {{ ref('int_figure_change') }}
),

spread as (
    select * from {{ ref('int_change_spread') }}
),

published_error as (
    select * from {{ ref('int_published_error') }}
),

broken_part as (
    select * from {{ ref('int_broken_part') }}
),

listed as (
    select distinct
        index_code,
        edition_year,
        basis,
        listed_units
    from {{ ref('int_edition_unit') }}
),

-- An error that only one of the two editions prints stands for both: it is the same survey.
measured as (
    select
        change.*,
        broken_part.broken_parts,
        coalesce(spread.peers, 0) as peers,
        -- the units that a partial table prints (the top thirty, say) are chosen by what they reached: no yardstick for the rest
        coalesce(
            spread.peers >= {{ var('min_peers') }} and spread.peers >= {{ var('median_min_share') }} * (listed.listed_units - 1),
            false
        ) as has_peers,
        spread.median_of_others,
        spread.spread_of_others,
        case
            when change.measure = 'score' then sqrt(
                power(coalesce(before.standard_error, after.standard_error), 2)
                + power(coalesce(after.standard_error, before.standard_error), 2)
            )
        end as published_noise
    from change
    left join spread
        on
            change.index_code = spread.index_code
            and change.edition_year = spread.edition_year
            and change.basis = spread.basis
            and change.territory_code = spread.territory_code
            and change.component_code = spread.component_code
            and change.measure = spread.measure
    left join listed
        on
            change.index_code = listed.index_code
            and change.edition_year = listed.edition_year
            and change.basis = listed.basis
    left join published_error as before
        on
            change.index_code = before.index_code
            and change.previous_edition_year = before.edition_year
            and change.basis = before.basis
            and change.territory_code = before.territory_code
            and change.component_code = before.component_code
    left join published_error as after
        on
            change.index_code = after.index_code
            and change.edition_year = after.edition_year
            and change.basis = after.basis
            and change.territory_code = after.territory_code
            and change.component_code = after.component_code
    left join broken_part
        on
            change.index_code = broken_part.index_code
            and change.edition_year = broken_part.edition_year
            and change.basis = broken_part.basis
            and change.component_code = broken_part.component_code
),

sourced as (
    select
        *,
        case
            when not is_comparable then 'unknown'
            when published_noise > 0 then 'published_error'
            when has_peers and spread_of_others > 0 then 'spread_of_changes'
            when peers > 0 and precision_noise > 0 then 'printed_precision'
            else 'unknown'
        end as noise_source
    from measured
),

with_noise as (
    select
        *,
        case noise_source
            when 'published_error' then published_noise
            when 'spread_of_changes' then spread_of_others
        end as sampling_noise,
        -- Few others do not say what everybody did. Beside the publisher's own error a change counts in full, but for what a
        -- new way of measuring one of its parts did to everybody.
        case
            when noise_source = 'published_error' and broken_parts is null then 0.0
            when has_peers then median_of_others
            when peers > 0 then 0.0
        end as baseline_change
    from sourced
),

final as (
    select
        index_code,
        edition_year,
        basis,
        territory_code,
        component_code,
        measure,
        peers,
        broken_parts,
        baseline_change,
        noise_source,
        sampling_noise,
        case
            when noise_source <> 'unknown'
                then {{ computed('sqrt(power(coalesce(sampling_noise, 0.0), 2) + power(precision_noise, 2))') }}
        end as noise,
        -- rounding alone is a floor of the noise: a change over it would look like hundreds of standard deviations
        case
            when sampling_noise is not null
                then {{ computed(
                    '(change_in_good_direction - baseline_change)'
                    ~ ' / sqrt(power(sampling_noise, 2) + power(precision_noise, 2))'
                ) }}
        end as z
    from with_noise
)

select * from final
