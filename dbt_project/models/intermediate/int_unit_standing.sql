with figure as (
    select *
    from {{ ref('int_index_result') }}
    where is_current and is_unit_figure
),

edition as (
    select * from {{ ref('int_edition_current') }}
),

listed as (
    select distinct
        index_code,
        edition_year,
        basis,
        listed_units
    from {{ ref('int_edition_unit') }}
),

standing as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        territory_code,
        territory_name_vi,
        component_code,
        max(case when measure = 'score' then value end) as score,
        max(case when measure = 'score' then value_text end) as score_text,
        max(case when measure = 'score' then column_decimals end) as score_decimals,
        max(case when measure = 'score' then source_url end) as score_source_url,
        max(case when measure = 'score' then source_kind end) as score_source_kind,
        max(case when measure = 'score' then source_locator end) as score_locator,
        max(case when measure = 'rank' then value end) as rank_published,
        max(case when measure = 'rank' then ranked_among end) as ranked_among_published,
        max(case when measure = 'rank' then source_url end) as rank_source_url,
        max(case when measure = 'rank' then source_kind end) as rank_source_kind,
        max(case when measure = 'rank' then source_locator end) as rank_locator,
        max(case when measure = 'tier' then value_text end) as tier,
        max(case when measure = 'list_position' then value end) as list_position,
        max(case when measure = 'list_position' then source_url end) as list_position_source_url,
        max(case when measure = 'list_position' then source_locator end) as list_position_locator
    from figure
    group by
        index_code, edition_year, basis, vintage, territory_code, territory_name_vi, component_code
),

with_edition as (
    select
        standing.*,
        listed.listed_units,
        -- the list says among how many a province is ranked where the publication does not; a country's field must be printed
        coalesce(
            standing.ranked_among_published, case when edition.level = 'provincial' then listed.listed_units end
        ) as ranked_among,
        edition.level,
        edition.coverage,
        edition.higher_is_better,
        -- larger is better whichever way the index points
        case when edition.higher_is_better then standing.score else -standing.score end as merit
    from standing
    inner join edition
        on
            standing.index_code = edition.index_code
            and standing.edition_year = edition.edition_year
            and standing.basis = edition.basis
    left join listed
        on
            standing.index_code = listed.index_code
            and standing.edition_year = listed.edition_year
            and standing.basis = listed.basis
)

select * from with_edition
