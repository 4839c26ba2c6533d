"""From what a pull brought to the shelf or to quarantine, by what the source's YAML says of its layout."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from ingest.faults import EditionFault, Fault
from ingest.formats.opening import lines_in, places_in, sniff
from ingest.formats.place import Line, Place
from ingest.guess import bases_of
from ingest.offer import CandidateError, OfferedFile
from ingest.printed import TOP_LINES
from ingest.pull.pulling import Pulled
from ingest.pull.source import PullSource
from ingest.receipts import NO_EDITION, Receipt
from ingest.receive import Desk, Received
from ingest.text import tidy

_YEAR = re.compile(r"(19|20)\d{2}")


def receive_pulled(desk: Desk, pulled: Pulled) -> list[Received]:
    """Take in what one pull brought. One answer may hold several editions: then each is taken in for itself."""
    source, tables = pulled.source, pulled.tables
    files = [_file(desk, source, receipt) for receipt in tables]
    facts: dict[str, Any] = {
        "source_url": tables[0].final_url or tables[0].url,
        "source_kind": source.kind,
        "accessed_on": tables[0].at[:10],
    }
    came_from = f"{source.code}, {pulled.partition}"
    if source.metrics:
        said = {**facts, "metrics": source.metrics, "received_on": tables[0].at[:10]}
        said.pop("accessed_on")
        return [desk.receive([file], said, came_from) for file in files]
    facts |= {"index": source.index}
    if pulled.partition != NO_EDITION:
        facts["edition"] = int(pulled.partition)
    if "coverage" in source.layout:
        facts["coverage"] = source.layout["coverage"]
    if "years" not in source.layout:
        return [desk.receive(files, facts, came_from)]
    return list(_each_year(desk, source, files, facts, came_from))


def _file(desk: Desk, source: PullSource, receipt: Receipt) -> OfferedFile:
    """A pulled file with what the source says of its table; a page of a family is called by its slug."""
    layout = dict(source.layout.get("table", {}))
    address = (receipt.final_url or receipt.url or "").rstrip("/").rpartition("/")[2]
    name = receipt.part or receipt.original_name or address or source.code
    return OfferedFile(name, receipt.file, receipt.sha256, layout)


def _each_year(
    desk: Desk, source: PullSource, files: list[OfferedFile], facts: dict[str, Any], came_from: str
) -> Iterator[Received]:
    """The editions that one answer, or a family of pages, holds side by side: in columns or rows, one a year."""
    try:
        laid = [_laid(desk, source, file) for file in files]
    except EditionFault as error:
        yield desk.refuse(files, facts, error.faults, came_from)
        return
    for year in sorted(set.union(*(years for _, years in laid))):
        of_year = [
            OfferedFile(file.name, file.file, file.sha256, _of_year(source, file, layout, year))
            for file, (layout, years) in zip(files, laid, strict=True)
            if year in years
        ]
        try:
            basis = _basis(desk, source, of_year, year)
        except CandidateError as error:
            yield desk.refuse(of_year, facts, [Fault("offer_unclear", files[0].name, text=str(error))], came_from)
            continue
        yield desk.receive(of_year, {**facts, "edition": year, "basis": basis}, came_from, all_said=True)


def _laid(desk: Desk, source: PullSource, file: OfferedFile) -> tuple[dict[str, Any], set[int]]:
    """A file's table, and the years that it has figures of."""
    path = desk.shelf.archive / file.file
    format = sniff(path, file.name)
    by_row = source.layout["years"] if isinstance(source.layout["years"], dict) else None
    for place in places_in(path, file.name, format):
        for line in islice(lines_in(path, file.name, format, place), TOP_LINES):
            cells = [tidy(cell) for cell in line.cells]
            if by_row and by_row["column"] in cells:
                layout = _layout(file, format, place, line)
                return layout, _years_below(desk, file, format, layout, cells.index(by_row["column"]))
            if not by_row and sum(bool(_YEAR.fullmatch(cell)) for cell in cells) > 1:
                layout = _layout(file, format, place, line) | {"component_header": cells[0]}
                return layout, {int(cell) for cell in cells if _YEAR.fullmatch(cell)}
    raise EditionFault([Fault("place_missing", file.name, text="no header with years")])


def _layout(file: OfferedFile, format: str, place: Place, line: Line) -> dict[str, Any]:
    described = {**place.describe(), **({"header": line.number} if line.number > 1 else {})}
    positions = {tidy(cell): position for position, cell in enumerate(line.cells) if tidy(cell)}
    layout = {**file.layout, "format": format, "positions": positions}
    return {**layout, "place": described} if described else layout


def _years_below(desk: Desk, file: OfferedFile, format: str, layout: dict[str, Any], column: int) -> set[int]:
    place = Place.parse(layout.get("place", {}))
    lines = lines_in(desk.shelf.archive / file.file, file.name, format, place)
    values = [layout["positions"][header] for header in layout["columns"]]
    return {
        int(line.cells[column])
        for line in lines
        if line.number > place.header[1]
        and _YEAR.fullmatch(line.cells[column])
        and any(tidy(line.cells[value]) for value in values)
    }


def _of_year(source: PullSource, file: OfferedFile, layout: dict[str, Any], year: int) -> dict[str, Any]:
    """The table's description for one of its years."""
    own = {name: value for name, value in layout.items() if name != "positions"}
    if isinstance(source.layout["years"], dict):
        column = source.layout["years"]["column"]
        used = {column, *own["columns"], *own.get("roles", {})}
        ignored = {header: "ignored" for header in layout["positions"] if header not in used}
        return {**own, "where": {column: str(year)}, "roles": {**ignored, **own.get("roles", {})}}
    others = {header: "ignored" for header in layout["positions"] if _YEAR.fullmatch(header) and header != str(year)}
    return {**own, "columns": {str(year): {"measure": "score"}}, "roles": {**others, **own.get("roles", {})}}


def _basis(desk: Desk, source: PullSource, files: list[OfferedFile], year: int) -> str:
    """The territorial list; a family's pages are about the territories that they are named after, and are told so."""
    if source.layout.get("territory") != "part":
        return "VN"
    names = [file.name for file in files]
    unknown = [name for name in names if not desk.places.knows(name)]
    fitting = bases_of(names, year, desk.places)
    if unknown or len(fitting) != 1:
        raise CandidateError(f"the pages {', '.join(unknown or names[:5])} are not of one territorial list")
    for file in files:
        file.layout["territory"] = desk.places.resolve(file.name, fitting[0])
    return fitting[0]
