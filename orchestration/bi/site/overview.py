"""The key table: where the home province stands in every index, in figures as printed.

A merged province stands by its own edition; until it has one, its predecessors stand in, each as published, and the
mean of them beside, marked as ours. The country stands for the national indices.
"""

import re
from collections.abc import Mapping
from typing import Any

import duckdb

from orchestration.bi.site.frame import Frame
from orchestration.bi.site.texts import Said, change, figure, rank_change, unit_label, word
from quality.report.published import Row, rows

_STANDINGS = """
select
    overview.*,
    edition.notes,
    printed.printed_decimals,
    by_score.change as score_difference,
    by_score.previous_edition_year as score_before_year,
    by_score.before_method,
    by_score.is_comparable as is_score_comparable,
    by_score.change_in_good_direction as score_good,
    greatest(by_score.decimals_before, by_score.decimals_after) as change_decimals,
    by_rank.change as rank_difference,
    by_rank.previous_edition_year as rank_before_year,
    by_rank.is_comparable as is_rank_comparable,
    coalesce(by_score.break_reason_vi, by_rank.break_reason_vi) as reason_vi,
    coalesce(by_score.break_reason_en, by_rank.break_reason_en) as reason_en
from reporting.rpt_index_overview as overview
left join marts.dim_edition as edition
    on
        overview.index_code = edition.index_code
        and overview.edition_year = edition.edition_year
        and overview.basis = edition.basis
        and overview.vintage = edition.vintage
left join marts.fct_index_result as printed
    on
        overview.index_code = printed.index_code
        and overview.edition_year = printed.edition_year
        and overview.basis = printed.basis
        and overview.territory_code = printed.territory_code
        and printed.component_code = 'total'
        and printed.measure = 'score'
        and printed.is_current
left join reporting.rpt_index_change as by_score
    on
        overview.index_code = by_score.index_code
        and overview.edition_year = by_score.edition_year
        and overview.basis = by_score.basis
        and overview.territory_code = by_score.territory_code
        and by_score.component_code = 'total'
        and by_score.measure = 'score'
left join reporting.rpt_index_change as by_rank
    on
        overview.index_code = by_rank.index_code
        and overview.edition_year = by_rank.edition_year
        and overview.basis = by_rank.basis
        and overview.territory_code = by_rank.territory_code
        and by_rank.component_code = 'total'
        and by_rank.measure = 'rank'
where
    overview.is_home
    and list_contains($codes, overview.index_code)
    and (overview.is_latest_for_territory or overview.edition_status = 'no edition')
order by overview.index_code, overview.edition_year desc, overview.basis, overview.territory_code
"""
_LEADS = """
select distinct index_code, agency_code, legal_basis
from reporting.rpt_agency_scorecard
where list_contains($codes, index_code)
"""
# editions whose figures are not used: what they are called stands in texts
_KEPT_OUT = """
select index_code, edition_year, load_status, withheld_reason_vi, withheld_reason_en
from marts.dim_edition
where load_status in ('withheld', 'stopped', 'excluded') and list_contains($codes, index_code)
order by index_code, edition_year
"""
# an index that is computed all the time has no editions: its latest figures stand among the metrics under its code
_CONTINUOUS = """
select index_code, metric_code, value, printed_decimals, period_label, unit, qualifier, source_url, source_kind
from marts.fct_provincial_metric
inner join marts.dim_index
    on metric_code in ('index_' || lower(index_code) || '_score', 'index_' || lower(index_code) || '_rank')
where territory_code = $home and list_contains($codes, index_code) and is_actual and is_current and value is not null
qualify period_end = max(period_end) over (partition by index_code)
order by index_code, metric_code desc, source_locator
"""


_ADDRESS = re.compile(r"https?://[^\s;]+")
_AMONG = re.compile(r"rank of (\d+)")


