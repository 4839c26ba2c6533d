"""Clean editions that are not in the archive: synthetic, made from the figures of the nearest ones, and named so."""

import random
from dataclasses import dataclass, replace

from ingest.catalog import TOTAL, Catalog, Edition, Index
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


class Maker:
    """Makes synthetic editions: the figures of an earlier edition, moved at random, totals by the declared weights."""

    def __init__(self, catalog: Catalog, places: Gazetteer) -> None:
        self.catalog, self.places = catalog, places

    def all(self) -> list[Table]:
        return [
            self.make("PCI", 2018, "63", like=("2017_63", "2019_63"), decimals=2, noise=0.25, tiers=True),
            self.make("DTI", 2025, "34", like=("2024_34",), decimals=4, noise=0.02),
            self.make("PAPI", 2016, "63", like=("2017_63", "2015_63"), decimals=4, noise=0.05, ranked=False),
            self.make("PAPI", 2025, "34", like=("2024_63",), decimals=3, noise=0.1, ranked=False, interval=0.4),
        ]

    def make(
        self,
        code: str,
        year: int,
        basis: str,
        *,
        like: tuple[str, ...],
        decimals: int,
        noise: float,
        ranked: bool = True,
        tiers: bool = False,
        interval: float = 0.0,
    ) -> Table:
        """`like`: editions whose figures are taken, the first that has a component; `noise`: deviation of scores."""
        index, draw = self.catalog.indices[code], random.Random(f"{code} {year}")
        scores: dict[str, dict[str, float]] = {}
        for key in reversed(like):
            scores |= by_component(
                on_list(read_edition(self.edition(code, key), self.catalog, self.places), basis, self.places), "score"
            )
        codes = sorted(one.code for one in self.places.territories.values() if one.is_listed(basis, year))
        leaves = [name for name in _components(index, year) if not _parts(index, name, year, scores)]
        made: dict[str, dict[str, float]] = {}
        for name in leaves:
            known = scores[name]
            usual = sorted(known.values())[len(known) // 2]
            low, high = _range(index, name, year)
            made[name] = {c: min(high, max(low, known.get(c, usual) + draw.gauss(0, noise))) for c in codes}
        if code == "PAPI" and year >= 2018:
            pass
        for name in reversed(_components(index, year)):
            if name not in made:
                span = _span(index, name, year)
                made[name] = {
                    c: sum(factor_of(span, part) * made[part][c] for part in _parts(index, name, year, scores))
                    for c in codes
                }
        order = sorted(codes, key=lambda c: -round(made[TOTAL][c], decimals)) if ranked else codes
        names = [name for name in _components(index, year) if name != TOTAL] + [TOTAL]
        columns: list[Column] = [(name, "score") for name in names]
        headers = [_header(index, column, year) for column in columns]
        extra: list[Column] = []
        if ranked:
            extra.append((TOTAL, "rank"))
        if tiers:
            extra.append((TOTAL, "tier"))
        if interval:
            extra += [(TOTAL, "ci_low"), (TOTAL, "ci_high")]
        headers += [_header(index, column, year) for column in extra]
        rows = []
        for place, c in enumerate(order, start=1):
            more = {
                "rank": str(place),
                "tier": _GROUPS[min(len(_GROUPS) - 1, place * len(_GROUPS) // (len(order) + 1))],
                "ci_low": f"{made[TOTAL][c] - interval * (1 + draw.random()):.{decimals}f}",
                "ci_high": f"{made[TOTAL][c] + interval * (1 + draw.random()):.{decimals}f}",
            }
            figures = [f"{made[name][c]:.{decimals}f}" for name in names]
            rows.append((self.places.territories[c].name_vi, *figures, *(more[measure] for _, measure in extra)))
        return Table(code, year, basis, ("Tỉnh", *headers), (*columns, *extra), tuple(rows), tuple(order))

    def edition(self, index: str, key: str) -> Edition:
        return next(one for one in self.catalog.editions_of(index) if one.key == key)


def _components(index: Index, year: int) -> list[str]:
    """The total and what it is made of, from the top down; by the last methodology where the year's own is unknown."""
    found, pending = [], [TOTAL]
    while pending:
        name = pending.pop(0)
        found.append(name)
        span = _span(index, name, year)
        # a table of a new list prints the dimensions only
        if span and not (name != TOTAL and index.composition(TOTAL, year) is None):
            pending += [weight.component for weight in span.weights]
    return found


def _span(index: Index, name: str, year: int):  # type: ignore[no-untyped-def]
    spans = [one for one in index.compositions if one.component == name and one.first <= year]
    return max(spans, key=lambda one: one.first, default=None)


def _parts(index: Index, name: str, year: int, scores: dict[str, dict[str, float]]) -> list[str]:
    inside = set(_components(index, year))
    span = _span(index, name, year)
    return [weight.component for weight in span.weights if weight.component in inside] if span else []


def _range(index: Index, name: str, year: int) -> tuple[float, float]:
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
