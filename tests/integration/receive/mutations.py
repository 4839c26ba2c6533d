"""What goes wrong with files, by kind: each mutation makes the bytes that arrive of a clean table and a random draw."""

import datetime as dt
import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from ingest.formats.legacy import _TCVN3, _VNI  # the tables that the reader tells these encodings by
from ingest.territory import Gazetteer
from tests.integration.receive.mutation_carriers import CARRIERS, NUMBER, csv_text, html, pdf, xlsx
from tests.integration.receive.mutation_editions import Table


@dataclass(frozen=True)
class Arrived:
    """A file as it arrives: its name, its bytes and what is said about it."""

    name: str
    content: bytes
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Start:
    """A clean table, in which carrier it is to be sent, and what other mutations may draw on."""

    table: Table
    carrier: str
    places: Gazetteer
    # the same columns with the figures of other years, and tables of other indices
    other_years: tuple[Table, ...]
    other_tables: tuple[Table, ...]
    # clean bytes by table and carrier, written once
    written: dict[tuple[str, int, str], bytes]

    def clean(self) -> bytes:
        key = (self.table.index, self.table.year, self.carrier)
        if key not in self.written:
            self.written[key] = CARRIERS[self.carrier][0](self.table)
        return self.written[key]

    def sent(self, content: bytes | Table, suffix: str | None = None) -> Arrived:
        write, own_suffix, facts = CARRIERS[self.carrier]
        if isinstance(content, Table):
            content = write(content)
        return Arrived(f"{self.table.stem}.{suffix or own_suffix}", content, facts)


Mutation = Callable[[Start, random.Random], Arrived]
_TEXT = ("csv", "csv ; and ,", "utf-16", "utf-8 bom", "html")
_PLAIN = ("csv", "csv ; and ,", "utf-8 bom", "html")
_ANY = ("csv", "csv ; and ,", "utf-16", "utf-8 bom", "xlsx", "xls", "html", "zip")


@dataclass(frozen=True)
class Kind:
    """A kind of mutation, how many are made, and in which carriers."""

    name: str
    count: int
    mutate: Mutation
    carriers: tuple[str, ...] = _ANY
    # figures stay as published: only exact loading is right
    is_harmless: bool = False


# bytes ----------------------------------------------------------------------------------------------------------------


def bits_flipped(start: Start, draw: random.Random) -> Arrived:
    content = bytearray(start.clean())
    for _ in range(draw.choice((1, 1, 1, 2, 8))):
        content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    return start.sent(bytes(content))


def byte_inserted(start: Start, draw: random.Random) -> Arrived:
    content = start.clean()
    at = draw.randrange(len(content))
    return start.sent(content[:at] + bytes([draw.choice((draw.randrange(256), *b"0123456789.,-;"))]) + content[at:])


def byte_deleted(start: Start, draw: random.Random) -> Arrived:
    content = start.clean()
    at = draw.randrange(len(content))
    return start.sent(content[:at] + content[at + 1 :])


def truncated(start: Start, draw: random.Random) -> Arrived:
    content = start.clean()
    at = len(content) - draw.randrange(1, 40) if draw.random() < 0.4 else draw.randrange(len(content))
    return start.sent(content[:at])


def truncated_and_padded(start: Start, draw: random.Random) -> Arrived:
    content = start.clean()
    at = draw.randrange(len(content))
    return start.sent(content[:at] + bytes(len(content) - at))


# rows and columns -----------------------------------------------------------------------------------------------------


def _cells(table: Table) -> list[list[str]]:
    return [list(row) for row in table.rows]


def _figure(start: Start, draw: random.Random, *measures: str) -> tuple[int, int]:
    """Row and column (in the table's rows) of a figure of these measures, scores by default."""
    wanted = measures or ("score",)
    columns = [at for at, (_, measure) in enumerate(start.table.columns, start=1) if measure in wanted]
    return draw.randrange(len(start.table.rows)), draw.choice(columns)


def digit_changed(start: Start, draw: random.Random) -> Arrived:
    cells = _cells(start.table)
    row, column = _figure(start, draw, "score", "rank", "ci_low", "ci_high")
    text = cells[row][column]
    at = draw.choice([position for position, char in enumerate(text) if char.isdigit()])
    other = draw.choice([digit for digit in "0123456789" if digit != text[at]])
    cells[row][column] = text[:at] + other + text[at + 1 :]
    return start.sent(start.table.with_cells(cells))


