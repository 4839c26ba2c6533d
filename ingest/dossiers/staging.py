"""The rows of a load on their way: written by one query beside their destination, then moved month by month."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa

from ingest.dossiers.columns import Column, literal
from ingest.dossiers.feed import Delivered
from ingest.dossiers.key import DossierKey
from ingest.dossiers.ledger import Counts, Ledger, file_name
from ingest.dossiers.reading import raw_rows
from ingest.dossiers.shape import Shape
from ingest.settings import Settings
from ingest.store import sync

# a month is one file of a load, however many months a history has
_OPEN_FILES = 10_000


# our own SQL is wrong: no file is to blame, and there is no record in the words about it
OUR_FAULT = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException, duckdb.SyntaxException)


class LoadFailed(RuntimeError):
    """The load could not be done, and no file is to blame. The message holds nothing of any record."""


@dataclass(frozen=True)
class Staged:
    """Records by delivery number and month, month None for those at fault; or why DuckDB could not write them."""

    counts: Counts | None
    failure: str = ""


def short_of_memory(settings: Settings) -> str:
    return f"{settings.memory} of memory are too little to load the dossiers with; set CHISO_MEMORY higher"


@contextmanager
def engine(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB of its own that keeps to the memory allowed; beyond it, it works in the home, where nothing stays."""
    spilled = settings.state / "dossier_spill"
    shutil.rmtree(spilled, ignore_errors=True)
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": settings.memory,
        "temp_directory": str(spilled),
        "preserve_insertion_order": "false",
        "partitioned_write_max_open_files": str(_OPEN_FILES),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    with duckdb.connect(config=config) as connection:
        connection.execute("set TimeZone = 'UTC'; set enable_progress_bar = false")
        yield connection
    shutil.rmtree(spilled, ignore_errors=True)


@dataclass(frozen=True)
class Staging:
    """Where one load is written before it counts."""

    ledger: Ledger
    connection: duckdb.DuckDBPyConnection
    columns: Mapping[str, Column]
    key: DossierKey
    load_no: int

    def write(self, shapes: Mapping[Delivered, Shape], numbers: Mapping[Delivered, int]) -> Staged:
        """Write the rows of all files, in one query. Records at fault stand apart, without what is at fault.

        Raises LoadFailed for want of memory.
        """
        self.clear()
        delivery = {
            "filename": [str(one.found.path) for one in numbers],
            "delivered_date": [one.found.delivered_date for one in numbers],
            "delivery_no": pa.array(numbers.values(), pa.int32()),
        }
        self.connection.register("delivery", pa.table(delivery))
        alike: dict[Shape, list[Delivered]] = {}
        for one, shape in shapes.items():
            alike.setdefault(shape, []).append(one)
        rows = " union all ".join(
            raw_rows(shape, [one.found.path for one in files], self.columns) for shape, files in alike.items()
        )
        options = "format parquet, compression zstd, partition_by (received_month), filename_pattern 'part-{i}'"
        parameters = {**self.key.parameters, "territory": self.ledger.settings.territory}
        try:
            self.connection.execute(f"copy ({rows}) to {literal(str(self.ledger.staging))} ({options})", parameters)
            return Staged(self._counts())
        except duckdb.OutOfMemoryException:
            raise LoadFailed(short_of_memory(self.ledger.settings)) from None
        except OUR_FAULT:
            raise
        except duckdb.IOException as error:  # of paths and disks; of a file's content only that it is damaged
            failure = f"the dossiers could not be written: {error}"
        except duckdb.Error as error:  # its words may hold a line of a file
            failure = f"DuckDB could not load the dossiers ({type(error).__name__})"
        return Staged(None, failure)

    def move(self) -> list[date]:
        """Give the rows their place among the raw ones; the months that they belong to."""
        months = []
        for folder in sorted(self.ledger.staging.glob("received_month=*")):
            [part] = folder.iterdir()
            into = self.ledger.dossiers / folder.name
            into.mkdir(parents=True, exist_ok=True)
            sync(part)  # on the disk before the ledger says so
            os.rename(part, into / file_name(self.load_no))
            sync(into)
            months.append(date.fromisoformat(folder.name.partition("=")[2]))
        return months

    def clear(self) -> None:
        shutil.rmtree(self.ledger.staging, ignore_errors=True)

    def _counts(self) -> Counts:
        parts = str(self.ledger.staging / "*" / "*.parquet")
        if not list(self.ledger.staging.glob("*/*.parquet")):
            return {}
        counted = self.connection.execute(
            "select delivery_no, received_month, count(*) from read_parquet(?, hive_partitioning = true,"
            " hive_types = {'received_month': date}) group by all",
            [parts],
        ).fetchall()
        return {(number, month): count for number, month, count in counted}
