"""Which editions may be shown: those in whose figures no critical rule finds a fault.

Belongs here: asking the critical rules, and saying which edition a fault is held against. Does not belong here: what is
done about it (`orchestration.gate_asset`), nor any rule.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from ingest.catalog import EditionId
from quality.rules import Suite
from quality.run import judge_suite
from quality.thresholds import RuleSetting, load_settings
from quality.withheld import EDITION_ID


class CannotJudge(RuntimeError):
    """A critical rule could not be judged, a fault of ours: nothing may be shown until it can."""


@dataclass(frozen=True)
class Failure:
    """A critical rule that an edition fails, and in how many places."""

    setting: RuleSetting
    places: int


def failing_editions(
    con: duckdb.DuckDBPyConnection, suites: Sequence[Suite], as_of: date, scratch: Path
) -> dict[EditionId, list[Failure]]:
    """The editions whose figures must not be shown as they are, with the rules that they fail.

    An edition that fails only in comparison with others may do so for the fault of an earlier one. It is left out while
    an earlier one of its index fails: ask again once that one is mended or taken out. `scratch` is not written to.
    Raises CannotJudge.
    """
    from quality.gx_runner import GxRunner  # takes seconds; see its module

    runner = GxRunner(scratch, as_of)
    settings = load_settings(con)
    places: Counter[tuple[EditionId, str]] = Counter()
    by_itself: set[EditionId] = set()
    for suite in suites:
        rules = tuple(rule for rule in suite.rules if settings.may_be_critical(rule.rule_code))
        if not rules:
            continue
        table, verdicts = judge_suite(con, runner, replace(suite, rules=rules), settings)
        for verdict in verdicts:
            if verdict.outcome == "error" or table is None:
                raise CannotJudge(f"{verdict.rule_code}: {verdict.error_text}")
            for edition in _editions(table.take(pa.array(verdict.failing, pa.int64()))):
                if settings.of(verdict.rule_code, edition[0]).severity == "critical":
                    places[edition, verdict.rule_code] += 1
                    if not suite.compares_editions:
                        by_itself.add(edition)
    failing: dict[EditionId, list[Failure]] = {}
    for (edition, rule_code), count in sorted(places.items()):
        failing.setdefault(edition, []).append(Failure(settings.of(rule_code, edition[0]), count))
    first = {index: min(year for code, year, *_ in failing if code == index) for index, *_ in failing}
    return {
        edition: failures
        for edition, failures in failing.items()
        if edition in by_itself or edition[1] == first[edition[0]]
    }


def _editions(failing: pa.Table) -> Iterator[EditionId]:
    """The edition of each failing row."""
    for row in failing.select(list(EDITION_ID)).to_pylist():
        if None in row.values():
            raise CannotJudge(f"evidence that names no edition: {row}")
        yield row["index_code"], row["edition_year"], row["basis"], row["vintage"]
