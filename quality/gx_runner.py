"""Runs suites through Great Expectations and writes Data Docs.

Belongs here: everything that touches Great Expectations' context. It is imported lazily (4-10 s) and judges only:
it reads no warehouse and writes no finding.
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

# Before the import: Great Expectations reads this when it is imported.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
import pandas as pd
import pyarrow as pa
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import Column

from quality.data_docs import publish_docs
from quality.gx_expectations import CLASSES
from quality.rules import Rule, Suite

Outcome = Literal["passed", "failed", "error", "not_judged"]
ROW_NO = "row_no"
RUN_NAME = "chiso"
_NULLABLE = {
    pa.int8(): pd.Int8Dtype(),
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
}


@dataclass(frozen=True)
class Verdict:
    """What Great Expectations said of one rule: `failing` are positions (0-based) in the suite's table.

    `page` is the Data Docs page, relative to the Data Docs folder; None when nothing was validated.
    """

    rule_code: str
    outcome: Outcome
    evaluated: int
    failing: tuple[int, ...] = ()
    error_text: str | None = None
    page: str | None = None


class GxRunner:
    """One Great Expectations context for a run; call `judge` for each suite, then `write_docs` once."""

    def __init__(self, docs_dir: Path, as_of: date) -> None:
        self._docs_dir = docs_dir
        self._staging = docs_dir.with_name(docs_dir.name + ".new")
        # The run is named by the date it judges, so that judging again gives the same pages.
        self._run_time = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC)
        self._context = gx.get_context(mode="ephemeral", project_config=_project(self._staging))
        self._source = self._context.data_sources.add_pandas(RUN_NAME)

    def judge(self, suite: Suite, table: pa.Table, titles: Mapping[str, str]) -> list[Verdict]:
        """Validate `table` (one row for each judged subject) and give one verdict for each rule of the suite."""
        broken = {rule.rule_code: text for rule in suite.rules if (text := _null_in_judged(rule, table))}
        rules = [rule for rule in suite.rules if rule.rule_code not in broken]
        verdicts = [
            Verdict(code, "error", len(_applicable(_rule(suite, code), table)), error_text=text)
            for code, text in broken.items()
        ]
        return verdicts + (self._validate(suite, rules, table, titles) if rules else [])

    def write_docs(self, index: str) -> Path:
        """Write Data Docs of all suites judged so far under `index` (HTML) and swap them in; gives the index page."""
        if self._staging.exists():
            shutil.rmtree(self._staging)
        self._context.build_data_docs()
        return publish_docs(self._staging, self._docs_dir, index)

    def _validate(
        self, suite: Suite, rules: Sequence[Rule], table: pa.Table, titles: Mapping[str, str]
    ) -> list[Verdict]:
        gx_suite = self._context.suites.add(gx.ExpectationSuite(name=suite.name))
        for rule in rules:
            gx_suite.add_expectation(_expectation(rule, titles.get(rule.rule_code, rule.rule_code)))
        asset = self._source.add_dataframe_asset(suite.name)
        definition = self._context.validation_definitions.add(
            gx.ValidationDefinition(
                name=suite.name, data=asset.add_batch_definition_whole_dataframe(suite.table), suite=gx_suite
            )
        )
        result = definition.run(
            batch_parameters={"dataframe": _frame(suite, rules, table)},
            result_format={
                "result_format": "COMPLETE",
                "unexpected_index_column_names": [ROW_NO, *suite.keys],
                "return_unexpected_index_query": False,
            },
            run_id=RunIdentifier(run_name=RUN_NAME, run_time=self._run_time),
        )
        folder = f"validations/{suite.name}/{RUN_NAME}/{self._run_time:%Y%m%dT%H%M%S}.000000Z"
        page = f"{folder}/{RUN_NAME}-{suite.name}.html"
        by_rule = {_rule_code(one): one for one in result.results}
        return [_verdict(rule, by_rule[rule.rule_code], table, page) for rule in rules]


def _project(docs_dir: Path) -> DataContextConfig:
    """Everything in memory but the Data Docs; no analytics, no progress bars, no temporary site of its own."""
    return DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False),
        data_docs_sites={
            RUN_NAME: {
                "class_name": "SiteBuilder",
                "show_how_to_buttons": False,
                "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(docs_dir)},
                "site_index_builder": {"class_name": "DefaultSiteIndexBuilder", "show_cta_footer": False},
            }
        },
    )


def _expectation(rule: Rule, title: str) -> Expectation:
    condition = Column(rule.applies[0]) == rule.applies[1] if rule.applies else None
    arguments: dict[str, Any] = dict(rule.arguments) | ({"row_condition": condition} if condition is not None else {})
    return CLASSES[rule.expectation](**arguments, description=title, meta={"rule_code": rule.rule_code})


def _rule_code(result: Any) -> str:
    return str(result.expectation_config.meta["rule_code"])


def _frame(suite: Suite, rules: Sequence[Rule], table: pa.Table) -> pd.DataFrame:
    """Only the columns that the expectations and the Data Docs need: the rest stays in Arrow."""
    wanted = list(suite.keys)
    for rule in rules:
        for value in rule.arguments.values():
            wanted += value if isinstance(value, list) else [value]
        wanted += [rule.applies[0]] if rule.applies else []
    columns = [name for name in table.column_names if name in set(wanted)]
    frame: pd.DataFrame = table.select(columns).to_pandas(types_mapper=_NULLABLE.get)
    frame.insert(0, ROW_NO, range(len(frame)))
    return frame


def _verdict(rule: Rule, result: Any, table: pa.Table, page: str) -> Verdict:
    error = _raised(result.exception_info)
    if error is not None:
        return Verdict(rule.rule_code, "error", len(_applicable(rule, table)), error_text=error, page=page)
    found = result.result
    failing = tuple(int(row[ROW_NO]) for row in found.get("unexpected_index_list") or [])
    if len(failing) != found.get("unexpected_count", 0) or result.success is not (not failing):
        text = f"Great Expectations counts {found.get('unexpected_count')} failing rows but names {len(failing)}"
        return Verdict(rule.rule_code, "error", int(found["element_count"]), error_text=text, page=page)
    passed: Outcome = "passed" if found["element_count"] else "not_judged"  # nothing to judge is no success
    return Verdict(
        rule_code=rule.rule_code,
        outcome="failed" if failing else passed,
        evaluated=int(found["element_count"]),
        failing=failing,
        page=page,
    )


def _raised(info: Mapping[str, Any]) -> str | None:
    """Great Expectations puts one record, or one for each metric that raised; None when nothing raised."""
    records = [info] if "raised_exception" in info else list(info.values())
    messages = [str(record["exception_message"]) for record in records if record["raised_exception"]]
    return "; ".join(dict.fromkeys(messages)) if messages else None


def _rule(suite: Suite, rule_code: str) -> Rule:
    return next(rule for rule in suite.rules if rule.rule_code == rule_code)


def _applicable(rule: Rule, table: pa.Table) -> pa.Table:
    if rule.applies is None:
        return table
    return table.filter(pa.compute.equal(table[rule.applies[0]], rule.applies[1]))


def _null_in_judged(rule: Rule, table: pa.Table) -> str | None:
    """Say which judged column holds a null: Great Expectations would pass or fail such a row by its own lights."""
    rows = _applicable(rule, table)
    holes = {name: rows[name].null_count for name in rule.judged if name in rows.column_names}
    texts = [f"{name} is null in {count} of {rows.num_rows} rows" for name, count in holes.items() if count]
    return "broken evidence: " + ", ".join(texts) if texts else None
