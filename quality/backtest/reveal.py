"""What a faulty table gives away by itself: worked out from the figures, apart from the rules and their thresholds.

A reason counts only where it did not hold of the table as published. Rounding: half a unit of the last digit that a
column prints, and never finer than the seventh significant digit (workbooks hold single-precision numbers).
"""

from dataclasses import dataclass
from typing import Literal

import duckdb
import numpy as np
import numpy.typing as npt

from quality.backtest.cells import NATIONAL, RANK, SCORE, Cells, EditionKey, Mask, Sheet, changed
from quality.backtest.faults import FEWEST_ROWS, Altered

Reason = Literal["identity", "rank", "scale", "unit missing", "column missing", "cell twice", "copied", "vintages"]
Figures = npt.NDArray[np.float64]
# A sum of parts that moves by more than this many times what rounding explains cannot be explained by rounding at all.
BEYOND_ROUNDING = 2.0
_SIGNIFICANT = 7
# two rows agree by chance in one column or two, never in three printed to two decimals
_SHARED_COLUMNS = 3
_TEN_TO_ONE = {"weighted_mean_x10": 10.0}


@dataclass(frozen=True)
class Weight:
    """What a component counts for in its parent, in the methodology in force; `scale` is (lowest, highest)."""

    component: str
    parent: str
    weight: float
    factor: float


@dataclass(frozen=True)
class Known:
    """What is on record about an edition beside its table. `scales` by component, `units` on its list."""

    weights: tuple[Weight, ...]
    scales: dict[str, tuple[float, float]]
    units: int
    ranked_among: int | None
    higher_is_better: bool


def load_known(con: duckdb.DuckDBPyConnection, key: EditionKey, sheet: Sheet) -> Known:
    """Read weights, scales and the number of units from the catalog as archived."""
    weights = con.execute(
        "select component_code, parent_component_code, weight, aggregation, scale_min, scale_max"
        " from archive.component_weight where index_code = ? and ? between from_edition and to_edition",
        [key.index_code, key.edition_year],
    ).fetchall()
    scales = {
        code: (low, high)
        for code, low, high in con.execute(
            "select component_code, scale_min, scale_max from archive.component where index_code = ?", [key.index_code]
        ).fetchall()
    }
    for code, _, _, _, low, high in weights:
        inherited = scales.get(code, (None, None))
        scales[code] = (inherited[0] if low is None else low, inherited[1] if high is None else high)
    better, field = con.execute(
        "select coalesce(i.higher_is_better, true), max(r.ranked_among)"
        " from archive.index as i left join archive.index_result as r"
        " on r.index_code = i.index_code and r.edition_year = ? and r.basis = ? and r.measure = 'rank'"
        " where i.index_code = ? group by all",
        [key.edition_year, key.basis, key.index_code],
    ).fetchone() or (True, None)
    return Known(
        tuple(Weight(c, p, w, _TEN_TO_ONE.get(how, 1.0)) for c, p, w, how, _, _ in weights if w is not None),
        {c: (-np.inf if a is None else a, np.inf if b is None else b) for c, (a, b) in scales.items()},
        len(sheet.territories),
        field,
        better,
    )


def moves_a_figure(sheet: Sheet, after: Altered) -> bool:
    """Whether any cell differs beyond printed precision, or is there and was not, or was there and is not.

    Only scores are rounded: a rank that differs by one is another rank.
    """
    if after.doubled is not None:
        return True
    old, new = sheet.cells, after.cells
    moved = changed(old, new)
    both = ~np.isnan(old["value"]) & ~np.isnan(new["value"])
    rounded = np.array([measure == SCORE for _, measure in sheet.columns])
    rounding = np.where(rounded, half_units(old) + half_units(new), 0.0)
    return bool((moved & ~both).any() or (np.abs(old["value"] - new["value"])[both] > rounding[both] + 1e-9).any())


def reasons(sheet: Sheet, known: Known, after: Altered) -> list[Reason]:
    """Give every way in which the faulty table contradicts itself, its catalog or its earlier vintage."""
    told: list[Reason] = []
    told += ["identity"] if _breaks_identity(sheet, known, after.cells) else []
    told += ["rank"] if (_misplaced(sheet, known, after.cells) & ~_misplaced(sheet, known, sheet.cells)).any() else []
    told += ["scale"] if (_off_scale(sheet, known, after.cells) & ~_off_scale(sheet, known, sheet.cells)).any() else []
    gone = (sheet.cells["status"] != None) & (after.cells["status"] == None)  # noqa: E711
    told += ["unit missing"] if (gone | (sheet.cells["status"] == None)).all(axis=1).any() else []  # noqa: E711
    told += ["column missing"] if _lacks_column(sheet, known, gone) else []
    told += ["copied"] if _copies(after.cells, sheet) and not _copies(sheet.cells, sheet) else []
    told += ["cell twice"] if after.doubled is not None else []
    told += ["vintages"] if after.restates else []
    return told


