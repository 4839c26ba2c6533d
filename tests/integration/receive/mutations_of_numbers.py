"""Numbers that went wrong: their units, their marks, and what spreadsheets make of them."""

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

from tests.integration.receive.mutation_carriers import NUMBER, xlsx
from tests.integration.receive.mutation_start import Arrived, Start, a_figure, cells_of


def _written(start: Start, draw: random.Random, write: Callable[[str], str], all_columns: bool) -> Arrived:
    cells = cells_of(start.table)
    figures = [at for at, (_, measure) in enumerate(start.table.columns, start=1) if measure not in ("tier", "rank")]
    for column in figures if all_columns else [draw.choice(figures)]:
        for row in cells:
            row[column] = write(row[column])
    return start.sent(start.table.with_cells(cells))


def _times(factor: float) -> Callable[[str], str]:
    return lambda text: f"{float(text) * factor:.6f}".rstrip("0").rstrip(".") if NUMBER.fullmatch(text) else text


def units_changed(start: Start, draw: random.Random) -> Arrived:
    return _written(start, draw, _times(draw.choice((10, 100, 0.01, 0.1, 1000))), draw.random() < 0.5)


def percent_signs(start: Start, draw: random.Random) -> Arrived:
    factor = draw.choice((100.0, 10.0))
    return _written(start, draw, lambda text: f"{_times(factor)(text)}%", draw.random() < 0.5)


def unit_of_one_cell(start: Start, draw: random.Random) -> Arrived:
    cells = cells_of(start.table)
    row, column = a_figure(start, draw)
    text = cells[row][column]
    cells[row][column] = draw.choice((text.replace(".", ""), _times(10)(text), _times(0.1)(text), f"{text}%"))
    return start.sent(start.table.with_cells(cells))


def marks_mixed(start: Start, draw: random.Random) -> Arrived:
    """Some numbers with another decimal mark, in a file that separates cells by something else."""
    cells = cells_of(start.table)
    for _ in range(draw.choice((1, 3, 40))):
        row, column = a_figure(start, draw)
        cells[row][column] = cells[row][column].replace(".", ",")
    text = "".join(";".join(line) + "\n" for line in [list(start.table.header), *cells])
    return start.sent(text.encode(), "csv")


def thousands(start: Start, draw: random.Random) -> Arrived:
    return _written(start, draw, lambda text: f"{float(text) * 1000:,.2f}", draw.random() < 0.5)


def dates_for_numbers(start: Start, draw: random.Random) -> Arrived:
    """Numbers that a spreadsheet took for a day: 7.12 becomes 7 December."""

    def edit(sheet: Any, first: int) -> None:
        for _ in range(draw.choice((1, 5))):
            row, column = a_figure(start, draw)
            cell = sheet.cell(first + row, column + 2)
            cell.value = dt.date(start.table.year, draw.randrange(1, 13), draw.randrange(1, 28))

    return start.sent(xlsx(start.table, edit))


def no_data_token(start: Start, draw: random.Random) -> Arrived:
    cells = cells_of(start.table)
    row, column = a_figure(start, draw)
    cells[row][column] = draw.choice(("KCDL", "N/A", "", "-", "0", "#N/A"))
    return start.sent(start.table.with_cells(cells))


def formulas_without_values(start: Start, draw: random.Random) -> Arrived:
    def edit(sheet: Any, first: int) -> None:
        row, column = a_figure(start, draw)
        sheet.cell(first + row, column + 2).value = f"=SUM(C{first + row}:D{first + row})"

    return start.sent(xlsx(start.table, edit))


def numbers_merged(start: Start, draw: random.Random) -> Arrived:
    def edit(sheet: Any, first: int) -> None:
        row, column = a_figure(start, draw)
        row = min(row, len(start.table.rows) - 2)
        if draw.random() < 0.5:
            at = {
                "start_row": first + row,
                "end_row": first + row + 1,
                "start_column": column + 2,
                "end_column": column + 2,
            }
        else:
            left = min(column + 2, len(start.table.header))
            at = {"start_row": first + row, "end_row": first + row, "start_column": left, "end_column": left + 1}
        sheet.merge_cells(**at)

    return start.sent(xlsx(start.table, edit))


def parts_hidden(start: Start, draw: random.Random) -> Arrived:
    def edit(sheet: Any, first: int) -> None:
        row, column = a_figure(start, draw)
        if draw.random() < 0.5:
            sheet.row_dimensions[first + row].hidden = True
        else:
            sheet.column_dimensions[sheet.cell(first, column + 2).column_letter].hidden = True

    return start.sent(xlsx(start.table, edit))


def total_row_added(start: Start, draw: random.Random) -> Arrived:
    means = []
    for at in range(1, len(start.table.header)):
        numbers = [float(row[at]) for row in start.table.rows if NUMBER.fullmatch(row[at])]
        means.append(f"{sum(numbers) / len(numbers):.2f}" if numbers else "")
    name = draw.choice(("Cả nước", "Trung bình", "Tổng", "Trung vị", "Đồng bằng sông Hồng", "CẢ NƯỚC"))
    cells = cells_of(start.table)
    cells.insert(draw.choice((0, len(cells))), [name, *means])
    return start.sent(start.table.with_cells(cells))


def note_with_number(start: Start, draw: random.Random) -> Arrived:
    note = ["Ghi chú", *[""] * (len(start.table.header) - 1)]
    note[draw.randrange(1, len(note))] = draw.choice(("63", str(start.table.year), "9.99", "(*)"))
    return start.sent(start.table.with_cells([*cells_of(start.table), note]))


def cell_swapped_with_neighbour(start: Start, draw: random.Random) -> Arrived:
    cells = cells_of(start.table)
    row, column = a_figure(start, draw)
    other = column - 1 if column > 1 else column + 1
    cells[row][column], cells[row][other] = cells[row][other], cells[row][column]
    return start.sent(start.table.with_cells(cells))
