"""Taking note of incidents and muting them: who did it, when, why, until when; and the end of both.

Belongs here: what a person may do to an incident. Does not belong here: what that means for telling (`incidents`).
"""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from quality.alerts.incidents import log_event
from quality.alerts.store import stamp


class HoldError(ValueError):
    """An incident cannot be acknowledged or muted as asked; the message says why."""


def acknowledge(
    con: sqlite3.Connection, incidents: Sequence[str], now: datetime, until: datetime, who: str, why: str
) -> None:
    """Somebody knows and deals with it, until that moment or until it gets worse or ends."""
    _hold(con, incidents, now, until, who, why, "acknowledged", "acknowledged_until = ?")


def mute(con: sqlite3.Connection, incidents: Sequence[str], now: datetime, until: datetime, who: str, why: str) -> None:
    """Nothing is told of it until that moment, unless its severity rises; then what has changed is told."""
    _hold(con, incidents, now, until, who, why, "muted", "muted_until = ?, muted_severity = severity")


def lift(con: sqlite3.Connection, incidents: Sequence[str], now: datetime, who: str, why: str) -> None:
    """End both before their time; what has changed meanwhile is told."""
    _change(con, incidents, now, who, why, "lifted", "acknowledged_until = null, muted_until = null", [], None)


def expire(con: sqlite3.Connection, now: datetime) -> None:
    """End what has run out, and write that into the history."""
    for column, event in (("acknowledged_until", "acknowledgement_expired"), ("muted_until", "mute_expired")):
        for row in con.execute(
            f"select incident_id from incident where {column} <= ? order by incident_id", [stamp(now)]
        ).fetchall():
            con.execute(f"update incident set {column} = null where incident_id = ?", [row["incident_id"]])
            log_event(con, row["incident_id"], event, now)


def _hold(
    con: sqlite3.Connection,
    incidents: Sequence[str],
    now: datetime,
    until: datetime,
    who: str,
    why: str,
    event: str,
    assignment: str,
) -> None:
    if until <= now:
        raise HoldError(f"{until:%Y-%m-%d} lies in the past; give a day to come")
    _change(con, incidents, now, who, why, event, assignment, [stamp(until)], stamp(until))


def _change(
    con: sqlite3.Connection,
    incidents: Sequence[str],
    now: datetime,
    who: str,
    why: str,
    event: str,
    assignment: str,
    values: list[str],
    until: str | None,
) -> None:
    if not why.strip():
        raise HoldError("say why: whoever reads the history later was not there")
    if not who.strip():
        raise HoldError("say who: a hold without a name is nobody's")
    for incident_id in incidents:
        row = con.execute("select phase from incident where incident_id = ?", [incident_id]).fetchone()
        if row is None:
            raise HoldError(f"there is no incident {incident_id}; `chiso alerts list` names them")
        if row["phase"] == "resolved":
            raise HoldError(f"incident {incident_id} is over already")
        con.execute(f"update incident set {assignment} where incident_id = ?", [*values, incident_id])
        log_event(con, incident_id, event, now, who, why.strip(), until)
