"""The archive: a publisher's bytes as they came, checked against the hash that the catalog recorded."""

import csv
import hashlib
import io
from dataclasses import dataclass

from ingest.faults import EditionFault, Fault
from ingest.settings import Shelf


@dataclass(frozen=True)
class PrintedTable:
    """A file's cells as text. `lines` holds, for each row of `rows`, the line of the file that it starts on."""

    file: str
    sha256: str
    header: list[str]
    rows: list[list[str]]
    lines: list[int]


def read_archived(shelf: Shelf, file: str, sha256: str, encoding: str) -> PrintedTable:
    """Read one archived CSV whose bytes hash to `sha256`. Raises EditionFault: missing, changed, unreadable, ragged."""
    path = shelf.archive / file
    if not path.is_file():
        raise EditionFault([Fault("archive_missing", file)])
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise EditionFault([Fault("archive_changed", file, text=f"sha256 {found[:12]}…, recorded {sha256[:12]}…")])
    return parse_csv(data, file, found, encoding)


def parse_csv(data: bytes, file: str, sha256: str, encoding: str) -> PrintedTable:
    """Split CSV bytes into cells, every row as long as the header. Raises EditionFault naming the first bad place."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise EditionFault([Fault("file_unreadable", file, text=str(error))]) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    rows: list[list[str]] = []
    lines: list[int] = []
    faults: list[Fault] = []
    line = 1
    try:
        for cells in reader:
            if not header:
                header = cells
            elif any(cell.strip() for cell in cells):
                if len(cells) != len(header):
                    faults.append(Fault("row_ragged", file, line, text=f"{len(cells)} cells, header has {len(header)}"))
                rows.append(cells)
                lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise EditionFault([Fault("file_unreadable", file, line, text=str(error))]) from error
    if not header:
        faults.append(Fault("file_unreadable", file, text="the file is empty"))
    if faults:
        raise EditionFault(faults)
    return PrintedTable(file, sha256, header, rows, lines)
