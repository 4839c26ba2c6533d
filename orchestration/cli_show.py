"""What the command line prints: progress, the summary of a run, tables of editions, findings and alerts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from rich.markup import escape
from rich.table import Table

from ingest.quarantine import held
from ingest.settings import Settings, waiting_in
from orchestration.backtest import Written
from orchestration.cli_show_add import received
from orchestration.cli_show_alerts import console as _console
from orchestration.cli_show_alerts import round_done
from orchestration.duckdb_resource import read_only
from orchestration.run import Outcome, last_run
from quality.alerts.overview import alert_state
from quality.alerts.store import open_store

_SEVERITIES = ("critical", "warn", "info")


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A line that says what is being done, while it is being done; nothing when the output is not a terminal."""
    with _console.status("starting") as status:
        yield status.update


def summary(settings: Settings, outcome: Outcome) -> None:
    """What a person wants to know after a run: editions, rows, findings, seconds, and where everything is."""
    for one in outcome.received:
        received(one)
    for problem in outcome.problems:
        _console.print(f"[red]failed[/red] {escape(problem)}")
    if not settings.published.joinpath("chiso.duckdb").exists():
        _console.print("[red]nothing could be published[/red]")
        return
    if outcome.problems:
        _console.print("What follows is the last publication, not this run.")
    if outcome.unchanged:
        _console.print("Nothing changed since the last run: nothing to do.")
    _editions(settings)
    _withheld(settings)
    _quarantine(settings)
    _finding_counts(settings)
    if outcome.alerts is not None:
        round_done(settings, outcome.alerts)
    _console.print(f"\nSeconds: {outcome.seconds:.1f} in all")
    for name, seconds in sorted(outcome.stages, key=lambda stage: -stage[1])[:8]:
        _console.print(f"  {seconds:6.1f}  {name}")
    _console.print("\nWhere everything is")
    for name, path in (
        ("to look at", settings.site / "index.html"),
        ("for Excel", settings.published / "chiso.xlsx"),
        ("for BI tools", settings.published / "chiso.duckdb"),
        ("the same as Parquet", settings.published / "parquet"),
        ("open data", settings.open_data),
        ("Data Docs", settings.quality / "data_docs" / "index.html"),
        ("alerts", settings.outbox),
    ):
        _console.print(f"  {name:20} {path}", soft_wrap=True)


def status(settings: Settings) -> None:
    """Editions, last run, inbox. An installation that never ran says what to do."""
    before = last_run(settings)
    if before is None:
        _console.print(f"No run yet in {settings.home}. Start with: chiso run", soft_wrap=True)
    else:
        _console.print(
            f"Last good run: as of {before['as_of']}, {before['total_seconds']} s, run {before['run_id'][:8]}"
        )
        _editions(settings)
        _withheld(settings)
        _finding_counts(settings)
        _alerts(settings)
    waiting = waiting_in(settings.inbox)
    _console.print(f"Inbox: {', '.join(waiting) if waiting else 'empty'}", markup=False, soft_wrap=True)
    if waiting:
        _console.print("They are taken in by the next run.")
    _quarantine(settings)


def findings(settings: Settings, kind: str | None, severity: str | None, index_code: str | None, latest: bool) -> None:
    """The findings that fit, worst first, one row each."""
    conditions = {"kind": kind, "severity": severity, "index_code": index_code and index_code.upper()}
    given = {name: value for name, value in conditions.items() if value}
    where = [f"{name} = ?" for name in given] + (["is_latest_edition"] if latest else [])
    order = " ".join(f"when '{name}' then {place}" for place, name in enumerate(_SEVERITIES))
    sql = (
        "select severity, rule_code, index_code, edition_year, territory_name_vi, message_vi from reporting.rpt_finding"
        + (f" where {' and '.join(where)}" if where else "")
        + f" order by case severity {order} end, is_latest_edition desc, index_code, edition_year desc, finding_id"
    )
    with read_only(settings.published / "chiso.duckdb") as connection:
        rows = connection.execute(sql, list(given.values())).fetchall()
    if not rows:
        _console.print("No finding fits.")
        return
    table = Table("severity", "rule", "index", "edition", "territory", "what", box=None, pad_edge=False)
    for row in rows:
        table.add_row(*("" if value is None else escape(str(value)) for value in row))
    _console.print(table)
    _console.print(f"{len(rows)} findings")


