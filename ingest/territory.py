"""The one list of places: which names mean which unit, on which territorial list, and what became of it in a merger."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from ingest.settings import PACKAGE_ROOT
from ingest.text import name_key

FOLDER = PACKAGE_ROOT / "catalog" / "territory"
_REFERENCE = PACKAGE_ROOT / "archive" / "reference"


@dataclass(frozen=True)
class Territory:
    code: str
    gso_code: str | None
    name_vi: str
    name_en: str
    kind: str
    region_code: str | None
    region_vi: str | None
    valid_from: date | None
    valid_to: date | None
    successor_code: str | None
    population: int | None
    population_year: int | None
    lists: frozenset[str]

    def is_listed(self, basis: str, year: int) -> bool:
        """Whether the unit stood on the list `basis` in any part of `year`."""
        return basis in self.lists and (self.valid_to is None or self.valid_to.year >= year)


@dataclass(frozen=True)
class Predecessor:
    """One unit of the earlier list inside a unit of the present one; `share` is its part of the 2022 population."""

    territory_code: str
    predecessor_code: str
    predecessor_name_vi: str
    relation: str
    population: int
    share: float


class Gazetteer:
    """Names to codes, for one basis at a time: one name can mean two units across a merger."""

    def __init__(self, territories: dict[str, Territory], aliases: list[tuple[str, str]], merged: list[Predecessor]):
        self.territories = territories
        self.aliases = aliases
        self.predecessors = merged
        self._by_key: dict[str, set[str]] = {}
        for alias, code in aliases:
            self._by_key.setdefault(name_key(alias), set()).add(code)

    def resolve(self, name: str, basis: str) -> str | None:
        """The code of `name` on the list `basis`, a region or the country; None when it is on none or on several."""
        codes = self._by_key.get(name_key(name), set())
        fitting = {code for code in codes if basis in self.territories[code].lists}
        fitting = fitting or {code for code in codes if self.territories[code].kind in ("region", "country")}
        return fitting.pop() if len(fitting) == 1 else None

    def knows(self, name: str) -> bool:
        """Whether any list has a territory of this name."""
        return name_key(name) in self._by_key

    def is_above(self, name: str) -> bool:
        """Whether the name is that of a region or the country, which stand beside every list."""
        codes = self._by_key.get(name_key(name), set())
        return bool(codes) and all(self.territories[code].kind in ("region", "country") for code in codes)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def gazetteer() -> Gazetteer:
    """Build the list from the published lists of 63 and of 34 units, their merger table, and our own additions."""
    merger = _rows(_REFERENCE / "province_merger_2025.csv")
    after = {row["code"]: row for row in _rows(_REFERENCE / "provinces_34.csv")}
    merged = {row["new_code"] for row in merger if row["relation"] == "merged"}
    new_code = {code: f"{code}-{after[code]['valid_from'][:4]}" if code in merged else code for code in after}

    territories = {row["territory_code"]: _own(row) for row in _rows(FOLDER / "territories.csv")}
    regions = {}
    for row in _rows(_REFERENCE / "provinces_63.csv"):
        code, unchanged = row["code"], row["code"] not in merged and not row["valid_to"]
        regions[code] = (row["region_code"], row["region_vi"])
        territories[code] = Territory(
            code=code,
            gso_code=code,
            name_vi=row["name_vi"],
            name_en=row["name_en"],
            kind=row["kind"],
            region_code=row["region_code"],
            region_vi=row["region_vi"],
            valid_from=None,
            valid_to=_day(row["valid_to"]),
            successor_code=None if unchanged else new_code[row["new_code"]],
            population=int(row["population"]),
            population_year=int(row["population_year"]),
            lists=frozenset({"63", "34"} if unchanged else {"63"}),
        )
    for code in sorted(merged):
        row = after[code]
        # the region of a merged unit is known only where all its predecessors lay in one
        inside = {regions[old["old_code"]] for old in merger if old["new_code"] == code}
        region = inside.pop() if len(inside) == 1 else (None, None)
        territories[new_code[code]] = Territory(
            code=new_code[code],
            gso_code=code,
            name_vi=row["name_vi"],
            name_en=row["name_en"],
            kind=row["kind_latest"],
            region_code=region[0],
            region_vi=region[1],
            valid_from=_day(row["valid_from"]),
            valid_to=None,
            successor_code=None,
            population=int(row["population"]),
            population_year=None,
            lists=frozenset({"34"}),
        )
    predecessors = [
        Predecessor(
            territory_code=new_code[row["new_code"]],
            predecessor_code=row["old_code"],
            predecessor_name_vi=row["old_name"],
            relation=row["relation"],
            population=int(row["old_population_2022"]),
            share=float(row["population_share"]),
        )
        for row in merger
    ]
    return Gazetteer(territories, sorted(_aliases(territories, new_code)), predecessors)


def _aliases(territories: dict[str, Territory], new_code: dict[str, str]) -> set[tuple[str, str]]:
    pairs = {(row["alias"], row["territory_code"]) for row in _rows(FOLDER / "aliases.csv")}
    for row in _rows(_REFERENCE / "province_aliases.csv"):
        if row["code_63"]:
            pairs.add((row["alias"], row["code_63"]))
        if row["code_34"]:
            pairs.add((row["alias"], new_code[row["code_34"]]))
    for territory in territories.values():
        pairs |= {(territory.name_vi, territory.code), (territory.name_en, territory.code)}
    return pairs


def _own(row: dict[str, str]) -> Territory:
    return Territory(
        code=row["territory_code"],
        gso_code=row["gso_code"] or None,
        name_vi=row["name_vi"],
        name_en=row["name_en"],
        kind=row["kind"],
        region_code=row["region_code"] or None,
        region_vi=row["region_vi"] or None,
        valid_from=_day(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
        successor_code=row["successor_code"] or None,
        population=None,
        population_year=None,
        lists=frozenset(row["lists"].split("|")) - {""},
    )
