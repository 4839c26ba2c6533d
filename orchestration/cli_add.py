"""The command line for files that come by hand: look at one, add it, decide on one that is held, begin a new index."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ingest.home_lock import PATIENCE, only_run
from ingest.offer import KINDS
from ingest.settings import Settings, Shelf
from orchestration import cli_show_add as show
from orchestration.cli_errors import plainly


def _fact_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(
        (
            click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
            click.option("--index", help="Index code; guessed from the file's name and headers."),
            click.option("--edition", type=int, help="Reference year; guessed from name, headers and titles."),
            click.option("--basis", type=click.Choice(["63", "34", "VN"]), help="Territorial list; guessed."),
            click.option("--published-on", help="YYYY-MM-DD, YYYY-MM or YYYY."),
            click.option("--source-url", help="Where the file came from."),
            click.option("--source-kind", type=click.Choice(KINDS), help="How close that is to the publisher."),
            click.option("--partial", is_flag=True, help="The table is only a part of what was published."),
            click.option("--sheet", help="Sheet of a workbook; guessed."),
            click.option("--table", type=int, help="Table of a page or document, counted from 1; guessed."),
            click.option("--member", help="File inside a zip."),
            click.option("--header", type=int, help="Line of the header; guessed."),
            click.option("--hidden", type=click.Choice(["read", "skip"]), help="What to do with hidden rows, columns."),
            click.option("--decimal", type=click.Choice([".", ","]), help="Decimal mark; guessed from the numbers."),
            click.option("--encoding", help="Encoding of a text file, when it is neither UTF-8 nor UTF-16."),
            click.option(
                "--column", "columns", multiple=True, metavar="HEADER=component.measure", help="What a column holds."
            ),
            click.option("--ignore", multiple=True, metavar="HEADER", help="A column that is left out."),
            click.option("--no-data", multiple=True, metavar="TOKEN", help="What is printed where there is no data."),
            click.option("--absent", multiple=True, help="A figure this edition does not print: component[.measure]."),
            click.option("--metrics", help="Metric source that the sheet belongs to; guessed from its layout."),
        )
    ):
        command = option(command)
    return command


def _facts(given: dict[str, Any]) -> dict[str, Any]:
    """Options as facts: only what was said."""
    facts = {name: list(value) if isinstance(value, tuple) else value for name, value in given.items() if value}
    if facts.pop("partial", False):
        facts["coverage"] = "partial"
    if "columns" in facts:
        pairs = [text.rpartition("=") for text in facts["columns"]]
        if any(not mark for _, mark, _ in pairs):
            raise click.UsageError("--column takes HEADER=component.measure")
        facts["columns"] = {header: figure for header, _, figure in pairs}
    return facts


@click.command()
@_fact_options
@plainly
def check(file: Path, **given: Any) -> None:
    """Read FILE as an edition and show how it was understood, without adding it.

    Ends with 1 when it would be held.
    """
    from ingest.offer import OfferedFile
    from ingest.receive import Desk
    from ingest.store import Store

    settings = Settings.from_env()
    with tempfile.TemporaryDirectory() as folder:
        shelf = Shelf(settings.shelves[-1].catalog, Path(folder))
        stored = Store(shelf.archive).put(file, file.suffix)
        desk = Desk(settings, shelf)
        files = [OfferedFile(file.name, stored.name, stored.sha256)]
        candidate, _ = _examined(desk.examine, desk, files, _facts(given))
    show.candidate(candidate)
    if candidate.outcome == "held":
        sys.exit(1)


@click.command()
@_fact_options
@click.option("--yes", is_flag=True, help="On a terminal: add it with its warnings, without asking.")
@plainly
def add(file: Path, yes: bool, **given: Any) -> None:
    """Add FILE (xlsx, xls, csv, html, pdf, or one of them in a zip): archive it and write its YAML for the next run.

    What the file does not tell is asked for, or listed when nobody is there to answer. A file that must not enter as it
    is goes into quarantine (CHISO_HOME/quarantine) with a report, and the command ends with 1.
    """
    from datetime import UTC, datetime

    from ingest.offer import OfferedFile
    from ingest.receipts import Receipts
    from ingest.receive import HAND, Desk
    from ingest.store import Store

    settings = Settings.from_env()
    desk = Desk(settings)
    stored = Store(desk.shelf.archive).put(file, file.suffix)
    Receipts(desk.shelf.archive).brought(stored, file.name, datetime.now(UTC))
    files = [OfferedFile(file.name, stored.name, stored.sha256)]
    candidate, facts = _examined(desk.examine_with_source, desk, files, _facts(given))
    show.candidate(candidate)
    _require_understood(file.name, desk.not_understood(candidate))
    warned = candidate.outcome == "accepted_with_warnings" and not candidate.repeats
    if warned and not yes and _somebody_there() and not click.confirm("Add it with these warnings?", default=True):
        raise click.Abort
    with only_run(settings.home, PATIENCE):
        received = desk.settle(candidate, files, facts, HAND)
    show.received(received)
    if received.outcome == "held":
        sys.exit(1)


def _examined(examine: Any, desk: Any, files: list[Any], facts: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Examine, asking for what is missing as long as somebody answers. Gives the candidate and all facts."""
    from ingest.faults import EditionFault
    from ingest.offer import MissingFacts

    while True:
        try:
            candidate = examine(files, facts)
            asked = desk.not_understood(candidate)
        except MissingFacts as error:
            if not _somebody_there():
                raise
            for one in error.missing:
                facts = _answer(one, facts)
            continue
        except EditionFault as error:
            raise click.ClickException("\n".join(map(str, error.faults))) from error
        if not asked or not _somebody_there():
            return candidate, facts
        show.mapping(candidate)
        for header, suggestion in asked:
            facts = _declared(header, suggestion, facts)


