"""`chiso pull` and `chiso verify`: from publishers into the archive, and whether the archive is whole."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from ingest.settings import Settings
from orchestration.cli_errors import plainly

if TYPE_CHECKING:
    from ingest.pull.pulling import Pulled
    from ingest.pull.source import PullSource
    from ingest.receive import Received


@click.command("pull")
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option("--edition", "editions", multiple=True, metavar="YEAR", help="This reference year; may be repeated.")
@click.option("--all-editions", is_flag=True, help="Every reference year that should be out.")
@click.option("--dry-run", is_flag=True, help="Print the requests that would be made first; make none.")
@click.option("--list", "listing", is_flag=True, help="List the sources.")
@plainly
def pull(names: tuple[str, ...], editions: tuple[str, ...], all_editions: bool, dry_run: bool, listing: bool) -> None:
    """Ask publishers for what is new, by the sources that the catalog declares.

    Without --edition, the newest edition that should be out. Bytes go into the archive with a receipt; then
    what came is read, checked and added, or held in quarantine. What broke
    off goes on where it stopped when the command is repeated. Ends with 1 when something did not come, could not be
    taken in or is held. Without SOURCE, lists the sources.
    """
    from orchestration import cli_show_pull as show

    settings = Settings.from_env()
    if listing or not names:
        if editions or all_editions or dry_run:
            raise click.ClickException("name a source; `chiso pull` lists them")
        show.sources(settings)
        return
    wanted = [
        (source, partition)
        for source in _chosen(settings, names)
        for partition in _partitions(settings, source, editions, all_editions)
    ]
    if dry_run:
        _dry_run(settings, wanted)
    elif not _pull(settings, wanted):
        sys.exit(1)


@click.command()
@plainly
def verify() -> None:
    """Re-hash the archive: every file that the catalog names, every stored one, every receipt. 1 on damage."""
    from ingest.verify import verify as verify_archive
    from orchestration import cli_show_pull as show

    settings = Settings.from_env()
    with show.progress() as report:
        result = verify_archive(settings, report)
    show.verified(settings, result)
    if result.problems:
        sys.exit(1)


def _chosen(settings: Settings, names: tuple[str, ...]) -> list["PullSource"]:
    from ingest.pull.source import load_sources

    sources, faults = load_sources(settings.shelves)
    unknown = [name for name in names if name not in sources]
    if unknown:
        broken = "".join(f"\n{fault}" for fault in faults)
        raise click.ClickException(f"no source is called {', '.join(unknown)}; one of: {', '.join(sources)}{broken}")
    return [sources[name] for name in dict.fromkeys(names)]


def _partitions(settings: Settings, source: "PullSource", editions: tuple[str, ...], all_editions: bool) -> list[str]:
    offered = source.partitions(settings.as_of.year)
    if not offered:
        raise click.ClickException(f"no edition of {source.code} should be out by {settings.as_of}")
    if source.editions is None:
        if editions:
            raise click.ClickException(f"{source.code} gives all years at once; leave --edition out")
        return offered
    unknown = [edition for edition in editions if edition not in offered]
    if unknown:
        raise click.ClickException(
            f"{source.code} has no edition {', '.join(unknown)}; one of: {', '.join(offered)}. If the publisher has it,"
            f" mend `editions` in {source.path}"
        )
    return offered if all_editions else list(dict.fromkeys(editions)) or offered[-1:]


def _take_in(settings: Settings, pulled: "Pulled") -> tuple[str, list["Received"] | None]:
    """Read, check and add what came, in turn with runs.

    Gives what became of it, in a few words and as it is; None when it could not be taken in, and the words say why.
    """
    from ingest.faults import EditionFault
    from ingest.home_lock import PATIENCE, AnotherRun, only_run
    from ingest.offer import CandidateError
    from ingest.pulled import receive_pulled
    from ingest.receive import Desk
    from ingest.store import StoreError

    try:
        with only_run(settings.home, PATIENCE):
            received = receive_pulled(Desk(settings), pulled)
    except (AnotherRun, CandidateError, EditionFault, StoreError) as error:
        return f"not taken in: {error}; then pull it again", None
    return "; ".join(f"{one.outcome} {one.what}" for one in received), received


def _dry_run(settings: Settings, wanted: list[tuple["PullSource", str]]) -> None:
    from ingest.pull.planning import plan
    from orchestration import cli_show_pull as show

    with _session(settings, lambda _: None) as session:
        for source, partition in wanted:
            show.planned(source, partition, plan(session, source, partition))


def _pull(settings: Settings, wanted: list[tuple["PullSource", str]]) -> bool:
    """Whether everything came and was taken in, and nothing is held."""
    from ingest.pull.pulling import Failed, Pulled
    from ingest.receive import Received
    from orchestration import cli_show_pull as show

    ended: list[tuple[Pulled | Failed, str]] = []
    held: list[Received] = []
    well = True
    with show.progress() as report, _session(settings, report) as session:
        for one in session.pull_all(wanted):
            said, received = (str(one.error), None) if isinstance(one, Failed) else _take_in(settings, one)
            ended.append((one, said))
            held += [each for each in received or () if each.outcome == "held"]
            well = well and received is not None
    show.pulled(ended, held)
    return well and not held


@contextmanager
def _session(settings: Settings, report: Callable[[str], None]) -> Iterator[Any]:
    from ingest.pull.config import PullConfig
    from ingest.pull.pulling import Session

    with Session(settings, PullConfig.from_env(), progress=report) as session:
        yield session
