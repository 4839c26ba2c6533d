"""Thousands of damaged files at the door: each loads exactly, is held, or is refused with its place.

None is loaded wrong in silence. The counts are printed by kind.
"""

import hashlib
import random
import re
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ingest.candidate import Candidate, examine
from ingest.catalog import Catalog
from ingest.catalog_reader import load_catalog
from ingest.facts import offer_of
from ingest.faults import EditionFault
from ingest.offer import CandidateError, OfferedFile
from ingest.preflight.inspected import called
from ingest.reader import Cell, read_edition
from ingest.remarks import Remark
from ingest.settings import PACKAGE_ROOT, Shelf
from ingest.territory import Gazetteer, gazetteer
from ingest.text import tidy
from tests.integration.receive.mutation_carriers import CARRIERS
from tests.integration.receive.mutation_editions import Maker, Table, Truth
from tests.integration.receive.mutation_start import Arrived, Start
from tests.integration.receive.mutations import KINDS, Kind

OUTCOMES = (
    "exact",
    "exact_with_warnings",
    "held",
    "refused",
    "wrong_but_warned",
    "wrong_within_stated_precision",
    "wrong_in_silence",
    "failed",
)
_ORIGIN = {"source_url": "https://example.org/synthetic", "source_kind": "compiled"}
# the large table is sent less often than the small ones
_SHARES = {"PCI 2018": 4, "DTI 2025": 4, "PAPI 2016": 1, "PAPI 2025": 4}


# territory, component, measure
Key = tuple[str, str, str]
Figures = dict[Key, float | str | None]


@dataclass(frozen=True)
class Judged:
    """What became of one file, and enough to look at it again."""

    outcome: str
    figures_exact: bool
    why: str = ""


class Door:
    """Examines arriving files against the shipped catalog, as `chiso add` does, and judges what comes of it."""

    def __init__(self, folder: Path) -> None:
        self.shelf = Shelf(folder / "catalog", folder / "archive")
        self.shelf.archive.mkdir(parents=True)
        self.places: Gazetteer = gazetteer()
        self.catalog: Catalog = load_catalog((Shelf(PACKAGE_ROOT / "catalog", PACKAGE_ROOT / "archive"),))
        self.tables = Maker(self.catalog, self.places).all()
        self._other_years = {table.stem: self.other_years(table) for table in self.tables}
        self._sent = 0
        self._written: dict[tuple[str, int, str], bytes] = {}

    def examine(self, arrived: Arrived) -> Candidate:
        self._sent += 1
        file = self.shelf.archive / f"{self._sent}.bin"
        file.write_bytes(arrived.content)
        try:
            offered = OfferedFile(arrived.name, file.name, hashlib.sha256(arrived.content).hexdigest())
            return examine(offer_of([offered], self.shelf, {**_ORIGIN, **arrived.facts}), self.catalog, self.places)
        finally:
            file.unlink()

    def start(self, kind: Kind, draw: random.Random) -> Start:
        table = draw.choices(self.tables, [_SHARES[f"{one.index} {one.year}"] for one in self.tables])[0]
        if kind.carriers == ("pdf",):
            table = next(one for one in self.tables if one.index == "DTI")
        others = tuple(
            replace(one, index=table.index, year=table.year, basis=table.basis)
            for one in self.tables
            if one.index != table.index
        )
        return Start(
            table, draw.choice(kind.carriers), self.places, self._other_years[table.stem], others, self._written
        )

    def other_years(self, table: Table) -> tuple[Table, ...]:
        """The table's headers over the figures that editions of other years have for all of its columns."""
        found = []
        for edition in self.catalog.editions_of(table.index):
            figures = {
                (c.territory_code, c.component_code, c.measure): tidy(c.value_text)
                for c in self._cells(edition.index, edition.key)
            }
            rows = [
                (row[0], *(figures.get((code, *column), "") for column in table.columns))
                for code, row in zip(table.codes, table.rows, strict=True)
            ]
            rows = [row for row in rows if all(row)]
            if len(rows) == len(table.rows):
                found.append(replace(table, rows=tuple(rows)))
        return tuple(found)

    def _cells(self, index: str, key: str) -> list[Cell]:
        edition = next(one for one in self.catalog.editions_of(index) if one.key == key)
        identity = (edition.index, edition.year, edition.basis, edition.vintage)
        if identity not in self.catalog.compared_with:
            self.catalog.compared_with[identity] = read_edition(edition, self.catalog, self.places)
        return self.catalog.compared_with[identity]

    def judge(self, arrived: Arrived, truth: Truth) -> Judged:
        try:
            candidate = self.examine(arrived)
        except (EditionFault, CandidateError) as error:
            said = str(error)
            return Judged("refused" if arrived.name in said else "failed", False, said)
        got = {
            (c.territory_code, c.component_code, c.measure): c.value if c.value_status != "text" else tidy(c.value_text)
            for c in candidate.cells
        }
        wrong = [
            key for key in truth.keys() | got.keys() if key not in got or key not in truth or got[key] != truth[key]
        ]
        if candidate.outcome == "held":
            holding = [remark for remark in candidate.remarks if remark.holds]
            nameless = candidate.unreadable and not all(arrived.name in remark.where for remark in holding)
            why = "; ".join(f"{remark.check}: {remark.what.en} [{remark.where}]" for remark in holding)
            return Judged("failed" if nameless else "held", not wrong, why)
        if not wrong:
            return Judged("exact_with_warnings" if candidate.remarks else "exact", True)
        unnamed = [key for key in wrong if not any(names(remark, key, candidate) for remark in candidate.remarks)]
        if not unnamed:
            return Judged("wrong_but_warned", False, _shown(wrong, truth, got, candidate))
        rows = {territory for territory, *_ in wrong}
        if is_alike(rows, candidate) or all(self._is_stated(key, unnamed, truth, got, candidate) for key in unnamed):
            return Judged("wrong_within_stated_precision", False, _shown(unnamed, truth, got, candidate))
        return Judged("wrong_in_silence", False, _shown(unnamed, truth, got, candidate))

    def _is_stated(self, key: Key, unnamed: list[Key], truth: Truth, got: Figures, candidate: Candidate) -> bool:
        """Whether the preflight said that this error is too small to show, or that these cells cannot be told apart."""
        found = candidate.preflight
        if found is None or key not in got or key not in truth:
            return False
        rows = {territory for territory, *_ in unnamed}
        columns = {tuple(column) for _, *column in unnamed}
        if len(rows) == 1 and len(unnamed) == 2 and any(columns <= set(group) for group in found.same_weight):
            return {got.get(each) for each in unnamed} == {truth.get(each) for each in unnamed}
        now, right = got[key], truth[key]
        if not isinstance(now, float) or not isinstance(right, float):
            return False
        return abs(now - right) < found.precision.get(key[1:], 0.0)


