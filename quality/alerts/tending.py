"""One round of looking after the alerts: note what was judged and which runs ended, write what is news, deliver.

Belongs here: the order of things, and which of them are one transaction. It may be called at any time, by several
processes at once, as often as one likes: what is known already changes nothing.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import duckdb

from quality.alerts.composing import Desk, compose_due, quiet_weeks, write_notices, write_reminders
from quality.alerts.config import Config, ConfigError, load_config
from quality.alerts.delivery import Busy, Clock, Delivered, deliver_due, only_sender
from quality.alerts.holds import expire
from quality.alerts.incidents import RunEnd, collect_news, record_judgement, record_runs
from quality.alerts.judgement import read_judgement
from quality.alerts.overview import AlertState, alert_state
from quality.alerts.reminders import read_deadlines, reminders_due
from quality.alerts.routing import load_routes
from quality.alerts.store import changing, open_store

if TYPE_CHECKING:
    from quality.plots import Picture

# a Dagster sensor has a minute; what is left is due in the next round
_BUDGET = 40.0


class Home(Protocol):
    """What alerts need to know of an installation."""

    @property
    def territory(self) -> str: ...
    @property
    def index_codes(self) -> frozenset[str]: ...
    @property
    def alerts(self) -> Path: ...
    @property
    def outbox(self) -> Path: ...
    @property
    def quality(self) -> Path: ...
    @property
    def published(self) -> Path: ...


@dataclass
class Round:
    """What one round did, and how things stand after it. `log` has lines worth keeping, without secrets.

    `nobody_reached`: no channel is configured, every message stays in the outbox folder.
    """

    state: AlertState
    nobody_reached: bool
    news: int = 0
    messages: int = 0
    delivered: Delivered = field(default_factory=Delivered)
    log: list[str] = field(default_factory=list)


def load_desk(home: Home, environ: Mapping[str, str]) -> Desk:
    """Read configuration and routes. Raises ConfigError for whatever would fail when a message goes out."""
    config = load_config(home.alerts, environ)
    routes = load_routes(config, home.index_codes)
    return Desk(config, routes, partial(_draw, home.published / "chiso.duckdb", home.territory))


def tend(
    home: Home,
    desk: Desk,
    clock: Clock,
    runs: Sequence[RunEnd] = (),
    patience: float = 0,
    all_waiting: bool = False,
) -> Round:
    """Write what is news since the last round, with its messages, in one transaction; then deliver what is due.

    `patience` is how many seconds to wait for another process that delivers; without it that one is left to do it.
    With `all_waiting` the pauses between tries are not waited for.
    """
    with open_store(home.alerts) as con:
        news, messages, log = write_news(con, home, desk, clock(), runs)
        delivered = Delivered()
        try:
            with only_sender(home.alerts, patience):
                delivered = deliver_due(con, desk.config, home.outbox, clock, _BUDGET, all_waiting)
        except Busy as busy:
            log.append(str(busy))
        log += delivered.errors
        return Round(alert_state(con, clock()), desk.config.only_files, news, messages, delivered, log)


def write_news(
    con: sqlite3.Connection, home: Home, desk: Desk, now: datetime, runs: Sequence[RunEnd] = ()
) -> tuple[int, int, list[str]]:
    """The part of a round that is one transaction: change of state, notices and messages, or none of them.

    Gives the number of news, of messages, and lines for the log.
    """
    judgement = read_judgement(home.quality)
    deadlines = read_deadlines(home.published / "chiso.duckdb")
    with changing(con):
        _require_known(con, desk.config)
        expire(con, now)
        record_runs(con, runs, now)
        is_onboarding = record_judgement(con, judgement, now) if judgement else False
        news = collect_news(con, now, judgement.worse_shares if judgement else {})
        write_notices(con, desk, news, now, is_onboarding)
        write_reminders(con, desk, reminders_due(deadlines, desk.config, now), now)
        quiet = quiet_weeks(con, desk, now)
        messages = compose_due(con, desk, now)
    log = [f"weekly digest: nothing new for {', '.join(quiet)}, not sent"] if quiet else []
    log += desk.problems
    desk.problems.clear()
    return len(news), messages, log


def _require_known(con: sqlite3.Connection, config: Config) -> None:
    """What waits must have somewhere to go: a recipient or channel that was taken out of alerts.yaml is missed now."""
    for column, table, known in (
        ("recipient", "notice where message_id is null", config.recipients),
        ("channel", "delivery where state = 'waiting'", config.channels),
    ):
        waiting = {row[column] for row in con.execute(f"select distinct {column} from {table}").fetchall()}
        missing = sorted(waiting - known.keys())
        if missing:
            raise ConfigError(
                f"alerts.yaml no longer has the {column} {', '.join(missing)}, for which alerts are waiting; "
                "put it back until they are delivered"
            )


def _draw(published: Path, unit: str, index_code: str) -> "Picture | None":
    """The picture of an index from the published file; None before the first publication."""
    if not published.exists():
        return None
    from quality.plots import index_picture

    with duckdb.connect(str(published), read_only=True) as con:
        return index_picture(con, index_code, unit)