def read_overview(con: duckdb.DuckDBPyConnection, frame: Frame, series: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One entry an index, in the frame's order: the index, its lead agency, and `standings` (empty: no edition)."""
    found: dict[str, list[Row]] = {code: [] for code in frame.codes}
    for row in rows(con, _STANDINGS, {"codes": frame.codes}):
        found[row["index_code"]].append(row)
    continuous: dict[str, list[Row]] = {code: [] for code in frame.codes}
    for row in rows(con, _CONTINUOUS, {"codes": frame.codes, "home": frame.home}):
        continuous[row["index_code"]].append(row)
    kept_out: dict[str, list[Row]] = {code: [] for code in frame.codes}
    for row in rows(con, _KEPT_OUT, {"codes": frame.codes}):
        kept_out[row["index_code"]].append(row)
    agencies = {agency["code"]: agency for agency in frame.agencies}
    leads = {row["index_code"]: row for row in rows(con, _LEADS, {"codes": frame.codes})}
    units = {unit["code"]: unit for unit in frame.units}
    entries = []
    for index in frame.indices:
        members = found[index["index_code"]]
        own = [row for row in members if row["territory_code"] == frame.home]
        newest = max((row["edition_year"] or 0 for row in members), default=0)
        shown = [row for row in own if row["edition_year"] == newest] or members
        held = sorted({edition["year"] for edition in series[index["index_code"]]["editions"]})
        standings = [_standing(row, units, held) for row in shown if row["edition_status"] == "published"]
        if standings and not any(row in own for row in shown) and index["level"] == "provincial":
            standings += _back_cast(series[index["index_code"]], frame)
        lead = leads.get(index["index_code"])
        entries.append(
            {
                "index": index,
                "lead": agencies[lead["agency_code"]] if lead else None,
                "legal_basis": lead["legal_basis"] if lead else None,
                "editions": len(series[index["index_code"]]["editions"]),
                "kept_out": [
                    {"year": row["edition_year"], "why": _kept_out(row), "is_setting": row["load_status"] == "excluded"}
                    for row in kept_out[index["index_code"]]
                    if row["edition_year"] >= newest
                ],
                "standings": standings,
                "continuous": [_metric(row) for row in continuous[index["index_code"]]],
            }
        )
    return entries


def _kept_out(row: Row) -> Said:
    called = word("load_status", row["load_status"])
    if row["withheld_reason_vi"] is None:
        return called
    return Said(f"{called.vi}: {row['withheld_reason_vi']}", f"{called.en}: {row['withheld_reason_en']}")


def _note(notes: str) -> Said:
    """The catalog's note: a Vietnamese sentence, then an English one."""
    vietnamese, _, english = notes.partition(". ")
    return Said(vietnamese.removesuffix(".") + ".", english or notes)


def _no_change(year: int, held: list[int]) -> Said:
    """Why an edition of `year` has nothing to compare with, by the years of the index's editions."""
    if year - 1 in held:
        return Said("không có số liệu để so", "no figure to compare with")
    if held[0] < year:
        return Said(f"không có kỳ của năm liền trước ({year - 1})", f"no edition of the year before ({year - 1})")
    return Said("không có kỳ liền trước", "no edition before")


def _standing(row: Row, units: Mapping[str, Row], held: list[int]) -> dict[str, Any]:
    """One line of the key table; `held` are the years of the index's editions."""
    is_rank_published = row["rank_published"] is not None
    unit = units.get(row["territory_code"])
    return {
        "unit": unit_label(unit) if unit else None,
        "year": row["edition_year"],
        "basis": row["basis"],
        "newer": ", ".join(str(year) for year in held if year > row["edition_year"]),
        "score": figure(row["score"], row["printed_decimals"]),
        "rank": row["rank_published"] if is_rank_published else row["rank_computed"],
        "among": row["ranked_among"] if is_rank_published else row["ranked_among_computed"],
        "is_rank_computed": not is_rank_published and row["rank_computed"] is not None,
        "tier": row["tier"],
        "is_backcast": False,
        "is_partial": row["coverage"] == "partial",
        "is_last_good": row["is_last_good"],
        "withheld_vi": row["withheld_reason_vi"],
        "note": _note(row["notes"]) if row["notes"] else None,
        "score_change": change(row["score_difference"], row["change_decimals"]),
        "score_before_year": row["score_before_year"],
        "is_before_backcast": row["before_method"] == "backcast_mean",
        "rank_change": rank_change(row["rank_difference"]),
        "rank_before_year": row["rank_before_year"],
        "no_change": _no_change(row["edition_year"], held),
        "is_comparable": bool(row["is_score_comparable"] or row["is_rank_comparable"]),
        "score_direction": _direction(row["score_good"] if row["is_score_comparable"] else None),
        "rank_direction": _direction(-row["rank_difference"] if row["is_rank_comparable"] else None),
        "reason": Said(row["reason_vi"], row["reason_en"]) if row["reason_vi"] else None,
        "published_on": row["published_on"],
        "source_kind": row["source_kind"],
        "source_link": _link(row["source_url"]),
    }


def _link(source_url: str | None) -> str | None:
    """The first web address of a source as it is written; there may be several, with words between them."""
    found = _ADDRESS.search(source_url or "")
    return found[0] if found else None


def _direction(good: float | None) -> str:
    """`up`, `down` or `same`; `none` where nothing compares."""
    if good is None:
        return "none"
    return "up" if good > 0 else "down" if good < 0 else "same"


def _back_cast(series: Mapping[str, Any], frame: Frame) -> list[dict[str, Any]]:
    """The home province's latest back-cast total, where there is one; never a published figure."""
    of_today = series["lists"].get("34")
    if of_today is None or frame.home not in of_today["units"]:
        return []
    place = of_today["units"].index(frame.home)
    cells = of_today["cells"].get("total", {})
    years = [year for year, cell in cells.items() if cell["m"][place] in "bB" and cell["v"][place] is not None]
    if not years:
        return []
    cell = cells[max(years)]
    return [
        {
            "unit": unit_label(frame.home_unit),
            "year": max(years),
            "score": figure(cell["v"][place], None),
            "rank": None,
            "is_backcast": True,
        }
    ]


def _metric(row: Row) -> dict[str, Any]:
    among = _AMONG.search(row["unit"] or "")
    return {
        "is_rank": row["metric_code"].endswith("_rank"),
        "value": figure(row["value"], row["printed_decimals"]),
        "qualifier": word("qualifier", row["qualifier"]),
        "period": row["period_label"],
        "among": among[1] if among else None,
        "source_link": _link(row["source_url"]),
        "source_kind": row["source_kind"],
    }
