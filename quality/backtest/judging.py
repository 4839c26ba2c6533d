"""Which rows fail which rule, as the real run decides it: the project's suites, through Great Expectations."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from quality.backtest import BacktestFailed
from quality.rules import Kind, Rule, Suite
from quality.thresholds import load_settings

_EDITION = ("index_code", "edition_year", "basis")
# what tells two failing subjects of one edition apart, beside the rule's own identity
_SUBJECT = ("territory_code", "component_code", "measure")


class RuleBroken(BacktestFailed):
    """A rule could not be judged: a fault of ours, so the backtest would mean nothing."""


@dataclass(frozen=True)
class Failure:
    """One subject that fails one rule. `subject` are the values of its keys beside the edition."""

    index_code: str
    edition_year: int
    basis: str
    rule_code: str
    severity: str
    subject: tuple[Any, ...]


def only(suites: Iterable[Suite], kind: Kind) -> list[Suite]:
    """The suites with their rules of that kind; those without any are left out."""
    narrowed = [replace(suite, rules=tuple(r for r in suite.rules if r.kind == kind)) for suite in suites]
    return [suite for suite in narrowed if suite.rules]


def within(con: duckdb.DuckDBPyConnection, suites: Iterable[Suite], editions: str) -> list[Suite]:
    """The suites over the rows of some editions only; `editions` is a relation (index_code, edition_year, basis).

    Suites that judge no edition (targets, dates of publication) are left out. Their tables must be there.
    """
    load_settings(con)
    where = f"({', '.join(_EDITION)}) in (select ({', '.join(_EDITION)}) from {editions})"
    return [
        replace(suite, sql=f"select * from ({suite.sql}) where {where} order by all")
        for suite in suites
        if set(_EDITION) <= {row[0] for row in con.execute(f"describe {suite.sql}").fetchall()}
    ]


def failures(con: duckdb.DuckDBPyConnection, suites: Iterable[Suite], as_of: date, docs: Path) -> set[Failure]:
    """Judge what `con` holds; no Data Docs are written (`docs` only names the folder). Raises RuleBroken."""
    from quality.gx_runner import GxRunner  # takes seconds; see its module

    settings = load_settings(con)
    # a context keeps every frame it judged: one for each call
    runner = GxRunner(docs, as_of)
    found: set[Failure] = set()
    for suite in suites:
        table = con.execute(suite.sql).to_arrow_table()
        # the keys are what Data Docs print of a failing row; naming them costs more than judging
        for verdict in runner.judge(replace(suite, keys=()), table, {}):
            if verdict.error_text is not None:
                raise RuleBroken(f"{verdict.rule_code}: {verdict.error_text}")
            rule = next(r for r in suite.rules if r.rule_code == verdict.rule_code)
            for row in _failing(table, verdict.failing, rule):
                severity = settings.of(rule.rule_code, row["index_code"]).severity
                edition = (row["index_code"], row["edition_year"], row["basis"])
                subject = tuple(row.get(name) for name in (*_SUBJECT, *rule.identity))
                found.add(Failure(*edition, rule.rule_code, severity, subject))
    return found


def _failing(table: pa.Table, positions: tuple[int, ...], rule: Rule) -> list[dict[str, Any]]:
    wanted = (*_EDITION, *_SUBJECT, *rule.identity)
    columns = [name for name in table.column_names if name in wanted]
    rows: list[dict[str, Any]] = table.select(columns).take(pa.array(positions, pa.int64())).to_pylist()
    return rows
