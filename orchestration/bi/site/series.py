"""Scores and ranks of all units by index, component and edition, packed for the pages.

Two lists are kept apart: the units of today (`34`), with back-casts, and the list before the merger (`63`), as
published only. The country is the list `VN`. A cell holds one component in one edition:

    v  values, one a unit in the order of the list's `units`; null where none is published
    m  a letter a unit: p published, u published for a unit that the merger left as it was, b back-cast (ours), - none;
       a capital when the figure does not compare with the unit's one before
    r  ranks, k a letter a rank: p published, c computed, - none; n among how many
    t  tiers as published; d printed decimals, at most four; basis of the figures; why: the reasons of a break
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import duckdb

from quality.numbers_vi import MOST_DECIMALS_IN_PROSE
from quality.report.published import Row, rows

# Ranks among the units of today: as published on their own list, else computed where all of them have a score. Where a
# table of today exists, the series leaves out what the older list says of a unit that the merger left as it was; that
# is taken from the facts.
_POINTS = """
with points as (
    select
        series.*,
        series.basis = '63' and series.relation = 'today' as is_older_list,
        today.rank_computed as rank_of_today,
        today.ranked_among_computed as among_of_today
    from reporting.rpt_index_series as series
    left join marts.fct_index_comparable as today
        on
            series.index_code = today.index_code
            and series.edition_year = today.edition_year
            and series.territory_code = today.territory_code
            and series.component_code = today.component_code
    where list_contains($codes, series.index_code)
),

printed as (
    select
        index_code, component_code, edition_year, basis, territory_code,
        max(value) filter (measure = 'score') as value,
        max(value) filter (measure = 'rank') as rank,
        max(ranked_among) filter (measure = 'rank') as ranked_among,
        max(value_text) filter (measure = 'tier') as tier
    from marts.fct_index_result
    where list_contains($codes, index_code) and basis = '63' and is_current
    group by all
    having value is not null or rank is not null or tier is not null
),

left_out as (
    select
        printed.*,
        by_score.is_comparable,
        by_score.break_reason_vi,
        by_score.break_reason_en,
        overview.ranked_among as among_of_total,
        overview.rank_computed,
        overview.ranked_among_computed
    from printed
    anti join points using (index_code, component_code, edition_year, basis, territory_code)
    left join reporting.rpt_index_change as by_score
        on
            printed.index_code = by_score.index_code
            and printed.component_code = by_score.component_code
            and printed.edition_year = by_score.edition_year
            and printed.basis = by_score.basis
            and printed.territory_code = by_score.territory_code
            and by_score.measure = 'score'
    left join reporting.rpt_index_overview as overview
        on
            printed.index_code = overview.index_code
            and printed.edition_year = overview.edition_year
            and printed.basis = overview.basis
            and printed.territory_code = overview.territory_code
            and printed.component_code = 'total'
)

select
    if(unit_code = 'VN', 'VN', '34') as list, index_code, component_code, edition_year, basis, territory_code, method,
    tier, value, comparable_with_previous, break_reason_vi, break_reason_en,
    if(is_older_list, rank_of_today, rank) as rank,
    if(is_older_list, among_of_today, ranked_among) as ranked_among,
    is_older_list or is_rank_computed as is_rank_computed
from points
-- a rank on the older list alone is none among the units of today
where
    relation = 'today'
    and (value is not null or tier is not null or if(is_older_list, rank_of_today, rank) is not null)
union all
select
    '63', index_code, component_code, edition_year, basis, territory_code, method,
    tier, value, comparable_with_previous, break_reason_vi, break_reason_en, rank, ranked_among, is_rank_computed
from points
where basis = '63' and method != 'backcast_mean'
union all
select
    '63', index_code, component_code, edition_year, basis, territory_code, 'published_unchanged',
    tier, value, is_comparable, break_reason_vi, break_reason_en, coalesce(rank, rank_computed),
    if(rank is null, ranked_among_computed, coalesce(ranked_among, among_of_total)), rank is null
from left_out
order by all
"""
_DECIMALS = """
select index_code, component_code, edition_year, basis, max(printed_decimals) as decimals
from marts.fct_index_result
where list_contains($codes, index_code) and measure = 'score' and is_current
group by all
"""
_COMPONENTS = """
select
    index_code, component_code as code, parent_component_code as parent, kind, name_vi, name_en, scale_min, scale_max
