"""The ten stock queries on the published file: as it is and with a hundred times the rows, alone and under rebuilds.

python -m tests.benchmarks.bi_bench

The large file is synthetic: every table with an edition year, its rows repeated under years that never were. The floor
of a query is a count over one column of the largest table that it reads, in the same session. Needs a finished
`chiso run` in CHISO_HOME, which is only read.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import duckdb

from ingest.settings import PROJECT_ROOT, Settings
from orchestration.publish import publish
from tests.stock_queries import STOCK_QUERIES, parameters

AIM_MS = 50.0
TIMES, ROUNDS = 100, 60
READERS, REBUILDS = 8, 20

Milliseconds = list[float]


def repeated(present: Path, large: Path) -> None:
    """Copy the published file, with the rows of each table that has an edition year TIMES over."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{present}' as present (read_only)")
        connection.execute(f"attach '{large}' as large (storage_version 'v1.0.0')")
        connection.execute("create schema large.marts; create schema large.reporting")
        tables = connection.execute(
            "select schema_name, table_name, list(column_name order by column_index) from duckdb_columns()"
            " where database_name = 'present' and schema_name in ('marts', 'reporting') group by all"
        ).fetchall()
        for schema, table, columns in tables:
            moved = [f"{name} - 100 * i as {name}" for name in columns if name.endswith("edition_year")]
            moved += [f"{name} and i = 0 as {name}" for name in columns if name.startswith("is_latest")]
            source = f"present.{schema}.{table}"
            rows = f"select * from {source}"
            if "edition_year" in columns:
                rows = f"select * replace ({', '.join(moved)}) from {source}, range({TIMES}) as years(i)"
            in_order = ", ".join(columns[:4])
            connection.execute(f"create table large.{schema}.{table} as select * from ({rows}) order by {in_order}")


def alone(file: Path) -> dict[str, tuple[Milliseconds, Milliseconds]]:
    """Query -> what each round took, and what its floor took."""
    with duckdb.connect(file, read_only=True) as bi:
        sizes = dict(
            bi.execute("select schema_name || '.' || table_name, estimated_size from duckdb_tables()").fetchall()
        )
        given, taken = parameters(bi), {}
        for name, sql in STOCK_QUERIES.items():
            largest = max(re.findall(r"\b(?:marts|reporting)\.\w+", sql), key=sizes.__getitem__)
            column = bi.execute(f"select * from {largest} limit 0").description[0][0]
            floor = f"select count({column}) from {largest} where {column} is not null"
            taken[name] = (
                [_took(bi, sql, given(sql)) for _ in range(ROUNDS)],
                [_took(bi, floor, {}) for _ in range(ROUNDS)],
            )
    return taken


def _took(bi: duckdb.DuckDBPyConnection, sql: str, given: Mapping[str, object]) -> float:
    started = time.perf_counter()
    bi.execute(sql, given).fetchall()
    return 1000 * (time.perf_counter() - started)


def under_rebuilds(warehouse: Path, folder: Path) -> tuple[dict[str, Milliseconds], int]:
    """READERS processes query without pause while REBUILDS publications, of two versions in turn, swap the file.

    Query -> what each answer took, and how many readers failed.
    """
    other = folder / "other.duckdb"
    shutil.copy(warehouse, other)
    with duckdb.connect(other) as connection:
        connection.execute("update marts.dim_index set note = 'synthetic: another version'")
    published, stop = folder / "published", folder / "stop"
    publish(warehouse, published, "bench")
    command = [sys.executable, "-m", "tests.benchmarks.bi_reader", str(published / "chiso.duckdb"), str(stop)]
    with tempfile.TemporaryDirectory() as said:
        outputs = [(Path(said) / f"{number}").open("w+") for number in range(READERS)]
        readers = [subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=output) for output in outputs]
        for number in range(REBUILDS):
            publish(warehouse if number % 2 else other, published, "bench")
        stop.touch()
        failed = sum(reader.wait() != 0 for reader in readers)
        taken: dict[str, Milliseconds] = defaultdict(list)
        for output in outputs:
            output.seek(0)
            for line in output.readlines()[1:]:
                name, milliseconds = line.split()
                taken[name].append(float(milliseconds))
            output.close()
    return taken, failed


def p95(taken: Milliseconds) -> float:
    """The 95th percentile."""
    return statistics.quantiles(taken, n=20)[-1]


def main() -> None:
    """Measure and print."""
    settings = Settings.from_env()
    present = settings.published / "chiso.duckdb"
    if not present.is_file():
        sys.exit(f"nothing is published in {settings.home}; run `make run` first")
    with tempfile.TemporaryDirectory(prefix="chiso-bi-") as folder:
        large = Path(folder) / "large.duckdb"
        repeated(present, large)
        now, then = alone(present), alone(large)
        loaded, failed = under_rebuilds(settings.warehouse, Path(folder))
        print(f"Ten stock queries on {os.cpu_count()} cores, milliseconds, p95 (aim: under {AIM_MS:.0f})")
        print(f"  {'':<16}{'as it is':>10}{'x floor':>9}{f'{TIMES} times':>12}{'x floor':>9}{f'{READERS} readers':>12}")
        for name in STOCK_QUERIES:
            line = f"  {name:<16}"
            for (taken, floor), width in ((now[name], 10), (then[name], 12)):
                ratio = statistics.median(taken) / statistics.median(floor)
                line += f"{p95(taken):>{width}.1f}{ratio:>8.1f}x"
            print(f"{line}{p95(loaded[name]):>12.1f}")
        size = f"{present.stat().st_size / 2**20:.0f} and {large.stat().st_size / 2**20:.0f} MiB"
        print(f"  files of {size}; {READERS} readers without pause under {REBUILDS} rebuilds:", end=" ")
        print(f"{sum(map(len, loaded.values()))} queries, {failed} readers failed")


if __name__ == "__main__":
    main()
