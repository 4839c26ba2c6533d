"""A table as it is printed: its header, and under it rows of as many cells, whatever format the file has."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.faults import EditionFault, Fault
from ingest.formats.place import Line, NumberCell, Place
from ingest.text import parse_number, tidy

# titles and headers stand within these first lines of a table
TOP_LINES = 60
# between the parts of a header that stands on several lines
HEADER_JOINT = " | "


@dataclass(frozen=True)
class PrintedFile:
    """Where a table comes from: its file in the archive, what its sender called it (for faults), and its hash."""

    file: str
    called: str
    sha256: str


@dataclass
class PrintedTable:
    """`rows` gives (line, cells) once, blank lines left out, one cell a header; `columns` counts from 1 in the file."""

    file: PrintedFile
    place: Place
    header: list[str]
    header_line: int
    columns: list[int]
    rows: Iterator[tuple[int, list[str]]]
    faults: list[Fault] = field(default_factory=list)

    def locator(self, line: int, column: int) -> str:
        """Where a cell stands, for a person who opens the file: "pci_2019.xlsx#PCI!R5C3"."""
        inside = f"/{self.place.member}" if self.place.member else ""
        pages = f"p{self.place.pages[0]}" if self.place.pages else ""
        table = f"table{self.place.table}" if self.place.table else ""
        where = self.place.sheet or f"{pages}{table}"
        return f"{self.file.file}{inside}#{where}{'!' if where else ''}R{line}C{column}"


def lay_out(lines: Iterator[Line], place: Place, file: PrintedFile, pads: bool) -> PrintedTable:
    """Find the header where `place` says and give the rows below it.

    `pads`: the format leaves out blank cells at a row's end, so that a short row is no fault.

    Raises EditionFault when the header is not there. Rows with cells outside the columns that have a header, hidden
    parts that nobody decided on, and numbers in merged cells are faults of the table, found while it is read.
    """
    header_lines = _header_lines(lines, place, file.called)
    headers = join_headers(header_lines)
    columns = [position for position, text in enumerate(headers) if tidy(text)]
    if not columns:
        raise EditionFault([Fault("place_missing", file.called, place.header[0], text="the header line is blank")])
    hidden = header_lines[-1].hidden_columns
    if place.hidden == "skip":
        columns = [position for position in columns if position not in hidden]
    table = PrintedTable(
        file=file,
        place=place,
        header=[headers[position] for position in columns],
        header_line=place.header[0],
        columns=[position + 1 for position in columns],
        rows=iter(()),
    )
    if place.hidden == "refuse" and hidden & set(columns):
        names = ", ".join(headers[position] for position in sorted(hidden & set(columns)))
        table.faults.append(Fault("part_hidden", file.called, place.header[0], text=f"columns {names}"))
    table.rows = _rows(lines, place, table, frozenset(columns), pads)
    return table


def _header_lines(lines: Iterator[Line], place: Place, file: str) -> list[Line]:
    first, last = place.header
    found: list[Line] = []
    for line in lines:
        blank = not any(map(tidy, line.cells))
        # a CSV may open with blank lines: its header is then the first line that is not
        if line.number >= first and not (blank and not found):
            found.append(line)
        if found and line.number >= last:
            return found
    raise EditionFault([Fault("place_missing", file, first, text="the file ends before the header")])


def join_headers(lines: list[Line]) -> list[str]:
    """The header column by column: the different texts of its lines, from the top down."""
    width = max(len(line.cells) for line in lines)
    joined = []
    for position in range(width):
        parts: list[str] = []
        for line in lines:
            text = line.cells[position] if position < len(line.cells) else ""
            if tidy(text) and text not in parts:
                parts.append(text)
        joined.append(HEADER_JOINT.join(parts) if len(parts) > 1 else "".join(parts))
    return joined


def _rows(
    lines: Iterator[Line], place: Place, table: PrintedTable, columns: frozenset[int], pads: bool
) -> Iterator[tuple[int, list[str]]]:
    ordered = sorted(columns)
    for line in lines:
        if place.last is not None and line.number > place.last:
            break
        if (place.first is not None and line.number < place.first) or line.number in place.skip:
            continue
        if not any(map(tidy, line.cells)):
            continue
        if line.hidden:
            if place.hidden == "skip":
                continue
            if place.hidden == "refuse":
                table.faults.append(Fault("part_hidden", table.file.called, line.number, text=f"row {line.number}"))
        yield from _checked(line, table, columns, ordered, pads)


def _checked(
    line: Line, table: PrintedTable, columns: frozenset[int], ordered: list[int], pads: bool
) -> Iterator[tuple[int, list[str]]]:
    if len(line.cells) <= ordered[-1] and not pads:
        table.faults.append(
            Fault(
                "row_ragged", table.file.called, line.number, text=f"{len(line.cells)} cells, header has {len(ordered)}"
            )
        )
        return
    outside = [
        text
        for position, text in enumerate(line.cells)
        if position not in columns and position not in line.hidden_columns and tidy(text)
    ]
    if outside:
        shown = " | ".join(outside[:3])
        text = f"{len(line.cells)} cells, header has {len(ordered)}: {shown}"
        table.faults.append(Fault("row_ragged", table.file.called, line.number, text=text))
        return
    for position in sorted(line.merged & columns):
        if _is_number(line.cells[position]):
            header = table.header[ordered.index(position)]
            table.faults.append(Fault("cell_merged", table.file.called, line.number, header, line.cells[position]))
    yield line.number, [line.cells[position] if position < len(line.cells) else "" for position in ordered]


def _is_number(text: str) -> bool:
    for decimal in ".,":
        try:
            parse_number(text, decimal)
        except ValueError:
            continue
        return True
    return isinstance(text, NumberCell)
