"""The alert store: one SQLite file under CHISO_HOME, and the transaction that a change of state and its message share.

Belongs here: the schema, opening, transactions, times as text. Does not belong here: what a change of state means.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

FILE = "alerts.sqlite"
_PATIENCE = 60.0
_VERSION = 1
_SCHEMA = """
-- what is known for good: the judgement recorded last, the home province, the weekly digest spoken of last
create table fact (name text primary key, value text not null) strict;

-- one finding through time; `known_*` is how it stood when its history was written last, null before that
create table incident (
    incident_id text primary key,
    kind text not null check (kind in ('data_fault', 'regression', 'pipeline')),
    rule_code text not null,
    severity text not null check (severity in ('info', 'warn', 'critical')),
    magnitude real,
    phase text not null check (phase in ('open', 'resolved')),
    trend text not null check (trend in ('open', 'worse', 'better')),
    end_reason text check (end_reason in ('mended', 'replaced', 'superseded', 'withdrawn', 'home_changed')),
    opened_at text not null,
    changed_at text not null,
    known_phase text,
    known_severity text,
    known_magnitude real,
    acknowledged_until text,
    muted_until text,
    muted_severity text,
    details text not null
) strict;

-- what happened to an incident, and who did it; nothing is ever taken out
create table incident_event (
    event_id integer primary key,
    incident_id text not null references incident,
    at text not null,
    event text not null,
    severity text not null,
    magnitude real,
    who text,
    why text,
    until text
) strict;
create index event_of_incident on incident_event (incident_id);

-- what one reader was told of an incident last (null: nothing yet), and what waits to be told, how and when
create table reader (
    incident_id text not null references incident,
    recipient text not null,
    told_phase text,
    told_severity text,
    told_magnitude real,
    told_end_reason text,
    pending text check (pending in ('news', 'onboarding')),
    cadence text check (cadence in ('immediate', 'daily', 'weekly')),
    due_at text,
    primary key (incident_id, recipient)
) strict;
create index reader_waiting on reader (due_at) where pending is not null;

-- one reminder of a deadline for one recipient; without a message it waits for `due_at`
create table reminder (
    recipient text not null,
    reminder_key text not null,
    cadence text not null,
    details text not null,
    due_at text not null,
    message_id integer references message,
    primary key (recipient, reminder_key)
) strict;

-- what one recipient is told at one time, as it leaves the house
create table message (
    message_id integer primary key,
    mail_id text not null unique,
    recipient text not null,
    subject text not null,
    text text not null,
    mime blob not null,
    created_at text not null
) strict;

-- which incidents a message told of, and as what
create table message_item (
    message_id integer not null references message,
    incident_id text not null references incident,
    transition text not null,
    primary key (message_id, incident_id)
) strict;

-- one message on one channel to one address
create table delivery (
    delivery_id integer primary key,
    message_id integer not null references message,
    channel text not null,
    address text not null,
    state text not null check (state in ('waiting', 'sent', 'filed', 'dead')),
    attempts integer not null default 0,
    next_try_at text not null,
    give_up_at text not null,
    last_error text,
    done_at text
) strict;
create index delivery_waiting on delivery (next_try_at) where state = 'waiting';

-- a try without an end was cut off: the other side may have accepted
create table attempt (
    attempt_id integer primary key,
    delivery_id integer not null references delivery,
    began_at text not null,
    ended_at text,
    outcome text,
    said text
) strict;

-- runs of the pipeline whose end was taken note of
create table run_seen (
    run_id text primary key,
    job text not null,
    is_whole integer not null,
    ended_at real not null,
    is_failure integer not null
) strict;
"""


class StoreError(RuntimeError):
    """The alert store cannot be used; the message says what to do."""


@contextmanager
def open_store(folder: Path) -> Iterator[sqlite3.Connection]:
    """Open the store in `folder`, making it if need be. Rows come as sqlite3.Row; writing is for `changing`.

    Raises StoreError when the file is not ours, damaged, or of a newer Chiso.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    with closing(sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)) as con:
        con.row_factory = sqlite3.Row
        is_ours = False
        try:
            con.execute("pragma foreign_keys = on")
            con.execute("pragma synchronous = full")
            _make(con, path)
            is_ours = True
            yield con
        except sqlite3.OperationalError as error:
            if is_ours and error.sqlite_errorcode == sqlite3.SQLITE_ERROR:
                raise  # a statement is wrong, not the file
            raise StoreError(
                f"the alert store {path} cannot be used: {error}; see who holds it and the disk"
            ) from error
        except sqlite3.DatabaseError as error:
            if type(error) is not sqlite3.DatabaseError:
                raise
            raise StoreError(f"the alert store {path} cannot be read: {error}; restore it from a copy") from error


@contextmanager
def changing(con: sqlite3.Connection) -> Iterator[None]:
    """One transaction that keeps other writers out from its start: all of it happens, or nothing."""
    con.execute("begin immediate")
    try:
        yield
    except BaseException:
        con.rollback()
        raise
    con.execute("commit")


@contextmanager
def changing_part(con: sqlite3.Connection) -> Iterator[None]:
    """A part of a transaction that happens whole or not at all, while the rest goes on."""
    con.execute("savepoint part")
    try:
        yield
    except BaseException:
        con.execute("rollback to part")
        raise
    finally:
        con.execute("release part")


def utc_now() -> datetime:
    """What the clock says; asked by whoever calls the alerts, and passed on."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """A moment as text that sorts by time. Raises ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def moment(text: str) -> datetime:
    """The moment that `stamp` wrote."""
    return datetime.fromisoformat(text)


def fact(con: sqlite3.Connection, name: str) -> str | None:
    row = con.execute("select value from fact where name = ?", [name]).fetchone()
    return row["value"] if row else None


def set_fact(con: sqlite3.Connection, name: str, value: str) -> None:
    con.execute("insert into fact values (?, ?) on conflict (name) do update set value = excluded.value", [name, value])


def _make(con: sqlite3.Connection, path: Path) -> None:
    version = con.execute("pragma user_version").fetchone()[0]
    if version > _VERSION:
        raise StoreError(f"the alert store {path} was written by a newer Chiso (version {version}); update this one")
    if version == _VERSION:
        return
    with changing(con):
        if con.execute("pragma user_version").fetchone()[0] == 0:
            for statement in _SCHEMA.split(";\n"):
                con.execute(statement)
            con.execute(f"pragma user_version = {_VERSION}")