from marts.dim_component
where list_contains($codes, index_code)
order by index_code, sort_order, component_code
"""
_EDITIONS = """
select
    edition.index_code, edition.edition_year as year, edition.basis, edition.coverage, edition.source_kind,
    edition.source_url, edition.territories_published,
    coalesce(bool_or(overview.is_last_good), false) as is_last_good
from marts.dim_edition as edition
left join reporting.rpt_index_overview as overview using (index_code, edition_year, basis)
where edition.is_current and list_contains($codes, edition.index_code)
group by all
order by all
"""
TOTAL = "total"
_LETTER = {"published": "p", "published_unchanged": "u", "backcast_mean": "b"}


def read_series(con: duckdb.DuckDBPyConnection, codes: list[str], units: list[Row]) -> dict[str, dict[str, Any]]:
    """Give {index_code: {components, editions, lists: {list: {units, cells: {component: {year: cell}}}}}}.

    `units` give the order. Indices without a figure have no lists.
    """
    asked = {"codes": codes}
    order = {unit["code"]: place for place, unit in enumerate(units)} | {"VN": 0}
    decimals = {
        (row["index_code"], row["component_code"], row["edition_year"], row["basis"]): row["decimals"]
        for row in rows(con, _DECIMALS, asked)
    }
    made: dict[str, dict[str, Any]] = {code: {"components": [], "editions": [], "lists": {}} for code in codes}
    for key, of in (
        ("components", rows(con, _COMPONENTS, asked)),
        ("editions", rows(con, _EDITIONS, asked)),
    ):
        for row in of:
            made[row.pop("index_code")][key].append(row)
    points: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows(con, _POINTS, asked):
        points[row["index_code"], row["list"]].append(row)
    for (index_code, list_code), members in points.items():
        of_list = sorted({row["territory_code"] for row in members}, key=order.__getitem__)
        cells: dict[tuple[str, int], list[Row]] = defaultdict(list)
        for row in members:
            cells[row["component_code"], row["edition_year"]].append(row)
        packed: dict[str, dict[int, Any]] = defaultdict(dict)
        for (code, year), cell in cells.items():
            printed = decimals.get((index_code, code, year, cell[0]["basis"]))
            packed[code][year] = _cell(cell, of_list, printed)
        made[index_code]["lists"][list_code] = {"units": of_list, "cells": packed}
    return made


def totals_of(series: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The same for the totals alone, which the first page shows for all indices."""
    return {
        code: one
        | {
            "components": [component for component in one["components"] if component["code"] == TOTAL],
            "lists": {
                name: of | {"cells": {TOTAL: of["cells"][TOTAL]}}
                for name, of in one["lists"].items()
                if TOTAL in of["cells"]
            },
        }
        for code, one in series.items()
    }


def _cell(members: list[Row], units: list[str], printed_decimals: int | None) -> dict[str, Any]:
    """One component in one edition; `members` are its figures."""
    by_unit = {row["territory_code"]: row for row in members}
    ordered = [by_unit.get(unit) for unit in units]
    cell: dict[str, Any] = {
        "basis": members[0]["basis"],
        "v": [row["value"] if row else None for row in ordered],
        "m": "".join(_method(row) for row in ordered),
    }
    if printed_decimals is not None:
        cell["d"] = min(printed_decimals, MOST_DECIMALS_IN_PROSE)
    if any(row["rank"] is not None for row in members):
        cell["r"] = [row["rank"] if row else None for row in ordered]
        cell["k"] = "".join(
            "-" if not row or row["rank"] is None else "pc"[bool(row["is_rank_computed"])] for row in ordered
        )
        among = {row["ranked_among"] for row in members if row["rank"] is not None}
        cell["n"] = among.pop() if len(among) == 1 else None
    if any(row["tier"] for row in members):
        cell["t"] = [row["tier"] if row else None for row in ordered]
    reasons = {(row["break_reason_vi"], row["break_reason_en"]) for row in members if row["break_reason_vi"]}
    if reasons:
        cell["why"] = [" ; ".join(said) for said in zip(*sorted(reasons), strict=True)]
    return cell


def _method(row: Row | None) -> str:
    if row is None:
        return "-"
    letter = _LETTER[row["method"]]
    return letter.upper() if row["comparable_with_previous"] is False else letter
