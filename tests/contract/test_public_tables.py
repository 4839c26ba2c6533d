"""What BI may rely on: the tables and columns of the published file. Renaming one is a major change."""

import duckdb
import pytest

PUBLIC = {
    "marts.dim_index": "index_code level name_vi name_en publisher scale_min scale_max higher_is_better passing_on",
    "marts.dim_component": "index_code component_code parent_component_code name_vi name_en",
    "marts.component_weight": "index_code from_edition to_edition component_code weight",
    "marts.dim_edition": (
        "index_code edition_year basis published_on published_on_precision coverage territories_published vintage"
        " source_file source_sha256 source_url source_kind"
    ),
    "marts.dim_territory": (
        "territory_code gso_code name_vi name_en kind region_vi valid_from valid_to successor_code"
    ),
    "marts.dim_agency": "agency_code name_vi name_en",
    "marts.bridge_lead_agency": "index_code territory_code agency_code legal_basis valid_from valid_to",
    "marts.fct_index_result": (
        "index_code edition_year basis territory_code component_code measure value value_text vintage is_current"
        " source_sha256 source_locator source_kind"
    ),
    "marts.fct_provincial_metric": (
        "source_code delivery vintage is_current metric_code unit territory_code period_label period_start period_end"
        " value qualifier received_on source_url"
    ),
    "marts.fct_index_comparable": (
        "index_code edition_year territory_code component_code value method predecessors comparable_with_previous"
        " break_reason value_population_weighted coverage rank_computed ranked_among_computed"
    ),
    "reporting.rpt_index_overview": (
        "index_code edition_year territory_code score rank_published rank_computed tier score_change lead_agency_vi"
        " legal_basis coverage source_kind"
    ),
    "reporting.rpt_index_change": (
        "index_code edition_year basis territory_code component_code measure value_before value_after before_method"
        " baseline_change noise noise_source z peers is_rank_computed rank_interval_low rank_interval_high"
        " change_at_constant_weights is_weights_only_break contribution falls_in_row is_comparable is_worse"
    ),
    "reporting.rpt_change_contribution": (
        "index_code edition_year basis territory_code parent_component_code component_code value_before value_after"
        " weight_before weight_after contribution weight_effect contribution_to_total is_explained"
    ),
    "reporting.rpt_index_series": (
        "index_code component_code edition_year basis territory_code unit_code relation value value_population_weighted"
        " method predecessors rank is_rank_computed ranked_among tier comparable_with_previous break_reason_vi is_home"
    ),
    "reporting.rpt_finding": (
        "finding_id rule_code kind severity index_code edition_year territory_code expected observed"
    ),
    "reporting.rpt_revision": "index_code edition_year territory_code component_code measure",
    "reporting.rpt_agency_scorecard": "agency_code index_code",
    "reporting.rpt_target_progress": "target_code lead_agency_code status",
    "reporting.rpt_publication_calendar": "index_code edition_year published_on status",
    "reporting.rpt_improvement_lever": (
        "index_code component_code lead_agency_code lever_rank points_to_region_best points_to_top_quartile"
        " points_to_own_best own_best_edition_year assumption_vi"
    ),
}


@pytest.mark.parametrize("table", PUBLIC)
def test_a_public_table_keeps_its_columns(table: str, bi: duckdb.DuckDBPyConnection) -> None:
    schema, name = table.split(".")
    columns = bi.execute(
        "select column_name from duckdb_columns() where schema_name = ? and table_name = ?", [schema, name]
    ).fetchall()
    assert set(PUBLIC[table].split()) <= {column for (column,) in columns}


def test_everything_carries_a_comment(bi: duckdb.DuckDBPyConnection) -> None:
    for kind in ("tables", "columns"):
        bare = bi.execute(
            f"select * from duckdb_{kind}() where schema_name not in ('main', 'pg_catalog', 'information_schema')"
            " and not internal and coalesce(comment, '') = ''"
        ).fetchall()
        assert bare == []


def test_the_join_of_the_mission(bi: duckdb.DuckDBPyConnection) -> None:
    """Each index of the plan shows with its agency and legal basis, also one that nobody has published."""
    rows = bi.execute(
        "select o.index_code, o.edition_status, o.lead_agency_vi, o.legal_basis from reporting.rpt_index_overview as o"
        " join marts.dim_index as i using (index_code)"
        " where i.in_plan and o.is_home and (o.is_latest_for_territory or o.edition_status = 'no edition')"
    ).fetchall()
    assert len({index for index, *_ in rows}) == 14
    assert all(agency and basis for _, _, agency, basis in rows)
    assert [row[:3] for row in rows if row[0] == "IPRI"] == [("IPRI", "no edition", "Sở Nông nghiệp và Môi trường")]