def rows_dropped(start: Start, draw: random.Random) -> Arrived:
    out = set(draw.sample(range(len(start.table.rows)), draw.choice((1, 1, 2, 10))))
    return start.sent(start.table.with_cells([row for at, row in enumerate(_cells(start.table)) if at not in out]))


def row_doubled(start: Start, draw: random.Random) -> Arrived:
    cells = _cells(start.table)
    cells.insert(draw.randrange(len(cells)), list(draw.choice(cells)))
    return start.sent(start.table.with_cells(cells))


def row_figures_copied(start: Start, draw: random.Random) -> Arrived:
    cells = _cells(start.table)
    one, other = draw.sample(range(len(cells)), 2)
    cells[one][1:] = cells[other][1:]
    return start.sent(start.table.with_cells(cells))


def row_figures_swapped(start: Start, draw: random.Random) -> Arrived:
    cells = _cells(start.table)
    one, other = draw.sample(range(len(cells)), 2)
    cells[one][1:], cells[other][1:] = cells[other][1:], cells[one][1:]
    return start.sent(start.table.with_cells(cells))


def names_moved(start: Start, draw: random.Random) -> Arrived:
    cells = _cells(start.table)
    by = draw.choice((-1, 1))
    names = [row[0] for row in cells]
    for row, name in zip(cells, names[by:] + names[:by], strict=True):
        row[0] = name
    return start.sent(start.table.with_cells(cells))


def columns_swapped(start: Start, draw: random.Random) -> Arrived:
    cells = _cells(start.table)
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
    cells = _cells(start.table)
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
    cells = _cells(start.table)
    column, at = draw.randrange(1, len(start.table.header)), draw.randrange(len(cells) - 1)
    values = [row[column] for row in cells]
    down, up = [*values[:at], "", *values[at:-1]], [*values[:at], *values[at + 1 :], ""]
    values = draw.choice((down, up))
    for row, value in zip(cells, values, strict=True):
        row[column] = value
    return start.sent(start.table.with_cells(cells))


def row_moved(start: Start, draw: random.Random) -> Arrived:
    """From one column on, the figures of one row a column to the left or right."""
    cells = _cells(start.table)
    row = draw.choice(cells)
    at = draw.randrange(1, len(row) - 1)
    row[at:] = ["", *row[at:-1]] if draw.random() < 0.5 else [*row[at + 1 :], ""]
    return start.sent(start.table.with_cells(cells))


def table_moved_sideways(start: Start, draw: random.Random) -> Arrived:
    by = draw.choice((-1, 1))
    return start.sent(start.table.with_cells([[row[0], *row[1:][by:], *row[1:][:by]] for row in start.table.rows]))


def tiers_or_ranks_moved(start: Start, draw: random.Random) -> Arrived:
    cells = _cells(start.table)
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


# units and numbers ----------------------------------------------------------------------------------------------------


def _written(start: Start, draw: random.Random, write: Callable[[str], str], all_columns: bool) -> Arrived:
    cells = _cells(start.table)
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
    cells = _cells(start.table)
    row, column = _figure(start, draw)
    text = cells[row][column]
    cells[row][column] = draw.choice((text.replace(".", ""), _times(10)(text), _times(0.1)(text), f"{text}%"))
    return start.sent(start.table.with_cells(cells))


def marks_mixed(start: Start, draw: random.Random) -> Arrived:
    """Some numbers with another decimal mark, in a file that separates cells by something else."""
    cells = _cells(start.table)
    for _ in range(draw.choice((1, 3, 40))):
        row, column = _figure(start, draw)
        cells[row][column] = cells[row][column].replace(".", ",")
    text = "".join(";".join(line) + "\n" for line in [list(start.table.header), *cells])
    return start.sent(text.encode(), "csv")


def thousands(start: Start, draw: random.Random) -> Arrived:
    return _written(start, draw, lambda text: f"{float(text) * 1000:,.2f}", draw.random() < 0.5)


