"""Run as a process: open FILE read-only, query it several times, close, again; until SIGTERM.

Fails at the first query that fails, and at the first pair of answers from one connection that are of two versions.
Prints `ready`, and at the end how often it opened the file and how often the version had changed.
"""

import os
import signal
import sys

import duckdb

stopped = False


def _stop(*_: object) -> None:
    global stopped
    stopped = True


signal.signal(signal.SIGTERM, _stop)
os.nice(19)  # however many there are, the publisher gets its turn
opened, swaps, last = 0, 0, None
print("ready", flush=True)
while not stopped:
    with duckdb.connect(sys.argv[1], read_only=True) as connection:
        opened += 1
        versions = set()
        for _ in range(3):
            for table in ("marts.fct_index_result", "reporting.rpt_index_overview", "marts.dim_edition"):
                versions |= set(connection.execute(f"select distinct version from {table}").fetchall())
    if len(versions) != 1:
        sys.exit(f"two versions in one connection: {versions}")
    swaps += last is not None and versions != last
    last = versions
print(opened, swaps)
