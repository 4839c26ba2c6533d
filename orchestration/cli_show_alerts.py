"""What `chiso alerts` prints: incidents, messages, and how things stand after a round."""

import os
import sqlite3
import sys
from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ingest.settings import ZONE, Settings
from quality.alerts.overview import DeliveryLine, IncidentLine
from quality.alerts.store import moment
from quality.alerts.tending import Round

# a pipe or a file has no width of its own; a narrow guess would break every line
console = Console(highlight=False, width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else 240)


def round_done(settings: Settings, done: Round) -> None:
    """What was told, what waits, and what needs a person."""
    state, result = done.state, done.delivered
    still = sum(count for name, count in state.incidents.items() if name != "resolved")
    console.print(
        f"\nAlerts: {done.news} news, {done.messages} messages written, {result.sent} sent, {result.filed} filed;"
        f" {still} incidents open, {state.waiting} news wait for a digest"
    )
    for line in done.log:
        console.print(f"  {line}", markup=False, soft_wrap=True)
    if state.deliveries["waiting"]:
        console.print(f"  {state.deliveries['waiting']} messages wait for another try: chiso alerts list --messages")
    if state.dead:
        console.print(
            f"  [red]{len(state.dead)} messages were given up[/red]: chiso alerts list --messages, then"
            " chiso alerts retry"
        )
    if done.nobody_reached:
        console.print(
            f"  No channel is configured, so nobody is reached: messages are .eml files in {settings.outbox}."
            f" To send them, write {settings.alerts / 'alerts.yaml'} (see README).",
            markup=False,
            soft_wrap=True,
        )
    elif done.by_file_only:
        console.print(f"  By file only: {', '.join(done.by_file_only)}", soft_wrap=True)


def incidents(settings: Settings, lines: Sequence[IncidentLine]) -> None:
    if not lines:
        console.print(f"No incident fits in {settings.alerts}. They are made by: chiso run", soft_wrap=True)
        return
    table = Table("incident", "state", "severity", "since", "what", box=None, pad_edge=False)
    for line in lines:
        table.add_row(line.incident_id, line.state, line.severity, f"{_day(line.opened_at)}", escape(line.what))
    console.print(table)
    console.print(f"{len(lines)} incidents")


def incident(line: IncidentLine, history: Sequence[sqlite3.Row]) -> None:
    """One incident: what it says, who leads, where from, and everything that happened to it."""
    details = line.details
    ended = f" ({line.end_reason})" if line.end_reason else ""
    console.print(f"{line.incident_id}  {line.state}{ended}  {line.severity}  {line.kind}", markup=False)
    for name in ("message_vi", "message_en", "certainty_vi", "observed", "expected", "remedy_vi"):
        if details.get(name):
            console.print(f"  {name}: {details[name]}", markup=False, soft_wrap=True)
    for name in ("lead_agency_vi", "legal_basis", "source_url", "source_locator", "run_id"):
        if details.get(name):
            console.print(f"  {name}: {details[name]}", markup=False, soft_wrap=True)
    table = Table("at", "event", "severity", "size", "who", "until", "why", box=None, pad_edge=False)
    for row in history:
        table.add_row(
            _time(moment(row["at"])),
            row["event"],
            row["severity"],
            "" if row["magnitude"] is None else f"{row['magnitude']:g}",
            escape(row["who"] or ""),
            _time(moment(row["until"])) if row["until"] else "",
            escape(row["why"] or ""),
        )
    console.print(table)


def deliveries(settings: Settings, lines: Sequence[DeliveryLine]) -> None:
    if not lines:
        console.print(f"No message in {settings.alerts}. They are written by: chiso run", soft_wrap=True)
        return
    table = Table("message", "state", "tries", "when", "to", "by", "subject", "last error", box=None, pad_edge=False)
    for line in lines:
        when = line.done_at or (line.next_try_at if line.state == "waiting" else line.created_at)
        table.add_row(
            str(line.delivery_id),
            line.state,
            str(line.attempts),
            f"{'next ' if line.state == 'waiting' else ''}{_time(when)}",
            escape(f"{line.recipient} {line.address}".strip()),
            line.channel,
            escape(line.subject),
            escape(line.last_error or ""),
        )
    console.print(table)
    console.print(f"{len(lines)} messages")


def delivery(line: DeliveryLine, text: str, tries: Sequence[sqlite3.Row]) -> None:
    """One message: its text, where it goes, and every try."""
    console.print(f"{line.subject}\n{line.state}: {line.recipient} by {line.channel} {line.address}", markup=False)
    for row in tries:
        ended = _time(moment(row["ended_at"])) if row["ended_at"] else "…"
        said = f": {row['said']}" if row["said"] else ""
        console.print(
            f"  {_time(moment(row['began_at']))} → {ended} {row['outcome'] or ''}{said}", markup=False, soft_wrap=True
        )
    console.print(f"\n{text}", markup=False, soft_wrap=True)


def _day(when: datetime) -> str:
    return f"{when.astimezone(ZONE):%Y-%m-%d}"


def _time(when: datetime) -> str:
    return f"{when.astimezone(ZONE):%Y-%m-%d %H:%M}"
