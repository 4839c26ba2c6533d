"""From what readers do not know to messages: one for each recipient for whom something is due.

Belongs here: writing messages into the store, inside the caller's transaction. Does not belong here: what a reader
does not know (`readers`), or what a message says (`message_model`).
"""

import json
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import uuid4

import duckdb

from quality.alerts.config import Config, Recipient
from quality.alerts.incidents import is_muted, transition
from quality.alerts.mail import render_mail, render_text
from quality.alerts.message_model import REMINDER, Message, build_message, test_message
from quality.alerts.message_parts import Notice
from quality.alerts.readers import mark_told
from quality.alerts.reminders import Reminder
from quality.alerts.routing import Routes
from quality.alerts.store import changing_part, fact, set_fact, stamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quality.plots import Picture  # drawing takes a second to import, and most messages have no picture

# the picture of an index for a home unit
Draw: TypeAlias = "Callable[[str, str], Picture | None]"


@dataclass(frozen=True)
class Desk:
    """What composing needs beside the store: the configuration, the routes, and who draws a picture.

    `problems` are lines for the log of the round.
    """

    config: Config
    routes: Routes
    draw: Draw
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Composed:
    """How many messages were written, and for whom none could be, with the reason: a fault of ours."""

    messages: int
    failures: tuple[str, ...]


@dataclass(frozen=True)
class _Pending:
    """One thing that waits for one recipient; `incident` is None for a reminder."""

    notice: Notice
    due_at: str
    incident: sqlite3.Row | None
    reminder_key: str | None

    @property
    def about(self) -> tuple[Any, ...] | None:
        """Index, edition and territory of a fall; None for what stands alone."""
        row = self.notice.details
        if self.notice.kind != "regression" or row["territory_code"] is None:
            return None
        return tuple(row[key] for key in ("index_code", "edition_year", "basis", "territory_code"))


def write_reminders(con: sqlite3.Connection, desk: Desk, reminders: Iterable[Reminder], now: datetime) -> None:
    """Note each reminder for each recipient; one that was noted before is not noted again."""
    for one in reminders:
        for recipient, cadence in desk.routes.of("deadline", "info", one.details).items():
            due = desk.config.hours.due(cadence, now, desk.config.recipients[recipient].at_any_hour)
            details = json.dumps(one.details, ensure_ascii=False, sort_keys=True)
            con.execute(
                "insert into reminder (recipient, reminder_key, cadence, details, due_at) values (?, ?, ?, ?, ?)"
                " on conflict do nothing",
                [recipient, one.key, cadence, details, stamp(due)],
            )


def compose_due(con: sqlite3.Connection, desk: Desk, worse_shares: "Mapping[str, float]", now: datetime) -> Composed:
    """One message for each recipient for whom something is due, with a delivery for each of its channels.

    What waits for a later digest about the same index, edition and territory as a fall that is told now goes with it.
    What waits about a muted incident goes on waiting. A message that cannot be made stops no other.
    """
    waiting: dict[str, list[_Pending]] = {}
    for recipient, one in [*_pending_news(con, worse_shares, now), *_pending_reminders(con)]:
        waiting.setdefault(recipient, []).append(one)
    messages, failures = 0, []
    for recipient, pending in sorted(waiting.items()):
        due = [one for one in pending if one.due_at <= stamp(now)]
        about = {one.about for one in due} - {None}
        told = [one for one in pending if one in due or one.about in about]
        if not due:
            continue
        try:
            with changing_part(con):
                _compose(con, desk, recipient, told, now)
            messages += 1
        except Exception as error:  # noqa: BLE001  the others are told; this one is told of, and tried every round
            failures.append(f"{recipient}: {type(error).__name__}: {' '.join(str(error).split())}")
    return Composed(messages, tuple(desk.config.mask(text) for text in failures))


def compose_test(con: sqlite3.Connection, desk: Desk, recipient: Recipient, now: datetime) -> None:
    """A message that says only that the channel works."""
    message = test_message(recipient, fact(con, "home_name") or "", now)
    _post(con, desk.config, recipient, message, None, now)


def quiet_weeks(con: sqlite3.Connection, desk: Desk, now: datetime) -> list[str]:
    """Who gets no weekly digest because nothing is new; each week's is told of once, when its hour has passed.

    Asked before what is due is composed.
    """
    next_one = stamp(desk.config.hours.next_weekly(now))
    known = fact(con, "next_weekly")
    if known is None or known < next_one:
        set_fact(con, "next_weekly", next_one)
    if known is None or known >= next_one:
        return []
    with_news = {
        row["recipient"]
        for row in con.execute(
            "select distinct recipient from reader where cadence = 'weekly' and due_at <= ?", [stamp(now)]
        ).fetchall()
    }
    return sorted(desk.config.recipients.keys() - with_news)