def _require_understood(name: str, asked: list[tuple[str, str | None]]) -> None:
    from ingest.faults import Words
    from ingest.offer import Missing, MissingFacts

    if asked:
        question = Words("cột này là gì", "what this column holds")
        options = [(f"--column '{header}=component.measure' or --ignore '{header}'", near) for header, near in asked]
        raise MissingFacts(name, [Missing(option, question, suggestion=near) for option, near in options])


def _somebody_there() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _answer(one: Any, facts: dict[str, Any]) -> dict[str, Any]:
    name = one.option.removeprefix("--").replace("-", "_")
    kind: Any = click.INT if name in ("edition", "table", "header") else str
    if one.choices and name != "edition":
        kind = click.Choice(one.choices) if name != "table" else click.INT
    return {**facts, name: click.prompt(f"{one.question.en} ({one.option})", type=kind, default=one.suggestion)}


def _declared(header: str, suggestion: str | None, facts: dict[str, Any]) -> dict[str, Any]:
    text = f"Column {header!r} holds (component.measure, or 'ignore')"
    value = click.prompt(text, default=suggestion or "ignore")
    if value == "ignore":
        return {**facts, "ignore": [*facts.get("ignore", []), header]}
    return {**facts, "columns": {**facts.get("columns", {}), header: value}}


@click.command()
@click.argument("held_id", metavar="ID")
@click.option("--why", required=True, help="Why it may enter although the preflight held it; kept with the edition.")
@plainly
def accept(held_id: str, why: str) -> None:
    """Let a held file in as its description in quarantine says. What cannot be read cannot be accepted.

    For errors that are the publisher's own. The reason and everything the preflight said are kept in the YAML.
    """
    from ingest.receive import Desk

    if len(why.strip()) < 10:
        raise click.UsageError("--why: say it in a sentence that somebody understands in ten years")
    settings = Settings.from_env()
    with only_run(settings.home, PATIENCE):
        path = Desk(settings).accept(_find(settings, held_id), why.strip())
    click.echo(f"accepted: {path}\nload it with: chiso run")


@click.command()
@click.argument("held_id", metavar="ID")
@plainly
def reject(held_id: str) -> None:
    """Take a held file out of quarantine without loading it. Its bytes stay in the archive."""
    from ingest.quarantine import reject as reject_held

    settings = Settings.from_env()
    with only_run(settings.home, PATIENCE):
        one = _find(settings, held_id)
        reject_held(one)
    click.echo(f"rejected: {one.name} ({one.id}); its bytes stay in the archive")


def _find(settings: Settings, held_id: str) -> Any:
    from ingest.quarantine import held

    everything = held(settings.quarantine)
    found = [one for one in everything if held_id and one.id.startswith(held_id)]
    if len(found) != 1:
        there = ", ".join(one.id for one in everything) or "nothing"
        raise click.ClickException(f"{held_id} names {len(found)} held files; in quarantine: {there}")
    return found[0]


@click.command("new-index")
@click.argument("code")
@click.option("--level", type=click.Choice(["provincial", "national"]), default="provincial", show_default=True)
@click.option("--name-vi", required=True, help="Name in Vietnamese.")
@click.option("--name-en", required=True, help="Name in English.")
@click.option("--publisher", required=True, help="Who publishes it.")
@click.option("--publisher-code", required=True, help="Short code of the publisher, capitals.")
@click.option("--scale", required=True, nargs=2, type=float, metavar="LOW HIGH", help="Scale of the total.")
@click.option(
    "--component",
    "components",
    multiple=True,
    metavar="CODE=HEADER",
    help="A component and what its column is called; may be repeated. Without any: only the total.",
)
@click.option(
    "--total-header", "total_headers", multiple=True, required=True, help="What the total's column is called."
)
@plainly
def new_index(code: str, **given: Any) -> None:
    """Begin the catalog folder of a new index on the installation's shelf, ready for `chiso add`."""
    from ingest.new_index import scaffold

    path = scaffold(Settings.from_env(), code, **given)
    click.echo(f"written: {path}\ncomplete it (citation, terms, weights), then: chiso add FILE --index {code.upper()}")
