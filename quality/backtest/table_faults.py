"""Faults of rows and whole tables: names against figures, pasted blocks, rows missing or twice, tables that repeat."""

import numpy as np

from quality.backtest.cell_faults import slipped_cell
from quality.backtest.cells import CELL, Sheet
from quality.backtest.faults import FEWEST_ROWS, Altered, Fault, pick, scaled, segment, two_of

_LARGEST_BLOCK = 5
_SMALLEST_BLOCK = 2
_MOST_RESTATED = 5
_BLANK = np.array((np.nan, None, None, -1), dtype=CELL)


def _territories_swapped(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
    if len(sheet.territories) < FEWEST_ROWS:
        return None
    one, other = two_of(rng, tuple(range(len(sheet.territories))))
    cells = sheet.cells.copy()
    cells[[one, other]] = cells[[other, one]]
    return Altered(cells, " and ".join(sorted((sheet.territories[one], sheet.territories[other]))))


def _rows_slipped(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
    if len(sheet.territories) < FEWEST_ROWS:
        return None
    rows = segment(rng, len(sheet.territories), 3)
    cells = sheet.cells.copy()
    cells[rows] = np.roll(cells[rows], 1, axis=0)
    return Altered(cells, f"rows {rows.start + 1} to {rows.stop}")


def _block_copied(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
    if len(sheet.territories) < FEWEST_ROWS or len(sheet.columns) < _SMALLEST_BLOCK:
        return None
    height = int(rng.integers(_SMALLEST_BLOCK, _LARGEST_BLOCK + 1))
    source = int(rng.integers(0, len(sheet.territories) - 2 * height + 1))
    target = int(rng.integers(source + height, len(sheet.territories) - height + 1))
    width = segment(rng, len(sheet.columns), _SMALLEST_BLOCK)
    cells = sheet.cells.copy()
    cells[target : target + height, width] = cells[source : source + height, width]
    columns = f"columns {sheet.name(width.start)} to {sheet.name(width.stop - 1)}"
    return Altered(cells, f"rows {source + 1} to {source + height} over {target + 1} to {target + height}, {columns}")


def _row_missing(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
    if len(sheet.territories) < FEWEST_ROWS:
        return None
    row = pick(rng, range(len(sheet.territories)))
    cells = sheet.cells.copy()
    cells[row] = _BLANK
    return Altered(cells, sheet.territories[row])


def _row_doubled(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
    if len(sheet.territories) < FEWEST_ROWS or not sheet.scores:
        return None
    row, column = pick(rng, range(len(sheet.territories))), pick(rng, sheet.scores)
    if np.isnan(sheet.cells[row, column]["value"]):
        return None
    again = sheet.cells[row].copy()
    again[column] = slipped_cell(sheet, (row, column), rng)
    what = f"{sheet.territories[row]}, with {sheet.name(column)} {again[column]['text']}"
    return Altered(sheet.cells.copy(), what, doubled=(row, again))


def _repeats_edition_before(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
    if before is None or len(sheet.territories) < FEWEST_ROWS:
        return None
    cells = sheet.cells.copy()
    for row, territory in enumerate(sheet.territories):
        for column, name in enumerate(sheet.columns):
            if territory in before.territories and name in before.columns:
                source = before.territories.index(territory), before.columns.index(name)
                cells[row, column] = before.cells[source]
    return Altered(cells, str(before.key), repeats_before=True)


def _in_another_unit(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
    if len(sheet.territories) < FEWEST_ROWS:
        return None
    power = pick(rng, (1, -1))
    cells = sheet.cells.copy()
    for column in sheet.scores:
        scaled(cells[:, column], power)
    return Altered(cells, f"all scores times {10.0**power:g}")


def _restated(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
    if not sheet.scores:
        return None
    cells = sheet.cells.copy()
    places = []
    for _ in range(int(rng.integers(1, _MOST_RESTATED + 1))):
        place = pick(rng, range(len(sheet.territories))), pick(rng, sheet.scores)
        if not np.isnan(sheet.cells[place]["value"]):
            cells[place] = slipped_cell(sheet, place, rng)
            places.append(f"{sheet.name(place[1])} of {sheet.territories[place[0]]}")
    return Altered(cells, ", ".join(sorted(set(places))), restates=True) if places else None


TABLE_FAULTS = (
    Fault(
        "territories_swapped",
        "Số liệu của hai tỉnh đổi chỗ cho nhau (cả dòng)",
        "All figures of two units in each other's place",
        "never: whole rows still add up and keep their ranks; only history knows the units",
        _territories_swapped,
    ),
    Fault(
        "rows_slipped",
        "Tên tỉnh lệch một dòng so với số liệu (trong một đoạn)",
        "Names slipped against figures by one row, over three rows or more",
        "as for two units swapped",
        _rows_slipped,
    ),
    Fault(
        "block_copied",
        "Một khối dòng liền nhau chép đè lên khối khác",
        f"A block of {_SMALLEST_BLOCK} to {_LARGEST_BLOCK} rows and two or more columns pasted over another",
        "units agree in three figures or more, the sum of parts stops giving the total, or ranks contradict",
        _block_copied,
    ),
    Fault(
        "row_missing",
        "Mất một dòng (một tỉnh)",
        "One unit is missing",
        "the edition is known to be complete",
        _row_missing,
    ),
    Fault(
        "row_doubled",
        "Một dòng lặp lại với một số khác",
        "One unit stands twice, with another figure",
        "one cell has two values",
        _row_doubled,
    ),
    Fault(
        "table_repeats_edition_before",
        "Cả bảng chép lại số của kỳ trước",
        "The table holds the figures of the edition before",
        "only where the two editions weigh their parts differently",
        _repeats_edition_before,
    ),
    Fault(
        "table_in_another_unit",
        "Mọi điểm nhân hoặc chia 10",
        "All scores ten times too large or too small",
        "figures leave their scale; otherwise the parts still give the total, and only history knows the unit",
        _in_another_unit,
    ),
    Fault(
        "restated_vintage",
        "Kỳ được công bố lại với vài ô khác đi mà không báo",
        "The edition is published again with one to five cells changed",
        "the earlier vintage is on record",
        _restated,
    ),
)