def dates_for_numbers(start: Start, draw: random.Random) -> Arrived:
    """Numbers that a spreadsheet took for a day: 7.12 becomes 7 December."""

    def edit(sheet: Any, first: int) -> None:
        for _ in range(draw.choice((1, 5))):
            row, column = _figure(start, draw)
            cell = sheet.cell(first + row, column + 2)
            cell.value = dt.date(start.table.year, draw.randrange(1, 13), draw.randrange(1, 28))

    return start.sent(xlsx(start.table, edit))


def no_data_token(start: Start, draw: random.Random) -> Arrived:
    cells = _cells(start.table)
    row, column = _figure(start, draw)
    cells[row][column] = draw.choice(("KCDL", "N/A", "", "-", "0", "#N/A"))
    return start.sent(start.table.with_cells(cells))


# encodings and types --------------------------------------------------------------------------------------------------


def encoding_broken(start: Start, draw: random.Random) -> Arrived:
    text = csv_text(start.table)
    to_tcvn3 = {letter: char for char, letter in _TCVN3.items()}
    to_vni = {letter: pair for pair, letter in _VNI.items()}
    how = draw.randrange(8)
    if how == 0:
        return start.sent(text.encode("latin-1", "replace"), "csv")
    if how == 1:
        return start.sent(text.encode("cp1258", "replace"), "csv")
    if how == 2:
        return start.sent("".join(to_tcvn3.get(char, char) for char in text).encode(), "csv")
    if how == 3:
        return start.sent("".join(to_tcvn3.get(char, char) for char in text).encode("latin-1", "replace"), "csv")
    if how == 4:
        return start.sent("".join(to_vni.get(char, char) for char in text).encode("latin-1", "replace"), "csv")
    if how == 5:
        return start.sent(text.encode().decode("latin-1").encode(), "csv")
    if how == 6:
        return start.sent(text.encode("utf-16")[2 * draw.randrange(2) + 1 :], "csv")
    lines = text.split("\r\n")
    at = draw.randrange(1, len(lines) - 1)
    mixed = [line.encode("cp1252" if number == at else "utf-8", "replace") for number, line in enumerate(lines)]
    return start.sent(b"\r\n".join(mixed), "csv")


def type_lies(start: Start, draw: random.Random) -> Arrived:
    clean = start.clean()
    choice = draw.randrange(10)
    if choice == 0:
        page = "<html><head><title>404</title></head><body><h1>Không tìm thấy trang</h1></body></html>"
        return start.sent(page.encode(), "xlsx")
    if choice == 1:
        return start.sent(xlsx(start.table), "csv")
    if choice == 2:
        return start.sent(csv_text(start.table).encode(), "xlsx")
    if choice == 3:
        return start.sent(gzip.compress(clean), "csv")
    if choice == 4:
        return start.sent(
            json.dumps([dict(zip(start.table.header, row, strict=True)) for row in start.table.rows]).encode(), "csv"
        )
    if choice == 5:
        return start.sent(draw.choice((b"", b"\n", b"\0" * 100, b"   ")), "csv")
    if choice == 6:
        document = io.BytesIO()
        with zipfile.ZipFile(document, "w") as archive:
            archive.writestr(
                "[Content_Types].xml", '<Types><Override ContentType="application/vnd.wordprocessingml"/></Types>'
            )
            archive.writestr("word/document.xml", "<document/>")
        return start.sent(document.getvalue(), "xlsx")
    if choice == 7:
        return start.sent(b"%PDF-1.4\n" + bytes(draw.randrange(256) for _ in range(500)), "pdf")
    if choice == 8:
        return start.sent(html(start.table), "xls")
    return start.sent(b"\x89PNG\r\n\x1a\n" + clean[:100], "csv")


# other tables ---------------------------------------------------------------------------------------------------------


def another_year(start: Start, draw: random.Random) -> Arrived:
    return start.sent(draw.choice(start.other_years) if start.other_years else draw.choice(start.other_tables))


def another_index(start: Start, draw: random.Random) -> Arrived:
    return start.sent(draw.choice(start.other_tables))


# what must not matter -------------------------------------------------------------------------------------------------


def sorted_otherwise(start: Start, draw: random.Random) -> Arrived:
    cells = _cells(start.table)
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
    cells = _cells(start.table)
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


# spreadsheets ---------------------------------------------------------------------------------------------------------


