"""Injected faults: which are drawn, how they are put beside each other, and which of them the rules caught.

Many altered copies of an edition stand in one scratch database, each under an index code of its own and with the
editions before it, so that one pass of the models and expectations judges hundreds.
"""

import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import duckdb
import numpy as np
import pyarrow as pa

from quality.backtest.cells import (
    EditionKey,
    Sheet,
    changed,
    every_edition,
    put_cell,
    put_cells,
    read_sheets,
    taken_cells,
)
from quality.backtest.faults import Altered, Fault
from quality.backtest.judging import Failure, within
from quality.backtest.models import Project, build
from quality.backtest.reveal import Known, Reason, load_known, moves_a_figure, reasons
from quality.backtest.scratch import COPIED_EDITIONS, COPY_SIGN, cut, hand_back_memory, put_copies
from quality.rules import Suite

# cells of raw that one scratch database holds: keeps a batch within a few hundred megabytes
_CELLS_IN_A_BATCH = 200_000
# rounds without a single new injection after which no more are drawn
_IDLE_ROUNDS = 3

Group = Literal["table", "history", "nothing", "tiny"]
Judge = Callable[[duckdb.DuckDBPyConnection, Sequence[Suite]], set[Failure]]


@dataclass(frozen=True)
class Injection:
    """One fault in one edition; `source` seeds its chance, so that the altered table can be made again.

    `group` says what can reveal it.

    'table': the table itself (`reasons` says how); 'history': only an earlier edition, the one the figures were copied
    from or the one before on the same list and methodology; 'nothing': neither; 'tiny': no figure moved beyond printed
    precision.
    """

    number: int
    fault: Fault
    key: EditionKey
    source: tuple[int, ...]
    what: str
    group: Group
    reasons: tuple[Reason, ...]

    def alter(self, archive: "Archive") -> Altered:
        """Make the faulty table (it is not kept: thousands of them would fill the memory)."""
        altered = _alter(archive, self.fault, self.key, self.source)
        assert altered is not None
        return altered


@dataclass(frozen=True)
class Outcome:
    """What the rules said beyond what they say of the edition as published. `stops`: one of them is critical."""

    injection: Injection
    rules: tuple[str, ...]
    stops: bool

    @property
    def is_found(self) -> bool:
        return bool(self.rules)


# its index code, the edition, and what is put into it (None: the edition as published)
Copy = tuple[str, EditionKey, Injection | None]


@dataclass(frozen=True)
class Archive:
    """What the injections start from: every edition's sheet, what is known of it, and the edition before it.

    The edition before is the latest earlier one on the same list; a copy brings it along as its history.
    `comparable` are the components of an edition that are comparable with the consecutive edition before.
    """

    sheets: Mapping[EditionKey, Sheet]
    known: Mapping[EditionKey, Known]
    before: Mapping[EditionKey, Sheet | None]
    comparable: frozenset[tuple[EditionKey, str]]

    def since(self, key: EditionKey) -> int:
        """The first year of the history that a copy of the edition has."""
        before = self.before[key]
        return key.edition_year if before is None else before.key.edition_year


def prepare(con: duckdb.DuckDBPyConnection, project: Project, suites: Sequence[Suite]) -> None:
    """Build on the archive as it is what the drawing of injections and the judging of copies start from."""
    cut(con, project, None)
    build(con, project.needed_for([*(suite.sql for suite in suites), "seeds.rule intermediate.int_component_break"]))


def load_archive(con: duckdb.DuckDBPyConnection, keys: Sequence[EditionKey]) -> Archive:
    """Read the editions `keys` and those before them; `prepare` must have been called."""
    everything = read_sheets(con, every_edition(con))
    before: dict[EditionKey, Sheet | None] = {}
    for key in keys:
        same_list = [other for other in everything if (other.index_code, other.basis) == (key.index_code, key.basis)]
        earlier = [other for other in same_list if other.edition_year < key.edition_year]
        before[key] = everything[max(earlier)] if earlier else None
    unbroken = con.execute(
        "select index_code, edition_year, basis, component_code from intermediate.int_component_break"
        " where comparable_with_previous"
    ).fetchall()
    sheets = {key: everything[key] for key in keys}
    known = {key: load_known(con, key, sheet) for key, sheet in sheets.items()}
    return Archive(sheets, known, before, frozenset((EditionKey(*row), code) for *row, code in unbroken))


def draw(archive: Archive, faults: Sequence[Fault], count: int, seed: int) -> list[Injection]:
    """Draw `count` different injections, by turns over editions and kinds; fewer when the archive yields no more.

    Each has a random generator of its own, seeded by `seed`, the edition, the kind and the turn: which ones are drawn
    beside it changes nothing.
    """
    drawn: list[Injection] = []
    seen: set[tuple[str, EditionKey, str]] = set()
    turn = idle = 0
    while len(drawn) < count and idle < _IDLE_ROUNDS:
        known_before = len(drawn)
        for key in archive.sheets:
            for fault in faults:
                source = (seed, zlib.crc32(str(key).encode()), zlib.crc32(fault.name.encode()), turn)
                altered = _alter(archive, fault, key, source)
                if altered is None or (fault.name, key, altered.what) in seen or len(drawn) == count:
                    continue
                seen.add((fault.name, key, altered.what))
                drawn.append(_injection(len(drawn) + 1, fault, key, source, altered, archive))
        turn += 1
        idle = idle + 1 if len(drawn) == known_before else 0
    return drawn


def _alter(archive: Archive, fault: Fault, key: EditionKey, source: tuple[int, ...]) -> Altered | None:
    return fault.make(archive.sheets[key], archive.before[key], np.random.default_rng(source))


