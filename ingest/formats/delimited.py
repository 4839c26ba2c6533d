"""CSV and its kin: text with commas, semicolons or tabs, read record by record."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from ingest.formats.damage import unreadable
from ingest.formats.encoding import encoding_of, undecodable
from ingest.formats.place import Line, Place

# where two fit, the later seldom stands in text or in numbers by chance
_DELIMITERS = "\t;,"
_LOOKED_AT = 30
_LONGEST_LINE, _LONGEST_CELL = 1 << 22, 1 << 17


def places(source: Path, file: str, encoding: str | None) -> list[Place]:
    """The one table of the file, with the delimiter that its first lines show."""
    first: list[str] = []
    for line in _text_lines(source, file, encoding):
        first.append(line)
        if len(first) == _LOOKED_AT:
            break
    return [Place(delimiter=guess_delimiter(first))]


def lines(source: Path, file: str, place: Place, encoding: str | None) -> Iterator[Line]:
    """The records, each numbered by the line of the file that it starts on. Raises EditionFault at a bad one."""
    reader = csv.reader(_text_lines(source, file, encoding), delimiter=place.delimiter, strict=True)
    number = 1
    try:
        for cells in reader:
            # the module's own limit is the process's, and libraries raise it
            if any(len(cell) > _LONGEST_CELL for cell in cells):
                raise unreadable(file, f"a cell of more than {_LONGEST_CELL} characters", row=number)
            yield Line(number, cells)
            number = reader.line_num + 1
    except csv.Error as error:
        raise unreadable(file, str(error), row=number) from error


def guess_delimiter(first: list[str]) -> str:
    """Which of tab, semicolon and comma splits most of these lines into the same number of cells; comma for none."""
    agreement = {mark: _lines_alike(first, mark) for mark in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda mark: agreement[mark])
    return best if agreement[best] else ","


def _lines_alike(first: Iterable[str], delimiter: str) -> int:
    counts: Counter[int] = Counter()
    try:
        for cells in csv.reader(first, delimiter=delimiter):
            counts[len(cells)] += 1
    except csv.Error:  # a cell too long: this is not how the file is split
        return 0
    return max((seen for cells, seen in counts.items() if cells > 1), default=0)


def _text_lines(source: Path, file: str, encoding: str | None) -> Iterator[str]:
    """The file's lines with their ends. Raises EditionFault: not in its encoding, zeros inside, a line without end."""
    used = encoding_of(source, file, encoding)
    try:
        with source.open(encoding=used, newline="") as stream:
            number = 0
            while line := stream.readline(_LONGEST_LINE):
                number += 1
                if len(line) == _LONGEST_LINE:
                    raise unreadable(file, f"a line of more than {_LONGEST_LINE} characters", row=number)
                if "\0" not in line:
                    yield line
                    continue
                kept = line.rstrip("\0")
                if "\0" in kept or not _only_zeros(stream):
                    raise unreadable(file, "a zero byte inside the text", row=number)
                if kept:
                    yield kept
    except UnicodeError as error:
        raise undecodable(source, file, used) from error


def _only_zeros(stream: io.TextIOBase) -> bool:
    return all(not chunk.strip("\0") for chunk in iter(lambda: stream.read(1 << 16), ""))
