{#- Judges a printed order against the printed scores of the same component and edition.
    Best possible place: one more than the published scores that are strictly better. Worst possible: the units of the list
    less the published scores that are strictly worse, so units without a score may stand anywhere. -#}
{% macro rank_against_score(place, locator, source_url) %}
with standing as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        territory_code,
        territory_name_vi,
        component_code,
        {{ locator }} as source_locator,
        {{ source_url }} as source_url,
        {{ place }} as place,
        score,
        merit,
        listed_units
    from {{ ref('int_unit_standing') }}
    where level = 'provincial' and score is not null
),

placed as (
    select * from standing
    where place is not null
),

compared as (
    select
        placed.index_code,
        placed.edition_year,
        placed.basis,
        placed.territory_code,
        placed.component_code,
        1 + count(case when other.merit > placed.merit then 1 end) as best_possible,
        max(placed.listed_units) - count(case when other.merit < placed.merit then 1 end) as worst_possible
    from placed
    inner join standing as other
        on
            placed.index_code = other.index_code
            and placed.edition_year = other.edition_year
            and placed.basis = other.basis
            and placed.component_code = other.component_code
    group by placed.index_code, placed.edition_year, placed.basis, placed.territory_code, placed.component_code
),

contradiction as (
    select
        placed.index_code,
        placed.edition_year,
        placed.basis,
        placed.territory_code,
        placed.component_code,
        other.territory_code as counter_territory_code,
        other.territory_name_vi as counter_territory_name_vi,
        other.place as counter_rank,
        other.score as counter_score,
        row_number() over (
            partition by placed.index_code, placed.edition_year, placed.basis, placed.territory_code, placed.component_code
            order by other.place, other.territory_code
        ) as pair_no
    from placed
    inner join placed as other
        on
            placed.index_code = other.index_code
            and placed.edition_year = other.edition_year
            and placed.basis = other.basis
            and placed.component_code = other.component_code
            and (
                (placed.place < other.place and placed.merit < other.merit)
                or (placed.place > other.place and placed.merit > other.merit)
            )
),

judged as (
    select
        placed.index_code,
        placed.edition_year,
        placed.basis,
        placed.vintage,
        placed.territory_code,
        placed.territory_name_vi,
        placed.component_code,
        contradiction.counter_territory_code,
        contradiction.counter_territory_name_vi,
        placed.source_locator,
        placed.source_url,
        cast(placed.place as integer) as rank,
        placed.score,
        cast(compared.best_possible as integer) as rank_best_possible,
        cast(compared.worst_possible as integer) as rank_worst_possible,
        cast(contradiction.counter_rank as integer) as counter_rank,
        contradiction.counter_score,
        placed.place between compared.best_possible and compared.worst_possible
        and contradiction.counter_territory_code is null as is_consistent
    from placed
    inner join compared
        on
            placed.index_code = compared.index_code
            and placed.edition_year = compared.edition_year
            and placed.basis = compared.basis
            and placed.territory_code = compared.territory_code
            and placed.component_code = compared.component_code
    left join contradiction
        on
            placed.index_code = contradiction.index_code
            and placed.edition_year = contradiction.edition_year
            and placed.basis = contradiction.basis
            and placed.territory_code = contradiction.territory_code
            and placed.component_code = contradiction.component_code
            and contradiction.pair_no = 1
)

select * from judged
{% endmacro %}