def half_units(cells: Cells) -> Figures:
    """Half a unit of the last digit that each cell really has; shape of the grid."""
    decimals = np.where(np.isnan(cells["value"]), 0, np.maximum(cells["decimals"], 0)).max(axis=0)
    size = np.floor(np.log10(np.where(cells["value"] == 0, 1e-9, np.abs(np.nan_to_num(cells["value"], nan=1.0)))))
    finest: Figures = 0.5 * np.maximum(np.power(10.0, -decimals.astype(float)), np.power(10.0, size - _SIGNIFICANT + 1))
    return finest


def _breaks_identity(sheet: Sheet, known: Known, after: Cells) -> bool:
    old, new = _residuals(sheet, known, sheet.cells), _residuals(sheet, known, after)
    for (gap, rounding), (new_gap, new_rounding) in zip(old, new, strict=True):
        held = np.abs(gap) <= rounding + 1e-9
        moved = np.abs(new_gap - gap) > BEYOND_ROUNDING * np.maximum(rounding, new_rounding)
        if (held & moved).any():
            return True
    return False


def _residuals(sheet: Sheet, known: Known, cells: Cells) -> list[tuple[Figures, Figures]]:
    """For each parent: published less recomputed, and what rounding explains, by territory; NaN where incomplete."""
    place = {code: i for i, (code, measure) in enumerate(sheet.columns) if measure == SCORE}
    value, rounding = cells["value"], half_units(cells)
    found = []
    for parent in dict.fromkeys(weight.parent for weight in known.weights):
        parts = [weight for weight in known.weights if weight.parent == parent]
        if parent not in place or any(weight.component not in place for weight in parts):
            continue
        columns = [place[weight.component] for weight in parts]
        shares = np.array([weight.weight * weight.factor for weight in parts])
        found.append(
            (
                value[:, place[parent]] - value[:, columns] @ shares,
                rounding[:, place[parent]] + rounding[:, columns] @ np.abs(shares),
            )
        )
    return found


def _misplaced(sheet: Sheet, known: Known, cells: Cells) -> Mask:
    """Ranks that no order of the published scores allows; shape of the grid."""
    wrong = np.zeros(cells.shape, dtype=bool)
    place = {column: i for i, column in enumerate(sheet.columns)}
    for (code, measure), column in place.items():
        if measure != RANK:
            continue
        rank = cells["value"][:, column]
        field = known.ranked_among or known.units
        wrong[:, column] = (rank < 1) | (rank > field)
        scores = place.get((code, SCORE))
        if scores is None or sheet.key.basis == NATIONAL:
            continue
        merit = cells["value"][:, scores] * (1 if known.higher_is_better else -1)
        better = (merit[None, :] > merit[:, None]).sum(axis=1)
        worse = (merit[None, :] < merit[:, None]).sum(axis=1)
        against = ((rank[None, :] > rank[:, None]) & (merit[None, :] > merit[:, None])).any(axis=1)
        beyond = (rank < better + 1) | (rank > known.units - worse)
        wrong[:, column] |= ~np.isnan(merit) & (beyond | against)
    return wrong


def _off_scale(sheet: Sheet, known: Known, cells: Cells) -> Mask:
    off = np.zeros(cells.shape, dtype=bool)
    for column, (code, measure) in enumerate(sheet.columns):
        if measure == SCORE and code in known.scales:
            low, high = known.scales[code]
            off[:, column] = (cells["value"][:, column] < low) | (cells["value"][:, column] > high)
    return off


def _lacks_column(sheet: Sheet, known: Known, gone: Mask) -> bool:
    weighted = {weight.component for weight in known.weights}
    there = sheet.cells["status"] != None  # noqa: E711
    return any(
        measure == SCORE and code in weighted and bool((gone[:, i] == there[:, i]).all()) and bool(there[:, i].any())
        for i, (code, measure) in enumerate(sheet.columns)
    )


def _copies(cells: Cells, sheet: Sheet) -> bool:
    """Whether two units or two columns of one table agree in more figures than chance allows."""
    if len(cells) < FEWEST_ROWS:
        return False
    fine = [c for c in sheet.scores if cells["decimals"][:, c].max() >= 2]
    return _two_agree(cells["value"][:, fine], _SHARED_COLUMNS) or _two_agree(cells["value"][:, fine].T, FEWEST_ROWS)


def _two_agree(lines: Figures, at_least: int) -> bool:
    """Whether two lines are equal in `at_least` figures or more."""
    for line in range(len(lines) - 1):
        same = (lines[line + 1 :] == lines[line]).sum(axis=1)
        if same.size and int(same.max()) >= at_least:
            return True
    return False
