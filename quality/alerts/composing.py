"""From news to messages: notices for whom the routes name, and one message for each recipient whose notices are due.

Belongs here: writing notices and messages into the store, inside the caller's transaction.
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
from quality.alerts.incidents import News
from quality.alerts.mail import render_mail, render_text
from quality.alerts.message_model import REMINDER, Message, build_message, test_message
from quality.alerts.message_parts import ONBOARDING, Notice
from quality.alerts.office_hours import Cadence
from quality.alerts.reminders import Reminder
from quality.alerts.routing import Routes
from quality.alerts.store import fact, set_fact, stamp

if TYPE_CHECKING:
    from quality.plots import Picture  # drawing takes a second to import, and most messages have no picture

Draw: TypeAlias = "Callable[[str], Picture | None]"


@dataclass(frozen=True)
class Desk:
    """What composing needs beside the store: the configuration, the routes, and who draws the picture of an index.

    `problems` are lines for the log of the round.
    """

    config: Config
    routes: Routes
    draw: Draw
    problems: list[str] = field(default_factory=list)


def write_notices(
    con: sqlite3.Connection, desk: Desk, news: Iterable[News], now: datetime, is_onboarding: bool
) -> None:
    """One notice for each recipient of each piece of news, due when its cadence says.

    On the first judgement of a home everything that opens is history: it goes into one opening digest, at once.
    """
    # of a home that was left nobody hears any more
    con.execute(
        "delete from notice where message_id is null and incident_id in"
        " (select incident_id from incident where phase = 'resolved' and end_reason = 'home_changed')"
    )
    for one in news:
        transition: str = one.transition
        cadences = desk.routes.of(one.kind, one.severity, one.details)
        if is_onboarding and transition == "opened" and one.kind != "pipeline":
            transition = ONBOARDING
            cadences = dict.fromkeys(cadences, "immediate")
        elif transition == "better":
            # good news that asks for nothing waits for the weekly digest
            cadences = dict.fromkeys(cadences, "weekly")
        for recipient, cadence in cadences.items():
            _notice(con, desk.config, recipient, transition, cadence, one.details, now, one.incident_id, one.kind)


def write_reminders(con: sqlite3.Connection, desk: Desk, reminders: Iterable[Reminder], now: datetime) -> None:
    """One notice for each recipient of each reminder; a reminder that was written before is not written again."""
    for one in reminders:
        for recipient, cadence in desk.routes.of("deadline", "info", one.details).items():
            _notice(con, desk.config, recipient, REMINDER, cadence, one.details, now, key=one.key)


def compose_due(con: sqlite3.Connection, desk: Desk, now: datetime) -> int:
    """One message for each recipient with due notices, with a delivery for each of its channels. Says how many.

    What waits for a later digest about the same incident, or the same index, edition and territory as a fall that is
    told now, goes with it. What waits about a muted incident goes on waiting.
    """
    waiting: dict[str, list[sqlite3.Row]] = {}
    for row in con.execute(
        "select notice.*, incident.kind from notice left join incident using (incident_id)"
        " where notice.message_id is null and (muted_until is null or muted_until <= ?) order by recipient, notice_id",
        [stamp(now)],
    ).fetchall():
        waiting.setdefault(row["recipient"], []).append(row)
    composed = 0
    for recipient, rows in waiting.items():
        told = {key for row in rows if row["due_at"] <= stamp(now) for key in _about(row)}
        if told:
            notices = [_read_notice(row) for row in rows if row["due_at"] <= stamp(now) or told & _about(row)]
            _compose(con, desk, recipient, notices, now)
            composed += 1
    return composed


def compose_test(con: sqlite3.Connection, desk: Desk, recipient: Recipient, now: datetime) -> None:
    """A message that says only that the channel works."""
    message = test_message(recipient, fact(con, "home_name") or "", now)
    _post(con, desk.config, recipient, message, None, now)


def quiet_weeks(con: sqlite3.Connection, desk: Desk, now: datetime) -> list[str]:
    """Who gets no weekly digest because nothing is new; each week's is told of once, when its hour has passed.

    Asked before the notices that are due are composed.
    """
    next_one = stamp(desk.config.hours.next_weekly(now))
    known = fact(con, "next_weekly")
    if known is None or known >= next_one:
        if known is None:
            set_fact(con, "next_weekly", next_one)
        return []
    set_fact(con, "next_weekly", next_one)
    with_news = {
        row["recipient"]
        for row in con.execute(
            "select distinct recipient from notice where message_id is null and cadence = 'weekly' and due_at <= ?",
            [stamp(now)],
        ).fetchall()
    }
    return sorted(desk.config.recipients.keys() - with_news)


def _notice(
    con: sqlite3.Connection,
    config: Config,
    recipient: str,
    transition: str,
    cadence: Cadence,
    details: dict[str, Any],
    now: datetime,
    incident_id: str | None = None,
    kind: str | None = None,
    key: str | None = None,
) -> None:
    due = config.hours.due(cadence, now, config.recipients[recipient].at_any_hour)
    con.execute(
        "insert into notice (incident_id, reminder_key, recipient, transition, cadence, details, created_at, due_at)"
        " values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (recipient, reminder_key) do nothing",
        [
            incident_id,
            key,
            recipient,
            transition,
            cadence,
            json.dumps(details, ensure_ascii=False, sort_keys=True),
            stamp(now),
            stamp(due),
        ],
    )


def _about(row: sqlite3.Row) -> set[tuple[Any, ...]]:
    """What a notice is about: itself, its incident, and the index, edition and territory of a fall."""
    about: set[tuple[Any, ...]] = {("notice", row["notice_id"])}
    if row["incident_id"] is not None:
        about.add(("incident", row["incident_id"]))
    if row["kind"] == "regression":
        details = json.loads(row["details"])
        if details["territory_code"] is not None:
            about.add(tuple(details[key] for key in ("index_code", "edition_year", "basis", "territory_code")))
    return about


def _read_notice(row: sqlite3.Row) -> Notice:
    return Notice(
        notice_id=row["notice_id"],
        incident_id=row["incident_id"],
        kind=row["kind"] or REMINDER,
        transition=row["transition"],
        cadence=row["cadence"],
        details=json.loads(row["details"]),
    )


def _compose(con: sqlite3.Connection, desk: Desk, code: str, notices: list[Notice], now: datetime) -> None:
    recipient = desk.config.recipients[code]
    message = build_message(
        notices, recipient, desk.config, fact(con, "home_name") or "", _still_open(con, desk, code), now
    )
    picture = _picture(desk, message.chart_index) if message.chart_index else None
    message_id = _post(con, desk.config, recipient, message, picture, now)
    con.executemany(
        "update notice set message_id = ? where notice_id = ?", [(message_id, one.notice_id) for one in notices]
    )


def _picture(desk: Desk, index_code: str) -> "Picture | None":
    """A message without its picture is better than none: what went wrong is told in the log."""
    try:
        return desk.draw(index_code)
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
