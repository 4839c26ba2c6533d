"""What the checks of a preflight share: the edition as it was read, and how a place is named."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.catalog import Edition, Index
from ingest.faults import Words
from ingest.reader import Cell

# fewer territories in common than this say nothing about a column
ENOUGH = 10
# a composite that most rows contradict is not made of these columns; single rows may be the publisher's own slips
MOST = 1 / 3
SHOWN = 5
COMPARE = Words("Đối chiếu các ô đã nêu với bản gốc", "Compare the cells named with the original")
# component code -> territory code -> score
Scores = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Inspected:
    """An edition read as it would be loaded, and the newest one before it that can be compared, if there is any."""

    edition: Edition
    index: Index
    cells: list[Cell]
    before: Edition | None
    before_cells: list[Cell]

    def scores(self) -> Scores:
        return by_component(self.cells, "score")

    def cell(self, territory: str, component: str, measure: str = "score") -> Cell:
        key = (territory, component, measure)
        return next(c for c in self.cells if (c.territory_code, c.component_code, c.measure) == key)


def by_component(cells: Sequence[Cell], measure: str) -> Scores:
    """The numbers of one measure, component by component."""
    found: Scores = defaultdict(dict)
    for cell in cells:
        if cell.measure == measure and cell.value is not None:
            found[cell.component_code][cell.territory_code] = cell.value
    return dict(found)


def place(cell: Cell) -> str:
    """Where a cell stands in its file: sheet, row and column, and what they are called."""
    return f"{cell.source_locator.partition('#')[2]} ({cell.territory_text}, {cell.source_header})"


def named(items: Sequence[str]) -> str:
    """The first few of many, and how many more there are."""
    more = len(items) - SHOWN
    return ", ".join(items[:SHOWN]) + (f" (+{more})" if more > 0 else "")
