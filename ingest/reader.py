"""One generic reader: a printed table, wide or long, to one row per published cell, as the catalog describes it."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from ingest.archive import open_table
from ingest.catalog import Catalog, Correction, Edition, Figure, Index, Table
from ingest.faults import EditionFault, Fault
from ingest.formats import legacy
from ingest.header import Layout, check_layout, header_words, missing_figures, read_layout
from ingest.printed import PrintedTable
from ingest.territory import Gazetteer
from ingest.text import header_key, parse_number, tidy


@dataclass(frozen=True)
class Cell:
    """One published cell. `row` and `column` count from 1 in the file as printed, the header line included."""

    table_no: int
    territory_code: str
    territory_text: str
    component_code: str
    measure: str
    value: float | None
    value_text: str
    value_status: str
    printed_decimals: int | None
    qualifier: str | None
    ranked_among: int | None
    note: str | None
    source_url: str | None
    source_kind: str
    source_file: str
    source_sha256: str
    source_row: int
    source_column: int
    source_header: str
    source_locator: str


# measures that are words, not numbers; a tier that is printed as a number is still read as one
_WORDS = ("tier", "position_note")
# ten times the largest edition of the archive: what is larger is not one edition's table
MOST_CELLS = 300_000


def read_edition(edition: Edition, catalog: Catalog, gazetteer: Gazetteer) -> list[Cell]:
    """All cells of an edition. Raises EditionFault listing every bad place."""
    index = catalog.indices[edition.index]
    cells: list[Cell] = []
    faults: list[Fault] = []
    figures: set[Figure] = set()
    for number, table in enumerate(edition.tables, start=1):
        try:
            reading = _TableReading(number, table, edition, index, catalog.common, gazetteer)
        except EditionFault as error:
            faults.extend(error.faults)
            continue
        reading.read()
        cells.extend(reading.cells)
        faults.extend(reading.faults)
        figures |= reading.figures
    if not faults:
        figures |= {Figure(cell.component_code, cell.measure) for cell in cells}
        faults.extend(missing_figures(index, edition, figures))
        faults.extend(_doubled(cells, edition))
        cells = _corrected(cells, edition, faults)
    if faults:
        raise EditionFault(faults)
    return cells


class _TableReading:
    """The reading of one table: what was found, row by row, and what stopped it."""

    def __init__(
        self, number: int, table: Table, edition: Edition, index: Index, common: dict[str, Any], gazetteer: Gazetteer
    ) -> None:
        self.number, self.table, self.edition, self.index = number, table, edition, index
        self.common, self.gazetteer = common, gazetteer
        self.printed: PrintedTable = open_table(edition.shelf, table)
        self.layout: Layout = read_layout(self.printed.header, index, edition, table, common)
        problems = check_layout(self.printed, self.layout, index, edition, table)
        if problems:
            raise EditionFault(problems)
        self.no_data = {tidy(token).casefold() for token in (*common["no_data"], *edition.no_data)}
        self.cells: list[Cell] = []
        self.faults: list[Fault] = []
        self.figures: set[Figure] = set(self.layout.figures.values())
        # a long table may name components as a wide one heads its columns, where that is one component's name only
        self._component_labels = {
            key: str(figure.component)
            for key, figures in header_words(index, edition).items()
            for figure in figures
            if len(figures) == 1 and figure.measure == "score"
        } | {
            header_key(label): component.code
            for component in index.components
            for label in (*component.labels, component.name_vi, component.name_en)
        }

    def read(self) -> None:
        try:
            where = {self._column(header): value for header, value in self.table.where.items()}
        except EditionFault as error:
            self.faults.extend(error.faults)
            return
        seen: dict[str, int] = {}
        for line, cells in self.printed.rows:
            if len(self.cells) > MOST_CELLS:
                text = f"more than {MOST_CELLS:,} figures"
                self.faults.append(Fault("table_too_large", self.table.called, line, text=text))
                break
            if any(tidy(cells[column]) != value for column, value in where.items()):
                continue
            labels = self._labels(cells, line)
            territory = self._territory(cells, line, labels)
            if territory is None or labels is None:
                continue
            if not self.table.labels and self.layout.component_column is None and self.layout.measure_column is None:
                if territory in seen:
                    text = f"{self._text(cells, 'territory')}: rows {seen[territory]}, {line}"
                    self.faults.append(Fault("territory_doubled", self.table.called, line, text=text))
                seen[territory] = line
            for position, figure in self.layout.figures.items():
                self._cell(cells, line, position, figure, territory, labels)
        self.faults = [*self.printed.faults, *self.faults]

    def _column(self, header: str) -> int:
        keys = [header_key(printed) for printed in self.printed.header]
        if header_key(header) not in keys:
            raise EditionFault([Fault("header_missing", self.table.called, self.printed.header_line, text=header)])
        return keys.index(header_key(header))

    def _text(self, cells: list[str], role: str) -> str | None:
        """The row's cells in this role, joined; None where they are blank or the table has no such column."""
        found = [tidy(cells[column]) for column in self.layout.roles.get(role, ())]
        return "; ".join(text for text in found if text) or None

    def _labels(self, cells: list[str], line: int) -> dict[str, str] | None:
        """Component, measure and territory that the row itself says in words, by the catalog's labels."""
        meaning: dict[str, str] = {}
        for column, labels in self.layout.labels.items():
            meaning.update(labels.get(tidy(cells[column]), {}))
        for part, position, words in (
            ("component", self.layout.component_column, self._component_labels),
            ("measure", self.layout.measure_column, {name: name for name in self.common["measures"]}),
        ):
            if position is None or part in meaning:
                continue
            code = words.get(header_key(cells[position]))
            if code is None:
                header = self.printed.header[position]
                self.faults.append(Fault("label_unknown", self.table.called, line, header, tidy(cells[position])))
                return None
            meaning[part] = code
        return meaning

    def _territory(self, cells: list[str], line: int, labels: dict[str, str] | None) -> str | None:
        fixed = (labels or {}).get("territory") or self.table.territory
        column = self.layout.role("territory")
        if fixed is not None or column is None:
            return fixed
        code = self.gazetteer.resolve(cells[column], self.edition.basis)
        header = self.printed.header[column]
        if code is None:
            old = legacy.detect(cells[column])  # a workbook may hold such text as if it were Unicode
            fault, text = ("encoding_legacy", str(old)) if old else ("territory_unmapped", tidy(cells[column]))
            self.faults.append(Fault(fault, self.table.called, line, header, text))
            return None
        for other in self.layout.roles.get("territory_check", ()):
            if self.gazetteer.resolve(cells[other], self.edition.basis) != code:
                text = f"{tidy(cells[column])} / {tidy(cells[other])}"
                self.faults.append(Fault("territory_conflict", self.table.called, line, header, text))
                return None
        return code

    def _cell(
        self, cells: list[str], line: int, column: int, figure: Figure, territory: str, labels: dict[str, str] | None
    ) -> None:
        printed, header = cells[column], self.printed.header[column]
        blank = not tidy(printed)
        if blank and (self.edition.coverage == "partial" or header_key(header) in self.table.not_captured):
            return  # a blank in a table that others compiled is a figure they did not see, not one published as missing
        component = figure.component or (labels or {}).get("component")
        measure = (labels or {}).get("measure") or figure.measure
        if component is None or measure is None:
            self.faults.append(Fault("label_unknown", self.table.called, line, header, tidy(printed)))
            return
        value: float | None = None
        decimals: int | None = None
        status = "no_data" if blank or tidy(printed).casefold() in self.no_data else "number"
        if status == "number":
            try:
                value, decimals = parse_number(printed, self.table.decimal, self.table.unit_sign)
            except ValueError:
                if measure not in _WORDS:
                    self.faults.append(Fault("number_unreadable", self.table.called, line, header, printed))
                    return
                status = "text"
            if value == 0 and measure == "score" and self.index.zero_is_no_data:
                value, status = None, "no_data"
        beside = self.layout.attached.get(column, {})
        url = self._attached(cells, beside, "source_url") or self._text(cells, "source_url")
        source_url, source_kind = self._source(url, header)
        self.cells.append(
            Cell(
                table_no=self.number,
                territory_code=territory,
                territory_text=self._text(cells, "territory") or territory,
                component_code=component,
                measure=measure,
                value=value,
                value_text=printed,
                value_status=status,
                printed_decimals=decimals,
                qualifier=self._text(cells, "qualifier"),
                ranked_among=self._ranked_among(cells, line, measure),
                note=self._attached(cells, beside, "note") or self._text(cells, "note"),
                source_url=source_url,
                source_kind=source_kind,
                source_file=self.table.file,
                source_sha256=self.table.sha256,
                source_row=line,
                source_column=self.printed.columns[column],
                source_header=header,
                source_locator=self.printed.locator(line, self.printed.columns[column]),
            )
        )

    def _attached(self, cells: list[str], beside: dict[str, int], role: str) -> str | None:
        return tidy(cells[beside[role]]) or None if role in beside else None

    def _ranked_among(self, cells: list[str], line: int, measure: str) -> int | None:
        text = self._text(cells, "ranked_among")
        if text is None or measure != "rank":
            return None
        try:
            return int(parse_number(text, self.table.decimal)[0])
        except ValueError:
            self.faults.append(Fault("number_unreadable", self.table.called, line, "ranked_among", text))
            return None

    def _source(self, url: str | None, header: str) -> tuple[str | None, str]:
        """Where the cell came from and of what kind: the row's own address, else the table's source for its column."""
        if url is None:
            sources = self.table.sources
            own = next((s for s in sources if header_key(header) in s.headers), None)
            source = own or next((s for s in sources if not s.headers), sources[0])
            return source.url, source.kind
        for source in self.table.sources:
            if source.url and source.url == url:
                return url, source.kind
        host = next((urlsplit(word).hostname or "" for word in url.split() if "://" in word), "")
        for suffix, kind in self.common["source_hosts"].items():
            if host == suffix or host.endswith(f".{suffix}"):
                return url, str(kind)
        return url, str(self.common["source_kind_otherwise"])