def _injection(
    number: int, fault: Fault, key: EditionKey, source: tuple[int, ...], altered: Altered, archive: Archive
) -> Injection:
    sheet = archive.sheets[key]
    told = tuple(reasons(sheet, archive.known[key], altered))
    touched = np.nonzero(changed(sheet.cells, altered.cells).any(axis=0))[0]
    components = {sheet.columns[column][0] for column in touched}
    group: Group = "nothing"
    if not moves_a_figure(sheet, altered):
        group = "tiny"
    elif told:
        group = "table"
    elif altered.repeats_before or any((key, code) in archive.comparable for code in components):
        group = "history"
    return Injection(number, fault, key, source, altered.what, group, told)


def run_injections(
    con: duckdb.DuckDBPyConnection,
    project: Project,
    archive: Archive,
    injections: Sequence[Injection],
    suites: Sequence[Suite],
    judge: Judge,
    progress: Callable[[str], None],
) -> tuple[list[Outcome], dict[EditionKey, set[Failure]]]:
    """Judge every injection against its edition's clean copy; also give what the clean copies raise.

    `prepare` must have been called. `suites` are those with rules on data faults.
    """
    judged = within(con, suites, COPIED_EDITIONS)
    models = project.needed_for([suite.sql for suite in judged] + ["seeds.rule"])
    cells_of = _cells_by_edition(con)

    def pass_over(copies: Sequence[Copy]) -> dict[str, set[Failure]]:
        put_copies(con, project, *_tables(copies, archive))
        build(con, models)
        found: dict[str, set[Failure]] = {code: set() for code, _, _ in copies}
        for failure in judge(con, judged):
            found[failure.index_code].add(failure)
        hand_back_memory()
        return found

    clean_copies: list[Copy] = [(_code(key.index_code, n), key, None) for n, key in enumerate(archive.sheets)]
    clean: dict[EditionKey, set[Failure]] = {}
    for batch in _batches(clean_copies, archive, cells_of):
        found = pass_over(batch)
        clean |= {key: found[code] for code, key, _ in batch}
    outcomes: list[Outcome] = []
    copies: list[Copy] = [(_code(one.key.index_code, one.number), one.key, one) for one in injections]
    for batch in _batches(copies, archive, cells_of):
        found = pass_over(batch)
        outcomes += [_outcome(one, found[code], clean[key]) for code, key, one in batch if one is not None]
        progress(f"{len(outcomes)} of {len(injections)} injections judged")
    return sorted(outcomes, key=lambda outcome: outcome.injection.number), clean


def _outcome(injection: Injection, found: set[Failure], clean: set[Failure]) -> Outcome:
    already = {(failure.rule_code, failure.subject) for failure in clean}
    new = [failure for failure in found if (failure.rule_code, failure.subject) not in already]
    return Outcome(
        injection,
        tuple(sorted({failure.rule_code for failure in new})),
        any(failure.severity == "critical" for failure in new),
    )


def _code(index_code: str, number: int) -> str:
    return f"{index_code}{COPY_SIGN}{number:05d}"


def _cells_by_edition(con: duckdb.DuckDBPyConnection) -> Counter[tuple[str, int]]:
    rows = con.execute("select index_code, edition_year, count(*) from archive.index_result group by all").fetchall()
    return Counter({(index_code, year): count for index_code, year, count in rows})


def _batches(copies: Sequence[Copy], archive: Archive, cells_of: Counter[tuple[str, int]]) -> Iterator[list[Copy]]:
    batch: list[Copy] = []
    held = 0
    for copy in copies:
        key = copy[1]
        years = range(archive.since(key), key.edition_year + 1)
        size = sum(cells_of[key.index_code, year] for year in years)
        if batch and held + size > _CELLS_IN_A_BATCH:
            yield batch
            batch, held = [], 0
        batch.append(copy)
        held += size
    if batch:
        yield batch


_COPIES = pa.schema(
    [(name, pa.string()) for name in ("copy_code", "index_code", "basis")]
    + [("edition_year", pa.int32()), ("since", pa.int32()), ("restates", pa.bool_())]
)
_TAKEN = pa.schema([("copy_code", pa.string()), ("cell_no", pa.int32())])
_PUT = pa.schema(
    [("copy_code", pa.string()), ("cell_no", pa.int32())]
    + [(name, pa.string()) for name in ("territory_code", "component_code", "measure", "value_text", "value_status")]
    + [("value", pa.float64()), ("printed_decimals", pa.int32())]
)


def _tables(copies: Sequence[Copy], archive: Archive) -> tuple[pa.Table, pa.Table, pa.Table]:
    headers: list[dict[str, Any]] = []
    taken: list[dict[str, Any]] = []
    put: list[dict[str, Any]] = []
    for code, key, injection in copies:
        altered = None if injection is None else injection.alter(archive)
        headers.append(
            {
                "copy_code": code,
                "index_code": key.index_code,
                "basis": key.basis,
                "edition_year": key.edition_year,
                "since": archive.since(key),
                "restates": altered is not None and altered.restates,
            }
        )
        if altered is None:
            continue
        sheet = archive.sheets[key]
        taken += [{"copy_code": code, "cell_no": number} for number in taken_cells(sheet, altered.cells)]
        put += [{"copy_code": code, **cell} for cell in put_cells(sheet, altered.cells)]
        if altered.doubled is not None:
            row, again = altered.doubled
            there = [column for column in range(len(sheet.columns)) if again[column]["status"] is not None]
            put += [{"copy_code": code, **put_cell(sheet, row, column, again[column])} for column in there]
    return (
        pa.Table.from_pylist(headers, schema=_COPIES),
        pa.Table.from_pylist(taken, schema=_TAKEN),
        pa.Table.from_pylist(put, schema=_PUT),
    )
