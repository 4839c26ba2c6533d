"""What the checks of a preflight share: the edition as it was read, its columns, and how a place is named."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ingest.catalog import Edition, Index
from ingest.faults import Words
from ingest.reader import Cell

# fewer territories in common than this say nothing about a column
ENOUGH = 10
SHOWN = 5
COMPARE = Words("Đối chiếu các ô đã nêu với bản gốc", "Compare the cells named with the original")
# component code -> territory code -> score
Scores = dict[str, dict[str, float]]
# a component's measure: one column of figures, however the file lays it out
Column = tuple[str, str]
# printed in words, in whole places, or in the order of the table; columns of these are not compared as numbers
_NO_QUANTITY = frozenset({"rank", "tier", "position_note", "list_position"})


@dataclass(frozen=True)
class Inspected:
    """An edition read as it would be loaded, the newest one before it that can be compared, and others of the index."""

    edition: Edition
    index: Index
    cells: list[Cell]
    before: Edition | None
    before_cells: list[Cell]
    others: Sequence[tuple[Edition, Sequence[Cell]]] = ()

    @cached_property
    def columns(self) -> dict[Column, dict[str, Cell]]:
        """Column -> territory -> cell, in the order of the file; without cells that have no number."""
        found: dict[Column, dict[str, Cell]] = defaultdict(dict)
        for cell in self.cells:
            if cell.value is not None:
                found[cell.component_code, cell.measure][cell.territory_code] = cell
        return dict(found)

    @cached_property
    def scores(self) -> Scores:
        return by_component(self.cells, "score")

    @cached_property
    def quantities(self) -> dict[Column, dict[str, float]]:
        """Columns of numbers that can be compared from edition to edition: column -> territory -> value."""
        return quantities(self.cells)

    @cached_property
    def territories(self) -> list[str]:
        """In the order of the file."""
        return list(dict.fromkeys(cell.territory_code for cell in self.cells))

    def cell(self, territory: str, component: str, measure: str = "score") -> Cell:
        return self.columns[component, measure][territory]

    def name(self, territory: str) -> str:
        return next(cell.territory_text for cell in self.cells if cell.territory_code == territory)


def by_component(cells: Sequence[Cell], measure: str) -> Scores:
    """The numbers of one measure, component by component."""
    found: Scores = defaultdict(dict)
    for cell in cells:
        if cell.measure == measure and cell.value is not None:
            found[cell.component_code][cell.territory_code] = cell.value
    return dict(found)


def quantities(cells: Sequence[Cell]) -> dict[Column, dict[str, float]]:
    """The numbers of each column that is neither a place nor a word."""
    found: dict[Column, dict[str, float]] = defaultdict(dict)
    for cell in cells:
        if cell.value is not None and cell.measure not in _NO_QUANTITY:
            found[cell.component_code, cell.measure][cell.territory_code] = cell.value
    return dict(found)


def decimals_of(cells: Sequence[Cell]) -> dict[Column, int]:
    """The most decimals that a number of each column is printed with."""
    found: dict[Column, int] = defaultdict(int)
    for cell in cells:
        if cell.value is not None:
            column = cell.component_code, cell.measure
            found[column] = max(found[column], cell.printed_decimals or 0)
    return found


def place(cell: Cell) -> str:
    """Where a cell stands in its file: sheet, row and column, and what they are called."""
    return f"{cell.source_locator.partition('#')[2]} ({cell.territory_text}, {cell.source_header})"


def places(cells: Sequence[Cell]) -> str:
    """Where the first few of these cells stand, and what they say."""
    return "; ".join(f"{place(cell)} = {cell.value_text}" for cell in cells[:SHOWN])


def called(column: Column) -> str:
    """A column's name in a report: "d1" for its score, else "total (rank)"."""
    component, measure = column
    return component if measure == "score" else f"{component} ({measure})"


def named(items: Sequence[str]) -> str:
    """The first few of many, and how many more there are."""
    more = len(items) - SHOWN
    return ", ".join(items[:SHOWN]) + (f" (+{more})" if more > 0 else "")


def said(value: float, digits: int = 4) -> Words:
    """A number as each language writes it."""
    text = f"{value:,.{digits}g}"
    return Words(text.translate(str.maketrans(".,", ",.")), text)
