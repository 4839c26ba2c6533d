with edition as (
    select * from {{ ref('int_edition_current') }}
),

same_list as (
    select
        index_code,
        edition_year,
        basis,
        vintage,
        previous_edition_year,
        basis as previous_basis,
        level,
        higher_is_better,
        is_latest_edition
    from edition
    where previous_edition_year is not null
),

-- The first edition on the list of 34 follows the last one on the list of 63, by way of back-casts.
across_lists as (
    select
        later.index_code,
        later.edition_year,
        later.basis,
        later.vintage,
        earlier.edition_year as previous_edition_year,
        earlier.basis as previous_basis,
        later.level,
        later.higher_is_better,
        later.is_latest_edition
    from edition as later
    inner join edition as earlier
        on
            later.index_code = earlier.index_code
            and later.edition_year = earlier.edition_year + 1
    where
        later.previous_edition_year is null
        and later.basis = '34'
        and earlier.basis = '63'
),

pair as (
    select * from same_list
    union all
    select * from across_lists
)

select * from pair
