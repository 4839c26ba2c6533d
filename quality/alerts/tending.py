"""One round of looking after the alerts: note what was judged and which runs ended, write what is news, deliver.

Belongs here: the order of things, and which of them are one transaction. It may be called at any time, by several
processes at once, as often as one likes: what is known already changes nothing.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import duckdb

from ingest.settings import ZONE
from quality.alerts.composing import Composed, Desk, compose_due, quiet_weeks, write_reminders
from quality.alerts.config import load_config
from quality.alerts.delivery import Busy, Clock, Delivered, deliver_due, only_sender
from quality.alerts.holds import expire
from quality.alerts.incidents import RunEnd, collect_news, record_judgement, record_runs
from quality.alerts.judgement import Judgement, JudgementError, read_judgement
from quality.alerts.overview import AlertState, alert_state
from quality.alerts.readers import update_readers
from quality.alerts.reminders import read_deadlines, reminders_due
from quality.alerts.routing import load_routes
from quality.alerts.store import changing, fact, open_store, set_fact

if TYPE_CHECKING:
    from quality.plots import Picture

# a Dagster sensor has a minute; what is left is due in the next round
_BUDGET = 40.0


class Home(Protocol):
    """What alerts need to know of an installation."""

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

    `unwritten` says for whom no message could be made, and why. `by_file_only`: whom no channel reaches.
    """

    state: AlertState
    by_file_only: tuple[str, ...]
    nobody_reached: bool
    news: int
    messages: int
    unwritten: tuple[str, ...]
    delivered: Delivered
    log: list[str]


def load_desk(home: Home, environ: Mapping[str, str] | None) -> Desk:
    """Read configuration and routes. Raises ConfigError for whatever would fail when a message goes out.

    Without `environ` no secret is asked for: enough to check, not to send.
    """
    config = load_config(home.alerts, environ)
    routes = load_routes(config, home.index_codes)
    return Desk(config, routes, partial(_draw, home.published / "chiso.duckdb"))


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
        news, composed = write_news(con, home, desk, clock(), runs)
        delivered = Delivered()
        try:
            with only_sender(home.alerts, patience):
                delivered = deliver_due(con, desk.config, home.outbox, clock, _BUDGET, all_waiting)
        except Busy as busy:
            desk.problems.append(str(busy))
        log = [*desk.problems, *composed.failures, *delivered.errors]
        desk.problems.clear()
        by_file_only = desk.config.by_file_only
        return Round(
            state=alert_state(con, clock()),
            by_file_only=by_file_only,
            nobody_reached=len(by_file_only) == len(desk.config.recipients),
            news=news,
            messages=composed.messages,
            unwritten=composed.failures,
            delivered=delivered,
            log=log,
        )


def write_news(
    con: sqlite3.Connection, home: Home, desk: Desk, now: datetime, runs: Sequence[RunEnd] = ()
) -> tuple[int, Composed]:
    """The part of a round that is one transaction: change of state and messages, or none of them.

    Gives how many incidents changed, and what was written. Lines for the log go to `desk.problems`.
    """
    deadlines = _deadlines(home, desk)
    with changing(con):
        # read within: a round that waits here must not come with a judgement that another has overtaken
        judgement = _judgement(home, desk)
        shares = judgement.worse_shares if judgement else {}
        expire(con, now)
        record_runs(con, runs, now)
        is_new = judgement is not None and _is_of_now(con, judgement, desk, now)
        is_onboarding = record_judgement(con, judgement, now) if judgement and is_new else False
        news = collect_news(con, now, shares)
        desk.problems.extend(update_readers(con, desk.config, desk.routes, shares, now, is_onboarding))
        write_reminders(con, desk, reminders_due(deadlines, desk.config, now), now)
        quiet = quiet_weeks(con, desk, now)
        composed = compose_due(con, desk, shares, now)
    if quiet:
        desk.problems.append(f"weekly digest: nothing new for {', '.join(quiet)}, not sent")
    return len(news), composed


def _judgement(home: Home, desk: Desk) -> Judgement | None:
    """What the last run judged; where it cannot be read, what waits is delivered all the same."""
    try:
        return read_judgement(home.quality)
    except JudgementError as error:
        desk.problems.append(str(error))
        return None


def _is_of_now(con: sqlite3.Connection, judgement: Judgement, desk: Desk, now: datetime) -> bool:
    """Whether it judges a later day than the one recorded last; who looks back (CHISO_AS_OF) must not tell of it.

    A day to come that was recorded once stands in nobody's way.
    """
    known = fact(con, "as_of")
    if known is None or known <= judgement.as_of.isoformat() or known > now.astimezone(ZONE).date().isoformat():
        set_fact(con, "as_of", judgement.as_of.isoformat())
        return True
    desk.problems.append(f"judged as of {judgement.as_of}, before {known}: findings are not told")
    return False


def _deadlines(home: Home, desk: Desk) -> list[dict[str, Any]]:
    """The plan's deadlines; where the published file cannot be read, everything else is told all the same."""
    try:
        return read_deadlines(home.published / "chiso.duckdb")
    except (duckdb.Error, OSError) as error:
        desk.problems.append(f"no reminders, the published file cannot be read: {' '.join(str(error).split())}")
        return []


def _draw(published: Path, index_code: str, unit: str) -> "Picture | None":
    """The picture of an index from the published file; None before the first publication."""
    if not published.exists():
        return None
    from quality.plots import index_picture

    with duckdb.connect(str(published), read_only=True) as con:
        return index_picture(con, index_code, unit)
