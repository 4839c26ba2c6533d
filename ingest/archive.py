"""The archive: a publisher's bytes as they came, checked against the hash that the catalog recorded."""

import hashlib
from pathlib import Path

from ingest.catalog import Table
from ingest.faults import EditionFault, Fault
from ingest.formats.opening import lines_in, sniff
from ingest.formats.place import Place
from ingest.printed import PrintedFile, PrintedTable, lay_out
from ingest.settings import Shelf


def find_archived(shelf: Shelf, file: str, sha256: str) -> Path:
    """The archived file, whose bytes hash to `sha256`. Raises EditionFault: missing, changed."""
    path = shelf.archive / file
    if not path.is_file():
        raise EditionFault([Fault("archive_missing", file)])
    with path.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if found != sha256:
        raise EditionFault([Fault("archive_changed", file, text=f"sha256 {found[:12]}…, recorded {sha256[:12]}…")])
    return path


def open_archived(
    shelf: Shelf, file: str, sha256: str, format: str, place: Place, encoding: str | None, name: str | None = None
) -> PrintedTable:
    """One table of an archived file. Raises EditionFault: missing, changed, of another type, unreadable.

    `name` is what its sender called the file, for faults. Rows are read as they are iterated; what is wrong with them
    is in the table's `faults` afterwards.
    """
    path, called = find_archived(shelf, file, sha256), name or file
    expected, found = "zip" if place.member else format, sniff(path, called)
    if found != expected:
        raise EditionFault([Fault("file_not_as_declared", called, text=f"{found}, not {expected}")])
    lines = lines_in(path, called, format, place, encoding)
    return lay_out(lines, place, PrintedFile(file, called, sha256), pads=format != "csv")


def open_table(shelf: Shelf, table: Table) -> PrintedTable:
    """The printed table that a catalog's description means."""
    return open_archived(shelf, table.file, table.sha256, table.format, table.place, table.encoding, table.name)
