"""Writes synthetic dossiers as the one-stop system would deliver them: the history in big files, then a day at a time.

    feed = Feed.sized(200_000, first=date(2025, 7, 1), last=date(2025, 9, 14))
    feed.backfill(folder, last=date(2025, 9, 14))            # one_stop/2025-09-14_history-0001.parquet …
    feed.day(folder, date(2025, 9, 15))                      # one_stop/2025-09-15.csv
    feed.day(folder, date(2025, 9, 16), by_agency=True)      # 02647/2025-09-16.csv …

A dossier is made of the seed, its day of receipt and its number in that day, and of nothing else: a larger feed, or a
longer one, has the same dossiers and more. Nothing is kept between calls, and memory does not grow with the size.
"""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa

from tests.dossiers import calibration
from tests.dossiers.faults import Fall, Faults
from tests.dossiers.units import SLOTS, procedures, units
from tests.dossiers.working_days import Day, days, expected, number

Form = Literal["parquet", "csv", "jsonl"]

SENDER = "one_stop"
REORGANISED = date(2025, 7, 1)
# from receipt: the longest procedure, the longest delay over a new year, the last answer, the last correction
_LIFE = timedelta(160)
_PIECE = 100_000
_ROWS = Path(__file__).with_name("rows.sql").read_text(encoding="utf-8")

_MACROS = f"""
create macro slot_of(word, place) as (word >> place) & {SLOTS - 1};
create macro bits(word, place) as (word >> place) & 65535;
create macro share(word, place) as bits(word, place) / 65536.0;
create macro share32(word, place) as ((word >> place) & 4294967295) / 4294967296.0;
"""
# a slot is one of SLOTS equal chances; a level's procedures have all of them
_SLOTS = """
create table unit_slot as
select first_slot + place as slot, code as unit_code, level, late_rate,
    old_codes[1 + place % len(old_codes)] as old_code
from unit, range(slots) as places(place);
create table procedure_slot as
select
    first_slot + place as slot, level, code as procedure_code, field as procedure_field, working_days, fee_vnd
from procedure, range(slots) as places(place);
"""
_OPTIONS: Mapping[Form, str] = {"parquet": "format parquet", "csv": "format csv, header true", "jsonl": "format json"}
_COLUMNS = """
dossier_id, version, procedure_code, procedure_field, unit_code, level, channel, {moments},
result_electronic, data_reused, fee_vnd, satisfaction, petitions, petitions_on_time
"""


def _moments(form: Form) -> str:
    made = (
        "to_timestamp({0} - 7 * 3600)"
        if form == "parquet"
        else "strftime(make_timestamp({0} * 1000000), '%Y-%m-%dT%H:%M:%S+07:00')"
    )
    return ", ".join(f"{made.format(f'{name}_second')} as {name}_at" for name in ("received", "due", "finished"))