def test_a_partial_table_never_looks_complete(bi: duckdb.DuckDBPyConnection) -> None:
    """No computed rank where not every unit of the list has a score; press figures say that they are."""
    wrong = bi.execute(
        "select o.* from reporting.rpt_index_overview as o where o.rank_computed is not null"
        " and o.ranked_among_computed < 34"
    ).fetchall()
    assert wrong == []
    kinds = bi.execute(
        "select distinct source_kind from marts.fct_index_result where index_code = 'PAR_INDEX' and edition_year = 2024"
    ).fetchall()
    assert {kind for (kind,) in kinds} >= {"news", "official"}


def test_a_target_or_forecast_is_never_an_actual(bi: duckdb.DuckDBPyConnection) -> None:
    assert bi.execute(
        "select count(*) from marts.fct_provincial_metric where is_actual and qualifier in ('target', 'forecast')"
    ).fetchone() == (0,)
    assert bi.execute(
        "select count(*) from reporting.rpt_target_progress where actual_qualifier in ('target', 'forecast')"
    ).fetchone() == (0,)


def test_the_dictionary_has_every_table_and_column_with_both_labels(bi: duckdb.DuckDBPyConnection) -> None:
    there = "select schema_name, table_name, column_name from duckdb_columns() where schema_name in ({})"
    published = bi.execute(there.format("'marts', 'reporting', 'wide'")).fetchall()
    described = "select table_schema, table_name, column_name from marts.data_dictionary where column_name is not null"
    assert set(bi.execute(described).fetchall()) == set(published)
    bare = "select * from marts.data_dictionary where label_vi = coalesce(column_name, table_name) or label_en = ''"
    assert bi.execute(bare).fetchall() == []


def test_vietnamese_names_are_labels_that_tell_columns_apart(bi: duckdb.DuckDBPyConnection) -> None:
    """A label that two columns share gets the column's name behind it; that helps, but better labels do more."""
    shared = bi.execute(
        "select table_name, label_vi from marts.data_dictionary where column_name is not null"
        " group by all having count(*) > 1"
    ).fetchall()
    assert shared == []


def test_names_sort_as_in_vietnamese(bi: duckdb.DuckDBPyConnection) -> None:
    names = [name for (name,) in bi.execute(
        "select name_vi from marts.dim_territory where on_34_list order by sort_order_vi").fetchall()]  # fmt: skip
    assert names.index("Cần Thơ") < names.index("Đà Nẵng") < names.index("Đồng Tháp") < names.index("Gia Lai")
    assert names.index("Lai Châu") < names.index("Lạng Sơn") < names.index("Lào Cai") < names.index("Lâm Đồng")


def test_wide_tables_hold_the_figures_of_the_facts(bi: duckdb.DuckDBPyConnection) -> None:
    """Every score in force stands in its cell, and no other number does."""
    columns = bi.execute(
        "select index_code, component_code, table_name, column_name"
        " from duckdb_columns() inner join marts.dim_component"
        " on table_name in (lower(index_code), 'index_' || lower(index_code))"
        " and column_name in (component_code, component_code || '_component')"
        " where schema_name = 'wide' and component_code <> 'total'"
    ).fetchall()
    assert len(columns) > 80
    for index, component, table, column in columns:
        differ = bi.execute(
            "select * from (select edition_year, basis, territory_code, value from marts.fct_index_result"
            " where index_code = ? and component_code = ? and measure = 'score' and is_current and value is not null)"
            f" full join (select edition_year, basis, territory_code, {column} as wide from wide.{table}"
            f" where {column} is not null) using (edition_year, basis, territory_code)"
            " where value is distinct from wide",
            [index, component],
        ).fetchall()
        assert differ == [], (table, column)


def test_lineage_leads_from_every_model_back_to_the_files(bi: duckdb.DuckDBPyConnection) -> None:
    """Columns are known everywhere but for findings and checks, which are judged in Python, table by table."""
    only_tables = bi.execute("select distinct table_name from marts.lineage where column_name is null").fetchall()
    assert {name for (name,) in only_tables} == {"rpt_finding", "rpt_check"}
    origins = bi.execute(
        "with recursive way as (select 'reporting' as s, 'rpt_index_overview' as t, 'score' as c union"
        " select parent_schema, parent_table, parent_column from marts.lineage, way"
        " where (table_schema, table_name, column_name) = (s, t, c))"
        " select t, c from way where s = 'raw'"
    ).fetchall()
    assert ("index_result", "value") in origins
