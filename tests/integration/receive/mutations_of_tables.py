"""Tables that went wrong, in whatever carrier: rows, columns and figures out of place."""

import random
from dataclasses import replace

from tests.integration.receive.mutation_carriers import csv_text
from tests.integration.receive.mutation_start import Arrived, Start, a_figure, cells_of


def digit_changed(start: Start, draw: random.Random) -> Arrived:
    cells = cells_of(start.table)
    row, column = a_figure(start, draw, "score", "rank", "ci_low", "ci_high")
    text = cells[row][column]
    at = draw.choice([position for position, char in enumerate(text) if char.isdigit()])
    other = draw.choice([digit for digit in "0123456789" if digit != text[at]])
    cells[row][column] = text[:at] + other + text[at + 1 :]
    return start.sent(start.table.with_cells(cells))


def rows_dropped(start: Start, draw: random.Random) -> Arrived:
    out = set(draw.sample(range(len(start.table.rows)), draw.choice((1, 1, 2, 10))))
    return start.sent(start.table.with_cells([row for at, row in enumerate(cells_of(start.table)) if at not in out]))


def row_doubled(start: Start, draw: random.Random) -> Arrived:
    cells = cells_of(start.table)
    cells.insert(draw.randrange(len(cells)), list(draw.choice(cells)))
    return start.sent(start.table.with_cells(cells))


def row_figures_copied(start: Start, draw: random.Random) -> Arrived:
    cells = cells_of(start.table)
    one, other = draw.sample(range(len(cells)), 2)
    cells[one][1:] = cells[other][1:]
    return start.sent(start.table.with_cells(cells))


def row_figures_swapped(start: Start, draw: random.Random) -> Arrived:
    cells = cells_of(start.table)
    one, other = draw.sample(range(len(cells)), 2)
    cells[one][1:], cells[other][1:] = cells[other][1:], cells[one][1:]
    return start.sent(start.table.with_cells(cells))


def names_moved(start: Start, draw: random.Random) -> Arrived:
    cells = cells_of(start.table)
    by = draw.choice((-1, 1))
    names = [row[0] for row in cells]
    for row, name in zip(cells, names[by:] + names[:by], strict=True):
        row[0] = name
    return start.sent(start.table.with_cells(cells))


def columns_swapped(start: Start, draw: random.Random) -> Arrived:
    cells = cells_of(start.table)
    one, other = draw.sample(range(1, len(start.table.header)), 2)
    for row in cells:
        row[one], row[other] = row[other], row[one]
    return start.sent(start.table.with_cells(cells))


def header_changed(start: Start, draw: random.Random) -> Arrived:
    header = list(start.table.header)
    at = draw.randrange(len(header))
    header[at] = draw.choice(("", header[at][:-1], f"{header[at]} mới", header[draw.randrange(len(header))]))
    return start.sent(replace(start.table, header=tuple(header)))


def column_moved(start: Start, draw: random.Random) -> Arrived:
    """The figures of one column a line up or down: round the table, or with one lost and one blank."""
    cells = cells_of(start.table)
    column = draw.randrange(1, len(start.table.header))
    by, rolls = draw.choice((-1, 1)), draw.random() < 0.5
    values = [row[column] for row in cells]
    moved = values[by:] + values[:by]
    if not rolls:
        moved[-1 if by == 1 else 0] = ""
    for row, value in zip(cells, moved, strict=True):
        row[column] = value
    return start.sent(start.table.with_cells(cells))


def part_of_column_moved(start: Start, draw: random.Random) -> Arrived:
    """From one row on, the figures of one column a line down or up; the last or the first is lost, one is blank."""
    cells = cells_of(start.table)
    column, at = draw.randrange(1, len(start.table.header)), draw.randrange(len(cells) - 1)
    values = [row[column] for row in cells]
    down, up = [*values[:at], "", *values[at:-1]], [*values[:at], *values[at + 1 :], ""]
    values = draw.choice((down, up))
    for row, value in zip(cells, values, strict=True):
        row[column] = value
    return start.sent(start.table.with_cells(cells))


def row_moved(start: Start, draw: random.Random) -> Arrived:
    """From one column on, the figures of one row a column to the left or right."""
    cells = cells_of(start.table)
    row = draw.choice(cells)
    at = draw.randrange(1, len(row) - 1)
    row[at:] = ["", *row[at:-1]] if draw.random() < 0.5 else [*row[at + 1 :], ""]
    return start.sent(start.table.with_cells(cells))


def table_moved_sideways(start: Start, draw: random.Random) -> Arrived:
    by = draw.choice((-1, 1))
    return start.sent(start.table.with_cells([[row[0], *row[1:][by:], *row[1:][:by]] for row in start.table.rows]))


def tiers_or_ranks_moved(start: Start, draw: random.Random) -> Arrived:
    cells = cells_of(start.table)
    columns = [
        at for at, (_, m) in enumerate(start.table.columns, start=1) if m in ("rank", "tier", "ci_low", "ci_high")
    ]
    if not columns:
        return column_moved(start, draw)
    column, by = draw.choice(columns), draw.choice((-1, 1))
    values = [row[column] for row in cells]
    for row, value in zip(cells, values[by:] + values[:by], strict=True):
        row[column] = value
    return start.sent(start.table.with_cells(cells))


def sorted_otherwise(start: Start, draw: random.Random) -> Arrived:
    cells = cells_of(start.table)
    draw.shuffle(cells)
    if draw.random() < 0.5:
        cells.sort(key=lambda row: row[0])
    return start.sent(start.table.with_cells(cells))


def columns_in_another_order(start: Start, draw: random.Random) -> Arrived:
    order = draw.sample(range(len(start.table.header)), len(start.table.header))
    rows = tuple(tuple(row[at] for at in order) for row in start.table.rows)
    return start.sent(replace(start.table, header=tuple(start.table.header[at] for at in order), rows=rows))


def names_spelt_otherwise(start: Start, draw: random.Random) -> Arrived:
    names: dict[str, list[str]] = {}
    for alias, code in start.places.aliases:
        if start.places.resolve(alias, start.table.basis) == code and alias.strip():
            names.setdefault(code, []).append(alias)
    cells = cells_of(start.table)
    for code, row in zip(start.table.codes, cells, strict=True):
        row[0] = draw.choice(names[code])
    return start.sent(start.table.with_cells(cells))


def lines_around(start: Start, draw: random.Random) -> Arrived:
    """Titles above and notes below, as people leave them in a CSV."""
    header, *rows = csv_text(start.table).split("\r\n")
    blank = "," * (len(start.table.header) - 1)
    above = [f"Bảng điểm (synthetic){blank}", blank]
    text = "\r\n".join([*above[: draw.randrange(3)], header, *rows[:-1], blank, f"Nguồn: synthetic{blank}", ""])
    return start.sent(text.encode(), "csv")
