"""Names, lead agencies and sources, looked up for the rows that fail.

Belongs here: what the marts know about an index, a component, a territory, an edition. Does not belong here: judging.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from quality.numbers_vi import date_vi
from quality.rules import Kind, Row

# the tables that are looked up here, for whoever draws the lineage
LOOKED_UP = (
    "marts.bridge_lead_agency",
    "marts.dim_agency",
    "marts.dim_component",
    "marts.dim_edition",
    "marts.dim_index",
    "marts.dim_territory",
    "reporting.rpt_index_overview",
)


@dataclass(frozen=True)
class Lead:
    """The agency that leads an index in the home province on the date judged."""

    agency_code: str
    name_vi: str
    legal_basis: str | None


@dataclass(frozen=True)
class Context:
    """Lookups by code. Territory labels tell apart two units of one name (before and after a merger)."""

    index_name_vi: dict[str, str]
    component_names: dict[tuple[str, str], tuple[str, str]]
    territory_name_vi: dict[str, str]
    label_vi: dict[str, str]
    label_en: dict[str, str]
    lead: dict[str, Lead]
    edition_url: dict[tuple[Any, ...], str]
    latest_edition: dict[str, int]
    latest_home_edition: dict[str, int]

    def complete(self, row: dict[str, Any]) -> dict[str, Any]:
        """Give the row with the names that `describe` and the finding need; figures are left as they are."""
        code = row.get("territory_code")
        counter = row.get("counter_territory_code")
        name_vi, name_en = self.component_names.get(
            (row.get("index_code") or "", row.get("component_code") or ""), (None, None)
        )
        return row | {
            "component_name_vi": name_vi,
            "component_name_en": name_en,
            "territory_name_vi": self.territory_name_vi.get(code or "", row.get("territory_name_vi")),
            "territory_label_vi": self.label_vi.get(code or "", row.get("territory_name_vi")),
            "territory_label_en": self.label_en.get(code or "", row.get("territory_name_vi")),
            "counter_label_vi": self.label_vi.get(counter or "", counter),
            "counter_label_en": self.label_en.get(counter or "", counter),
        }

    def source_url(self, row: Row) -> str | None:
        """Give the row's own source, or the source of its edition."""
        key = (row.get("index_code"), row.get("edition_year"), row.get("basis"))
        return row.get("source_url") or self.edition_url.get(key)

    def is_latest(self, kind: Kind, row: Row) -> bool:
        """A regression is news while no later edition has the home province; a fault while no later edition exists."""
        latest = (self.latest_home_edition if kind == "regression" else self.latest_edition).get(
            row.get("index_code") or ""
        )
        year = row.get("edition_year")
        return latest is None or year is None or year >= latest


def load_context(con: duckdb.DuckDBPyConnection, as_of: date, home_territory: str) -> Context:
    """Read the lookups from the marts; `as_of` says which assignment of a lead agency holds."""
    labels = _labels(con)
    return Context(
        index_name_vi=dict(con.execute("select index_code, name_vi from marts.dim_index").fetchall()),
        component_names={
            (index, component): (vi, en)
            for index, component, vi, en in con.execute(
                "select index_code, component_code, name_vi, name_en from marts.dim_component"
            ).fetchall()
        },
        territory_name_vi={code: name for code, name, *_ in labels},
        label_vi={code: label for code, _, label, _ in labels},
        label_en={code: label for code, _, _, label in labels},
        lead=_leads(con, as_of, home_territory),
        edition_url={
            (index, year, basis): url
            for index, year, basis, url in con.execute(
                """
                select index_code, edition_year, basis, source_url
                from marts.dim_edition
                where source_url is not null
                order by is_current, vintage
                """
            ).fetchall()
        },
        latest_edition=dict(
            con.execute("select index_code, max(edition_year) from marts.dim_edition group by index_code").fetchall()
        ),
        latest_home_edition=dict(
            con.execute(
                """
                select index_code, max(edition_year)
                from reporting.rpt_index_overview
                where is_home and edition_year is not null
                group by index_code
                """
            ).fetchall()
        ),
    )


def _labels(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str, str]]:
    rows = con.execute(
        """
        select territory_code, name_vi, name_en, valid_from, valid_to,
            count(*) over (partition by name_vi) > 1 as is_shared
        from marts.dim_territory
        """
    ).fetchall()
    labels = []
    for code, name_vi, name_en, valid_from, valid_to, is_shared in rows:
        suffix_vi = suffix_en = ""
        if is_shared and valid_to is not None:
            suffix_vi, suffix_en = f" (đến {date_vi(valid_to)})", f" (until {valid_to:%Y-%m-%d})"
        elif is_shared and valid_from is not None:
            suffix_vi, suffix_en = f" (từ {date_vi(valid_from)})", f" (from {valid_from:%Y-%m-%d})"
        labels.append((code, name_vi, name_vi + suffix_vi, (name_en or name_vi) + suffix_en))
    return labels


def _leads(con: duckdb.DuckDBPyConnection, as_of: date, home_territory: str) -> dict[str, Lead]:
    rows = con.execute(
        """
        select b.index_code, string_agg(b.agency_code, ', ' order by b.agency_code),
            string_agg(a.name_vi, ', ' order by b.agency_code), string_agg(distinct b.legal_basis, '; ')
        from marts.bridge_lead_agency as b
        join marts.dim_agency as a using (agency_code)
        where b.territory_code = ?
            and (b.valid_from is null or b.valid_from <= ?) and (b.valid_to is null or b.valid_to >= ?)
        group by b.index_code
        """,
        [home_territory, as_of, as_of],
    ).fetchall()
    return {index: Lead(code, name, legal_basis) for index, code, name, legal_basis in rows}
