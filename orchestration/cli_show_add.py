"""What the command line prints about files that come: how one was understood, what was seen, what became of it."""

from typing import Any

from rich.markup import escape
from rich.table import Table

from ingest.receive import AnyCandidate, Received
from orchestration.cli_show_alerts import console as _console

_SAID = {
    "accepted": "[green]accepted[/green]",
    "accepted_with_warnings": "[yellow]accepted with warnings[/yellow]",
    "held": "[red]held[/red]",
    "known": "known already",
    "rejected": "rejected before",
    "arriving": "still being written: left for the next time",
}


def candidate(found: AnyCandidate) -> None:
    """How a file was understood, column by column, and everything the preflight saw, with place and remedy."""
    described: dict[str, Any] = found.description
    table = described["tables"][0] if "tables" in described else described
    _console.print(f"{found.title}: {table['rows']} rows, {len(found.cells):,} figures", highlight=False)
    told = [f"{table.get('format', 'csv')}", *(f"{name} {value}" for name, value in table.get("place", {}).items())]
    told += [f"decimal {table['decimal']!r}"] if "decimal" in table else []
    _console.print(f"read as {', '.join(told)}", markup=False, highlight=False)
    mapping(found)
    for fact in found.facts:
        _console.print(f"checked: {escape(fact.en)}", soft_wrap=True, highlight=False)
    for remark in found.remarks:
        word = "[red]holds[/red]" if remark.holds else "[yellow]warns[/yellow]"
        _console.print(
            f"{word}  {_plain(remark.what.en)}. {_plain(remark.remedy.en)}.", soft_wrap=True, highlight=False
        )
        if remark.where:
            _console.print(f"       {_plain(remark.where)}", soft_wrap=True, highlight=False)
    if found.repeats:
        _console.print(f"Every figure is there already, as {found.repeats.key}.")
    elif not found.remarks:
        _console.print("Nothing wrong was found.")


def mapping(found: AnyCandidate) -> None:
    """Each column and what it was taken for."""
    table = Table("column", "read as", box=None, pad_edge=False)
    for header, meaning in found.mapping:
        table.add_row(_plain(header), escape(meaning) if meaning != "not understood" else f"[red]{meaning}[/red]")
    _console.print(table)


def received(one: Received) -> None:
    """What became of a file, and what to do next."""
    _console.print(f"{_SAID[one.outcome]}: {_plain(one.name)}  {_plain(one.what)}", soft_wrap=True, highlight=False)
    if one.outcome == "held":
        _console.print(f"  report: {one.where}/report.md", markup=False, soft_wrap=True, highlight=False)
        _console.print(
            f"  mend a YAML there and run again, or: chiso accept {one.what} --why …", markup=False, soft_wrap=True
        )
    elif one.where is not None:
        _console.print(f"  added: {one.where}\nload it with: chiso run", markup=False, soft_wrap=True, highlight=False)


def _plain(text: str) -> str:
    """Text of a file as a terminal may show it: no control characters, no markup."""
    return escape("".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text))
