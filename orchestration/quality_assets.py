"""Findings as an asset, and every rule as an asset check on the table that it is about."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from ingest.settings import PROJECT_ROOT
from orchestration.duckdb_resource import read_only
from orchestration.ingest_assets import OWNERS
from orchestration.plot_metadata import plot_metadata
from orchestration.resources import Home
from orchestration.warehouse_state import begin, finish
from quality.context import LOOKED_UP
from quality.rules import Rule, Suite
from quality.thresholds import SEED

FINDINGS = dg.AssetKey(["reporting", "rpt_finding"])
CHECKS = dg.AssetKey(["reporting", "rpt_check"])
_RESULTS = dg.AssetKey(["marts", "fct_index_result"])
_CHANGES = dg.AssetKey(["reporting", "rpt_index_change"])
_SHOWN = 50
_SEED = PROJECT_ROOT / "dbt_project" / "seeds" / "rule.csv"
_SEVERITY = {
    "critical": dg.AssetCheckSeverity.ERROR,
    "warn": dg.AssetCheckSeverity.WARN,
    "info": dg.AssetCheckSeverity.WARN,
}
_EVIDENCE_COLUMNS = (
    "severity",
    "index_code",
    "edition_year",
    "territory_label_vi",
    "component_name_vi",
    "expected",
    "observed",
    "lead_agency_vi",
    "source_url",
    "source_locator",
)


def finding_assets(suites: Sequence[Suite]) -> dg.AssetsDefinition:
    """Great Expectations in a step of its own: it takes seconds to import and judges what dbt has built."""
    read = sorted({tuple(table.split(".", 1)) for table in (SEED, *LOOKED_UP, *(suite.table for suite in suites))})

    @dg.multi_asset(
        name="findings",
        specs=[
            dg.AssetSpec(
                key,
                deps=[list(table) for table in read],
                group_name="reporting",
                kinds={"greatexpectations", "duckdb"},
                owners=OWNERS,
                description=text,
            )
            for key, text in (
                (FINDINGS, "Every rule that did not hold, on one subject, with its evidence and the lead agency."),
                (CHECKS, "Every rule of the run: passed, failed, or could not be checked."),
            )
        ],
    )
    def findings(context: dg.AssetExecutionContext, home: Home) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
        from quality.run import evaluate

        settings = home.settings
        begin(settings, "findings")
        evaluation = evaluate(settings.warehouse, settings.quality, settings.as_of, settings.territory)
        if evaluation.critical_in_figures:
            raise dg.Failure(
                "the gate let critical faults pass: "
                + "; ".join(finding.message_en for finding in evaluation.critical_in_figures),
                allow_retries=False,
            )
        finish(settings, "findings")
        context.log.info(f"{len(evaluation.checks)} rules judged, {len(evaluation.findings)} findings")
        yield dg.MaterializeResult(
            asset_key=FINDINGS,
            metadata={
                "dagster/row_count": len(evaluation.findings),
                "data faults": evaluation.count("data_fault"),
                "regressions": evaluation.count("regression"),
                "of withheld figures": sum(finding.is_withheld for finding in evaluation.findings),
                "Data Docs": dg.MetadataValue.path(str(evaluation.data_docs)),
                **plot_metadata(settings),
            },
        )
        yield dg.MaterializeResult(
            asset_key=CHECKS,
            metadata={"dagster/row_count": len(evaluation.checks), "could not be checked": len(evaluation.errors)},
        )

    return findings


def rule_checks(suites: Sequence[Suite]) -> dg.AssetChecksDefinition:
    """Show each rule's outcome on the table that it is about. A rule that could not be checked fails the step.

    A rule that had nothing to judge gives no result: it has neither passed nor failed.
    """
    targets = {rule.rule_code: _shown_on(suite, rule) for suite in suites for rule in suite.rules}
    with _SEED.open(encoding="utf-8", newline="") as file:
        words = {row["rule_code"]: row for row in csv.DictReader(file) if row["index_code"] == "*"}

    @dg.multi_asset_check(
        name="rule_checks",
        specs=[
            dg.AssetCheckSpec(
                code,
                asset=target,
                additional_deps=[FINDINGS],
                description="{expectation_vi}. {expectation_en}. {rationale}".format(**words[code]),
            )
            for code, target in targets.items()
        ],
        can_subset=True,  # makes every result optional
    )
    def rules_judged(home: Home) -> Iterator[dg.AssetCheckResult]:
        with read_only(home.settings.warehouse) as connection:
            checks = connection.execute(
                "select rule_code, outcome, evaluated, unexpected, error_text from reporting.rpt_check"
            ).fetchall()
            rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
            columns = ", ".join(_EVIDENCE_COLUMNS)
            for code, *values in connection.execute(
                f"select rule_code, {columns} from reporting.rpt_finding"
                " order by is_latest_edition desc, edition_year desc, finding_id"
            ).fetchall():
                rows[code].append(dict(zip(_EVIDENCE_COLUMNS, values, strict=True)))
        errors = []
        for code, outcome, evaluated, unexpected, error_text in checks:
            if outcome == "error":
                errors.append(f"{code}: {error_text}")
                continue
            if outcome == "not_judged":
                continue
            found = rows[code]
            severities = {row["severity"] for row in found}
            worst = next((severity for severity in _SEVERITY if severity in severities), "info")
            yield dg.AssetCheckResult(
                asset_key=targets[code],
                check_name=code,
                passed=outcome == "passed",
                severity=_SEVERITY[worst],
                metadata={
                    "rows judged": evaluated,
                    "rows that failed": unexpected,
                    "failing rows": _table(found[:_SHOWN]),
                    **(
                        {"shown": f"the first {_SHOWN}; all are in reporting.rpt_finding"}
                        if len(found) > _SHOWN
                        else {}
                    ),
                },
            )
        if errors:
            raise dg.Failure("could not be checked, a fault of ours: " + "; ".join(errors), allow_retries=False)

    return rules_judged


def _shown_on(suite: Suite, rule: Rule) -> dg.AssetKey:
    """The public table that the rule judges; what is judged on evidence is shown where its figures stand."""
    schema, table = suite.table.split(".", 1)
    if schema == "reporting":
        return dg.AssetKey([schema, table])
    return _CHANGES if rule.kind == "regression" else _RESULTS


def _table(rows: list[dict[str, Any]]) -> dg.MetadataValue:
    return dg.MetadataValue.table(
        records=[dg.TableRecord({name: "" if v is None else str(v) for name, v in row.items()}) for row in rows],
        schema=dg.TableSchema([dg.TableColumn(name, "string") for name in _EVIDENCE_COLUMNS]),
    )
