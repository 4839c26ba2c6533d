"""The tables that the pages show as they are: findings, duties, sources, the dictionary and the lineage.

Each function reads for one page. Rows keep the column names of the published file.
"""

from typing import Any

import duckdb

from orchestration.bi.site.frame import Frame
from quality.report.published import Row, rows

_FINDINGS = """
select
    finding_id, kind, severity, title_vi, title_en, index_code, edition_year, subject_vi, lead_agency_code,
    is_latest_edition, is_withheld, message_vi, message_en, remedy_vi, remedy_en, certainty_vi, certainty_en, expected,
    observed, source_url, source_locator
from reporting.rpt_finding
order by
    list_position(['critical', 'warn', 'info'], severity), is_latest_edition desc, edition_year desc nulls last,
    index_code, finding_id
"""
_SCORECARD = """
select
    agency_code, index_code, territory_code, basis, legal_basis, coverage, edition_status, editions_held, edition_year,
    score, score_text, rank_published, rank_computed, ranked_among_computed, tier, previous_edition_year, score_change,
    rank_change, comparable_with_previous,
    coalesce(ranked_among_published, try_cast(nullif(basis, 'VN') as integer)) as ranked_among,
    components_compared, components_worse, components_better, in_plan, source_kind, source_url
from reporting.rpt_agency_scorecard
where list_contains($codes, index_code)
order by agency_code, index_code, edition_year desc, territory_code
"""
_TARGETS = """
select
    target_set, target_code, name_vi, lead_agency_code, lead_unit_code, unit, comparison, target_low, target_high,
    reference_year, status, status_vi, actual_value, actual_value_text, actual_qualifier, actual_period_label,
    shortfall, projected_value, projected_shortfall, forecast_value, forecast_period_label, is_due, due_on,
    actual_source_url, section, source
from reporting.rpt_target_progress
order by target_set, section, target_code
"""
_DEADLINES = """
select what_vi, responsible_vi, recipient_vi, recurrence, is_past, due_on, section, source
from reporting.rpt_reporting_deadline
order by due_on nulls last, deadline_code
"""
_EDITIONS = """
select
    index_code, edition_year, basis, vintage, title, publisher, coverage, load_status, withheld_reason_vi,
    withheld_reason_en, published_on, published_on_precision, territories_published, cells_loaded, source_kind,
    source_url, source_file, source_sha256
from marts.dim_edition
where is_current and list_contains($codes, index_code)
order by index_code, edition_year desc, basis
"""
_SOURCES = """
select
    index_code, edition_year, basis, vintage, table_no, title, publisher, source_kind, source_url, source_file,
    source_sha256
from marts.edition_source
where list_contains($codes, index_code)
order by index_code, edition_year desc, basis, vintage, table_no, source_url
"""
_CALENDAR = """
select
    index_code, index_name_vi, edition_label, edition_year, lead_agency_code, status, days_overdue, usual_by,
    expected_by, published_on, published_on_precision, source_url
from reporting.rpt_publication_calendar
where is_index and list_contains($codes, index_code)
order by index_code, edition_year nulls last
"""
# a wide table is called after its index and goes where the index goes
_DICTIONARY = """
select table_schema, table_name, column_name, label_vi, label_en, description_en, data_type
from marts.data_dictionary
where table_schema != 'wide' or list_contains($codes, upper(table_name))
order by table_schema, table_name, column_name is not null, position
"""
_LINEAGE = """
select table_schema, table_name, column_name, parent_schema, parent_table, parent_column
from marts.lineage
where table_schema != 'wide' or list_contains($codes, upper(table_name))
order by all
"""


def read_findings(con: duckdb.DuckDBPyConnection) -> list[Row]:
    """What was found wrong or worse, most serious first."""
    return rows(con, _FINDINGS)


def read_duties(con: duckdb.DuckDBPyConnection, frame: Frame) -> dict[str, list[Row]]:
    """Scorecards of the agencies, targets, deadlines."""
    scorecards = rows(con, _SCORECARD, {"codes": frame.codes})
    return {"scorecards": scorecards, "targets": rows(con, _TARGETS), "deadlines": rows(con, _DEADLINES)}


def read_sources(con: duckdb.DuckDBPyConnection, frame: Frame, has_agencies: bool) -> dict[str, list[Row]]:
    """Editions in force, the tables that they are made of, and what should follow, with the lead agency if asked."""
    asked = {"codes": frame.codes}
    calendar = rows(con, _CALENDAR, asked)
    if not has_agencies:
        for row in calendar:
            del row["lead_agency_code"]
    return {
        "editions": rows(con, _EDITIONS, asked),
        "sources": rows(con, _SOURCES, asked),
        "calendar": calendar,
    }


def read_lineage(con: duckdb.DuckDBPyConnection, frame: Frame) -> dict[str, Any]:
    """The dictionary, which column is made of which (`edges`), and the columns of each published table."""
    asked = {"codes": frame.codes}
    dictionary, edges = rows(con, _DICTIONARY, asked), rows(con, _LINEAGE, asked)
    tables: dict[str, list[str]] = {}
    for row in dictionary:
        columns = tables.setdefault(f"{row['table_schema']}.{row['table_name']}", [])
        if row["column_name"] is not None:
            columns.append(row["column_name"])
    return {"dictionary": dictionary, "edges": [list(edge.values()) for edge in edges], "tables": tables}
