"""Judged rows of figures that are kept back: what they were judged on, kept so that their faults can be shown.

Figures with a critical fault leave the warehouse before anything public is made of them, and their evidence with them.
The rows that the suites judged are kept here, one Parquet file a suite, and judged with those of the warehouse.
"""

import shutil
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ingest.catalog import EditionId
from quality.rules import IS_WITHHELD, Suite

FOLDER = "withheld"
# the columns of `ingest.catalog.EditionId` in every table of figures
EDITION_ID = ("index_code", "edition_year", "basis", "vintage")


def judged_rows(
    con: duckdb.DuckDBPyConnection, suites: Sequence[Suite], editions: Collection[EditionId]
) -> dict[str, pa.Table]:
    """The rows of `editions` that each suite judges, by the suite's name."""
    con.execute(
        "create or replace temp table withheld_edition (index_code text, edition_year int, basis text, vintage int)"
    )
    for edition in editions:
        con.execute("insert into withheld_edition values (?, ?, ?, ?)", list(edition))
    return {
        suite.name: con.execute(
            f"select * from ({suite.sql}) semi join withheld_edition using ({', '.join(EDITION_ID)}) order by all"
        ).to_arrow_table()
        for suite in suites
    }


def mark_withheld(table: pa.Table, withheld: pa.Table | None) -> pa.Table:
    """Both tables as one, with a column that tells them apart. Raises pa.ArrowInvalid when their columns do not fit."""
    own = _marked(table, False)
    return own if withheld is None else pa.concat_tables([own, _marked(withheld, True)])


def write_withheld(folder: Path, rows: Mapping[str, pa.Table]) -> None:
    """Replace what is kept in `folder`; without any row there is no folder."""
    staging = folder.with_name(folder.name + ".new")
    for old in (staging, folder):
        if old.exists():
            shutil.rmtree(old)
    if not any(table.num_rows for table in rows.values()):
        return
    staging.mkdir(parents=True)
    for name, table in rows.items():
        pq.write_table(table, staging / f"{name}.parquet")
    staging.rename(folder)


def read_withheld(folder: Path) -> dict[str, pa.Table]:
    """What `write_withheld` kept, by the suite's name."""
    return {path.stem: pq.read_table(path) for path in sorted(folder.glob("*.parquet"))}


def _marked(table: pa.Table, is_withheld: bool) -> pa.Table:
    others = [name for name in table.column_names if name != IS_WITHHELD]
    return table.select(others).append_column(IS_WITHHELD, pa.array([is_withheld] * table.num_rows, pa.bool_()))
