"""The scratch database: the archive's raw tables and seeds in memory, under the names that the compiled SQL uses.

Belongs here: what `raw` and `seeds` hold while a backtest runs. Does not belong here: altering figures, judging.
"""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from quality.backtest.models import Model, Project

# raw and seeds as the installation has them; `raw` and `seeds` are what the models read
_ARCHIVE, _SEEDS = "archive", "archive_seeds"
_SCHEMAS = ("raw", "seeds", "staging", "intermediate", "records", "evidence", "marts", "reporting", _ARCHIVE, _SEEDS)
_MEMORY = "600MB"
JUDGED_EDITIONS = f"{_ARCHIVE}.judged_editions"
COPIED_EDITIONS = f"{_ARCHIVE}.copied_editions"
RESULTS = f"{_ARCHIVE}.index_result"
# what a copy of an edition is called by: no index code has this sign
COPY_SIGN = "~"


@contextmanager
def scratch(project: Project, warehouse: Path, spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database in memory with the archive loaded: raw Parquet, and the seeds of the working warehouse.

    Every raw table gets `cell_no`, the place of its row, by which alterations name a cell. Raises duckdb.Error when the
    raw files or the warehouse are not there.
    """
    with duckdb.connect() as con:
        con.execute(f"attach ':memory:' as {project.catalog}; use {project.catalog}")
        con.execute(f"set threads = 2; set memory_limit = '{_MEMORY}'; set temp_directory = '{spill}'")
        con.execute("set TimeZone = 'UTC'; set autoinstall_known_extensions = false")
        for schema in _SCHEMAS:
            con.execute(f"create schema {schema}")
        for name, relation in project.sources.items():
            con.execute(
                f"create table {_ARCHIVE}.{name} as select *, cast(row_number() over () as integer) as cell_no"
                f" from (select * from {relation} order by all)"
            )
        con.execute(f"create table {_ARCHIVE}.copies (copy_code varchar, edition_year integer, basis varchar)")
        con.execute(
            f"create view {COPIED_EDITIONS} as"
            f" select copy_code as index_code, edition_year, basis from {_ARCHIVE}.copies"
        )
        con.execute(f"attach '{warehouse}' as installed (read_only)")
        for model in project.models.values():
            if model.sql is None:
                con.execute(f"create table {_SEEDS}.{_bare(model)} as from installed.{model.name}")
        con.execute("detach installed")
        yield con


def cut(con: duckdb.DuckDBPyConnection, project: Project, year: int | None) -> None:
    """Let `raw` hold the archive as it was when editions of `year` had just come; None: all of it."""
    for name in project.sources:
        columns = _columns(con, f"{_ARCHIVE}.{name}")
        known = "true" if year is None or "edition_year" not in columns else f"edition_year <= {year}"
        con.execute(
            f"create or replace table raw.{name} as select * exclude (cell_no) from {_ARCHIVE}.{name} where {known}"
        )
    for model in _seeds(project):
        con.execute(f"create or replace table {model.name} as from {_SEEDS}.{_bare(model)}")


def hand_back_memory() -> None:
    """Free what Great Expectations' contexts hold in circles, and have the C library return it to the system."""
    gc.collect()
    pa.system_memory_pool().release_unused()


def put_copies(
    con: duckdb.DuckDBPyConnection, project: Project, copies: pa.Table, taken: pa.Table, put: pa.Table
) -> None:
    """Let `raw` hold copies of editions side by side, each under an index code of its own, with its history.

    `copies` (copy_code, index_code, edition_year, basis, since, restates) says which edition is copied and the first
    year of its history. `taken` (copy_code, cell_no) are cells of the edition that the copy does not have as published;
    `put` (copy_code, cell_no, territory_code, component_code, measure, value, value_text, value_status,
    printed_decimals) are the cells that stand there instead, their origin that of `cell_no`. A copy that `restates`
    keeps the edition as published and has the altered one as a later vintage. The counts in the copied catalog are
    those of the published table, so they never give an alteration away.
    """
    for name, rows in (("copies", copies), ("taken", taken), ("put", put)):
        con.register("new_rows", rows)
        con.execute(f"create or replace table {_ARCHIVE}.{name} as from new_rows")
    for name in project.sources:
        columns = _columns(con, f"{_ARCHIVE}.{name}")
        if name == "index_result":
            con.execute(_COPY_RESULTS)
        elif "index_code" in columns:
            con.execute(_copy_sql(f"raw.{name}", f"{_ARCHIVE}.{name}", columns, "exclude (cell_no)"))
        else:
            con.execute(f"create or replace table raw.{name} as select * exclude (cell_no) from {_ARCHIVE}.{name}")
    con.execute(_ADD_VINTAGE)
    for model in _seeds(project):
        source = f"{_SEEDS}.{_bare(model)}"
        columns = _columns(con, source)
        if "index_code" in columns:
            con.execute(_copy_sql(model.name, source, columns, ""))
            con.execute(f"insert into {model.name} from {source}")
        else:
            con.execute(f"create or replace table {model.name} as from {source}")


_IN_HISTORY = "b.edition_year between c.since and c.edition_year"
_IS_THE_EDITION = "b.edition_year = c.edition_year and b.basis = c.basis"
_IS_TAKEN = f"exists (select 1 from {_ARCHIVE}.taken as t where t.copy_code = c.copy_code and t.cell_no = b.cell_no)"
_COPY_RESULTS = f"""
create or replace table raw.index_result as
select b.* exclude (cell_no) replace (c.copy_code as index_code)
from {RESULTS} as b
join {_ARCHIVE}.copies as c on b.index_code = c.index_code and {_IN_HISTORY}
where c.restates or not {_IS_TAKEN}
union all
select b.* exclude (cell_no) replace (
    p.copy_code as index_code, p.territory_code as territory_code, p.component_code as component_code,
    p.measure as measure, p.value as value, p.value_text as value_text, p.value_status as value_status,
    p.printed_decimals as printed_decimals, case when c.restates then b.vintage + 1 else b.vintage end as vintage
)
from {_ARCHIVE}.put as p
join {_ARCHIVE}.copies as c on p.copy_code = c.copy_code
join {RESULTS} as b on b.cell_no = p.cell_no
union all
select b.* exclude (cell_no) replace (c.copy_code as index_code, b.vintage + 1 as vintage)
from {RESULTS} as b
join {_ARCHIVE}.copies as c on b.index_code = c.index_code and {_IS_THE_EDITION}
where c.restates and not {_IS_TAKEN}
"""
_ADD_VINTAGE = f"""
update raw.edition as e set is_current = false
from {_ARCHIVE}.copies as c
where c.restates and e.index_code = c.copy_code and e.edition_year = c.edition_year and e.basis = c.basis;
insert into raw.edition
select b.* exclude (cell_no) replace (c.copy_code as index_code, b.vintage + 1 as vintage)
from {_ARCHIVE}.edition as b
join {_ARCHIVE}.copies as c on b.index_code = c.index_code and {_IS_THE_EDITION}
where c.restates and b.is_current
"""


def _copy_sql(target: str, source: str, columns: Sequence[str], exclude: str) -> str:
    history = _IN_HISTORY if {"edition_year", "basis"} <= set(columns) else "true"
    return (
        f"create or replace table {target} as select b.* {exclude} replace (c.copy_code as index_code) "
        f"from {source} as b join {_ARCHIVE}.copies as c on b.index_code = c.index_code and {history}"
    )


def _columns(con: duckdb.DuckDBPyConnection, relation: str) -> list[str]:
    return [row[0] for row in con.execute(f"describe {relation}").fetchall()]


def _seeds(project: Project) -> list[Model]:
    return [model for model in project.models.values() if model.sql is None]


def _bare(model: Model) -> str:
    return model.name.split(".")[1]
