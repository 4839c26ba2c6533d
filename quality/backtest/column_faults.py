"""Faults of whole columns: in each other's place, in another unit, copied, slipped, sorted, missing."""

import numpy as np

from quality.backtest.cells import Sheet
from quality.backtest.faults import FEWEST_ROWS, Altered, Fault, pick, scaled, segment, two_of

_POWERS = (1, 2, -1, -2)


def _swapped(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
    if len(sheet.components) < 2:
        return None
    one, other = two_of(rng, sheet.components)
    cells = sheet.cells.copy()
    cells[:, [one, other]] = cells[:, [other, one]]
    return Altered(cells, " and ".join(sorted((sheet.name(one), sheet.name(other)))))


def _shifted(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
    if len(sheet.components) < 3:
        return None
    run = list(sheet.components)[segment(rng, len(sheet.components), 3)]
    cells = sheet.cells.copy()
    cells[:, run] = sheet.cells[:, run[-1:] + run[:-1]]
    return Altered(cells, f"{len(run)} columns from {sheet.name(run[0])} to {sheet.name(run[-1])}")


def _in_another_unit(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
    if not sheet.scores or len(sheet.territories) < FEWEST_ROWS:
        return None
    column, power = pick(rng, sheet.scores), pick(rng, _POWERS)
    cells = sheet.cells.copy()
    scaled(cells[:, column], power)
    return Altered(cells, f"{sheet.name(column)} times {10.0**power:g}")


def _sign_flipped(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
    if not sheet.scores or len(sheet.territories) < FEWEST_ROWS:
        return None
    column = pick(rng, sheet.scores)
    cells = sheet.cells.copy()
    figures = np.nonzero(~np.isnan(cells["value"][:, column]))[0]
    for row in figures:
        cell = cells[row, column]
        cells[row, column] = (-cell["value"], f"-{cell['text']}", cell["status"], cell["decimals"])
    return Altered(cells, sheet.name(column))


def _repeats_edition_before(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
    if before is None or len(sheet.territories) < FEWEST_ROWS:
        return None
    shared = tuple(c for c in sheet.scores if sheet.columns[c] in {before.columns[b] for b in before.scores})
    if not shared:
        return None
    column = pick(rng, shared)
    source = before.columns.index(sheet.columns[column])
    cells = sheet.cells.copy()
    for row, territory in enumerate(sheet.territories):
        if territory in before.territories:
            cells[row, column] = before.cells[before.territories.index(territory), source]
    return Altered(cells, f"{sheet.name(column)} of {before.key.edition_year}", repeats_before=True)


def _repeats_neighbour(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
    if len(sheet.components) < 2:
        return None
    at = int(rng.integers(1, len(sheet.components)))
    source, column = sheet.components[at - 1], sheet.components[at]
    if rng.integers(2):
        source, column = column, source
    cells = sheet.cells.copy()
    cells[:, column] = cells[:, source]
    return Altered(cells, f"{sheet.name(source)} over {sheet.name(column)}")


def _slipped_down(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
    if not sheet.scores or len(sheet.territories) < FEWEST_ROWS:
        return None
    column = pick(rng, sheet.scores)
    rows = segment(rng, len(sheet.territories), FEWEST_ROWS)
    cells = sheet.cells.copy()
    cells[rows, column] = np.roll(cells[rows, column], 1)
    return Altered(cells, f"{sheet.name(column)}, rows {rows.start + 1} to {rows.stop}")


def _sorted(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
    if not sheet.scores or len(sheet.territories) < FEWEST_ROWS:
        return None
    column = pick(rng, sheet.scores)
    cells = sheet.cells.copy()
    figures = np.nonzero(~np.isnan(cells["value"][:, column]))[0]
    order = np.argsort(-cells["value"][figures, column], kind="stable")
    cells[figures, column] = cells[figures, column][order]
    return Altered(cells, sheet.name(column))


def _missing(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
    if len(sheet.components) < 2:
        return None
    column = pick(rng, sheet.components)
    cells = sheet.cells.copy()
    cells[:, column] = (np.nan, None, None, -1)
    return Altered(cells, sheet.name(column))


COLUMN_FAULTS = (
    Fault(
        "columns_swapped",
        "Hai cột thành phần đổi chỗ cho nhau",
        "Two component columns stand in each other's place",
        "their weights or scales differ, so that a total stops being the sum of its parts or a figure leaves its scale",
        _swapped,
    ),
    Fault(
        "columns_shifted",
        "Từ ba cột liền nhau trở lên lệch đi một cột",
        "Three or more neighbouring component columns moved on by one",
        "as for two columns swapped",
        _shifted,
    ),
    Fault(
        "column_in_another_unit",
        "Một cột ghi bằng đơn vị khác (nhân hoặc chia 10, 100)",
        "One column in another unit (times or divided by 10 or 100)",
        "figures leave their scale, or the sum of parts stops giving the total",
        _in_another_unit,
    ),
    Fault(
        "column_sign_flipped",
        "Một cột bị đổi dấu",
        "One column with its sign turned",
        "as for another unit",
        _sign_flipped,
    ),
    Fault(
        "column_repeats_edition_before",
        "Một cột chép lại số của kỳ trước",
        "One column holds the figures of the edition before",
        "the sum of parts stops giving the total, or published ranks contradict the total",
        _repeats_edition_before,
    ),
    Fault(
        "column_repeats_neighbour",
        "Một cột chép đè lên cột bên cạnh",
        "One component column pasted over its neighbour",
        "two columns of one table are equal in every cell, or the sum of parts stops giving the total",
        _repeats_neighbour,
    ),
    Fault(
        "column_slipped_down",
        "Một cột bị tụt xuống một dòng (trong một đoạn)",
        "Figures of one column slipped down by a row, over ten rows or more",
        "the sum of parts stops giving the total, or published ranks contradict the total",
        _slipped_down,
    ),
    Fault(
        "column_sorted",
        "Một cột bị sắp xếp riêng, không theo dòng",
        "One column sorted on its own",
        "as for a column that slipped",
        _sorted,
    ),
    Fault(
        "column_missing",
        "Mất một cột thành phần",
        "One component column is missing",
        "the methodology in force gives the component a weight, and no unit has a figure",
        _missing,
    ),
)
