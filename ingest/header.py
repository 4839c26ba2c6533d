"""What each column of one table means, by the catalog's words for it: a figure, or a role beside the figures."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from ingest.catalog import TOTAL, Edition, Figure, Index, Table
from ingest.faults import Fault
from ingest.printed import HEADER_JOINT, PrintedTable
from ingest.text import header_key


@dataclass
class Layout:
    """Columns of one table by what they hold; numbers are positions in a row, from 0."""

    figures: dict[int, Figure] = field(default_factory=dict)
    roles: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    attached: dict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    labels: dict[int, dict[str, dict[str, str]]] = field(default_factory=dict)
    component_column: int | None = None
    measure_column: int | None = None

    def role(self, name: str) -> int | None:
        columns = self.roles.get(name)
        return columns[0] if columns else None


def read_layout(header: list[str], index: Index, edition: Edition, table: Table, common: dict[str, Any]) -> Layout:
    """Match each header against the table's own declarations, then the index's, then the common ones.

    A header of several lines is matched whole first, then by its parts. Raises nothing: returns the layout;
    `check_layout` says what is wrong with it.
    """
    figures, roles = header_words(index, edition), {header_key(h): r for r, hs in common["roles"].items() for h in hs}
    layout = Layout()
    for position, printed in enumerate(header):
        key = header_key(printed)
        if key in table.columns:
            layout.figures[position] = table.columns[key]
        elif key in table.roles:
            layout.roles[table.roles[key]].append(position)
        elif key in map(header_key, table.where) or key in table.labels:
            layout.roles["key"].append(position)
        elif len(figures.get(key, ())) == 1:
            layout.figures[position] = next(iter(figures[key]))
        elif key in roles:
            layout.roles[roles[key]].append(position)
        elif HEADER_JOINT in printed:
            meaning = _by_parts(printed, figures, roles, index, common)
            if isinstance(meaning, Figure):
                layout.figures[position] = meaning
            elif meaning is not None:
                layout.roles[meaning].append(position)
        if table.component_header and key == header_key(table.component_header):
            layout.component_column = position
        if table.measure_header and key == header_key(table.measure_header):
            layout.measure_column = position
        if key in table.labels:
            layout.labels[position] = table.labels[key]
    positions = {header_key(printed): position for position, printed in enumerate(header)}
    for key, (role, targets) in table.attach.items():
        if key in positions:
            layout.roles["key"].append(positions[key])
            for target in targets:
                if target in positions:
                    layout.attached[positions[target]][role] = positions[key]
    return layout


def _by_parts(
    printed: str, figures: dict[str, set[Figure]], roles: dict[str, str], index: Index, common: dict[str, Any]
) -> Figure | str | None:
    """What a header of several lines means: "Entry costs | Rank" is a component's measure; else the one part that is
    known settles it, and the others are titles or units. None when no part or more than one meaning is known."""
    keys = [header_key(part) for part in printed.split(HEADER_JOINT)]
    measures = {header_key(word): measure for measure, words in common["measure_words"].items() for word in words}
    if keys[-1] in measures:
        named = {code for key in keys[:-1] for code in _components_named(key, figures, index)}
        if len(named) == 1:
            return Figure(named.pop(), measures[keys[-1]])
    meanings: set[Figure | str] = set()
    for key in keys:
        meanings |= figures.get(key, set())
        if key in roles:
            meanings.add(roles[key])
    return meanings.pop() if len(meanings) == 1 else None


def _components_named(key: str, figures: dict[str, set[Figure]], index: Index) -> set[str]:
    named = {figure.component for figure in figures.get(key, ()) if figure.component}
    return named | {
        component.code
        for component in index.components
        if key in map(header_key, (component.name_vi, component.name_en, *component.labels))
    }


def check_layout(
    printed_table: PrintedTable, layout: Layout, index: Index, edition: Edition, table: Table
) -> list[Fault]:
    """Every header that is unknown, ambiguous or doubled, and every expected figure that has no column."""
    header, row = printed_table.header, printed_table.header_line
    faults = []
    words = header_words(index, edition)
    known = set(layout.figures) | {p for ps in layout.roles.values() for p in ps}
    known |= {column for column in (layout.component_column, layout.measure_column) if column is not None}
    for position, printed in enumerate(header):
        if position in known:
            continue
        candidates = words.get(header_key(printed), set())
        if len(candidates) > 1:
            text = ", ".join(sorted(f"{figure.component} {figure.measure}" for figure in candidates))
            faults.append(Fault("header_ambiguous", table.called, row, printed, text))
        else:
            faults.append(Fault("header_unknown", table.called, row, printed))
    absent = _declared(table) - set(map(header_key, header))
    faults += [Fault("header_missing", table.called, row, text=declared) for declared in sorted(absent)]
    by_figure: dict[Figure, list[str]] = defaultdict(list)
    for position, figure in layout.figures.items():
        if figure.component and figure.measure:
            by_figure[figure].append(header[position])
    for figure, columns in by_figure.items():
        if len(columns) > 1:
            text = f"{figure.component} {figure.measure}: {' | '.join(columns)}"
            faults.append(Fault("header_ambiguous", table.called, row, columns[1], text))
    if table.territory is None and layout.role("territory") is None:
        faults.append(Fault("header_missing", table.called, row, text="territory"))
    if not layout.figures:
        faults.append(Fault("header_missing", table.called, row, text="any figure"))
    return faults


def _declared(table: Table) -> set[str]:
    """Every header that the table's own description speaks of: one that is not there is a slip of the description."""
    declared = {*table.columns, *table.roles, *table.labels, *table.attach, *table.not_captured}
    declared |= {target for _, targets in table.attach.values() for target in targets}
    declared |= {name for source in table.sources for name in source.headers}
    named = [table.component_header, table.measure_header, *table.where]
    return declared | {header_key(name) for name in named if name}


def missing_figures(index: Index, edition: Edition, found: set[Figure]) -> list[Fault]:
    """The figures that this edition should print and no table of it does, unless its YAML lists them as absent."""
    return [
        Fault("header_missing", edition.tables[0].called, text=f"{figure.component} ({figure.measure})")
        for figure in sorted(index.expected(edition.year) - found, key=lambda f: (f.component or "", f.measure or ""))
        if figure.component not in edition.absent and f"{figure.component}.{figure.measure}" not in edition.absent
    ]


def header_words(index: Index, edition: Edition) -> dict[str, set[Figure]]:
    """Header key -> the figures that the index's catalog gives it in this edition.

    A header may serve two components (a name that a later edition gave to something else): then the component that
    is part of this edition's methodology wins, and only if that does not settle it the header is ambiguous.
    """
    words: dict[str, set[Figure]] = defaultdict(set)
    for component in index.components:
        for measure, names in component.headers.items():
            for name in names:
                words[header_key(name.replace("{edition}", str(edition.year)))].add(Figure(component.code, measure))
    current = {figure.component for figure in index.expected(edition.year)} | {TOTAL}
    for key, figures in words.items():
        if len(figures) > 1:
            words[key] = {figure for figure in figures if figure.component in current} or figures
    return words