def _pending_news(
    con: sqlite3.Connection, worse_shares: "Mapping[str, float]", now: datetime
) -> list[tuple[str, _Pending]]:
    """What readers do not know yet, with the incident as it is by now."""
    incidents = {
        row["incident_id"]: row
        for row in con.execute(
            "select * from incident where incident_id in (select incident_id from reader where pending is not null)"
        ).fetchall()
    }
    found = []
    for reader in con.execute(
        "select * from reader where pending is not null order by recipient, incident_id"
    ).fetchall():
        incident = incidents[reader["incident_id"]]
        news = transition(reader, incident, worse_shares.get(incident["rule_code"]))
        if is_muted(incident, now) or news is None:
            continue
        notice = Notice(
            incident_id=incident["incident_id"],
            kind=incident["kind"],
            transition="onboarding" if reader["pending"] == "onboarding" else news,
            cadence=reader["cadence"],
            details=json.loads(incident["details"]) | {"end_reason": incident["end_reason"]},
        )
        found.append((reader["recipient"], _Pending(notice, reader["due_at"], incident, None)))
    return found


def _pending_reminders(con: sqlite3.Connection) -> list[tuple[str, _Pending]]:
    found = []
    for row in con.execute("select * from reminder where message_id is null order by reminder_key").fetchall():
        notice = Notice(None, REMINDER, REMINDER, row["cadence"], json.loads(row["details"]))
        found.append((row["recipient"], _Pending(notice, row["due_at"], None, row["reminder_key"])))
    return found


def _compose(con: sqlite3.Connection, desk: Desk, code: str, told: list[_Pending], now: datetime) -> None:
    recipient = desk.config.recipients[code]
    notices = [one.notice for one in told]
    message = build_message(
        notices, recipient, desk.config, fact(con, "home_name") or "", _still_open(con, desk, code), now
    )
    picture = _picture(desk, message.chart_index, fact(con, "home") or "") if message.chart_index else None
    message_id = _post(con, desk.config, recipient, message, picture, now)
    for one in told:
        if one.incident is not None:
            mark_told(con, one.incident, code)
            con.execute(
                "insert into message_item values (?, ?, ?)", [message_id, one.notice.incident_id, one.notice.transition]
            )
        else:
            con.execute(
                "update reminder set message_id = ? where recipient = ? and reminder_key = ?",
                [message_id, code, one.reminder_key],
            )


def _picture(desk: Desk, index_code: str, unit: str) -> "Picture | None":
    """A message without its picture is better than none: what went wrong is told in the log."""
    try:
        return desk.draw(index_code, unit)
    except (duckdb.Error, OSError, ValueError, RuntimeError) as error:
        desk.problems.append(f"no picture of {index_code}: {' '.join(str(error).split())}")
        return None


def _post(
    con: sqlite3.Connection,
    config: Config,
    recipient: Recipient,
    message: Message,
    picture: "Picture | None",
    now: datetime,
) -> int | None:
    """Put the message into the outbox. The Message-ID is made here, once: every try of every channel has it."""
    domain = parseaddr(config.sender)[1].rpartition("@")[2]
    mail_id = f"<{uuid4().hex}@{domain}>"
    made = con.execute(
        "insert into message (mail_id, recipient, subject, text, mime, created_at) values (?, ?, ?, ?, ?, ?)",
        [
            mail_id,
            recipient.code,
            message.subject,
            render_text(message, picture if picture and picture.png else None),
            render_mail(message, picture, mail_id, now),
            stamp(now),
        ],
    )
    con.executemany(
        "insert into delivery (message_id, channel, address, state, next_try_at, give_up_at)"
        " values (?, ?, ?, 'waiting', ?, ?)",
        [
            (made.lastrowid, channel, address, stamp(now), stamp(now + config.give_up_after))
            for channel, address in recipient.send
        ],
    )
    return made.lastrowid


def _still_open(con: sqlite3.Connection, desk: Desk, code: str) -> int:
    """How many open incidents this recipient is told of, without those that are for information only."""
    rows = con.execute(
        "select kind, severity, details from incident where phase = 'open' and severity <> 'info'"
    ).fetchall()
    return sum(code in desk.routes.of(row["kind"], row["severity"], json.loads(row["details"])) for row in rows)
