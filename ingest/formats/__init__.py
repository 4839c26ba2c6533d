"""Reading the formats that publishers use, each to plain lines of text cells. Which one a file is, its bytes say.

Belongs here: one module a format, what makes a file unsafe to open, and legacy encodings. Does not belong here: what
a column means (`ingest.header`), which lines are data (`ingest.printed`), where a file came from.

`opening` is the door: it says what a file is and hands it to the module of that format. The modules import their
libraries; nothing imports the modules before a file needs them.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from ingest.formats.place import Line, Place


class Format(Protocol):
    """One format: a module with these functions. `source` is a file that `sniff` found to be of it.

    `file` is the name that faults give it. Bad content raises EditionFault with its place; nothing else is raised.
    """

    def places(self, source: Path, file: str, encoding: str | None) -> list[Place]:
        """Every table of the file (sheets of a workbook, tables of a page), in order; headers not looked for yet."""

    def lines(self, source: Path, file: str, place: Place, encoding: str | None) -> Iterator[Line]:
        """The lines of one table, blank ones included, without keeping more than a few in memory."""
