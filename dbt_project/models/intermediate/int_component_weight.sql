with weight as (
    select *
    from {{ ref('stg_raw__component_weight') }}
    where weight is not null
),

edition as (
    select * from {{ ref('int_edition_current') }}
),

by_edition as (
    select
        edition.index_code,
        edition.edition_year,
        edition.basis,
        edition.vintage,
        weight.component_code,
        weight.parent_component_code,
        weight.aggregation,
        weight.weight,
        case when weight.aggregation = 'weighted_mean_x10' then 10.0 else 1.0 end as scale_factor,
        weight.weight * case when weight.aggregation = 'weighted_mean_x10' then 10.0 else 1.0 end as points_of_parent,
        count(*) over (
            partition by edition.index_code, edition.edition_year, edition.basis, weight.parent_component_code
        ) as siblings
    from edition
    inner join weight
        on
            edition.index_code = weight.index_code
            and edition.edition_year between weight.from_edition and weight.to_edition
),

-- from the component up to the total, as many steps as the tree has
to_the_top as (
    select
        child.*,
        case
            when child.parent_component_code = 'total' then child.points_of_parent
            when parent.parent_component_code = 'total' then child.points_of_parent * parent.points_of_parent
            when grandparent.parent_component_code = 'total'
                then child.points_of_parent * parent.points_of_parent * grandparent.points_of_parent
        end as points_of_total
    from by_edition as child
    left join by_edition as parent
        on
            child.index_code = parent.index_code
            and child.edition_year = parent.edition_year
            and child.basis = parent.basis
            and child.parent_component_code = parent.component_code
    left join by_edition as grandparent
        on
            parent.index_code = grandparent.index_code
            and parent.edition_year = grandparent.edition_year
            and parent.basis = grandparent.basis
            and parent.parent_component_code = grandparent.component_code
)

select * from to_the_top
