"""Each kind of fault alters what it says, the same way from the same seed, and never the table it was given."""

import numpy as np
import pytest

from quality.backtest.cells import Sheet, changed, put_cells, taken_cells
from quality.backtest.faults import Altered, Fault
from quality.backtest.reveal import moves_a_figure, reasons
from quality.backtest.run import FAULTS
from tests.unit.quality.backtest.sheets import KNOWN, synthetic_sheet

# what gives a kind away in the synthetic table, whichever cells it strikes
CERTAIN = {
    "column_in_another_unit": "identity",
    "column_sign_flipped": "scale",
    "column_repeats_neighbour": "copied",
    "column_missing": "column missing",
    "decimal_point_lost": "scale",
    "decimal_point_moved": "identity",
    "sign_slip": "scale",
    "row_missing": "unit missing",
    "row_doubled": "cell twice",
    "restated_vintage": "vintages",
}
NEVER = ("territories_swapped", "rows_slipped", "table_repeats_edition_before")


def alter(fault: Fault, sheet: Sheet, seed: int = 7) -> Altered:
    altered = fault.make(sheet, synthetic_sheet(2000), np.random.default_rng(seed))
    assert altered is not None
    return altered


def named(name: str) -> Fault:
    return next(fault for fault in FAULTS if fault.name == name)


def test_the_synthetic_table_contradicts_nothing() -> None:
    sheet = synthetic_sheet()
    assert reasons(sheet, KNOWN, Altered(sheet.cells.copy(), "nothing")) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_the_same_from_the_same_seed_and_leaves_the_table_alone(fault: Fault) -> None:
    sheet, untouched = synthetic_sheet(), synthetic_sheet()
    one, again, other = alter(fault, sheet), alter(fault, sheet), alter(fault, sheet, seed=8)
    assert one.what == again.what
    assert not changed(one.cells, again.cells).any()
    assert not changed(sheet.cells, untouched.cells).any()
    assert changed(sheet.cells, one.cells).any() or one.doubled is not None
    assert other.what
    assert all((fault.vi, fault.en, fault.revealed_by))


@pytest.mark.parametrize("name", CERTAIN)
def test_what_gives_a_fault_away(name: str) -> None:
    sheet = synthetic_sheet()
    for seed in range(10):
        altered = alter(named(name), sheet, seed)
        assert CERTAIN[name] in reasons(sheet, KNOWN, altered), altered.what


@pytest.mark.parametrize("name", NEVER)
def test_rows_that_stay_whole_contradict_nothing(name: str) -> None:
    sheet = synthetic_sheet()
    assert reasons(sheet, KNOWN, alter(named(name), sheet)) == []


def test_a_slip_within_rounding_reveals_nothing_and_one_beyond_it_does() -> None:
    sheet = synthetic_sheet()
    column = sheet.columns.index(("a", "score"))
    for slip, told in ((0.01, []), (0.05, ["identity"])):
        cells = sheet.cells.copy()
        figure = float(cells[3, column]["value"]) + slip
        cells[3, column] = (figure, f"{figure:.2f}", "number", 2)
        assert reasons(sheet, KNOWN, Altered(cells, "a slip")) == told


def test_a_figure_with_more_digits_than_are_real_does_not_move() -> None:
    sheet = synthetic_sheet()
    cells = sheet.cells.copy()
    cells[0, 0] = (float(cells[0, 0]["value"]) + 1e-5, f"{cells[0, 0]['text']}01", "number", 3)
    assert not moves_a_figure(sheet, Altered(cells, "noise of binary arithmetic"))


def test_only_altered_cells_are_taken_out_and_put_in() -> None:
    sheet = synthetic_sheet()
    altered = alter(named("row_missing"), sheet)
    assert len(taken_cells(sheet, altered.cells)) == len(sheet.columns)
    assert list(put_cells(sheet, altered.cells)) == []
    swapped = alter(named("cells_swapped"), sheet)
    assert sorted(cell["cell_no"] for cell in put_cells(sheet, swapped.cells)) == taken_cells(sheet, swapped.cells)
