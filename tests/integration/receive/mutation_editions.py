"""Clean editions that are not in the archive: synthetic, made from the figures of the nearest ones, and named so."""

import random
from dataclasses import dataclass, replace
from statistics import median

from ingest.catalog import TOTAL, Catalog, Composition, Index
from ingest.preflight import on_list
from ingest.preflight.arithmetic import factor_of
from ingest.preflight.inspected import by_component
from ingest.reader import read_edition
from ingest.territory import Gazetteer

# component, measure
Column = tuple[str, str]
# territory code, component, measure -> what was published: a number, or the words of a group
Truth = dict[tuple[str, str, str], float | str]

_GROUPS = ("Rất tốt", "Tốt", "Khá", "Trung bình", "Tương đối thấp", "Thấp")


@dataclass(frozen=True)
class Table:
    """A table as printed: texts with decimal points. `columns` are the figures after the first column, the names."""

    index: str
    year: int
    basis: str
    header: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    codes: tuple[str, ...]

    @property
    def stem(self) -> str:
        return f"{self.index.lower()}_{self.year}_synthetic"

    def truth(self) -> Truth:
        return {
            (code, *column): text if column[1] == "tier" else float(text)
            for code, row in zip(self.codes, self.rows, strict=True)
            for column, text in zip(self.columns, row[1:], strict=True)
        }

    def with_cells(self, cells: list[list[str]]) -> "Table":
        return replace(self, rows=tuple(map(tuple, cells)))


@dataclass(frozen=True)
class Recipe:
    """How an edition is made. `like`: editions whose figures are moved by `noise` (a deviation); the first goes first.

    `beside`: what stands beside the total's score.
    """

    index: str
    year: int
    basis: str
    like: tuple[str, ...]
    decimals: int
    noise: float
    beside: tuple[str, ...] = ()


RECIPES = (
    Recipe("PCI", 2018, "63", ("2017_63", "2019_63"), decimals=2, noise=0.25, beside=("rank", "tier")),
    Recipe("DTI", 2025, "34", ("2024_34",), decimals=4, noise=0.02, beside=("rank",)),
    Recipe("PAPI", 2016, "63", ("2017_63", "2015_63"), decimals=4, noise=0.05),
    Recipe("PAPI", 2025, "34", ("2024_63",), decimals=3, noise=0.1, beside=("ci_low", "ci_high")),
)


class Maker:
    """Makes synthetic editions: figures of an earlier edition, moved at random, composites by the declared weights."""

    def __init__(self, catalog: Catalog, places: Gazetteer) -> None:
        self.catalog, self.places = catalog, places

    def all(self) -> list[Table]:
        return [self.make(recipe) for recipe in RECIPES]

    def make(self, recipe: Recipe) -> Table:
        index, draw = self.catalog.indices[recipe.index], random.Random(f"{recipe.index} {recipe.year}")
        listed = [one.code for one in self.places.territories.values() if one.is_listed(recipe.basis, recipe.year)]
        made = self._scores(recipe, index, sorted(listed), draw)
        names = [*(name for name in _components(index, recipe.year) if name != TOTAL), TOTAL]
        columns = [*((name, "score") for name in names), *((TOTAL, measure) for measure in recipe.beside)]
        total = made[TOTAL]
        codes = sorted(listed)
        if "rank" in recipe.beside:
            codes.sort(key=lambda code: -round(total[code], recipe.decimals))
        rows = []
        for place, code in enumerate(codes):
            below, over = (total[code] + sign * (0.4 + draw.random() / 2) for sign in (-1, 1))
            group = _GROUPS[place * len(_GROUPS) // len(codes)]
            beside = {"rank": str(place + 1), "tier": group, "ci_low": below, "ci_high": over}
            figures = [*(made[name][code] for name in names), *(beside[measure] for measure in recipe.beside)]
            shown = [one if isinstance(one, str) else f"{one:.{recipe.decimals}f}" for one in figures]
            rows.append((self.places.territories[code].name_vi, *shown))
        header = ("Tỉnh", *(_header(index, column, recipe.year) for column in columns))
        return Table(recipe.index, recipe.year, recipe.basis, header, tuple(columns), tuple(rows), tuple(codes))

    def _scores(
        self, recipe: Recipe, index: Index, codes: list[str], draw: random.Random
    ) -> dict[str, dict[str, float]]:
        """Component -> territory -> score, before rounding."""
        known: dict[str, dict[str, float]] = {}
        for key in reversed(recipe.like):
            edition = next(one for one in self.catalog.editions_of(recipe.index) if one.key == key)
            cells = read_edition(edition, self.catalog, self.places)
            known |= by_component(on_list(cells, recipe.basis, self.places), "score")
        made: dict[str, dict[str, float]] = {}
        for name in reversed(_components(index, recipe.year)):
            parts = _parts(index, name, recipe.year)
            if parts:
                span = _span(index, name, recipe.year)
                assert span is not None
                made[name] = {code: sum(factor_of(span, part) * made[part][code] for part in parts) for code in codes}
            else:
                low, high = _scale(index, name, recipe.year)
                usual = median(known[name].values())
                moved = {code: known[name].get(code, usual) + draw.gauss(0, recipe.noise) for code in codes}
                made[name] = {code: min(high, max(low, score)) for code, score in moved.items()}
        return made


def _components(index: Index, year: int) -> list[str]:
    """The total and what it is made of, from the top down. Where the year's methodology is not known yet, the first
    level only, by the methodology before."""
    found, pending = [], [TOTAL]
    while pending:
        name = pending.pop(0)
        found.append(name)
        span = _span(index, name, year)
        if span and (name == TOTAL or index.composition(TOTAL, year)):
            pending += [weight.component for weight in span.weights]
    return found


def _parts(index: Index, name: str, year: int) -> list[str]:
    span, there = _span(index, name, year), _components(index, year)
    return [weight.component for weight in span.weights if weight.component in there] if span else []


def _span(index: Index, name: str, year: int) -> Composition | None:
    spans = [one for one in index.compositions if one.component == name and one.first <= year]
    return max(spans, key=lambda one: one.first, default=None)


def _scale(index: Index, name: str, year: int) -> tuple[float, float]:
    scales = {one.code: one.scale for one in index.components if one.scale}
    for span in index.compositions:
        if span.first <= year <= span.last:
            scales |= {weight.component: weight.scale for weight in span.weights if weight.scale}
    return scales.get(name, (0.0, 1000.0))


def _header(index: Index, column: Column, year: int) -> str:
    component = next(one for one in index.components if one.code == column[0])
    names = component.headers[column[1]]
    plain = [name for name in names if not any(char.isdigit() for char in name) and "{" not in name]
    return (plain or list(names))[0].replace("{edition}", str(year))
