"""A home that dossiers are delivered to: its feed, loading, building, and the tables that come of it."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import duckdb
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from ingest.dossiers.load import DossierLoad, load_dossiers
from ingest.settings import Settings
from orchestration import dbt

Form = Literal["csv", "jsonl", "parquet"]
FORMS: tuple[Form, ...] = ("csv", "jsonl", "parquet")
Record = dict[str, Any]
Tables = dict[str, list[tuple[Any, ...]]]
KEY = {"CHISO_DOSSIER_KEY": "5f" * 32}
AS_OF = date(2025, 12, 31)
# what says when and how something was delivered, not what
_BOOKKEEPING = {"delivery_no", "load_no", "made_of", "made_by", "records"}
TABLES = (
    "records.fct_dossier",
    "records.dossier_open",
    "marts.agg_service_quality_daily",
    "marts.agg_service_quality_monthly",
    "evidence.evd_dossier_fault",
    "records.dossier_month",
)


@dataclass(frozen=True)
class House:
    """`chosen` is what is built: the models by month and the views they read."""

    home: Path
    chosen: dbt.Part

    @property
    def settings(self) -> Settings:
        return Settings.from_env({"CHISO_HOME": str(self.home), "CHISO_AS_OF": AS_OF.isoformat()})

    def deliver(self, name: str, content: bytes) -> Path:
        """Put a file into the feed, over another of that name."""
        path = self.settings.dossier_feed / name
        path.parent.mkdir(parents=True, exist_ok=True)
        # a file that is written again within one tick of the clock would look as it was
        path.unlink(missing_ok=True)
        path.write_bytes(content)
        os.utime(path, ns=(path.stat().st_ino * 1000, path.stat().st_ino * 1000 + len(content)))
        return path

    def load(self) -> DossierLoad:
        return load_dossiers(self.settings, KEY)

    def build(self, progress: Callable[[str], None] = lambda message: None) -> None:
        failed = [one for one in dbt.build(self.settings, self.chosen, progress) if one.has_failed]
        assert not failed, failed

    def tables(self) -> Tables:
        """Every row of the tables that are kept by month, in order, without what tells deliveries apart."""
        with duckdb.connect(self.settings.warehouse, read_only=True) as con:
            return {name: _rows(con, name) for name in TABLES}


def _rows(con: duckdb.DuckDBPyConnection, table: str) -> list[tuple[Any, ...]]:
    columns = [row[0] for row in con.execute(f"describe {table}").fetchall()]
    kept = ", ".join(name for name in columns if name not in _BOOKKEEPING)
    return con.execute(f"select {kept} from {table} order by all").fetchall()


def written(records: Sequence[Record], form: Form) -> bytes:
    """The records as a file of the feed."""
    table = pa.Table.from_pylist(list(records), schema=pa.schema([(name, pa.string()) for name in records[0]]))
    if form == "jsonl":
        with duckdb.connect() as con:
            con.register("records", table)
            lines = con.execute("select to_json(records) from records").fetchall()
        return "".join(f"{line}\n" for (line,) in lines).encode()
    sink = pa.BufferOutputStream()
    if form == "csv":
        pyarrow.csv.write_csv(table, sink)
    else:
        pq.write_table(table, sink)
    return sink.getvalue().to_pybytes()
