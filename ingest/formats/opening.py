"""The door to the formats: what a file is, which tables it has, and their lines."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

from ingest.faults import EditionFault
from ingest.formats import Format
from ingest.formats.damage import missing, unsafe
from ingest.formats.place import Line, Place
from ingest.formats.safety import check_container
from ingest.formats.sniffing import sniff
from ingest.formats.zipped import members_of, spooled

__all__ = ["format_of_member", "lines_in", "places_in", "sniff"]


def places_in(
    source: Path, file: str, format: str, encoding: str | None = None, member: str | None = None
) -> list[Place]:
    """Every table of the file; of a zip, the tables of all its files, or of `member`. Empty when it has none.

    Raises EditionFault where the file is damaged, unsafe, not of that format, or a zip in which nothing can be read.
    """
    if format != "zip" and not member:
        return _reader(source, file, format).places(source, file, encoding)
    check_container(source, file)
    return _places_of_member(source, file, member, encoding) if member else _places_in_zip(source, file, encoding)


def lines_in(source: Path, file: str, format: str, place: Place, encoding: str | None = None) -> Iterator[Line]:
    """The lines of the table at `place`, one at a time. A `place.member` stands in a zip, whatever `format` says.

    Raises EditionFault, also between lines: damaged, unsafe, or no such place.
    """
    if format != "zip" and not place.member:
        yield from _reader(source, file, format).lines(source, file, place, encoding)
        return
    check_container(source, file)
    name = place.member or _only_member(source, file)
    with spooled(source, file, name) as inner:
        yield from _reader(inner, file, _format_of_member(inner, file)).lines(inner, file, place, encoding)


def format_of_member(source: Path, file: str, member: str) -> str:
    """Which format a file inside a zip is. Raises EditionFault: no such file, damaged, unsafe, another zip."""
    check_container(source, file)
    with spooled(source, file, member) as inner:
        return _format_of_member(inner, file)


def titles_in(source: Path, file: str, format: str, place: Place, encoding: str | None = None) -> list[str]:
    """What stands above a table: the name of its sheet, the headings of its page, the lines down to its header.

    Raises EditionFault.
    """
    above = takewhile(lambda line: line.number < place.header[0], lines_in(source, file, format, place, encoding))
    cells = [cell for line in above for cell in line.cells]
    if format == "html" and not place.member:
        from ingest.formats import html_table

        cells = [*html_table.headings(source, file, encoding), *cells]
    return [place.sheet or "", *cells]


def _reader(source: Path, file: str, format: str) -> Format:
    """The module of a format; its libraries are imported here and not sooner, so that the command line starts fast."""
    match format:
        case "csv":
            from ingest.formats import delimited

            return delimited
        case "xlsx":
            from ingest.formats import xlsx

            check_container(source, file)
            return xlsx
        case "xls":
            from ingest.formats import xls

            return xls
        case "html":
            from ingest.formats import html_table

            return html_table
        case "pdf":
            from ingest.formats import pdf

            return pdf
        case "json-stat":
            from ingest.formats import json_stat

            return json_stat
        case "world-bank":
            from ingest.formats import world_bank

            return world_bank
    raise ValueError(f"no format is named {format!r}")


def _places_in_zip(source: Path, file: str, encoding: str | None) -> list[Place]:
    """Of every file in the zip that is of a known format; others are notes, unless there is none else."""
    found: list[Place] = []
    unread: list[EditionFault] = []
    names = members_of(source, file)
    for name in names:
        try:
            found += _places_of_member(source, file, name, encoding)
        except EditionFault as fault:
            if any(each.code != "file_unreadable" for each in fault.faults):
                raise
            unread.append(fault)
    if unread and len(unread) == len(names):
        raise EditionFault([each for fault in unread for each in fault.faults])
    return found


def _places_of_member(source: Path, file: str, name: str, encoding: str | None) -> list[Place]:
    with spooled(source, file, name) as inner:
        format = _format_of_member(inner, file)
        return [replace(place, member=name) for place in _reader(inner, file, format).places(inner, file, encoding)]


def _format_of_member(inner: Path, file: str) -> str:
    format = sniff(inner, file)
    if format == "zip":
        raise unsafe(file, "a zip inside a zip")
    return format


def _only_member(source: Path, file: str) -> str:
    names = members_of(source, file)
    if len(names) != 1:
        raise missing(file, f"name one of the files in the zip: {', '.join(names[:20])}")
    return names[0]
