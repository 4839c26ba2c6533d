"""A small synthetic table for the backtest's tests: a total of three weighted parts, and the units ranked by it."""

import numpy as np

from quality.backtest.cells import CELL, EditionKey, Sheet
from quality.backtest.reveal import Known, Weight

UNITS = tuple(f"u{number:02d}" for number in range(12))
COLUMNS = (("total", "score"), ("total", "rank"), ("a", "score"), ("b", "score"), ("c", "score"))
SHARES = {"a": 0.5, "b": 0.3, "c": 0.2}
KNOWN = Known(
    weights=tuple(Weight(code, "total", share, 1.0) for code, share in SHARES.items()),
    scales=dict.fromkeys(("total", *SHARES), (0.0, 10.0)),
    units=len(UNITS),
    ranked_among=None,
    higher_is_better=True,
)


def synthetic_sheet(year: int = 2001) -> Sheet:
    """Figures of two decimals (totals of three) that contradict nothing; another year has other figures."""
    rng = np.random.default_rng(year)
    parts = {code: np.round(rng.uniform(3.0, 8.0, len(UNITS)), 2) for code in SHARES}
    total = np.round(sum(share * parts[code] for code, share in SHARES.items()), 3)
    rank = (-total).argsort().argsort() + 1
    cells = np.zeros((len(UNITS), len(COLUMNS)), dtype=CELL)
    for column, (code, measure) in enumerate(COLUMNS):
        decimals = 0 if measure == "rank" else 3 if code == "total" else 2
        figures = rank if measure == "rank" else total if code == "total" else parts[code]
        for row, figure in enumerate(figures):
            cells[row, column] = (float(figure), f"{figure:.{decimals}f}", "number", decimals)
    numbers = np.arange(cells.size, dtype=np.int32).reshape(cells.shape)
    return Sheet(EditionKey("SYNTHETIC", year, "63"), UNITS, COLUMNS, cells, numbers)
