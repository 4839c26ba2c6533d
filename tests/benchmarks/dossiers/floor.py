"""The floor: DuckDB with nothing around it. `python -m tests.benchmarks.dossiers.floor STEP STORE SMALL [FILE …]`.

One statement a step (for facts one a year), two threads, the memory that a run has. It checks nothing and stops at
nothing: not a substitute, a yardstick.
"""

import json
import re
import sys
import time
from pathlib import Path

import duckdb

from tests.benchmarks.dossiers import plain_sql

_MONTHS = "received_month in ({})"
# what is sorted at a time fits into memory
_MONTHS_AT_ONCE = 12
_WORDS = {
    "key": f"(('0x' || substr(sha256(unhex('{plain_sql.OUTER}')"
    f" || unhex(sha256(unhex('{plain_sql.INNER}') || encode(dossier_id)))), 1, 16))"
    "::ubigint::hugeint - 9223372036854775808)::bigint",
    "content_hash": "((md5_number(content) >> 64)::hugeint - 9223372036854775808)::bigint",
    "local_date": "local_date",
    "id_date": "strptime('20' || split_part(dossier_id, '-', 2), '%Y%m%d')::date",
    "moment": "epoch_us",
    "text": "varchar",
}


class Floor:
    """The steps over one DuckDB file and one folder of raw Parquet."""

    def __init__(self, store: Path, small: Path) -> None:
        self.raw = store / "raw"
        self.raw.mkdir(parents=True, exist_ok=True)
        self.db = duckdb.connect(store / "floor.duckdb", config={"threads": 2, "memory_limit": "3GiB"})
        self.db.execute("set preserve_insertion_order = false; set timezone = 'UTC'")
        self.db.execute(
            "create or replace temp macro local_date(moment) as make_timestamp(epoch_us(moment) + 25200000000)::date"
        )
        self.tables = {
            "raw": f"read_parquet('{self.raw}/*/*.parquet', hive_partitioning = true)",
            "fact": "fact",
            "daily": "daily",
            "monthly": "monthly",
            "faults": "faults",
            **{name: f"read_parquet('{small}/{name}.parquet')" for name in ("calendar", "crosswalk", "unit")},
        }

    def load(self, files: list[str]) -> list[str]:
        number = len(list(self.raw.glob("*/*.parquet"))) + 1
        delivered = re.search(r"\d{4}-\d\d-\d\d", Path(files[0]).name)
        assert delivered is not None
        made = plain_sql.RAW.format(
            **_WORDS,
            delivered=delivered[0],
            delivery_no=f"list_position({files}, filename) + {number}",
            feed=f"read_parquet({files}, filename = true)",
        )
        self.db.execute(
            f"copy ({made}) to '{self.raw}' (format parquet, compression zstd, partition_by (received_month),"
            f" overwrite_or_ignore true, filename_pattern 'load-{number:06d}-{{i}}')"
        )
        loaded = f"read_parquet('{self.raw}/*/load-{number:06d}-*.parquet', hive_partitioning = true)"
        return [f"date '{month}'" for (month,) in self._all(f"select distinct received_month from {loaded}")]

    def fact(self, months: list[str] | None = None) -> None:
        if months is not None:
            self._write("fact", plain_sql.FACT, {"raw": months})
            return
        self.db.execute(f"create or replace table fact as {plain_sql.FACT.format(**self.tables)} limit 0")
        every = sorted({path.parent.name.partition("=")[2] for path in self.raw.glob("*/*.parquet")})
        for first in range(0, len(every), _MONTHS_AT_ONCE):
            self.fact([f"date '{month}'" for month in every[first : first + _MONTHS_AT_ONCE]])

    def aggregates(self, months: list[str] | None = None) -> None:
        self._write("daily", plain_sql.DAILY, {"fact": months})
        self._write("monthly", plain_sql.MONTHLY, {"daily": months})

    def expectations(self, months: list[str] | None = None) -> None:
        self._write("faults", plain_sql.EXPECTATIONS, {"fact": months})

    def day(self, files: list[str]) -> None:
        months = self.load(files)
        for step in (self.fact, self.aggregates, self.expectations):
            step(months)

    def counts(self, step: str) -> dict[str, int]:
        cursor = self.db.execute(plain_sql.COUNTS[step].format(**self.tables))
        return dict(zip([name for name, *_ in cursor.description], map(int, cursor.fetchall()[0]), strict=True))

    def _write(self, table: str, made: str, read: dict[str, list[str] | None]) -> None:
        [(source, months)] = read.items()
        if months is None:
            self.db.execute(f"create or replace table {table} as {made.format(**self.tables)}")
            return
        wanted = _MONTHS.format(", ".join(months))
        chosen = {**self.tables, source: f"(from {self.tables[source]} where {wanted})"}
        self.db.execute(
            f"begin; delete from {table} where {wanted}; insert into {table} {made.format(**chosen)}; commit"
        )

    def _all(self, sql: str) -> list[tuple[object, ...]]:
        return self.db.execute(sql).fetchall()


def main() -> None:
    step, store, small, *files = sys.argv[1:]
    floor = Floor(Path(store), Path(small))
    started = time.perf_counter()
    getattr(floor, step)(*([files] if files else []))
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": {step: seconds}, "counts": {step: floor.counts(step)}}))


if __name__ == "__main__":
    main()
