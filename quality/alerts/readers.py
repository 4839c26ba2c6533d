"""Who was told what of each incident, and what each reader does not know yet.

Belongs here: for each reader of an incident, the difference between what is and what they were told, and when it is
due. It is worked out anew each round, so that what changes back before it was told is never told.
"""

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime

from quality.alerts.config import Config
from quality.alerts.incidents import Transition, is_muted, transition
from quality.alerts.office_hours import CADENCES, Cadence
from quality.alerts.routing import Routes
from quality.alerts.store import stamp

# for somebody who was told of it and is no longer on its route, as the lead agency of before
_FORMER: Cadence = "daily"


def update_readers(
    con: sqlite3.Connection,
    config: Config,
    routes: Routes,
    worse_shares: Mapping[str, float],
    now: datetime,
    is_onboarding: bool,
) -> list[str]:
    """Note for each reader of each incident what they do not know yet and when it is due; nothing where they know all.

    Readers are those whom the routes name, and whoever was told of it. On the first judgement of a home
    (`is_onboarding`) what opens is history: due at once, for the opening digest. Gives lines for the log.
    """
    left = _forget_strangers(con, config)
    for incident in con.execute(
        "select * from incident where phase = 'open' or exists (select 1 from reader"
        " where reader.incident_id = incident.incident_id and (told_phase = 'open' or pending is not null))"
    ).fetchall():
        if is_muted(incident, now):
            continue
        if incident["end_reason"] == "home_changed":
            # of a home that was left nobody hears any more, nor that its falls came back
            con.execute("delete from reader where incident_id = ?", [incident["incident_id"]])
            continue
        details = json.loads(incident["details"])
        named = routes.of(incident["kind"], incident["severity"], details)
        known = {
            row["recipient"]: row
            for row in con.execute("select * from reader where incident_id = ?", [incident["incident_id"]]).fetchall()
        }
        for recipient in sorted({*named, *known}):
            reader = known.get(recipient)
            news = transition(reader, incident, worse_shares.get(incident["rule_code"]))
            is_history = is_onboarding and news == "opened" and incident["kind"] != "pipeline"
            _note(con, config, incident, recipient, reader, news, named.get(recipient, _FORMER), is_history, now)
    return [f"no longer in alerts.yaml, so told nothing more: {', '.join(left)}"] if left else []


def mark_told(con: sqlite3.Connection, incident: sqlite3.Row, recipient: str) -> None:
    """The reader knows the incident as it is."""
    con.execute(
        "update reader set told_phase = ?, told_severity = ?, told_magnitude = ?, told_end_reason = ?, pending = null,"
        " cadence = null, due_at = null where incident_id = ? and recipient = ?",
        [
            incident["phase"],
            incident["severity"],
            incident["magnitude"],
            incident["end_reason"],
            incident["incident_id"],
            recipient,
        ],
    )


def _note(
    con: sqlite3.Connection,
    config: Config,
    incident: sqlite3.Row,
    recipient: str,
    reader: sqlite3.Row | None,
    news: Transition | None,
    cadence: Cadence,
    is_history: bool,
    now: datetime,
) -> None:
    key = [incident["incident_id"], recipient]
    if news is None:
        con.execute(
            "update reader set pending = null, cadence = null, due_at = null where incident_id = ? and recipient = ?",
            key,
        )
        return
    if is_history:
        cadence = "immediate"
    elif news == "better":
        # good news that asks for nothing waits for the weekly digest
        cadence = "weekly"
    due = stamp(config.hours.due(cadence, now, config.recipients[recipient].at_any_hour))
    pending = "onboarding" if is_history else "news"
    if reader is not None and reader["pending"] is not None:
        # what has waited does not wait longer because more came to it
        pending, due = reader["pending"], min(due, reader["due_at"])
        cadence = min(cadence, reader["cadence"], key=CADENCES.index)
    con.execute(
        "insert into reader (incident_id, recipient, pending, cadence, due_at) values (?, ?, ?, ?, ?)"
        " on conflict (incident_id, recipient) do update set pending = excluded.pending, cadence = excluded.cadence,"
        " due_at = excluded.due_at",
        [*key, pending, cadence, due],
    )


def _forget_strangers(con: sqlite3.Connection, config: Config) -> list[str]:
    """Take out readers who are no recipients any more; gives those for whom something was waiting."""
    waiting = {
        row["recipient"]
        for table, condition in (("reader", "pending is not null"), ("reminder", "message_id is null"))
        for row in con.execute(f"select distinct recipient from {table} where {condition}").fetchall()
    }
    left = sorted(waiting - config.recipients.keys())
    for table in ("reader", "reminder"):
        known = ", ".join("?" * len(config.recipients))
        unsent = " and message_id is null" if table == "reminder" else ""
        con.execute(f"delete from {table} where recipient not in ({known}){unsent}", [*config.recipients])
    return left
