"""Reading the formats that publishers use, each to plain lines of text cells. Which one a file is, its bytes say.

Belongs here: one module a format, what makes a file unsafe to open, and legacy encodings. Does not belong here: what
a column means (`ingest.header`), which lines are data (`ingest.printed`), where a file came from.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from ingest.formats.place import Line, Place


class Format(Protocol):
    """One format. `source` is a file that `sniff` found to be of it; bad content raises EditionFault with its place."""

    def places(self, source: Path, encoding: str | None) -> list[Place]:
        """Every table of the file (sheets of a workbook, tables of a page), in order; headers not looked for yet."""

    def lines(self, source: Path, place: Place, encoding: str | None) -> Iterator[Line]:
        """The lines of one table, blank ones included, without keeping more than a few in memory."""
