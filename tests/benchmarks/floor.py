"""The floor of the benchmark: what plain DuckDB needs to load the archive's files into one fact table.

floor.py ARCHIVE OUT.duckdb      prints JSON {"files", "rows", "figures", "seconds"}; run in a process of its own

Reads the same CSV files as the main job, all as text, unpivots them to one row a cell and writes the shape of the
fact table. It maps no territory and no component, checks nothing and stops at nothing: not a substitute, a yardstick.
"""

import json
import sys
import time
from pathlib import Path

import duckdb

_FACT = """
create table fct_index_result (
    index_code varchar, edition_year integer, territory_text varchar, component_text varchar, value double,
    value_text varchar, source_file varchar, source_row integer, source_column integer
)
"""
_CELLS = """
insert into fct_index_result
with line as (
    select row_number() over () + 1 as source_row, * from read_csv(?, header = true, all_varchar = true)
), cell as (
    unpivot line on columns(* exclude (source_row)) into name component_text value value_text
), placed as (
    select *, row_number() over (partition by source_row) as source_column from cell
), named as (
    select *, first_value(if(try_cast(value_text as double) is null, value_text, null) ignore nulls) over (
        partition by source_row order by source_column rows between unbounded preceding and unbounded following
    ) as territory_text
    from placed
)
select upper(regexp_extract(?, '/([A-Za-z_]*[A-Za-z])', 1)),
    try_cast(nullif(regexp_extract(?, '[0-9]{4}'), '') as integer), territory_text, component_text,
    try_cast(replace(value_text, ',', '.') as double), value_text, ?, source_row, source_column
from named
"""


def load(archive: Path, out: Path) -> dict[str, float]:
    """Load every CSV file below `archive` into a new DuckDB file; counts, and seconds without the process start."""
    files = sorted(archive.rglob("*.csv"))
    started = time.perf_counter()
    with duckdb.connect(out) as connection:
        connection.execute(_FACT)
        for file in files:
            name = file.relative_to(archive).as_posix()
            connection.execute(_CELLS, [str(file), name, name, name])
        connection.execute("checkpoint")
        counts = connection.execute("select count(*), count(value) from fct_index_result").fetchone()
    assert counts is not None
    seconds = time.perf_counter() - started
    return {"files": len(files), "rows": counts[0], "figures": counts[1], "seconds": seconds}


if __name__ == "__main__":
    print(json.dumps(load(Path(sys.argv[1]), Path(sys.argv[2]))))
