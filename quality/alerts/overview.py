"""What the store holds, for people: incidents and their history, messages and what became of them, counts by state.

Belongs here: reading. Nothing here changes anything.
"""

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quality.alerts.incidents import STATES, State, state_of
from quality.alerts.store import moment
from quality.thresholds import SEVERITIES

_KINDS = ("pipeline", "regression", "data_fault")
DELIVERY_STATES = ("waiting", "sent", "filed", "dead")


@dataclass(frozen=True)
class IncidentLine:
    """One incident as it stands. `details` is the finding."""

    incident_id: str
    state: State
    kind: str
    severity: str
    opened_at: datetime
    end_reason: str | None
    details: dict[str, Any]

    @property
    def what(self) -> str:
        return f"{self.details['title_vi']} · {self.details['subject_vi']}"


@dataclass(frozen=True)
class DeliveryLine:
    """One message on its way to one address, or there."""

    delivery_id: int
    state: str
    recipient: str
    channel: str
    address: str
    subject: str
    attempts: int
    next_try_at: datetime
    last_error: str | None
    created_at: datetime
    done_at: datetime | None


@dataclass(frozen=True)
class AlertState:
    """Counts by state: of incidents, of deliveries, and of news that wait for a digest."""

    incidents: dict[str, int]
    deliveries: dict[str, int]
    waiting: int
    dead: tuple[DeliveryLine, ...]


def alert_state(con: sqlite3.Connection, now: datetime) -> AlertState:
    rows = con.execute("select * from incident").fetchall()
    incidents = Counter(state_of(row, now) for row in rows)
    deliveries = dict(con.execute("select state, count(*) from delivery group by state").fetchall())
    [waiting] = con.execute(
        "select (select count(*) from reader where pending is not null)"
        " + (select count(*) from reminder where message_id is null)"
    ).fetchone()
    return AlertState(
        incidents={state: incidents.get(state, 0) for state in STATES},
        deliveries={state: deliveries.get(state, 0) for state in DELIVERY_STATES},
        waiting=waiting,
        dead=tuple(line for line in delivery_lines(con) if line.state == "dead"),
    )


def incident_lines(
    con: sqlite3.Connection,
    now: datetime,
    state: str | None = None,
    kind: str | None = None,
    index_code: str | None = None,
    edition_year: int | None = None,
    rule_code: str | None = None,
) -> list[IncidentLine]:
    """The incidents that fit, gravest first; those that are over only when that state is asked for."""
    found = []
    for row in con.execute("select * from incident").fetchall():
        details = json.loads(row["details"])
        line = IncidentLine(
            incident_id=row["incident_id"],
            state=state_of(row, now),
            kind=row["kind"],
            severity=row["severity"],
            opened_at=moment(row["opened_at"]),
            end_reason=row["end_reason"],
            details=details,
        )
        if line.state == "resolved" if state is None else line.state != state:
            continue
        if (
            kind in (None, line.kind)
            and index_code in (None, details.get("index_code"))
            and edition_year in (None, details.get("edition_year"))
            and rule_code in (None, row["rule_code"])
        ):
            found.append(line)
    return sorted(found, key=_order)


def _order(line: IncidentLine) -> tuple[Any, ...]:
    """Gravest first, then what is ours, what fell, what is wrong; the newest edition first."""
    return (
        -SEVERITIES.index(line.severity),
        _KINDS.index(line.kind),
        -(line.details.get("edition_year") or 0),
        line.what,
        line.incident_id,
    )


def history(con: sqlite3.Connection, incident_id: str) -> list[sqlite3.Row]:
    """What happened to an incident, oldest first: at, event, severity, magnitude, who, why, until."""
    return con.execute(
        "select at, event, severity, magnitude, who, why, until from incident_event where incident_id = ?"
        " order by event_id",
        [incident_id],
    ).fetchall()


def delivery_lines(con: sqlite3.Connection) -> list[DeliveryLine]:
    """All deliveries, the newest first."""
    return [
        DeliveryLine(
            delivery_id=row["delivery_id"],
            state=row["state"],
            recipient=row["recipient"],
            channel=row["channel"],
            address=row["address"],
            subject=row["subject"],
            attempts=row["attempts"],
            next_try_at=moment(row["next_try_at"]),
            last_error=row["last_error"],
            created_at=moment(row["created_at"]),
            done_at=moment(row["done_at"]) if row["done_at"] else None,
        )
        for row in con.execute(
            "select delivery.*, recipient, subject, created_at from delivery join message using (message_id)"
            " order by delivery_id desc"
        ).fetchall()
    ]


def message_text(con: sqlite3.Connection, delivery_id: int) -> str | None:
    """The plain text of what was or will be delivered; None when there is no such delivery."""
    row = con.execute(
        "select text from message join delivery using (message_id) where delivery_id = ?", [delivery_id]
    ).fetchone()
    return row["text"] if row else None


def tries(con: sqlite3.Connection, delivery_id: int) -> list[sqlite3.Row]:
    """Every try of a delivery, oldest first: began_at, ended_at, outcome, said."""
    return con.execute(
        "select began_at, ended_at, outcome, said from attempt where delivery_id = ? order by attempt_id",
        [delivery_id],
    ).fetchall()
