"""What a fault is, and what the makers of faults share. The kinds stand by what they alter: columns, cells, tables."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from quality.backtest.cells import Cells, Sheet

# a table shorter than this has no columns to confuse
FEWEST_ROWS = 10


@dataclass(frozen=True)
class Altered:
    """A faulty table. `what` says in English which cells; `doubled` is a row that stands a second time, with its cells.

    `restates`: the edition as published stays beside it as the earlier vintage; `repeats_before`: it holds
    figures of the edition before.
    """

    cells: Cells = field(repr=False)
    what: str
    doubled: tuple[int, Cells] | None = None
    restates: bool = False
    repeats_before: bool = False


Options = tuple[int, ...] | range | npt.NDArray[np.int64]
# the sheet, the index's edition before it (None: there is none), the source of chance; None: this table cannot have it
Make = Callable[[Sheet, Sheet | None, np.random.Generator], Altered | None]


@dataclass(frozen=True)
class Fault:
    """One kind. `revealed_by` states when the table itself gives it away."""

    name: str
    vi: str
    en: str
    revealed_by: str
    make: Make


def written(value: float, decimals: int) -> tuple[float, str, str, int]:
    """A cell that prints `value` with so many decimals."""
    decimals = max(decimals, 0)
    text = f"{value:.{decimals}f}"
    return float(text), text, "number", decimals


def scaled(cells: Cells, power: int) -> None:
    """Move the decimal point of the figures in place, by `power` to the right; all printed digits are kept."""
    for place in zip(*np.nonzero(~np.isnan(cells["value"])), strict=True):
        cell = cells[place]
        cells[place] = written(float(cell["value"]) * 10.0**power, int(cell["decimals"]) - power)


def pick(rng: np.random.Generator, options: Options) -> int:
    return int(options[int(rng.integers(len(options)))])


def two_of(rng: np.random.Generator, options: tuple[int, ...]) -> tuple[int, int]:
    one, other = rng.choice(len(options), size=2, replace=False)
    return options[int(one)], options[int(other)]


def segment(rng: np.random.Generator, length: int, shortest: int) -> slice:
    """A run of at least `shortest` neighbours out of `length`."""
    size = int(rng.integers(shortest, length + 1))
    start = int(rng.integers(0, length - size + 1))
    return slice(start, start + size)
