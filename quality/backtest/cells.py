"""A published table as a grid of cells: territories down, one column for each component and measure.

Belongs here: reading an edition into a grid, and the rows that put an altered grid back into raw.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from quality.backtest.scratch import RESULTS

# `status` is empty where the table has no such cell; `value` is NaN where the cell holds no number.
CELL = np.dtype([("value", "f8"), ("text", "O"), ("status", "O"), ("decimals", "i4")])
Cells = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]
SCORE, RANK = "score", "rank"
NATIONAL = "VN"


@dataclass(frozen=True, order=True)
class EditionKey:
    """One edition; sorts by index, year and list."""

    index_code: str
    edition_year: int
    basis: str

    def __str__(self) -> str:
        return f"{self.index_code} {self.edition_year} ({self.basis})"

    @property
    def is_held_out(self) -> bool:
        """A third of the years is held out of tuning thresholds."""
        return self.edition_year % 3 == 1


@dataclass(frozen=True)
class Sheet:
    """One edition's current table in the order it was printed; `cells` has shape (territories, columns).

    `cell_no` names the raw row of each cell (-1: none). `columns` are (component_code, measure).
    """

    key: EditionKey
    territories: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    cells: Cells = field(repr=False)
    cell_no: npt.NDArray[np.int32] = field(repr=False)

    @cached_property
    def scores(self) -> tuple[int, ...]:
        """Positions of the columns of scores that hold figures of at least half of the territories."""
        return self._filled(SCORE)

    @cached_property
    def ranks(self) -> tuple[int, ...]:
        return self._filled(RANK)

    @cached_property
    def components(self) -> tuple[int, ...]:
        """Columns of scores without the total."""
        return tuple(position for position in self.scores if self.columns[position][0] != "total")

    @cached_property
    def totals(self) -> tuple[int, ...]:
        return tuple(position for position in self.scores if self.columns[position][0] == "total")

    def name(self, column: int) -> str:
        component, measure = self.columns[column]
        return component if measure == SCORE else f"{component}.{measure}"

    def _filled(self, measure: str) -> tuple[int, ...]:
        filled = (~np.isnan(self.cells["value"])).sum(axis=0) * 2 >= len(self.territories)
        return tuple(i for i, (_, kind) in enumerate(self.columns) if kind == measure and filled[i])


def every_edition(con: duckdb.DuckDBPyConnection, where: str = "true") -> list[EditionKey]:
    """The loaded editions of the raw archive in the scratch database."""
    rows = con.execute(
        "select index_code, edition_year, basis from archive.edition"
        f" where is_current and load_status in ('loaded', 'last_good_kept') and {where}"
    ).fetchall()
    return sorted(EditionKey(*row) for row in rows)


def whole_editions(con: duckdb.DuckDBPyConnection) -> list[EditionKey]:
    """Those that the catalog calls complete: nothing is missing in them that was published."""
    return every_edition(con, "coverage = 'complete'")


def read_sheets(con: duckdb.DuckDBPyConnection, keys: Sequence[EditionKey]) -> dict[EditionKey, Sheet]:
    """Read the current vintage of the editions; only territories that the edition ranks, in printed order."""
    rows = con.execute(
        f"""
        select r.index_code, r.edition_year, r.basis, r.territory_code, r.component_code, r.measure,
            r.value, r.value_text, r.value_status, r.printed_decimals, r.cell_no
        from {RESULTS} as r
        join archive.edition as e using (index_code, edition_year, basis, vintage)
        join archive.territory as t using (territory_code)
        where e.is_current and (t.kind in ('province', 'city') or r.basis = '{NATIONAL}')
        order by r.index_code, r.edition_year, r.basis, r.table_no, r.source_row, r.source_column, r.cell_no
        """
    ).fetchall()
    wanted = set(keys)
    grouped: dict[EditionKey, list[tuple[Any, ...]]] = {}
    for index_code, edition_year, basis, *rest in rows:
        key = EditionKey(index_code, edition_year, basis)
        if key in wanted:
            grouped.setdefault(key, []).append(tuple(rest))
    return {key: _sheet(key, grouped[key]) for key in sorted(grouped)}


def _sheet(key: EditionKey, rows: Sequence[tuple[Any, ...]]) -> Sheet:
    territories = {code: i for i, code in enumerate(dict.fromkeys(row[0] for row in rows))}
    columns = {column: i for i, column in enumerate(dict.fromkeys((row[1], row[2]) for row in rows))}
    cells = np.zeros((len(territories), len(columns)), dtype=CELL)
    cells["value"], cells["decimals"], cells["text"], cells["status"] = np.nan, -1, None, None
    cell_no = np.full(cells.shape, -1, dtype=np.int32)
    for territory, component, measure, value, text, status, decimals, number in rows:
        place = territories[territory], columns[component, measure]
        cells[place] = (np.nan if value is None else value, text, status, -1 if decimals is None else decimals)
        cell_no[place] = number
    return Sheet(key, tuple(territories), tuple(columns), cells, cell_no)


def changed(before: Cells, after: Cells) -> Mask:
    """Cells that do not read as before; shape of the grids."""
    same_text: Mask = (before["text"] == after["text"]) & (before["status"] == after["status"])
    return ~same_text


def taken_cells(sheet: Sheet, after: Cells) -> list[int]:
    """Raw rows that the altered table does not have as they are."""
    return [int(number) for number in sheet.cell_no[changed(sheet.cells, after)] if number >= 0]


def put_cells(sheet: Sheet, after: Cells) -> Iterator[dict[str, Any]]:
    """Cells that stand in the altered table instead, as rows for `put_copies` (without the copy's code)."""
    for row, column in zip(*np.nonzero(changed(sheet.cells, after)), strict=True):
        if after[row, column]["status"] is not None:
            yield put_cell(sheet, int(row), int(column), after[row, column])


def put_cell(sheet: Sheet, row: int, column: int, cell: Any) -> dict[str, Any]:
    """One cell in the place of `row` and `column`; where nothing stood, its origin is that of the row's first cell."""
    own = int(sheet.cell_no[row, column])
    in_row = sheet.cell_no[row][sheet.cell_no[row] >= 0]
    component, measure = sheet.columns[column]
    return {
        "cell_no": own if own >= 0 else int(in_row[0]),
        "territory_code": sheet.territories[row],
        "component_code": component,
        "measure": measure,
        "value": None if np.isnan(cell["value"]) else float(cell["value"]),
        "value_text": cell["text"],
        "value_status": cell["status"],
        "printed_decimals": None if cell["decimals"] < 0 else int(cell["decimals"]),
    }
