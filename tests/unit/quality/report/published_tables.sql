-- The columns that a report reads, named and typed as the published file has them; synthetic rows are put in by tests.
create schema marts;
create schema reporting;
create table marts.dim_index (
    index_code varchar, level varchar, name_vi varchar, successor_index_code varchar, in_plan boolean
);
create table marts.dim_component (
    index_code varchar, component_code varchar, kind varchar, name_vi varchar
);
create table marts.dim_territory (
    territory_code varchar, name_vi varchar, name_en varchar, kind varchar, valid_to date
);
create table marts.territory_predecessor (
    territory_code varchar, predecessor_code varchar, relation varchar
);
create table marts.dim_agency (
    agency_code varchar, name_vi varchar
);
create table marts.bridge_lead_agency (
    index_code varchar, territory_code varchar, agency_code varchar, legal_basis varchar, source varchar,
    valid_from date, valid_to date
);
create table marts.dim_edition (
    index_code varchar, edition_year integer, basis varchar, vintage integer, coverage varchar, load_status varchar,
    withheld_reason_vi varchar, published_on date, published_on_precision varchar, territories_published integer,
    is_current boolean, source_kind varchar, source_url varchar, source_file varchar, source_sha256 varchar
);
create table marts.edition_source (
    source_file varchar, source_sha256 varchar
);
create table marts.fct_index_result (
    index_code varchar, edition_year integer, basis varchar, territory_code varchar, component_code varchar,
    measure varchar, vintage integer, value double, value_text varchar, value_status varchar,
    printed_decimals integer, qualifier varchar, ranked_among integer, source_url varchar, source_kind varchar,
    source_sha256 varchar, source_file varchar, source_locator varchar
);
create table marts.fct_provincial_metric (
    metric_code varchar, unit varchar, territory_code varchar, period_label varchar, value double, value_text varchar,
    printed_decimals integer, qualifier varchar, is_actual boolean, is_current boolean, period_start date,
    period_end date, received_on date, source_kind varchar, source_url varchar, source_sha256 varchar,
    source_file varchar, source_locator varchar
);
create table marts.published_version (
    content_sha256 varchar
);
create table reporting.rpt_index_overview (
    index_code varchar, edition_year integer, basis varchar, vintage integer, territory_code varchar,
    ranked_among integer, rank_computed integer, ranked_among_computed integer, previous_edition_year integer,
    is_last_good boolean, withheld_reason_vi varchar
);
create table reporting.rpt_index_change (
    index_code varchar, edition_year integer, basis varchar, vintage integer, territory_code varchar,
    component_code varchar, measure varchar, previous_edition_year integer, value_before double, value_after double,
    change double, before_method varchar, decimals_before integer, decimals_after integer, is_rank_computed boolean,
    is_comparable boolean, break_reason_vi varchar
);
create table reporting.rpt_index_series (
    index_code varchar, component_code varchar, edition_year integer, basis varchar, territory_code varchar,
    relation varchar, unit_code varchar, territory_name_vi varchar, method varchar, value double, rank integer,
    ranked_among integer, is_rank_computed boolean, comparable_with_previous boolean, break_reason_vi varchar
);
create table reporting.rpt_check (
    rule_code varchar, title_vi varchar, outcome varchar, as_of date
);
create table reporting.rpt_finding (
    finding_id varchar, rule_code varchar, kind varchar, severity varchar, title_vi varchar, index_code varchar,
    edition_year integer, basis varchar, vintage integer, territory_code varchar, territory_label_vi varchar,
    component_code varchar, measure varchar, message_vi varchar, certainty_vi varchar, remedy_vi varchar,
    source_url varchar, source_locator varchar
);
create table reporting.rpt_publication_calendar (
    index_code varchar, edition_label varchar, edition_year integer, index_name_vi varchar, status varchar,
    published_on_precision varchar, pace_years integer, held boolean, expected_by date, published_on date,
    published_by date, source_url varchar
);
create table reporting.rpt_target_progress (
    target_set varchar, target_code varchar, metric_code varchar, name_vi varchar, lead_agency_vi varchar,
    lead_unit_vi varchar, unit varchar, comparison varchar, target_low double, target_high double,
    reference_year integer, due_on date, section varchar, source varchar
);
create table reporting.rpt_service_quality (
    scope varchar, period_kind varchar, target_code varchar, is_period_over boolean, counted_good bigint, counted bigint,
    unrecorded bigint, period_start date, period_end date, recorded_from date
);
create table reporting.rpt_reporting_deadline (
    deadline_code varchar, what_vi varchar, responsible_vi varchar, recipient_vi varchar, recurrence varchar,
    due_on date, section varchar, source varchar
);
