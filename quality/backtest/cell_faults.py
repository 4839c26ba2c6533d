"""Faults of single cells: slips of digits, signs and decimal points, figures in another unit's place."""

from itertools import pairwise

import numpy as np

from quality.backtest.cells import Sheet
from quality.backtest.faults import Altered, Fault, Make, pick, written

# digits that a reader of the printed table sees; the rest of a workbook's figure is noise of its arithmetic
_SEEN_DIGITS = 4


def _decimal_point_lost(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
    return _moved(sheet, rng, sheet.scores, lost=True)


def _decimal_point_moved(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
    return _moved(sheet, rng, sheet.scores, lost=False)


def _moved(sheet: Sheet, rng: np.random.Generator, columns: tuple[int, ...], lost: bool) -> Altered | None:
    place = _figure(sheet, rng, columns)
    if place is None or sheet.cells[place]["decimals"] < 1:
        return None
    cell = sheet.cells[place]
    power = int(cell["decimals"]) if lost else pick(rng, (1, -1))
    return _with(sheet, place, written(float(cell["value"]) * 10.0**power, int(cell["decimals"]) - power))


def _slip_in(columns: str) -> Make:
    """A slip of one digit in a figure of the sheet's `components`, `totals` or `ranks`."""

    def make(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
        place = _figure(sheet, rng, getattr(sheet, columns))
        return None if place is None else _slip(sheet, place, rng, last=False)

    return make


def _last_digit_slip(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
    place = _figure(sheet, rng, sheet.scores)
    return None if place is None else _slip(sheet, place, rng, last=True)


def _slip(sheet: Sheet, place: tuple[int, int], rng: np.random.Generator, last: bool) -> Altered:
    return _with(sheet, place, slipped_cell(sheet, place, rng, last))


def slipped_cell(
    sheet: Sheet, place: tuple[int, int], rng: np.random.Generator, last: bool = False
) -> tuple[float, str, str, int]:
    """The cell with one digit wrong: one that a reader sees, or the `last` one printed."""
    digits = _digits(sheet, place)
    at = _significant(digits)[-1] if last else pick(rng, tuple(_significant(digits)[:_SEEN_DIGITS]))
    digits[at] = str(pick(rng, tuple(digit for digit in range(10) if str(digit) != digits[at])))
    return written(float("".join(digits)), int(sheet.cells[place]["decimals"]))


def _digits_transposed(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
    place = _figure(sheet, rng, sheet.scores)
    if place is None:
        return None
    digits = _digits(sheet, place)
    seen = _significant(digits)[: _SEEN_DIGITS + 1]
    pairs = [(a, b) for a, b in pairwise(seen) if digits[a] != digits[b]]
    if not pairs:
        return None
    one, other = pairs[int(rng.integers(len(pairs)))]
    digits[one], digits[other] = digits[other], digits[one]
    return _rewritten(sheet, place, digits)


def _sign_slip(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
    place = _figure(sheet, rng, sheet.scores)
    return None if place is None else _rewritten(sheet, place, ["-", *_digits(sheet, place)])


def _zero_for_no_data(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
    place = _figure(sheet, rng, sheet.scores)
    return None if place is None else _with(sheet, place, written(0.0, 0))


def _swap_in(columns: str) -> Make:
    """The figures of two units in one column of the sheet's `scores` or `ranks` in each other's place."""

    def make(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
        return _exchanged(sheet, rng, getattr(sheet, columns), both=True)

    return make


def _total_of_another_unit(sheet: Sheet, before: Sheet | None, rng: np.random.Generator) -> Altered | None:
    return _exchanged(sheet, rng, sheet.totals, both=False)


def _exchanged(sheet: Sheet, rng: np.random.Generator, columns: tuple[int, ...], both: bool) -> Altered | None:
    place = _figure(sheet, rng, columns)
    if place is None:
        return None
    row, column = place
    others = tuple(int(r) for r in np.nonzero(~np.isnan(sheet.cells["value"][:, column]))[0] if r != row)
    if not others:
        return None
    other = pick(rng, others)
    cells = sheet.cells.copy()
    cells[row, column] = sheet.cells[other, column]
    if both:
        cells[other, column] = sheet.cells[row, column]
    units = (sheet.territories[row], sheet.territories[other])
    named = " and ".join(sorted(units)) if both else f"{units[0]} has that of {units[1]}"
    return Altered(cells, f"{sheet.name(column)}: {named}")


def _figure(sheet: Sheet, rng: np.random.Generator, columns: tuple[int, ...]) -> tuple[int, int] | None:
    if not columns:
        return None
    column = pick(rng, columns)
    rows = np.nonzero(~np.isnan(sheet.cells["value"][:, column]))[0]
    return pick(rng, rows), column


def _digits(sheet: Sheet, place: tuple[int, int]) -> list[str]:
    cell = sheet.cells[place]
    return list(written(float(cell["value"]), int(cell["decimals"]))[1])


def _significant(digits: list[str]) -> list[int]:
    """Positions of the digits from the first that is not zero; all of them when there is none."""
    places = [at for at, digit in enumerate(digits) if digit.isdigit()]
    first = next((at for at in places if digits[at] != "0"), places[0])
    return [at for at in places if at >= first]


def _rewritten(sheet: Sheet, place: tuple[int, int], digits: list[str]) -> Altered:
    return _with(sheet, place, written(float("".join(digits)), int(sheet.cells[place]["decimals"])))


def _with(sheet: Sheet, place: tuple[int, int], cell: tuple[float, str, str, int]) -> Altered:
    cells = sheet.cells.copy()
    cells[place] = cell
    row, column = place
    was = sheet.cells[place]["text"]
    return Altered(cells, f"{sheet.name(column)} of {sheet.territories[row]}: {was} → {cell[1]}")


_IN_A_CELL = "the figure leaves its scale, the sum of parts stops giving the total, or a published rank contradicts it"

CELL_FAULTS = (
    Fault(
        "decimal_point_lost",
        "Một ô mất dấu thập phân",
        "One cell lost its decimal point",
        _IN_A_CELL,
        _decimal_point_lost,
    ),
    Fault(
        "decimal_point_moved",
        "Một ô lệch dấu thập phân một chữ số",
        "One cell ten times too large or too small",
        _IN_A_CELL,
        _decimal_point_moved,
    ),
    Fault(
        "digit_slip_component",
        "Gõ sai một chữ số của điểm thành phần",
        f"One of the first {_SEEN_DIGITS} digits of a component is wrong",
        _IN_A_CELL,
        _slip_in("components"),
    ),
    Fault(
        "digit_slip_total",
        "Gõ sai một chữ số của tổng điểm",
        f"One of the first {_SEEN_DIGITS} digits of a total is wrong",
        _IN_A_CELL,
        _slip_in("totals"),
    ),
    Fault(
        "digit_slip_rank",
        "Gõ sai một chữ số của thứ hạng",
        "One digit of a rank is wrong",
        "the rank contradicts the published scores or lies outside the list",
        _slip_in("ranks"),
    ),
    Fault(
        "digits_transposed",
        "Đảo hai chữ số liền nhau của một điểm",
        f"Two neighbours among the first {_SEEN_DIGITS + 1} digits of a score in each other's place",
        _IN_A_CELL,
        _digits_transposed,
    ),
    Fault("sign_slip", "Một ô bị thêm dấu âm", "One cell with a minus sign", _IN_A_CELL, _sign_slip),
    Fault(
        "zero_for_no_data",
        "Một ô ghi 0 thay cho không có số liệu",
        "One cell says 0 instead of no data",
        _IN_A_CELL,
        _zero_for_no_data,
    ),
    Fault(
        "cells_swapped",
        "Điểm của hai tỉnh trong một cột đổi chỗ cho nhau",
        "Scores of two units in one column in each other's place",
        _IN_A_CELL,
        _swap_in("scores"),
    ),
    Fault(
        "ranks_swapped",
        "Thứ hạng của hai tỉnh đổi chỗ cho nhau",
        "Ranks of two units in each other's place",
        "the ranks contradict the published scores",
        _swap_in("ranks"),
    ),
    Fault(
        "total_of_another_unit",
        "Tổng điểm của một tỉnh là của tỉnh khác",
        "One unit has the total of another",
        _IN_A_CELL,
        _total_of_another_unit,
    ),
    Fault(
        "last_digit_slip",
        "Gõ sai chữ số cuối cùng của một điểm",
        "The last printed digit of a score is wrong",
        _IN_A_CELL,
        _last_digit_slip,
    ),
)
