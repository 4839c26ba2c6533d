"""Judges the warehouse: runs every suite, turns failing rows into findings, writes both.

Pure of Dagster. Great Expectations decides; Python here only reads the rows that failed and words them.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from quality.alerts.judgement import write_judgement
from quality.context import Context, load_context
from quality.data_docs import render_index
from quality.findings import SUBJECT, Check, Finding, finding_id, subjects_judged, write_results
from quality.rules import IS_WITHHELD, Rule, Suite, Words
from quality.suites import SUITES
from quality.thresholds import SEED, RuleSettings, load_settings
from quality.withheld import FOLDER, mark_withheld, read_withheld

if TYPE_CHECKING:
    from quality.gx_runner import GxRunner, Verdict

DATA_DOCS = "data_docs"
_SEVERITY_ORDER = {"critical": 0, "warn": 1, "info": 2}


@dataclass(frozen=True)
class Evaluation:
    """What a run judged. `data_docs` is the index page; `checks` has one entry for each rule."""

    as_of: date
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    data_docs: Path

    @property
    def errors(self) -> tuple[Check, ...]:
        """Checks that could not run: faults of ours, to be shown as such."""
        return tuple(check for check in self.checks if check.outcome == "error")

    def of(self, rule_code: str) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.rule_code == rule_code)

    @property
    def critical_in_figures(self) -> tuple[Finding, ...]:
        """Critical data faults of figures that the gate let pass: there are none, or it was not asked."""
        guards = {rule.rule_code for suite in SUITES if suite.guards_publication for rule in suite.rules}
        return tuple(
            f for f in self.findings if f.severity == "critical" and f.rule_code in guards and not f.is_withheld
        )

    def count(self, kind: str, severity: str | None = None) -> int:
        return sum(f.kind == kind and severity in (None, f.severity) for f in self.findings)


def evaluate(
    warehouse: Path, out_dir: Path, as_of: date, home_territory: str, suites: Sequence[Suite] = SUITES
) -> Evaluation:
    """Run `suites` over the working warehouse and replace `reporting.rpt_finding` and `reporting.rpt_check`.

    Figures that the gate withheld (`out_dir/withheld`) are judged with those of the warehouse, so that their faults
    are seen everywhere. Data Docs are written to `out_dir/data_docs`, what alerts need to `out_dir/judgement.json`,
    whatever the caller makes of it: a fault that should not have come so far is told all the more. A
    check that cannot run (evidence missing, expectation raised, no row in the seed) comes out as 'error'. Raises
    duckdb.Error when the seed `rule` or the marts themselves are not there.
    """
    from quality.gx_runner import GxRunner  # takes seconds; see its module

    out_dir.mkdir(parents=True, exist_ok=True)
    runner = GxRunner(out_dir / DATA_DOCS, as_of)
    with duckdb.connect(str(warehouse), read_only=True) as con:
        checks, findings, judged = judge(con, runner, suites, as_of, home_territory, read_withheld(out_dir / FOLDER))
    data_docs = runner.write_docs(render_index(checks, as_of))
    write_results(warehouse, findings, checks)
    with duckdb.connect(str(warehouse), read_only=True) as con:
        write_judgement(con, out_dir, findings, checks, judged, as_of, home_territory)
    return Evaluation(as_of, tuple(checks), tuple(findings), data_docs)


def judge(
    con: duckdb.DuckDBPyConnection,
    runner: "GxRunner",
    suites: Sequence[Suite],
    as_of: date,
    home_territory: str,
    withheld: Mapping[str, pa.Table] | None = None,
) -> tuple[list[Check], list[Finding], set[str]]:
    """Judge the warehouse behind `con` and write nothing: one check for each rule, findings worst first.

    The third are the ids of all subjects of the warehouse that a rule judged, failed or not. `withheld` has judged
    rows of figures that are not in the warehouse, by suite.
    """
    settings = load_settings(con)
    context = load_context(con, as_of, home_territory)
    checks: list[Check] = []
    found: dict[str, Finding] = {}
    judged: set[str] = set()
    for suite in suites:
        table, verdicts = judge_suite(con, runner, suite, settings, (withheld or {}).get(suite.name))
        for verdict in verdicts:
            rule = next(r for r in suite.rules if r.rule_code == verdict.rule_code)
            checks.append(_check(suite, rule, verdict, settings, as_of))
            if table is not None:
                if verdict.outcome in ("passed", "failed"):
                    judged |= subjects_judged(con, rule, table)
                failing = table.take(pa.array(verdict.failing, pa.int64())).to_pylist()
                found |= _findings(rule, failing, settings, context, as_of)
    checks += _not_judged(suites, settings, as_of)
    return checks, sorted(found.values(), key=_order), judged


def judge_suite(
    con: duckdb.DuckDBPyConnection,
    runner: "GxRunner",
    suite: Suite,
    settings: RuleSettings,
    withheld: pa.Table | None = None,
) -> tuple[pa.Table | None, list["Verdict"]]:
    """Give the judged table and one verdict for each rule; the table is None when it could not be read."""
    from quality.gx_runner import Verdict

    bad_seed = {r.rule_code: text for r in suite.rules if (text := _seed_fault(r, settings))}
    refused = [Verdict(code, "error", 0, error_text=text) for code, text in bad_seed.items()]
    rules = tuple(r for r in suite.rules if r.rule_code not in bad_seed)
    if not rules:
        return None, refused
    try:
        table = mark_withheld(con.execute(suite.sql).to_arrow_table(), withheld)
    except (duckdb.Error, pa.ArrowInvalid) as error:
        # Missing evidence, another shape, a value that does not convert: said for each rule; other suites go on.
        return None, refused + [Verdict(r.rule_code, "error", 0, error_text=str(error)) for r in rules]
    known = {r.rule_code: settings.of(r.rule_code) for r in rules}
    titles = {code: f"{setting.expectation_vi} / {setting.expectation_en}" for code, setting in known.items()}
    keys = suite.keys if withheld is None else (*suite.keys, IS_WITHHELD)
    return table, refused + runner.judge(replace(suite, keys=keys, rules=rules), table, titles)


def _seed_fault(rule: Rule, settings: RuleSettings) -> str | None:
    if rule.rule_code not in settings.rule_codes:
        return f"{SEED} has no default row for this rule"
    if settings.of(rule.rule_code).kind != rule.kind:
        return f"{SEED} calls this rule a {settings.of(rule.rule_code).kind}, the suite a {rule.kind}"
    return None


def _not_judged(suites: Sequence[Suite], settings: RuleSettings, as_of: date) -> list[Check]:
    """A row of the seed that no suite judges would look like a rule that holds: it is an error."""
    judged = {rule.rule_code for suite in suites for rule in suite.rules}
    return [
        Check(
            rule_code=code,
            kind=settings.of(code).kind,
            title_vi=settings.of(code).expectation_vi,
            title_en=settings.of(code).expectation_en,
            suite=None,
            table_name=None,
            outcome="error",
            evaluated=0,
            unexpected=0,
            error_text=f"no suite judges this rule of {SEED}",
            data_docs_page=None,
            as_of=as_of,
        )
        for code in settings.rule_codes
        if code not in judged
    ]


def _check(suite: Suite, rule: Rule, verdict: "Verdict", settings: RuleSettings, as_of: date) -> Check:
    known = settings.of(rule.rule_code) if rule.rule_code in settings.rule_codes else None
    return Check(
        rule_code=rule.rule_code,
        kind=rule.kind,
        title_vi=known.expectation_vi if known else None,
        title_en=known.expectation_en if known else None,
        suite=suite.name,
        table_name=suite.table,
        outcome=verdict.outcome,
        evaluated=verdict.evaluated,
        unexpected=len(verdict.failing),
        error_text=verdict.error_text,
        data_docs_page=verdict.page,
        as_of=as_of,
    )


def _findings(
    rule: Rule, rows: list[dict[str, Any]], settings: RuleSettings, context: Context, as_of: date
) -> dict[str, Finding]:
    """One finding for each subject; rows of the same subject (copies of a key) are its evidence together."""
    subjects: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        parts = (*SUBJECT, *rule.identity)
        # a fault of withheld figures and one of those that stand in for them are two
        apart = (IS_WITHHELD,) if row[IS_WITHHELD] else ()
        key = finding_id(rule.rule_code, *(row.get(part) for part in parts), *apart)
        subjects.setdefault(key, []).append(row)
    return {key: _finding(key, rule, group, settings, context, as_of) for key, group in subjects.items()}


def _finding(
    key: str, rule: Rule, rows: list[dict[str, Any]], settings: RuleSettings, context: Context, as_of: date
) -> Finding:
    row = context.complete(rows[0])
    index_code = row.get("index_code")
    setting = settings.of(rule.rule_code, index_code)
    words = _said_to_be_withheld(rule.describe(row)) if row[IS_WITHHELD] else rule.describe(row)
    lead = context.lead.get(index_code or "")
    return Finding(
        finding_id=key,
        rule_code=rule.rule_code,
        kind=rule.kind,
        severity=setting.severity,
        title_vi=setting.title_vi,
        title_en=setting.title_en,
        index_code=index_code,
        index_name_vi=context.index_name_vi.get(index_code or ""),
        edition_year=row.get("edition_year"),
        basis=row.get("basis"),
        vintage=row.get("vintage"),
        territory_code=row.get("territory_code"),
        territory_name_vi=row["territory_name_vi"],
        territory_label_vi=row["territory_label_vi"],
        component_code=row.get("component_code"),
        component_name_vi=row["component_name_vi"],
        measure=row.get("measure"),
        subject_vi=words.subject_vi,
        expected=words.expected,
        observed=words.observed,
        previous_edition_year=row.get("previous_edition_year"),
        value_before=row.get("value_before"),
        value_after=row.get("value_after"),
        change=row.get("change"),
        before_vi=words.before_vi,
        after_vi=words.after_vi,
        change_vi=words.change_vi,
        magnitude=rule.magnitude(row),
        noise=row.get("noise"),
        noise_source=row.get("noise_source"),
        z=row.get("z"),
        contribution=row.get("contribution"),
        rank=row.get("rank"),
        is_rank_computed=row.get("rank_is_computed"),
        ranked_among=row.get("ranked_among"),
        rank_interval_low=row.get("rank_interval_low"),
        rank_interval_high=row.get("rank_interval_high"),
        certainty_vi=words.certainty_vi,
        certainty_en=words.certainty_en,
        is_latest_edition=context.is_latest(rule.kind, row),
        is_withheld=row[IS_WITHHELD],
        lead_agency_code=row.get("own_lead_agency_code") or (lead.agency_code if lead else None),
        lead_agency_vi=row.get("own_lead_agency_vi") or (lead.name_vi if lead else None),
        legal_basis=row.get("own_legal_basis") or (lead.legal_basis if lead else None),
        message_vi=words.message_vi,
        message_en=words.message_en,
        remedy_vi=row.get("own_remedy_vi") or setting.remedy_vi,
        remedy_en=row.get("own_remedy_en") or setting.remedy_en,
        source_url=context.source_url(row),
        previous_source_url=row.get("previous_source_url"),
        source_locator=row.get("source_locator"),
        evidence=_evidence(rows),
        as_of=as_of,
    )


def _said_to_be_withheld(words: Words) -> Words:
    return replace(
        words,
        subject_vi=f"{words.subject_vi} · số liệu bị giữ lại",
        message_vi=f"{words.message_vi} Số liệu này bị giữ lại, không công bố.",
        message_en=f"{words.message_en} These figures are withheld, not published.",
    )


def _evidence(rows: list[dict[str, Any]]) -> str:
    kept = [
        {name: _plain(value) for name, value in row.items() if value is not None and name != IS_WITHHELD}
        for row in rows
    ]
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def _order(finding: Finding) -> tuple[Any, ...]:
    """Worst first, then newest, then by subject: the same order on every run."""
    return (
        finding.kind,
        _SEVERITY_ORDER[finding.severity],
        finding.index_code or "",
        -(finding.edition_year or 0),
        finding.rule_code,
        finding.subject_vi,
        finding.finding_id,
    )
