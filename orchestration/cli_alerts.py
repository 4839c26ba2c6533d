"""`chiso alerts`: what is open, what was sent, and what a person may do about it."""

import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

import click

from ingest.settings import Settings
from orchestration import cli_show_alerts as show
from orchestration.cli_errors import plainly
from quality.alerts.incidents import STATES
from quality.alerts.store import changing, open_store, utc_now

_KINDS = ("data_fault", "regression", "pipeline")
_ACKNOWLEDGED_FOR = timedelta(days=30)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def alerts() -> None:
    """Incidents and the messages about them.

    An incident is a finding through time. Its readers hear when it opens, gets worse and is over; the rest waits for
    the digest. `chiso run` and the Dagster sensor `alerts` do all that by themselves.
    """


def _selection(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(
        (
            click.option("--kind", type=click.Choice(_KINDS), help="Only this kind."),
            click.option("--index", "index_code", help="Only this index, by its code."),
            click.option("--edition", "edition_year", type=int, help="Only this edition year."),
            click.option("--rule", "rule_code", help="Only this rule."),
        )
    ):
        command = option(command)
    return command


def _hold_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(
        (
            click.argument("incidents", nargs=-1, metavar="[INCIDENT]..."),
            click.option("--why", required=True, help="The reason, for whoever reads the history."),
            click.option("--by", "who", default=getpass.getuser, help="Who says so.  [default: the user signed in]"),
        )
    ):
        command = option(command)
    return _selection(command)


@alerts.command("list")
@click.option("--state", type=click.Choice(STATES), help="Only this state.  [default: all that are not resolved]")
@click.option("--messages", is_flag=True, help="List messages and what became of them instead.")
@_selection
@plainly
def list_alerts(state: str | None, messages: bool, **selection: Any) -> None:
    """List the incidents that are not over, gravest first; or the messages, newest first."""
    from quality.alerts.overview import delivery_lines, incident_lines

    settings = Settings.from_env()
    with _store(settings) as con:
        if messages:
            show.deliveries(settings, delivery_lines(con))
        else:
            show.incidents(settings, incident_lines(con, utc_now(), state, **_upper(selection)))


@alerts.command("show")
@click.argument("name", metavar="INCIDENT|MESSAGE")
@plainly
def show_alert(name: str) -> None:
    """Show one incident with its history, or one message (by its number) with its text and every try."""
    from quality.alerts.overview import delivery_lines, history, incident_lines, message_text, tries

    with _store(Settings.from_env()) as con:
        if name.isdecimal() and len(name) < 16:
            line = next((one for one in delivery_lines(con) if one.delivery_id == int(name)), None)
            if line is not None:
                show.delivery(line, message_text(con, line.delivery_id) or "", tries(con, line.delivery_id))
                return
        [incident_id] = _named(con, (name,))
        lines = [*incident_lines(con, utc_now()), *incident_lines(con, utc_now(), "resolved")]
        line_of = next(one for one in lines if one.incident_id == incident_id)
        show.incident(line_of, history(con, incident_id))


@alerts.command()
@click.option("--all", "all_waiting", is_flag=True, help="Do not wait for the pauses between tries.")
@plainly
def send(all_waiting: bool) -> None:
    """Write what is due and deliver what waits, now. The Dagster sensor does this twice a minute."""
    from quality.alerts.tending import load_desk, tend

    settings = Settings.from_env()
    desk = load_desk(settings, os.environ)
    show.round_done(settings, tend(settings, desk, utc_now, patience=60, all_waiting=all_waiting))


@alerts.command()
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Through this day.  [default: 30 days from now]")
@_hold_options
@plainly
def ack(incidents: tuple[str, ...], until: datetime | None, why: str, who: str, **selection: Any) -> None:
    """Take note of incidents: somebody deals with them. Ends by itself when one gets worse, is over, or on that day."""
    from quality.alerts.holds import acknowledge

    _hold(acknowledge, incidents, until, why, who, selection)


@alerts.command()
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Through this day.")
@_hold_options
@plainly
def mute(incidents: tuple[str, ...], until: datetime, why: str, who: str, **selection: Any) -> None:
    """Say nothing of incidents through a day, unless their severity rises; what has changed by then is told then."""
    from quality.alerts.holds import mute as mute_incidents

    _hold(mute_incidents, incidents, until, why, who, selection)


@alerts.command()
@_hold_options
@plainly
def unmute(incidents: tuple[str, ...], why: str, who: str, **selection: Any) -> None:
    """Say again what there is to say of incidents that were muted or taken note of."""
    from quality.alerts.holds import lift

    with _store(Settings.from_env()) as con, changing(con):
        chosen = _chosen(con, incidents, selection)
        lift(con, chosen, utc_now(), who, why)
    click.echo(f"{len(chosen)} incidents")


@alerts.command()
@click.argument("messages", nargs=-1, type=int, metavar="[MESSAGE]...")
@click.option("--all", "all_dead", is_flag=True, help="Every message that was given up.")
@plainly
def retry(messages: tuple[int, ...], all_dead: bool) -> None:
    """Put messages that were given up back into the queue, for the recipient's present address."""
    from quality.alerts.delivery import retry as retry_deliveries
    from quality.alerts.overview import delivery_lines
    from quality.alerts.tending import load_desk

    settings = Settings.from_env()
    config = load_desk(settings, os.environ).config
    with _store(settings) as con, changing(con):
        dead = [line.delivery_id for line in delivery_lines(con) if line.state == "dead"]
        if not messages and not all_dead:
            raise click.ClickException("name messages, or --all")
        said = retry_deliveries(con, config, dead if all_dead else list(messages), utc_now())
    if not said:
        click.echo("No message was given up.")
        return
    click.echo("\n".join([*said, "send what is in the queue with: chiso alerts send"]))


@alerts.command()
@click.argument("recipient")
@plainly
def test(recipient: str) -> None:
    """Send RECIPIENT (a code of alerts.yaml) a message that says only that it arrived."""
    from quality.alerts.composing import compose_test
    from quality.alerts.tending import load_desk, tend

    settings = Settings.from_env()
    desk = load_desk(settings, os.environ)
    if recipient not in desk.config.recipients:
        raise click.ClickException(f"there is no {recipient}; one of: {', '.join(sorted(desk.config.recipients))}")
    with _store(settings) as con, changing(con):
        compose_test(con, desk, desk.config.recipients[recipient], utc_now())
    show.round_done(settings, tend(settings, desk, utc_now, patience=60))


def _hold(
    action: Callable[..., None],
    incidents: tuple[str, ...],
    until: datetime | None,
    why: str,
    who: str,
    selection: dict[str, Any],
) -> None:
    from ingest.settings import ZONE

    now = utc_now()
    last: date = until.date() if until else (now.astimezone(ZONE) + _ACKNOWLEDGED_FOR).date()
    # through that day: until the next one begins
    end = datetime.combine(last + timedelta(days=1), time(0), tzinfo=ZONE)
    with _store(Settings.from_env()) as con, changing(con):
        chosen = _chosen(con, incidents, selection)
        action(con, chosen, now, end, who, why)
    click.echo(f"{len(chosen)} incidents, through {last}")


def _chosen(con: Any, incidents: tuple[str, ...], selection: dict[str, Any]) -> list[str]:
    """The incidents that are named, and those that fit; raises ClickException when there is none."""
    from quality.alerts.overview import incident_lines

    if not incidents and not any(selection.values()):
        raise click.ClickException("name incidents, or choose them by --kind, --index, --edition, --rule")
    chosen = _named(con, incidents)
    if any(selection.values()):
        chosen += [line.incident_id for line in incident_lines(con, utc_now(), **_upper(selection))]
    if not chosen:
        raise click.ClickException("no open incident fits; `chiso alerts list` names them")
    return list(dict.fromkeys(chosen))


def _named(con: Any, names: tuple[str, ...]) -> list[str]:
    """Whole ids for their beginnings; raises ClickException when one fits none or several."""
    found = []
    for name in names:
        fit = con.execute(
            "select incident_id from incident where substr(incident_id, 1, ?) = ?", [len(name), name.lower()]
        ).fetchall()
        if len(fit) != 1:
            raise click.ClickException(
                f"{name}: {'several incidents begin so' if fit else 'no such incident'}; `chiso alerts list` names them"
            )
        found.append(fit[0]["incident_id"])
    return found


def _upper(selection: dict[str, Any]) -> dict[str, Any]:
    return selection | {"index_code": selection["index_code"] and selection["index_code"].upper()}


@contextmanager
def _store(settings: Settings) -> Iterator[Any]:
    with open_store(settings.alerts) as con:
        yield con
