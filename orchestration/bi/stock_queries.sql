-- Ten questions that everybody asks, for any SQL tool on the published file. Parameters: $index_code, $edition_year, $basis.
-- Each begins with a line "-- name: …"; tests and `make bench` run them all.

-- name: overview
-- Tỉnh nhà đứng ở đâu trong mỗi chỉ số? Where does the province, or do its predecessors, stand in each index?
select
    index_code,
    index_name_vi,
    edition_year,
    basis,
    territory_code,
    territory_name_vi,
    score,
    rank_published,
    ranked_among,
    rank_computed,
    ranked_among_computed,
    score_change,
    comparable_with_previous,
    coverage,
    lead_agency_vi
from reporting.rpt_index_overview
where is_home and (is_latest_for_territory or edition_status = 'no edition')
order by index_code, edition_year desc, territory_sort_vi;

-- name: ranking
-- Bảng xếp hạng của một kỳ. The table of one edition, on one territorial list, as published; a computed rank says so.
select
    territory_code,
    territory_name_vi,
    score,
    rank_published,
    ranked_among,
    rank_computed,
    ranked_among_computed,
    tier,
    is_home
from reporting.rpt_index_overview
where index_code = $index_code and edition_year = $edition_year and basis = $basis
order by score desc nulls last, rank_published nulls last, territory_sort_vi;

-- name: series
-- Chuỗi số liệu của tỉnh nhà. The province over the years; back-casts are ours and marked by `method`.
select
    edition_year,
    value,
    rank,
    ranked_among,
    is_rank_computed,
    method,
    comparable_with_previous,
    break_reason_vi
from reporting.rpt_index_series
where is_home and relation = 'today' and index_code = $index_code and component_code = 'total'
order by edition_year;

-- name: against_country
-- So với trung vị cả nước. The province against the median of today's units: empty where fewer than nine in ten have a score.
select
    edition_year,
    max(value) filter (where is_home) as home,
    case when count(value) >= 0.9 * max(units_of_today) then median(value) end as country_median,
    count(value) as units
from reporting.rpt_index_series
cross join (select count(*) as units_of_today from marts.dim_territory where on_34_list) as list
where relation = 'today' and index_code = $index_code and component_code = 'total'
group by edition_year
order by edition_year;

-- name: components
-- Thành phần nào mạnh, yếu? Components of the province, or of its two predecessors, beside the median of a complete table.
with result as (
    select
        *,
        median(value) over (partition by component_code) as median_of_list
    from marts.fct_index_result
    where
        index_code = $index_code
        and edition_year = $edition_year
        and basis = $basis
        and measure = 'score'
        and is_current
)

select
    component.name_vi,
    component.scale_max,
    overview.territory_code,
    overview.territory_name_vi,
    result.value,
    overview.coverage,
    case when overview.coverage = 'complete' then result.median_of_list end as median_of_list
from result
inner join marts.dim_component as component using (index_code, component_code)
inner join reporting.rpt_index_overview as overview using (index_code, edition_year, basis, territory_code)
where overview.is_home
order by component.sort_order, overview.territory_sort_vi;

-- name: falls
-- Chỉ số, thành phần nào giảm ở kỳ mới nhất? What fell in the latest edition, where the comparison holds?
select
    index_code,
    edition_year,
    territory_code,
    territory_name_vi,
    component_name_vi,
    measure,
    value_before,
    value_after,
    change,
    noise,
    z,
    lead_agency_vi
from reporting.rpt_index_change
where is_home and is_latest_edition and is_comparable and is_worse
order by z nulls last, index_code, territory_code, component_name_vi;

-- name: findings
-- Cảnh báo theo cơ quan và mức độ. Open findings by agency and severity.
select
    coalesce(lead_agency_vi, 'chưa phân công') as lead_agency_vi,
    kind,
    severity,
    count(*) as findings,
    count(*) filter (where is_latest_edition) as of_latest_edition
from reporting.rpt_finding
group by all
order by all;

-- name: targets
-- Chỉ tiêu nào chưa đạt? Targets of the plan and of Annex II beside the latest actual figure.
select
    name_vi,
    target_low,
    target_high,
    unit,
    actual_value,
    actual_period_label,
    status_vi,
    due_on,
    lead_agency_vi
from reporting.rpt_target_progress
order by due_on, name_vi;

-- name: origin
-- Con số này lấy từ đâu? Address, file, row and column of every published cell of the province in one edition.
select
    territory_code,
    component_code,
    measure,
    value,
    value_text,
    vintage,
    is_current,
    source_kind,
    source_url,
    source_locator,
    source_sha256
from marts.fct_index_result
where
    index_code = $index_code
    and edition_year = $edition_year
    and basis = $basis
    and territory_code in (select territory_code from reporting.rpt_index_overview where is_home)
order by territory_code, component_code, measure, vintage;

-- name: freshness
-- Kỳ nào đã có, kỳ nào quá hạn? Editions held, what is overdue, and what is expected next.
select
    index_code,
    max(edition_year) filter (where held) as latest_held,
    count(*) filter (where status = 'overdue') as overdue,
    min(expected_by) filter (where status = 'overdue') as overdue_since,
    min(expected_by) filter (where status = 'expected') as next_expected_by
from reporting.rpt_publication_calendar
where is_index
group by index_code
order by index_code;
