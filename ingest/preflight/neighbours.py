"""Two cells of one row that have changed places, under headers that weigh the same: no sum tells, the past may."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations

from ingest.faults import Words
from ingest.preflight.arithmetic import Proof, factor_of
from ingest.preflight.before import Values, spread
from ingest.preflight.inspected import COMPARE, Column, Inspected, called, places
from ingest.reader import Cell
from ingest.remarks import Remark

# How much likelier (logarithm) two cells must be in each other's place, among some thousands of pairs of a table. The
# archive has up to four such pairs in five of 26 editions, so that this only warns.
_LIKELIER = 10.0


def same_weight(proof: Proof) -> list[list[Column]]:
    """Groups of columns that weigh the same in their composite: a sum does not see two of their cells exchanged."""
    groups = []
    for span, _ in proof.kept:
        by_factor: dict[float, list[Column]] = defaultdict(list)
        for weight in span.weights:
            by_factor[factor_of(span, weight.component)].append((weight.component, "score"))
        groups += [group for group in by_factor.values() if len(group) > 1]
    return groups


def cells_exchanged(
    seen: Inspected, groups: list[list[Column]], common: Mapping[Column, list[str]], before: Mapping[Column, Values]
) -> Iterator[Remark]:
    """Pairs of cells of one row that are each far likelier under the other's header, by how columns have changed."""
    found: list[tuple[float, Cell, Cell]] = []
    spreads = {column: spread(seen.quantities[column], before[column], codes) for column, codes in common.items()}
    for group in groups:
        for one, other in combinations([column for column in group if column in spreads and spreads[column][1]], 2):
            for code in set(common[one]).intersection(common[other]):
                gain = _gain(seen, code, one, other, spreads, before)
                if gain > _LIKELIER:
                    found.append((gain, seen.cell(code, *one), seen.cell(code, *other)))
    if found:
        found.sort(key=lambda each: -each[0])
        yield Remark(
            "cells_exchanged",
            False,
            Words(
                f"{len(found)} cặp ô cùng dòng có thể đã đổi chỗ cho nhau",
                f"{len(found)} pairs of cells of one row may have changed places",
            ),
            COMPARE,
            places([cell for _, *pair in found for cell in pair]),
        )


def _gain(
    seen: Inspected,
    code: str,
    one: Column,
    other: Column,
    spreads: Mapping[Column, tuple[float, float]],
    before: Mapping[Column, Values],
) -> float:
    """How much likelier the figures of a territory would be the other way round."""
    a, b = seen.quantities[one][code], seen.quantities[other][code]

    def strange(value: float, column: Column) -> float:
        usual, deviation = spreads[column]
        return ((value - before[column][code] - usual) / deviation) ** 2

    return (strange(a, one) + strange(b, other) - strange(b, one) - strange(a, other)) / 2


def stated(groups: list[list[Column]]) -> Iterator[Words]:
    """What follows for the reader of a report."""
    if groups:
        names = "; ".join("/".join(map(called, group)) for group in groups)
        yield Words(
            f"Hai ô cùng dòng đổi chỗ cho nhau giữa các cột cùng trọng số thì phép tính không phát hiện được: {names}",
            f"No sum shows two cells of one row exchanged among columns of the same weight: {names}",
        )
