"""Delivering what waits in the outbox: at least once, one sender at a time, with growing pauses, given up in the open.

Belongs here: which message is tried when, and what is noted before and after a try. Does not belong here: the try
itself (`channels`).

A try is noted before it begins, and its outcome after it: a process that is killed in between leaves a try without an
end, and the message is sent again with the same Message-ID. The lock goes with the process.
"""

import fcntl
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from quality.alerts.channel_config import FILE_CHANNEL
from quality.alerts.channels import Posting, Refused, RefusedForGood, Unreachable, post
from quality.alerts.config import Config
from quality.alerts.store import changing, moment, stamp

Clock = Callable[[], datetime]
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=4)


class Busy(RuntimeError):
    """Another process is delivering for the same home."""


@dataclass
class Delivered:
    """What one round of delivering came to; `errors` are one line each, without secrets."""

    sent: int = 0
    filed: int = 0
    dead: int = 0
    errors: list[str] = field(default_factory=list)


@contextmanager
def only_sender(folder: Path, patience: float = 0) -> Iterator[None]:
    """Hold the right to deliver; released by the system even when the process is killed. Raises Busy."""
    folder.mkdir(parents=True, exist_ok=True)
    give_up = time.monotonic() + patience
    with (folder / "delivery.lock").open("a") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= give_up:
                    raise Busy("another process is delivering; what waits is delivered by it or later") from None
                time.sleep(0.1)
        yield


def deliver_due(
    con: sqlite3.Connection, config: Config, outbox: Path, clock: Clock, budget: float, all_waiting: bool = False
) -> Delivered:
    """Try every delivery whose time has come, oldest first, once; stop after `budget` seconds.

    The caller holds `only_sender`. With `all_waiting` the pauses between tries are not waited for.
    A channel that cannot be reached is left alone for the rest of the round: its other messages wait as long.
    """
    done = Delivered()
    unreachable: set[str] = set()
    stop = time.monotonic() + budget
    with changing(con):
        _close_broken_tries(con, clock())
        done.errors += _readdress(con, config, clock())
    for row in _due(con, clock(), all_waiting):
        if time.monotonic() >= stop:
            break
        if row["channel"] in unreachable:
            continue
        with changing(con):
            attempt = con.execute(
                "insert into attempt (delivery_id, began_at) values (?, ?)", [row["delivery_id"], stamp(clock())]
            ).lastrowid
        posting = Posting(row["mail_id"], row["recipient"], row["address"], row["subject"], row["text"], row["mime"])
        outcome, said = "taken", ""
        try:
            post(config.channels[row["channel"]], posting, config, outbox)
        except Unreachable as error:
            outcome, said = "unreachable", config.mask(str(error))
            unreachable.add(row["channel"])
        except Refused as error:
            outcome, said = "refused", config.mask(str(error))
        except RefusedForGood as error:
            outcome, said = "refused_for_good", config.mask(str(error))
        except Exception as error:  # noqa: BLE001  a fault of ours with one message: noted, tried again, given up in the open
            outcome, said = "error", config.mask(f"{type(error).__name__}: {' '.join(str(error).split())}")
        _note(con, row, attempt, outcome, said, clock(), done)
    return done


def retry(con: sqlite3.Connection, config: Config, deliveries: list[int], now: datetime) -> list[str]:
    """Put given-up deliveries back into the queue, to the recipient's present address. Says what became of each."""
    said = []
    for delivery_id in deliveries:
        row = con.execute(
            "select delivery.*, recipient from delivery join message using (message_id)"
            " where delivery_id = ? and state = 'dead'",
            [delivery_id],
        ).fetchone()
        if row is None:
            said.append(f"{delivery_id}: not given up")
            continue
        way = _way(con, config, row)
        if way is None:
            said.append(f"{delivery_id}: {row['recipient']} has no channel left that this message did not take")
            continue
        con.execute(
            "update delivery set state = 'waiting', attempts = 0, channel = ?, address = ?, next_try_at = ?,"
            " give_up_at = ?, done_at = null where delivery_id = ?",
            [*way, stamp(now), stamp(now + config.give_up_after), delivery_id],
        )
        said.append(f"{delivery_id}: back in the queue")
    return said


