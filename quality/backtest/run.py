"""The backtest as a whole: opens the scratch database, replays, injects, writes the tables and the page."""

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from quality.backtest import INJECTIONS, SEED, BacktestFailed
from quality.backtest.cell_faults import CELL_FAULTS
from quality.backtest.cells import EditionKey, every_edition, whole_editions
from quality.backtest.column_faults import COLUMN_FAULTS
from quality.backtest.faults import Fault
from quality.backtest.injections import Outcome, draw, load_archive, prepare, run_injections
from quality.backtest.judging import Failure, failures, only
from quality.backtest.models import load_project
from quality.backtest.replay import Replay, replay
from quality.backtest.scratch import scratch
from quality.backtest.table_faults import TABLE_FAULTS
from quality.rules import Suite
from quality.suites import SUITES

FAULTS: tuple[Fault, ...] = (*COLUMN_FAULTS, *CELL_FAULTS, *TABLE_FAULTS)


class UnknownEdition(BacktestFailed):
    """An edition was asked for that the archive does not hold as a complete one."""


@dataclass(frozen=True)
class Backtest:
    """All results. `clean` is what each altered edition raises as published; `replay` is None when left out."""

    archive: str
    seed: int
    faults: tuple[Fault, ...]
    editions: tuple[EditionKey, ...]
    outcomes: tuple[Outcome, ...]
    clean: dict[EditionKey, set[Failure]]
    replay: Replay | None


def backtest(
    manifest: Path,
    warehouse: Path,
    as_of: date,
    home_territory: str,
    count: int = INJECTIONS,
    seed: int = SEED,
    editions: Sequence[str] = (),
    with_replay: bool = True,
    suites: Sequence[Suite] = SUITES,
    progress: Callable[[str], None] = lambda line: None,
) -> Backtest:
    """Run the compiled models beside `manifest` and the suites on altered copies of the archive.

    `warehouse` is a finished build (its seeds are used, nothing is written into it); `editions` narrows everything
    to some complete ones ('PCI', 'PCI:2016', 'DTI:2024:34'). Raises UnknownEdition, RuleBroken, NotCompiled.
    """
    project = load_project(manifest)
    with tempfile.TemporaryDirectory() as folder, scratch(project, warehouse, Path(folder)) as con:
        docs = Path(folder) / "docs"
        keys = _chosen(whole_editions(con), editions)
        replayed = keys if editions else every_edition(con)
        played = replay(con, project, suites, replayed, as_of, home_territory, docs, progress) if with_replay else None
        faulty = only(suites, "data_fault")
        prepare(con, project, faulty)
        archive = load_archive(con, keys)
        progress("drawing faults")
        outcomes, clean = run_injections(
            con,
            project,
            archive,
            draw(archive, FAULTS, count, seed),
            faulty,
            lambda con, judged: failures(con, judged, as_of, docs),
            progress,
        )
        return Backtest(_fingerprint(con), seed, FAULTS, tuple(keys), tuple(outcomes), clean, played)


def _chosen(whole: Sequence[EditionKey], asked: Sequence[str]) -> list[EditionKey]:
    chosen: set[EditionKey] = set()
    for name in asked:
        parts = name.split(":")
        found = {key for key in whole if [key.index_code, str(key.edition_year), key.basis][: len(parts)] == parts}
        if not found:
            raise UnknownEdition(f"no complete edition {name!r}; there are: {', '.join(map(_short, whole))}")
        chosen |= found
    return sorted(chosen) if asked else list(whole)


def _short(key: EditionKey) -> str:
    return f"{key.index_code}:{key.edition_year}:{key.basis}"


def _fingerprint(con: duckdb.DuckDBPyConnection) -> str:
    """Sixteen hexadecimal digits that name the archive's figures."""
    digest = hashlib.sha256()
    cells = con.execute(
        "select index_code, edition_year, basis, vintage, territory_code, component_code, measure, value_text"
        " from archive.index_result order by all"
    )
    while rows := cells.fetchmany(10_000):
        digest.update(repr(rows).encode())
    return digest.hexdigest()[:16]