def backtest(written: Written) -> None:
    """What a backtest found, in short, and where the rest stands."""
    _console.print(f"{written.injections:,} faults put in; their own table reveals {written.revealed:,} of them")
    _console.print(f"  of these missed: {written.misses:,}")
    if written.false_faults is not None:
        _console.print(f"  false data faults on the archive: {written.false_faults:,}")
    for path in written.files:
        _console.print(f"  {path}", markup=False, soft_wrap=True)


def _alerts(settings: Settings) -> None:
    with open_store(settings.alerts) as connection:
        state = alert_state(connection, datetime.now(UTC))
    said = [f"{count} {name}" for name, count in (state.incidents | state.deliveries).items() if count]
    _console.print(f"\nAlerts: {', '.join(said) or 'none'}; see them with: chiso alerts list")


def _editions(settings: Settings) -> None:
    with read_only(settings.published / "chiso.duckdb") as connection:
        rows = connection.execute(
            "select i.index_code, count(e.edition_year), min(e.edition_year), max(e.edition_year),"
            " count(*) filter (where e.coverage = 'partial'), coalesce(sum(e.cells_loaded), 0),"
            " string_agg(distinct e.load_status, ', ') filter (where e.load_status <> 'loaded')"
            " from marts.dim_index i left join marts.dim_edition e using (index_code)"
            " group by i.index_code order by min(i.level) desc, i.index_code"
        ).fetchall()
        (metrics,) = connection.execute("select count(*) from marts.fct_provincial_metric").fetchone() or (0,)
    table = Table("index", "editions", "years", "partial", "cells", "", box=None, pad_edge=False)
    for code, editions, first, last, partial, cells, odd in rows:
        years = "no edition" if not editions else f"{first}-{last}" if first != last else str(first)
        table.add_row(code, str(editions), years, str(partial or ""), f"{cells:,}", odd or "")
    _console.print(table)
    _console.print(f"Provincial metrics: {metrics:,} figures")


def _quarantine(settings: Settings) -> None:
    for one in held(settings.quarantine):
        _console.print(
            f"[red]held[/red] {escape(one.name)}: {escape(one.why[0].en)}\n     {escape(str(one.folder))}/report.md",
            soft_wrap=True,
            highlight=False,
        )


def _withheld(settings: Settings) -> None:
    with read_only(settings.published / "chiso.duckdb") as connection:
        editions = connection.execute("from marts.dim_edition order by all").to_arrow_table().to_pylist()
    for edition in editions:
        if edition.get("withheld_reason_en"):  # a file published before there was a gate has no such column
            name = (
                f"{edition['index_code']} {edition['edition_year']} ({edition['basis']}, vintage {edition['vintage']})"
            )
            status, reason = edition["load_status"], edition["withheld_reason_en"]
            _console.print(f"[red]{status}[/red] {escape(f'{name}: {reason}')}", soft_wrap=True)


def _finding_counts(settings: Settings) -> None:
    with read_only(settings.published / "chiso.duckdb") as connection:
        counts = connection.execute(
            "select kind, severity, count(*), count(*) filter (where is_latest_edition) from reporting.rpt_finding"
            " group by kind, severity"
        ).fetchall()
        errors = connection.execute("select rule_code from reporting.rpt_check where outcome = 'error'").fetchall()
    found = {(kind, severity): (total, latest) for kind, severity, total, latest in counts}
    table = Table("findings", *_SEVERITIES, "of latest editions", box=None, pad_edge=False)
    for kind, label in (("data_fault", "data faults"), ("regression", "regressions")):
        numbers = [found.get((kind, severity), (0, 0)) for severity in _SEVERITIES]
        table.add_row(label, *(str(total) for total, _ in numbers), str(sum(latest for _, latest in numbers)))
    _console.print()
    _console.print(table)
    if errors:
        _console.print(f"[red]could not be checked[/red]: {', '.join(code for (code,) in errors)}")
