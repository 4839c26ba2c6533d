"""What `chiso pull` and `chiso verify` print."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ingest.pull.faults import NetworkFault
from ingest.pull.planning import Planned
from ingest.pull.pulling import Failed, Pulled
from ingest.pull.source import PullSource, load_sources
from ingest.receipts import Receipts
from ingest.receive import Received
from ingest.settings import Settings
from ingest.verify import Verified

# a pipe or a file has no width of its own; a narrow guess would break every line
_console = Console(highlight=False, width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else 240)


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A line that says what is being done; nothing when the output is not a terminal."""
    with _console.status("starting") as status:
        yield lambda text: status.update(escape(text))


def sources(settings: Settings) -> None:
    """Every source: what it delivers, how, which editions, and when it was last asked and last complete."""
    found, faults = load_sources(settings.shelves)
    receipts = Receipts(settings.shelves[-1].archive)
    table = Table(
        "source",
        "title",
        "delivers",
        "editions",
        "how",
        "known",
        "last asked",
        "last complete",
        box=None,
        pad_edge=False,
    )
    for source in found.values():
        years = source.partitions(settings.as_of.year)
        completions = receipts.completions(source.code)
        table.add_row(
            source.code,
            escape(source.title),
            source.index or f"metrics {source.metrics}",
            f"{years[0]}–{years[-1]}" if len(years) > 1 else "".join(years),
            "by hand" if source.by_hand else source.connector,
            source.status,
            receipts.last_asked(source.code) or "–",
            completions[-1].at if completions else "–",
        )
    _console.print(table)
    for fault in faults:
        _console.print(f"[red]not usable[/red] {escape(str(fault))}", soft_wrap=True)
    _console.print("\nAsk one: chiso pull SOURCE   What it would ask: chiso pull SOURCE --dry-run")


def planned(source: PullSource, partition: str, plan: Sequence[Planned]) -> None:
    """Requests as they would be sent."""
    _console.print(f"[bold]{source.code} {partition}[/bold] ({source.status})")
    if source.notes:
        _console.print(f"  {escape(source.notes)}", soft_wrap=True)
    for request in plan:
        _console.print(f"\n  {request.method} {request.url}", markup=False, soft_wrap=True)
        for name, value in request.headers:
            _console.print(f"    {name}: {value}", markup=False, soft_wrap=True)
        if request.body is not None:
            _console.print(f"\n    {request.body}", markup=False, soft_wrap=True)
        if request.then:
            _console.print(f"    ({request.then})", markup=False, soft_wrap=True)
    _console.print(f"\n  {len(plan)} requests, {source.pause_seconds:g} s between two to one host; none was made\n")


def pulled(ended: Sequence[tuple[Pulled | Failed, str]], held: Sequence[Received] = ()) -> None:
    """One line a partition, then what is held and what failed, each with what to do."""
    table = Table(
        "source", "edition", "outcome", "files", "requests", "bytes", "seconds", "next", box=None, pad_edge=False
    )
    for one, said in ended:
        if isinstance(one, Failed):
            later = isinstance(one.error, NetworkFault)
            table.add_row(
                one.source.code,
                one.partition,
                "[red]failed[/red]",
                "",
                "",
                "",
                "",
                "again later" if later else "see below",
            )
        else:
            table.add_row(
                one.source.code,
                one.partition,
                "new" if one.new else "unchanged",
                str(len(one.tables)),
                str(one.requests),
                f"{one.bytes:,}",
                f"{one.seconds:.1f}",
                escape(said),
            )
    _console.print(table)
    for each in held:
        _console.print(f"\n[red]held[/red]: {escape(each.name)}  {escape(each.what)}", soft_wrap=True)
        _console.print(f"  report: {each.where}/report.md", markup=False, soft_wrap=True)
        _console.print(
            f"  mend a YAML there and run again, or: chiso accept {each.what} --why …", markup=False, soft_wrap=True
        )
    for one, said in ended:
        if isinstance(one, Failed):
            _console.print(f"\n[red]{one.source.code} {one.partition}[/red]: {escape(said)}", soft_wrap=True)


def verified(settings: Settings, result: Verified) -> None:
    """Counts, then each problem."""
    for problem in result.problems:
        _console.print(f"[red]damaged[/red] {escape(str(problem))}", soft_wrap=True)
    _console.print(
        f"{result.files:,} files, {result.bytes:,} bytes, {result.receipts:,} receipts;"
        f" {len(result.problems) or 'no'} problem{'s' * (len(result.problems) != 1)}"
    )
    if result.leftovers:
        _console.print(f"{result.leftovers} unfinished files of processes that ended; the next pull removes them")
