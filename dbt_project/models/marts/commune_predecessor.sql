with crosswalk as (
    select
        old_code,
        new_code as commune_code,
        old_province_code as predecessor_territory_code,
        old_name,
        old_name_official_list,
        old_district,
        new_name as commune_name,
        source,
        divided = 'yes' as is_divided,
        in_list_of_30_june_2025 = 'yes' as is_on_last_list
    from {{ ref('commune_crosswalk') }}
)

select * from crosswalk
