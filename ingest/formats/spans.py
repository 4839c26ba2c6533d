"""Merged cells: their text is put into every cell that they cover, row by row as a sheet is read."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ingest.formats.damage import too_large
from ingest.formats.place import Line

MAX_SPANS = 200_000
MAX_COVERED = 20_000_000
# what is merged further than this was merged as whole rows or columns, and ends where the sheet's content ends
_LONG = 1000


class Span(NamedTuple):
    """A merged range, its ends included. Rows count from 1, columns from 0."""

    top: int
    bottom: int
    left: int
    right: int


class Row(NamedTuple):
    """A row of a sheet before merged cells are filled; it ends with its last cell that is not blank."""

    number: int
    cells: list[str]
    hidden: bool = False


def checked(spans: Iterable[Span], file: str, last_row: int, width: int) -> list[Span]:
    """The spans from top to bottom, whole rows and columns cut to the content. Raises EditionFault: too many."""
    kept = []
    covered = 0
    for span in spans:
        bottom = span.bottom if span.bottom - span.top < _LONG else min(span.bottom, max(span.top, last_row))
        right = span.right if span.right - span.left < _LONG else min(span.right, max(span.left, width - 1))
        covered += (bottom - span.top + 1) * (right - span.left + 1)
        kept.append(Span(span.top, bottom, span.left, right))
        if len(kept) > MAX_SPANS or covered > MAX_COVERED:
            raise too_large(file, f"more than {MAX_SPANS} merged cells, or merged cells that cover {MAX_COVERED}")
    return sorted(kept)


def spread(rows: Iterable[Row], spans: list[Span], hidden_columns: frozenset[int]) -> Iterator[Line]:
    """A line for each row from 1 on, rows that the sheet leaves out as blank ones. `rows` ascend."""
    filler = _Filler(spans)
    due = 1
    for row in rows:
        for number in range(due, row.number):
            yield filler.line(Row(number, []), hidden_columns)
        yield filler.line(row, hidden_columns)
        due = row.number + 1
    last = max((span.bottom for span in spans), default=0)
    for number in range(due, last + 1):
        yield filler.line(Row(number, []), hidden_columns)


class _Filler:
    """The spans still to come and those that the present row is in, with their text."""

    def __init__(self, spans: list[Span]) -> None:
        self._coming = deque(spans)
        self._open: list[tuple[Span, str]] = []

    def line(self, row: Row, hidden_columns: frozenset[int]) -> Line:
        while self._coming and self._coming[0].top <= row.number:
            span = self._coming.popleft()
            self._open.append((span, row.cells[span.left] if span.left < len(row.cells) else ""))
        if not self._open:
            return Line(row.number, row.cells, frozenset(), row.hidden, hidden_columns)
        cells = list(row.cells)
        repeated: set[int] = set()
        for span, text in self._open:
            first = span.left + 1 if span.top == row.number else span.left
            if text:
                cells.extend([""] * (span.right + 1 - len(cells)))
                repeated.update(range(first, span.right + 1))
            for column in range(first, min(span.right + 1, len(cells))):
                cells[column] = text  # a value underneath a merged cell is not shown
        self._open = [(span, text) for span, text in self._open if span.bottom > row.number]
        return Line(row.number, cells, frozenset(repeated), row.hidden, hidden_columns)
