"""Where a table stands in a file, and what a line of it is, whatever the file's format."""

from dataclasses import dataclass
from typing import Any

HIDDEN = ("refuse", "read", "skip")


@dataclass(frozen=True)
class Place:
    """One table of a file. Lines, columns, pages and tables count from 1, as the file's own program shows them.

    `header` is the first and the last line of the header; `first` and `last` bound the lines of data (None: right after
    the header, to the end); `skip` are lines between them that are no data: units, group headings, notes.
    `hidden` says what to do with lines and columns that a spreadsheet hides.
    """

    member: str | None = None  # file inside a zip
    sheet: str | None = None
    table: int | None = None  # of a page or a document, in reading order
    pages: tuple[int, int] | None = None  # of a document: the first and the last that the table runs over
    header: tuple[int, int] = (1, 1)
    first: int | None = None
    last: int | None = None
    skip: frozenset[int] = frozenset()
    hidden: str = "refuse"
    delimiter: str = ","

    @classmethod
    def parse(cls, doc: dict[str, Any]) -> "Place":
        """From a catalog's `place`; every field may be left out. A `header` of one line is one number."""
        header = doc.get("header", 1)
        pages = doc.get("pages")
        return cls(
            member=doc.get("member"),
            sheet=doc.get("sheet"),
            table=doc.get("table"),
            pages=(pages[0], pages[-1]) if pages else None,
            header=(header, header) if isinstance(header, int) else (header[0], header[-1]),
            first=doc.get("first"),
            last=doc.get("last"),
            skip=frozenset(doc.get("skip", ())),
            hidden=doc.get("hidden", "refuse"),
            delimiter=doc.get("delimiter", ","),
        )

    def describe(self) -> dict[str, Any]:
        """The catalog's `place` that `parse` reads back; only what differs from the ordinary."""
        doc: dict[str, Any] = {
            name: getattr(self, name) for name in ("member", "sheet", "table", "first", "last") if getattr(self, name)
        }
        if self.pages:
            doc["pages"] = list(self.pages)
        if self.header != (1, 1):
            doc["header"] = self.header[0] if self.header[0] == self.header[1] else list(self.header)
        if self.skip:
            doc["skip"] = sorted(self.skip)
        if self.hidden != "refuse":
            doc["hidden"] = self.hidden
        if self.delimiter != ",":
            doc["delimiter"] = self.delimiter
        return doc


class NumberCell(str):
    """The text of a cell that its file holds as a number, not as text: its decimal mark is always a point.

    A percent is printed with its sign, "85.5%": only where the sign is declared is it read as a number.
    """

    __slots__ = ()


@dataclass(frozen=True)
class Line:
    """One line of a table as text, cell by cell from the file's first column.

    A merged cell's text stands in every cell that it covers; `merged` holds the positions (from 0) of those that only
    repeat what stands further up or left. `hidden` is a hidden line, `hidden_columns` positions of hidden columns.
    """

    number: int
    cells: list[str]
    merged: frozenset[int] = frozenset()
    hidden: bool = False
    hidden_columns: frozenset[int] = frozenset()