def _corrected(cells: list[Cell], edition: Edition, faults: list[Fault]) -> list[Cell]:
    """The cells with the edition's corrections; a correction that no longer fits what is printed adds a fault."""
    by_key = {(cell.territory_code, cell.component_code, cell.measure): place for place, cell in enumerate(cells)}
    corrected = list(cells)
    for one in edition.corrections:
        place = by_key.get((one.territory, one.component, one.measure))
        cell = None if place is None else cells[place]
        if place is None or cell is None or tidy(cell.value_text) != tidy(one.printed):
            found = "no such cell" if cell is None else f"printed now: {cell.value_text}"
            text = f"{one.territory} {one.component} {one.measure}, {one.printed} → {one.corrected}; {found}"
            file, row = edition.tables[0].called, cell.source_row if cell else None
            faults.append(Fault("correction_outdated", file, row, cell.source_header if cell else None, text))
            continue
        table = edition.tables[cell.table_no - 1]
        try:
            value, decimals = parse_number(one.corrected, table.decimal, table.unit_sign)
        except ValueError:
            column = f"corrections, {one.territory} {one.component} {one.measure}"
            faults.append(Fault("number_unreadable", edition.path.name, None, column, one.corrected))
            continue
        corrected[place] = replace(
            cell, value=value, printed_decimals=decimals, value_status="corrected", note=_why(one, cell)
        )
    return corrected


def _why(one: Correction, cell: Cell) -> str:
    said = f"printed {one.printed}, corrected to {one.corrected} ({one.status}): {one.reason}; {one.source}"
    return f"{cell.note}; {said}" if cell.note else said


def _doubled(cells: list[Cell], edition: Edition) -> list[Fault]:
    """Two cells that claim the same figure of the same territory."""
    faults: list[Fault] = []
    called = {number: table.called for number, table in enumerate(edition.tables, start=1)}
    seen: dict[tuple[str, str, str], Cell] = {}
    for cell in cells:
        key = (cell.territory_code, cell.component_code, cell.measure)
        if key in seen:
            text = f"{cell.territory_text}, {cell.component_code} {cell.measure}: row {seen[key].source_row} as well"
            faults.append(Fault("cell_doubled", called[cell.table_no], cell.source_row, cell.source_header, text))
        seen[key] = cell
    return faults
