"""The tables that the pages show as they are: findings, duties, sources, the dictionary and the lineage.

Each function reads for one page. Rows keep the column names of the published file.
"""

from typing import Any

import duckdb

from orchestration.bi.open_data.offered import Offer
from orchestration.bi.site.frame import Frame
from quality.report.published import Row, rows

# schema, table and column (None: the table itself); an edge is a column and one that it is made of
_Column = tuple[Any, ...]
_Edge = tuple[Any, ...]

# without a territory it is about a target or a publication, not about a figure that got worse; as in the alerts
_FINDINGS = """
select
    finding_id, if(kind = 'regression' and territory_code is null, 'reminder', kind) as kind, severity, title_vi,
    title_en, index_code, edition_year, subject_vi, lead_agency_code, is_latest_edition, is_withheld, message_vi,
    message_en, remedy_vi, remedy_en, certainty_vi, certainty_en, expected, observed, source_url, source_locator
from reporting.rpt_finding
order by
    list_position(['critical', 'warn', 'info'], severity), is_latest_edition desc, edition_year desc nulls last,
    index_code, finding_id
"""
_SCORECARD = """
select
    card.agency_code, card.index_code, card.territory_code, card.basis, card.legal_basis, card.coverage,
    card.edition_status, card.editions_held, card.edition_year, card.score, card.score_text, card.rank_published,
    card.rank_computed, card.ranked_among_computed, card.tier, card.previous_edition_year, card.score_change,
    card.rank_change, card.comparable_with_previous, overview.break_reason_vi, overview.is_last_good,
    card.index_code in (select index_code from marts.dim_edition where load_status = 'excluded') as is_excluded,
    coalesce(card.ranked_among_published, try_cast(nullif(card.basis, 'VN') as integer)) as ranked_among,
    card.components_compared, card.components_worse, card.components_better, card.in_plan, card.source_kind,
    card.source_url
from reporting.rpt_agency_scorecard as card
left join reporting.rpt_index_overview as overview using (index_code, edition_year, basis, territory_code)
where list_contains($codes, card.index_code)
order by all
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
where (is_current or load_status != 'loaded') and list_contains($codes, index_code)
order by index_code, edition_year desc, basis, vintage desc
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
_DICTIONARY = """
select table_schema, table_name, column_name, label_vi, label_en, description_en, data_type
from marts.data_dictionary
order by table_schema, table_name, column_name is not null, position
"""
_LINEAGE = """
select table_schema, table_name, column_name, parent_schema, parent_table, parent_column
from marts.lineage
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
    """Editions in force or kept out, their tables, and what should follow, with the lead agency if asked."""
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


def read_lineage(con: duckdb.DuckDBPyConnection, offer: Offer | None) -> dict[str, Any]:
    """The dictionary, which column is made of which (`edges`), and the columns of each published table.

    With an offer, only what it offers is described, and what that is made of as far as it is no table that stays.
    """
    dictionary, edges = rows(con, _DICTIONARY), [tuple(edge.values()) for edge in rows(con, _LINEAGE)]
    if offer is not None:
        offered = {
            (table.schema, table.name, column)
            for table in (one.table for one in offer.tables)
            for column in (None, *(column.name for column in table.columns))
        }
        stay = {(row["table_schema"], row["table_name"], row["column_name"]) for row in dictionary} - offered
        dictionary = [row for row in dictionary if tuple(row.values())[:3] in offered]
        edges = _ancestry(edges, offered, stay)
    tables: dict[str, list[str]] = {}
    for row in dictionary:
        columns = tables.setdefault(f"{row['table_schema']}.{row['table_name']}", [])
        if row["column_name"] is not None:
            columns.append(row["column_name"])
    return {"dictionary": dictionary, "edges": edges, "tables": tables}


def _ancestry(edges: list[_Edge], begin: set[_Column], stay: set[_Column]) -> list[_Edge]:
    """The edges above the columns `begin`, without those that come from a column in `stay`."""
    above = [edge for edge in edges if edge[3:] not in stay]
    reached, found = set(begin), set(begin)
    while found:
        found = {edge[3:] for edge in above if edge[:3] in found} - reached
        reached |= found
    return [edge for edge in above if edge[:3] in reached]