def is_alike(rows: set[str], candidate: Candidate) -> bool:
    """Whether the preflight said that the rows of these territories cannot be told apart."""
    return candidate.preflight is not None and any(rows == set(pair) for pair in candidate.preflight.alike)


def names(remark: Remark, key: Key, candidate: Candidate) -> bool:
    """Whether a remark names the cell, or its column, or its row."""
    territory, component, measure = key
    text = f"{remark.what.en}; {remark.where}"
    cell = next((c for c in candidate.cells if (c.territory_code, c.component_code, c.measure) == key), None)
    if cell is not None and cell.source_locator.partition("#")[2] + " " in text:
        return True
    if re.search(rf"(?<![\w.]){re.escape(called((component, measure)))}(?![\w(])(?! \((?!±|\d))", text):
        return True
    row = next((c.territory_text for c in candidate.cells if c.territory_code == territory), None)
    return row is not None and remark.check in ("above", "rows_exchanged", "out_of_line") and row in text


def _shown(keys: list[Key], truth: Truth, got: Figures, candidate: Candidate) -> str:
    cells = "; ".join(f"{'/'.join(key)}: {truth.get(key)} read as {got.get(key)}" for key in sorted(keys)[:3])
    return f"{len(keys)} wrong: {cells}; said: {', '.join(remark.check for remark in candidate.remarks)}"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Door:
    return Door(tmp_path_factory.mktemp("door"))


def test_clean_editions_load_exactly_from_every_carrier(door: Door) -> None:
    """No false alarm: what was published enters, cell by cell."""
    for table in door.tables:
        for carrier, (write, suffix, facts) in CARRIERS.items():
            if carrier == "pdf" and table.index != "DTI":
                continue
            judged = door.judge(Arrived(f"{table.stem}.{suffix}", write(table), facts), table.truth())
            assert judged.outcome in ("exact", "exact_with_warnings"), f"{table.stem}, {carrier}: {judged}"


def test_no_mutated_file_is_loaded_wrong_in_silence(door: Door, capfd: pytest.CaptureFixture[str]) -> None:
    counts: dict[str, Counter[str]] = {}
    bad: list[str] = []
    false_holds: Counter[str] = Counter()
    for kind in KINDS:
        seen = counts.setdefault(kind.name, Counter())
        for number in range(kind.count):
            draw = random.Random(f"{kind.name} {number}")
            start = door.start(kind, draw)
            arrived = kind.mutate(start, draw)
            if draw.random() < 0.5:  # somebody says what the file would tell, or no longer tells
                table = start.table
                said = {"index": table.index, "edition": table.year, "basis": table.basis}
                arrived = replace(arrived, facts={**arrived.facts, **said})
            judged = door.judge(arrived, start.table.truth())
            seen[judged.outcome] += 1
            held_for_nothing = judged.figures_exact and judged.outcome == "held"
            false_holds[kind.name] += held_for_nothing
            case = f"{kind.name} {number} ({start.table.stem}, {start.carrier}): {judged.outcome}: {judged.why}"
            if judged.outcome in ("wrong_in_silence", "failed") or (
                kind.is_harmless and judged.outcome not in ("exact", "exact_with_warnings")
            ):
                bad.append(case)
    with capfd.disabled():  # of a worker of xdist, only the standard error reaches the terminal
        print("\n" + report(counts, false_holds), file=sys.stderr, flush=True)
    total = sum((each for each in counts.values()), Counter())
    assert sum(total.values()) >= 2_000
    assert not bad, f"{len(bad)} files:\n" + "\n".join(bad[:40])


def report(counts: dict[str, Counter[str]], false_holds: Counter[str]) -> str:
    """The counts by kind and outcome, as lines of text."""
    total = sum((each for each in counts.values()), Counter())
    shown = [outcome for outcome in OUTCOMES if total[outcome] or outcome == "wrong_in_silence"]
    width = max(map(len, counts))
    lines = [f"{'kind of mutation':{width}}  files  " + "  ".join(shown) + "  held though exact"]
    for kind, each in [*counts.items(), ("all", total)]:
        holds = false_holds[kind] if kind != "all" else sum(false_holds.values())
        cells = "  ".join(f"{each[outcome] or '':>{len(outcome)}}" for outcome in shown)
        lines.append(f"{kind:{width}}  {sum(each.values()):5}  {cells}  {holds or '':>17}")
    return "\n".join(lines)
