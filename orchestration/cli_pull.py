"""`chiso pull` and `chiso verify`: from publishers into the archive, and whether the archive is whole."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from ingest.settings import Settings, SettingsError

if TYPE_CHECKING:
    from ingest.pull.pulling import Pulled
    from ingest.pull.source import PullSource

# what is done with each partition that came whole, changed or not; returns what became of it, in a few words
AfterPull = Callable[[Settings, "Pulled"], str]


def _plainly(command: Callable[..., None]) -> Callable[..., None]:
    """Say an expected failure in one line instead of a traceback."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        from ingest.pull.faults import PullFault
        from ingest.receipts import ReceiptError
        from ingest.store import StoreError

        try:
            command(*args, **kwargs)
        except (SettingsError, PullFault, StoreError, ReceiptError) as error:
            raise click.ClickException(str(error)) from error

    return wrapped


def archived_only(settings: Settings, pulled: "Pulled") -> str:
    """Leave what came in the archive, and say where."""
    if len(pulled.tables) == 1:
        return str(settings.shelves[-1].archive / pulled.tables[0].file)
    return f"{len(pulled.tables)} files in {settings.shelves[-1].archive / 'sha256'}"


def make_pull(after: AfterPull = archived_only) -> click.Command:
    """The command `pull`, doing `after` with each partition that came."""

    @click.command("pull")
    @click.argument("names", nargs=-1, metavar="[SOURCE]...")
    @click.option("--edition", "editions", multiple=True, metavar="YEAR", help="This reference year; may be repeated.")
    @click.option("--all-editions", is_flag=True, help="Every reference year that should be out.")
    @click.option("--dry-run", is_flag=True, help="Print the requests that would be made first; make none.")
    @click.option("--list", "listing", is_flag=True, help="List the sources.")
    @_plainly
    def pull(
        names: tuple[str, ...], editions: tuple[str, ...], all_editions: bool, dry_run: bool, listing: bool
    ) -> None:
        """Ask publishers for what is new, by the sources that the catalog declares.

        Without --edition, the newest edition that should be out. Bytes go into the archive with a receipt. What broke
        off goes on where it stopped when the command is repeated. Without SOURCE, lists the sources.
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
        elif not _pull(settings, wanted, after):
            sys.exit(1)

    return pull


@click.command()
@_plainly
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


def _dry_run(settings: Settings, wanted: list[tuple["PullSource", str]]) -> None:
    from ingest.pull.planning import plan
    from orchestration import cli_show_pull as show

    with _session(settings, lambda _: None) as session:
        for source, partition in wanted:
            show.planned(source, partition, plan(session, source, partition))


def _pull(settings: Settings, wanted: list[tuple["PullSource", str]], after: AfterPull) -> bool:
    """Whether everything came."""
    from ingest.pull.pulling import Failed, Pulled
    from orchestration import cli_show_pull as show

    ended: list[tuple[Pulled | Failed, str]] = []
    with show.progress() as report, _session(settings, report) as session:
        for one in session.pull_all(wanted):
            ended.append((one, str(one.error) if isinstance(one, Failed) else after(settings, one)))
    show.pulled(ended)
    return not any(isinstance(one, Failed) for one, _ in ended)


@contextmanager
def _session(settings: Settings, report: Callable[[str], None]) -> Iterator[Any]:
    from ingest.pull.config import PullConfig
    from ingest.pull.pulling import Session

    with Session(settings, PullConfig.from_env(), progress=report) as session:
        yield session
