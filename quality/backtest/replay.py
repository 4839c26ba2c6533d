"""History played back: the findings on each edition as if it had just come, beside those of the whole archive today.

Belongs here: cutting the archive by year, judging it with every province as the home province, comparing. The rules are
the real ones; only `is_home` is set for all, so that one pass judges every province.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from quality.backtest.cells import NATIONAL, EditionKey
from quality.backtest.judging import RuleBroken, within
from quality.backtest.models import Project, build
from quality.backtest.scratch import JUDGED_EDITIONS, cut, hand_back_memory
from quality.findings import Finding
from quality.rules import Suite
from quality.run import judge

EVERY_PROVINCE_IS_HOME = {"intermediate.int_territory": "true as is_home"}
_EDITIONS = pa.schema([("index_code", pa.string()), ("edition_year", pa.int32()), ("basis", pa.string())])
# what `quality.context` reads, beside the suites' own tables
_CONTEXT = (
    "seeds.rule marts.bridge_lead_agency marts.dim_agency marts.dim_component marts.dim_edition marts.dim_index"
    " marts.dim_territory reporting.rpt_index_overview marts.fct_index_result"
)


@dataclass(frozen=True)
class Found:
    """A finding, as far as the backtest needs it. `figures` is a digest of its evidence."""

    finding_id: str
    key: EditionKey
    rule_code: str
    kind: str
    severity: str
    territory_code: str | None
    figures: str


@dataclass(frozen=True)
class Replay:
    """`then`: findings on each edition when it had just come; `today`: with the whole archive known.

    `editions` are all that were judged, `judged` the pairs of a province and an edition, `compared` those of them with
    a comparable edition before.
    """

    years: tuple[int, ...]
    editions: frozenset[EditionKey]
    then: tuple[Found, ...]
    today: tuple[Found, ...]
    judged: frozenset[tuple[EditionKey, str]]
    compared: frozenset[tuple[EditionKey, str]]

    def drifted(self) -> list[tuple[str, Found]]:
        """Findings that a later edition made, unmade or changed: ('made' | 'unmade' | 'figures', finding)."""
        then, today = ({found.finding_id: found for found in side} for side in (self.then, self.today))
        made = [("made", found) for key, found in sorted(today.items()) if key not in then]
        unmade = [("unmade", found) for key, found in sorted(then.items()) if key not in today]
        both = [(found, today[key]) for key, found in sorted(then.items()) if key in today]
        return (
            made
            + unmade
            + [("figures", new) for old, new in both if (old.figures, old.severity) != (new.figures, new.severity)]
        )


def replay(
    con: duckdb.DuckDBPyConnection,
    project: Project,
    suites: Sequence[Suite],
    editions: Sequence[EditionKey],
    as_of: date,
    home_territory: str,
    docs: Path,
    progress: Callable[[str], None],
) -> Replay:
    """Judge `editions` as of the year of each, then with the whole archive; RuleBroken if a rule could not be."""
    models = project.needed_for([*(suite.sql for suite in suites), _CONTEXT])
    years = tuple(sorted({key.edition_year for key in editions}))

    def pass_over(year: int | None) -> list[Found]:
        cut(con, project, year)
        build(con, models, EVERY_PROVINCE_IS_HOME)
        newest = [vars(key) for key in editions if year in (None, key.edition_year)]
        con.register("new_rows", pa.Table.from_pylist(newest, schema=_EDITIONS))
        con.execute(f"create or replace table {JUDGED_EDITIONS} as from new_rows")
        hand_back_memory()
        return _findings(con, within(con, suites, JUDGED_EDITIONS), as_of, home_territory, docs)

    then: list[Found] = []
    for number, year in enumerate(years, 1):
        progress(f"replay {number} of {len(years)}: editions of {year}")
        then += pass_over(year)
    progress("replay: the whole archive")
    today = pass_over(None)
    return Replay(
        years,
        frozenset(editions),
        tuple(then),
        tuple(today),
        _pairs(
            con,
            editions,
            "select distinct r.index_code, r.edition_year, r.basis, r.territory_code from marts.fct_index_result as r"
            " join marts.dim_territory as t using (territory_code)"
            f" where r.is_current and r.basis <> '{NATIONAL}' and t.kind in ('province', 'city')",
        ),
        _pairs(
            con,
            editions,
            "select distinct index_code, edition_year, basis, territory_code from reporting.rpt_index_change"
            f" where is_comparable and basis <> '{NATIONAL}'",
        ),
    )


def _findings(
    con: duckdb.DuckDBPyConnection, suites: Sequence[Suite], as_of: date, home_territory: str, docs: Path
) -> list[Found]:
    from quality.gx_runner import GxRunner  # takes seconds; see its module

    checks, findings, _ = judge(con, GxRunner(docs, as_of), suites, as_of, home_territory)
    broken = [check for check in checks if check.outcome == "error" and check.suite is not None]
    if broken:
        raise RuleBroken("; ".join(f"{check.rule_code}: {check.error_text}" for check in broken))
    return [_found(finding) for finding in findings]


def _found(finding: Finding) -> Found:
    assert finding.index_code is not None
    assert finding.edition_year is not None
    assert finding.basis is not None
    return Found(
        finding.finding_id,
        EditionKey(finding.index_code, finding.edition_year, finding.basis),
        finding.rule_code,
        finding.kind,
        finding.severity,
        finding.territory_code,
        hashlib.sha256(finding.evidence.encode()).hexdigest(),
    )


def _pairs(
    con: duckdb.DuckDBPyConnection, editions: Sequence[EditionKey], sql: str
) -> frozenset[tuple[EditionKey, str]]:
    pairs = ((EditionKey(*key), territory) for *key, territory in con.execute(sql).fetchall())
    return frozenset(pair for pair in pairs if pair[0] in set(editions))
