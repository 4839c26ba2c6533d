"""The totals of the units that a report is about, who leads each index, and where a figure stood.

Belongs here: reading; all editions and versions, for `indices` to choose from. Does not belong here: choosing.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

import duckdb

from quality.numbers_vi import date_vi
from quality.report.editions import Editions
from quality.report.model import Lead, Origin
from quality.report.published import Row, rows

TOTAL = "total"
_LEADS = """
select b.index_code, a.name_vi, b.legal_basis, b.source
from marts.bridge_lead_agency as b
join marts.dim_agency as a using (agency_code)
where b.territory_code = $home
    and coalesce(b.valid_from, $day) <= $day and coalesce(b.valid_to, $day) >= $day
order by b.index_code, b.legal_basis, a.name_vi
"""
_UNITS = """
select t.territory_code, t.name_vi, t.valid_to, t.kind, false as is_predecessor
from marts.dim_territory as t
where t.territory_code = $home or t.kind = 'country'
union all
select t.territory_code, t.name_vi, t.valid_to, t.kind, true
from marts.territory_predecessor as p
join marts.dim_territory as t on t.territory_code = p.predecessor_code
where p.territory_code = $home and p.relation = 'merged'
order by territory_code
"""
_CELLS = """
select *
from marts.fct_index_result
where component_code = $total and measure in ('score', 'rank', 'tier') and list_contains($units, territory_code)
"""
_OVERVIEW = """
select
    index_code, edition_year, basis, territory_code, vintage, ranked_among, rank_computed, ranked_among_computed,
    previous_edition_year, is_last_good, withheld_reason_vi
from reporting.rpt_index_overview
where edition_year is not null and list_contains($units, territory_code)
"""
_CHANGES = """
select *
from reporting.rpt_index_change
where component_code = $total and list_contains($units, territory_code)
"""

Cells = dict[str, Row]
UnitKey = tuple[str, int, str, str]


@dataclass(frozen=True)
class Unit:
    code: str
    label: str
    is_country: bool
    is_predecessor: bool


@dataclass(frozen=True)
class Figures:
    """All totals of the units concerned, by index, edition year, basis and territory."""

    editions: Editions
    units: tuple[Unit, ...]
    cells: dict[UnitKey, dict[int, Cells]] = field(default_factory=dict)
    overview: dict[UnitKey, Row] = field(default_factory=dict)
    changes: dict[tuple[UnitKey, str], Row] = field(default_factory=dict)


def read_leads(con: duckdb.DuckDBPyConnection, home: str, day: date) -> dict[str, Lead]:
    """Who answered for each index on that day: an assignment of a later day says nothing about an earlier report."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows(con, _LEADS, {"home": home, "day": day}):
        found[row["index_code"]].append(row)
    return {
        code: Lead(
            "; ".join(row["name_vi"] for row in own),
            "; ".join(dict.fromkeys(row["legal_basis"] for row in own)),
            tuple(plan_origin(row["source"]) for row in own),
        )
        for code, own in found.items()
    }


def plan_origin(source: str | None, section: str | None = None) -> Origin:
    """'plan.txt Phụ lục II': a file of the plan, and the place in it."""
    file, _, place = (source or "").partition(" ")
    return Origin(None, file or None, place.strip("()") or section, None, "plan")


def read_units(con: duckdb.DuckDBPyConnection, home: str) -> tuple[Unit, ...]:
    """The home unit first, then those it was made of, then the country. Raises ValueError for an unknown home."""
    found = rows(con, _UNITS, {"home": home})
    units = [
        Unit(row["territory_code"], unit_label(row), row["kind"] == "country", row["is_predecessor"]) for row in found
    ]
    if home not in (unit.code for unit in units):
        raise ValueError(f"there is no territory {home!r} in the published file; set CHISO_TERRITORY to one that is")
    return tuple(sorted(units, key=lambda unit: (unit.is_country, unit.is_predecessor, unit.code)))


def unit_label(row: Row) -> str:
    """The name, with its last day where the unit is no more: the new one often bears the same name."""
    return f"{row['name_vi']} (đến {date_vi(row['valid_to'])})" if row["valid_to"] else str(row["name_vi"])


def read_figures(con: duckdb.DuckDBPyConnection, editions: Editions, units: tuple[Unit, ...]) -> Figures:
    """Read what the units have, in every edition and version; `rows_of` chooses."""
    figures, codes = Figures(editions, units), [unit.code for unit in units]
    for row in rows(con, _CELLS, {"units": codes, "total": TOTAL}):
        figures.cells.setdefault(_key(row), {}).setdefault(row["vintage"], {})[row["measure"]] = row
    figures.overview.update({_key(row): row for row in rows(con, _OVERVIEW, {"units": codes})})
    found = rows(con, _CHANGES, {"units": codes, "total": TOTAL})
    figures.changes.update({(_key(row), row["measure"]): row for row in found})
    return figures


def cell_origin(cell: Row) -> Origin:
    """Where a cell of the published tables stood."""
    return Origin(
        cell["source_url"], cell["source_file"], cell["source_locator"], cell["source_sha256"], cell["source_kind"]
    )


def _key(row: Row) -> UnitKey:
    return row["index_code"], row["edition_year"], row["basis"], row["territory_code"]