def _readdress(con: sqlite3.Connection, config: Config, now: datetime) -> list[str]:
    """What waits for an address that is configured no more goes to the present one, or is given up in the open."""
    said = []
    for row in con.execute(
        "select delivery.*, recipient from delivery join message using (message_id) where state = 'waiting'"
    ).fetchall():
        way = _way(con, config, row)
        if way == (row["channel"], row["address"]):
            continue
        if way is not None:
            con.execute(
                "update delivery set channel = ?, address = ? where delivery_id = ?", [*way, row["delivery_id"]]
            )
            continue
        reason = f"{row['recipient']} by {row['channel']} {row['address']}".strip() + " is no longer in alerts.yaml"
        con.execute(
            "update delivery set state = 'dead', last_error = ?, done_at = ? where delivery_id = ?",
            [reason, stamp(now), row["delivery_id"]],
        )
        said.append(reason)
    return said


def _way(con: sqlite3.Connection, config: Config, delivery: sqlite3.Row) -> tuple[str, str] | None:
    """Its channel and address if they are still configured, else another of the recipient's that the message lacks."""
    recipient = config.recipients.get(delivery["recipient"])
    own = (delivery["channel"], delivery["address"])
    if recipient is None or own in recipient.send:
        return None if recipient is None else own
    taken = {
        (row["channel"], row["address"])
        for row in con.execute(
            "select channel, address from delivery where message_id = ?", [delivery["message_id"]]
        ).fetchall()
    }
    free = [way for way in recipient.send if way not in taken]
    return min(free, key=lambda way: way[0] != own[0], default=None)


def _due(con: sqlite3.Connection, now: datetime, all_waiting: bool) -> list[sqlite3.Row]:
    return con.execute(
        "select delivery.*, mail_id, recipient, subject, text, mime from delivery join message using (message_id)"
        " where state = 'waiting' and (? or next_try_at <= ?) order by delivery_id",
        [all_waiting, stamp(now)],
    ).fetchall()


def _close_broken_tries(con: sqlite3.Connection, now: datetime) -> None:
    con.execute(
        "update attempt set ended_at = ?, outcome = 'cut_off', said = 'the process ended before the answer came'"
        " where ended_at is null",
        [stamp(now)],
    )


def _note(
    con: sqlite3.Connection,
    row: sqlite3.Row,
    attempt: int | None,
    outcome: str,
    said: str,
    now: datetime,
    done: Delivered,
) -> None:
    attempts = row["attempts"] + 1
    next_try = now + min(_FIRST_PAUSE * 2 ** min(attempts - 1, 20), _LONGEST_PAUSE)
    if outcome == "taken":
        state = "filed" if row["channel"] == FILE_CHANNEL else "sent"
    elif outcome == "refused_for_good" or next_try > moment(row["give_up_at"]):
        state = "dead"
    else:
        state = "waiting"
    with changing(con):
        con.execute(
            "update attempt set ended_at = ?, outcome = ?, said = ? where attempt_id = ?",
            [stamp(now), outcome, said or None, attempt],
        )
        con.execute(
            "update delivery set state = ?, attempts = ?, next_try_at = ?, last_error = ?, done_at = ?"
            " where delivery_id = ?",
            [
                state,
                attempts,
                stamp(next_try),
                said or None,
                None if state == "waiting" else stamp(now),
                row["delivery_id"],
            ],
        )
    done.sent += state == "sent"
    done.filed += state == "filed"
    done.dead += state == "dead"
    if said:
        done.errors.append(f"{row['recipient']} by {row['channel']}: {said}")
