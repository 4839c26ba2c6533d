with fit as (
    select * from {{ ref('int_row_fit') }}
),

territory as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        territory_code,
        territory_name_vi,
        max(previous_edition_year) as previous_edition_year
    from {{ ref('int_component_profile') }}
    where usual_standing is not null
    group by index_code, edition_year, basis, vintage, territory_code, territory_name_vi
),

own as (
    select * from fit
    where territory_code = place_code
),

gain as (
    select
        fit.index_code,
        fit.edition_year,
        fit.basis,
        fit.territory_code,
        fit.place_code,
        fit.components,
        own.mean_square as own_mean_square,
        fit.mean_square as exchanged_mean_square,
        fit.fit - own.fit as gain
    from fit
    inner join own
        on
            fit.index_code = own.index_code
            and fit.edition_year = own.edition_year
            and fit.basis = own.basis
            and fit.territory_code = own.territory_code
    where fit.territory_code <> fit.place_code
),

-- an exchange must suit both
ranked as (
    select
        there.index_code,
        there.edition_year,
        there.basis,
        there.territory_code,
        there.place_code as counter_territory_code,
        there.components,
        there.own_mean_square,
        there.exchanged_mean_square,
        least(there.gain, back.gain) as exchange_gain,
        row_number() over (
            partition by there.index_code, there.edition_year, there.basis, there.territory_code
            order by least(there.gain, back.gain) desc, there.place_code asc
        ) as likeliest
    from gain as there
    inner join gain as back
        on
            there.index_code = back.index_code
            and there.edition_year = back.edition_year
            and there.basis = back.basis
            and there.territory_code = back.place_code
            and there.place_code = back.territory_code
),

final as (
    select
        ranked.index_code,
        ranked.edition_year,
        ranked.basis,
        territory.vintage,
        ranked.territory_code,
        territory.territory_name_vi,
        ranked.counter_territory_code,
        counter.territory_name_vi as counter_territory_name_vi,
        territory.previous_edition_year,
        cast(ranked.components as integer) as components,
        round(sqrt(ranked.own_mean_square), 6) as own_distance,
        round(sqrt(ranked.exchanged_mean_square), 6) as exchanged_distance,
        round(ranked.exchange_gain, 6) as exchange_gain
    from ranked
    inner join territory
        on
            ranked.index_code = territory.index_code
            and ranked.edition_year = territory.edition_year
            and ranked.basis = territory.basis
            and ranked.territory_code = territory.territory_code
    inner join territory as counter
        on
            ranked.index_code = counter.index_code
            and ranked.edition_year = counter.edition_year
            and ranked.basis = counter.basis
            and ranked.counter_territory_code = counter.territory_code
    where ranked.likeliest = 1
)

select * from final