def formulas_without_values(start: Start, draw: random.Random) -> Arrived:
    def edit(sheet: Any, first: int) -> None:
        row, column = _figure(start, draw)
        sheet.cell(first + row, column + 2).value = f"=SUM(C{first + row}:D{first + row})"

    return start.sent(xlsx(start.table, edit))


def numbers_merged(start: Start, draw: random.Random) -> Arrived:
    def edit(sheet: Any, first: int) -> None:
        row, column = _figure(start, draw)
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
        row, column = _figure(start, draw)
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
    cells = _cells(start.table)
    cells.insert(draw.choice((0, len(cells))), [name, *means])
    return start.sent(start.table.with_cells(cells))


def note_with_number(start: Start, draw: random.Random) -> Arrived:
    note = ["Ghi chú", *[""] * (len(start.table.header) - 1)]
    note[draw.randrange(1, len(note))] = draw.choice(("63", str(start.table.year), "9.99", "(*)"))
    return start.sent(start.table.with_cells([*_cells(start.table), note]))


def cell_swapped_with_neighbour(start: Start, draw: random.Random) -> Arrived:
    cells = _cells(start.table)
    row, column = _figure(start, draw)
    other = column - 1 if column > 1 else column + 1
    cells[row][column], cells[row][other] = cells[row][other], cells[row][column]
    return start.sent(start.table.with_cells(cells))


def of_a_document(start: Start, draw: random.Random) -> Arrived:
    content = bytearray(pdf(start.table))
    choice = draw.randrange(3)
    if choice == 0:
        content = content[: draw.randrange(len(content))]
    else:
        for _ in range(choice):
            content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    return start.sent(bytes(content))


KINDS = [
    Kind("bits flipped", 290, bits_flipped),
    Kind("byte inserted", 130, byte_inserted),
    Kind("byte deleted", 130, byte_deleted),
    Kind("truncated download", 170, truncated),
    Kind("truncated, padded with zeros", 40, truncated_and_padded),
    Kind("document damaged (pdf)", 4, of_a_document, ("pdf",)),
    Kind("digit changed", 170, digit_changed, _PLAIN),
    Kind("unit of one cell", 80, unit_of_one_cell),
    Kind("no-data token", 60, no_data_token),
    Kind("rows dropped", 60, rows_dropped),
    Kind("row doubled", 30, row_doubled),
    Kind("row's figures copied", 30, row_figures_copied),
    Kind("two rows' figures swapped", 80, row_figures_swapped, _PLAIN),
    Kind("names moved by a line", 40, names_moved, _PLAIN),
    Kind("columns swapped", 100, columns_swapped, _PLAIN),
    Kind("cell swapped with its neighbour", 60, cell_swapped_with_neighbour, _PLAIN),
    Kind("header changed", 60, header_changed),
    Kind("column moved by a line", 80, column_moved, _PLAIN),
    Kind("part of a column moved", 60, part_of_column_moved),
    Kind("row moved by a column", 60, row_moved),
    Kind("table moved by a column", 20, table_moved_sideways),
    Kind("ranks, groups, bounds moved", 40, tiers_or_ranks_moved, _PLAIN),
    Kind("units changed", 90, units_changed),
    Kind("percent signs", 40, percent_signs),
    Kind("decimal marks mixed", 40, marks_mixed, ("csv",)),
    Kind("thousands separators", 30, thousands),
    Kind("encoding broken", 80, encoding_broken, ("csv",)),
    Kind("type lies", 60, type_lies),
    Kind("edition of another year", 40, another_year),
    Kind("table of another index", 20, another_index),
    Kind("dates for numbers", 20, dates_for_numbers, ("xlsx",)),
    Kind("formulas without values", 15, formulas_without_values, ("xlsx",)),
    Kind("numbers in merged cells", 20, numbers_merged, ("xlsx",)),
    Kind("rows or columns hidden", 20, parts_hidden, ("xlsx",)),
    Kind("row of a total added", 40, total_row_added),
    Kind("note with a number", 20, note_with_number),
    Kind("sorted otherwise", 40, sorted_otherwise, is_harmless=True),
    Kind("columns in another order", 40, columns_in_another_order, is_harmless=True),
    Kind("names spelt otherwise", 40, names_spelt_otherwise, is_harmless=True),
    Kind("titles and notes around", 20, lines_around, ("csv",), is_harmless=True),
]
