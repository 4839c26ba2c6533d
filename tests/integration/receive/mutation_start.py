"""What a mutation starts from, and what it makes: a file as it arrives."""

import random
from dataclasses import dataclass, field
from typing import Any

from ingest.territory import Gazetteer
from tests.integration.receive.mutation_carriers import CARRIERS
from tests.integration.receive.mutation_editions import Table


@dataclass(frozen=True)
class Arrived:
    """A file as it arrives: its name, its bytes and what is said about it."""

    name: str
    content: bytes
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Start:
    """A clean table, in which carrier it is to be sent, and what other mutations may draw on."""

    table: Table
    carrier: str
    places: Gazetteer
    # the same columns with the figures of other years, and tables of other indices
    other_years: tuple[Table, ...]
    other_tables: tuple[Table, ...]
    # clean bytes by table and carrier, written once
    written: dict[tuple[str, int, str], bytes]

    def clean(self) -> bytes:
        key = (self.table.index, self.table.year, self.carrier)
        if key not in self.written:
            self.written[key] = CARRIERS[self.carrier][0](self.table)
        return self.written[key]

    def sent(self, content: bytes | Table, suffix: str | None = None) -> Arrived:
        write, own_suffix, facts = CARRIERS[self.carrier]
        if isinstance(content, Table):
            content = write(content)
        return Arrived(f"{self.table.stem}.{suffix or own_suffix}", content, facts)


def cells_of(table: Table) -> list[list[str]]:
    """The rows, to be changed."""
    return [list(row) for row in table.rows]


def a_figure(start: Start, draw: random.Random, *measures: str) -> tuple[int, int]:
    """Row and column (in the table's rows) of a figure of these measures, scores by default."""
    wanted = measures or ("score",)
    columns = [at for at, (_, measure) in enumerate(start.table.columns, start=1) if measure in wanted]
    return draw.randrange(len(start.table.rows)), draw.choice(columns)