@dataclass(frozen=True)
class Feed:
    """One made-up exporting system.

    `scale` is its volume in times the province's; `first` the first day that it received anything. `missing` are days
    on which nothing was received or delivered. Old commune codes are used until `reorganised`.
    """

    seed: int = 1
    scale: Fraction = Fraction(1)
    first: date = calibration.FIRST_DAY
    faults: tuple[Faults, ...] = ()
    falls: tuple[Fall, ...] = ()
    missing: frozenset[date] = frozenset()
    reorganised: date = REORGANISED

    @classmethod
    def sized(cls, dossiers: int, first: date, last: date, seed: int = 1) -> "Feed":
        """A feed that receives so many dossiers from first to last, and goes on at the same rate."""
        return cls(seed, dossiers / sum(map(expected, days(first, last)), Fraction()), first)

    def volumes(self, last: date) -> Iterator[tuple[Day, int]]:
        """Each day from the first to the last, and how many dossiers it receives."""
        total = Fraction()
        for one in days(self.first, last):
            before, total = total, total + expected(one) * self.scale
            yield one, 0 if one.day in self.missing else floor(total) - floor(before)

    def backfill(
        self, folder: Path, last: date, form: Form = "parquet", rows_a_file: int = 1_000_000, sender: str = SENDER
    ) -> list[Path]:
        """Write the state of all dossiers on the evening of `last` as numbered files of whole days; their paths."""
        into = folder / sender
        into.mkdir(parents=True, exist_ok=True)
        parts: list[list[tuple[Day, int]]] = []
        held = 0
        for one in self.volumes(last):
            if not parts or held + one[1] > rows_a_file:
                parts.append([])
                held = 0
            parts[-1].append(one)
            held += one[1]
        files = [into / f"{last}_history-{number:04d}.{form}" for number in range(1, len(parts) + 1)]

        def write(part: list[tuple[Day, int]], file: Path) -> None:
            with self._dossiers(part, last, whole=True) as connection:
                _copy(connection, file, form)

        # one thread writes one file, so that its rows stand in order
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(write, parts, files))
        return files

    def day(
        self, folder: Path, on: date, form: Form = "csv", by_agency: bool = False, sender: str = SENDER
    ) -> list[Path]:
        """Write what is delivered on the evening of a day, new and changed, in one file or one per unit; the paths."""
        if on in self.missing:
            return []
        part = [one for one in self.volumes(on) if one[0].day >= on - _LIFE]
        with self._dossiers(part, on, whole=False) as connection:
            connection.execute("create table today as from dossier")
            if not by_agency:
                files = [(folder / sender / f"{on}.{form}", "true")]
            else:
                codes = connection.execute("select distinct sender_code from today order by all").fetchall()
                files = [(folder / code / f"{on}.{form}", f"sender_code = '{code}'") for (code,) in codes]
            for file, chosen in files:
                file.parent.mkdir(parents=True, exist_ok=True)
                _copy(connection, file, form, "today", chosen)
        return [file for file, _ in files]

    @contextmanager
    def _dossiers(self, part: list[tuple[Day, int]], evening: date, whole: bool) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection with the view `dossier`: received in `part`; all, or only those delivered on the evening."""
        with duckdb.connect(config={"threads": 1}) as connection:
            # the small tables are what is held in memory; the optimiser cannot tell how long the ranges are
            connection.execute("set disabled_optimizers = 'join_order,build_side_probe_side'")
            connection.execute(_MACROS)
            connection.execute(f"create macro late_rate_of(unit_code, day, usual) as {Fall.sql(self.falls)}")
            connection.execute(f"create macro fault_of(day, number) as {Faults.sql(self.faults)}")
            for name, value in self._variables(evening, whole).items():
                connection.execute(f"set variable {name} = {value}")
            _tables(connection, self.seed, part)
            copies = "" if not self.faults else ", range(if(fault = 'duplicate', 2, 1))"
            connection.execute(f"create view dossier as select dossier.* from ({_ROWS}) as dossier{copies}")
            yield connection

    def _variables(self, evening: date, whole: bool) -> dict[str, object]:
        asked, missing = calibration.ASSUMED_ASKED, calibration.ASSUMED_NOT_RECORDED
        best, good, fair = calibration.ASSUMED_SATISFACTION.values()
        return {
            "evening": number(evening),
            "reorganised": number(self.reorganised),
            "whole": whole,
            "asked": asked,
            "very_satisfied": asked * best,
            "satisfied": asked * (best + good),
            "neutral": asked * (best + good + fair),
            "corrected": calibration.ASSUMED_CORRECTED,
            "not_recorded": missing,
            "electronic": missing + (1 - missing) * calibration.ASSUMED_ELECTRONIC,
            "reused": missing + (1 - missing) * calibration.ASSUMED_REUSED,
            "with_petition": calibration.ASSUMED_WITH_PETITION,
            "petition_on_time": calibration.ASSUMED_WITH_PETITION * calibration.ASSUMED_PETITIONS_ON_TIME,
        }


def _copy(
    connection: duckdb.DuckDBPyConnection, file: Path, form: Form, table: str = "dossier", chosen: str = "true"
) -> None:
    columns = _COLUMNS.format(moments=_moments(form))
    connection.execute(f"copy (select {columns} from {table} where {chosen}) to '{file}' ({_OPTIONS[form]})")


def _tables(connection: duckdb.DuckDBPyConnection, seed: int, part: list[tuple[Day, int]]) -> None:
    """The small tables that rows.sql looks things up in."""
    first, last = part[0][0], part[-1][0].day + _LIFE
    small: dict[str, list[dict[str, object]]] = {
        "piece": [
            {
                "day": number(one.day),
                "is_working": one.is_working,
                "handled": one.handled,
                "stamp": f"{one.day:%y%m%d}",
                "prefix": f"{seed}/{one.day}/",
                "first_number": begin,
                "end_number": min(begin + _PIECE, volume),
            }
            for one, volume in part
            for begin in range(0, max(volume, 1), _PIECE)
        ],
        "working_day": [
            {"handled": first.handled + one.handled, "day": number(one.day)}
            for one in days(first.day, last)
            if one.is_working
        ],
        "unit": [asdict(one) for one in units()],
        "procedure": [asdict(one) for one in procedures()],
    }
    for name, rows in small.items():
        connection.register("read", pa.Table.from_pylist(rows))
        connection.execute(f"create table {name} as from read")
    connection.execute(_SLOTS)
