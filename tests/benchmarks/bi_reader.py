"""Run as a process: the ten stock queries over and over on FILE, opened anew each round, until STOP exists.

Prints `ready`, then a line for each query: its name and milliseconds. Fails at the first query that fails, and when the
version changes while the file is open.
"""

import os
import sys
import time

import duckdb

from tests.stock_queries import STOCK_QUERIES, parameters

file, stop = sys.argv[1:]
version = "select content_sha256 from marts.published_version"
os.nice(5)  # the rebuilds get their turn, as on a machine of their own
print("ready", flush=True)
while not os.path.exists(stop):
    with duckdb.connect(file, read_only=True, config={"threads": 1}) as bi:
        given = parameters(bi)
        first = bi.execute(version).fetchone()
        for name, sql in STOCK_QUERIES.items():
            started = time.perf_counter()
            bi.execute(sql, given(sql)).fetchall()
            print(name, 1000 * (time.perf_counter() - started))
        if bi.execute(version).fetchone() != first:
            sys.exit("two versions in one connection")
