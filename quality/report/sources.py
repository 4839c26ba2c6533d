"""Numbering of the sources: one number for an address and file, in the order in which the report first uses them.

Belongs here: telling sources apart and citing them. Does not belong here: reading them.
"""

from collections.abc import Iterable

from quality.report.model import Origin, Source
from quality.report.words import source_kind_vi

Numbers = dict[tuple[str, str, str], int]


def number_sources(origins: Iterable[Origin]) -> tuple[Source, ...]:
    """Give every source once, with all the places in it that were used."""
    found: dict[tuple[str, str, str], list[Origin]] = {}
    for origin in origins:
        found.setdefault(origin.source, []).append(origin)
    return tuple(
        Source(
            number=number,
            kind=next((source_kind_vi(o.kind) for o in own if o.kind), ""),
            url=own[0].url,
            file=own[0].file,
            sha256=own[0].sha256,
            locators=tuple(dict.fromkeys(o.locator for o in own if o.locator)),
        )
        for number, own in enumerate(found.values(), start=1)
    )


def numbers(sources: Iterable[Source]) -> Numbers:
    return {(source.url or "", source.file or "", source.sha256 or ""): source.number for source in sources}


def cited(origins: Iterable[Origin], known: Numbers) -> str:
    """'[2][5]': the sources of a figure."""
    return "".join(f"[{number}]" for number in dict.fromkeys(known[origin.source] for origin in origins))
