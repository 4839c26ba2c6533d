"""An installation with a feed of its own, and synthetic records in every form that the feed takes."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.dossiers.load import DossierLoad, load_dossiers
from ingest.settings import Settings
from tests.integration.dossiers.loader import KEY as KEY

FORMS = ("csv", "jsonl", "parquet")
Record = dict[str, Any]
_MOMENTS = ("received_at", "due_at", "finished_at")
_NUMBERS = ("version", "fee_vnd", "petitions", "petitions_on_time")


def record(number: int = 1, **other: Any) -> Record:
    """One synthetic record as JSON has it; None is an empty value."""
    made: Record = {
        "dossier_id": f"TEST.1-250701-{number:04d}",
        "version": 1,
        "procedure_code": "1.000001",
        "procedure_field": "Thử nghiệm - Hộ tịch",
        "unit_code": "02647",
        "level": "commune",
        "channel": "online",
        "received_at": "2025-07-01T08:00:00+07:00",
        "due_at": "2025-07-03T17:00:00+07:00",
        "finished_at": "2025-07-02T09:30:00+07:00",
        "result_electronic": True,
        "data_reused": None,
        "fee_vnd": 8000,
        "satisfaction": "satisfied",
        "petitions": 2,
        "petitions_on_time": 1,
    }
    return made | other


def as_csv(
    records: Iterable[Record],
    delimiter: str = ",",
    columns: Iterable[str] | None = None,
    quoting: Literal[0, 1] = csv.QUOTE_MINIMAL,
) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, [*(columns or record())], "", "ignore", delimiter=delimiter, quoting=quoting)
    writer.writeheader()
    for one in records:
        flags = {name: str(value).lower() for name, value in one.items() if isinstance(value, bool)}
        writer.writerow(one | flags)
    return text.getvalue().encode()


def as_jsonl(records: Iterable[Record]) -> bytes:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records).encode()


def as_parquet(records: Iterable[Record], types: Mapping[str, pa.DataType] | None = None) -> bytes:
    """With types of its own, as a database would export it."""
    rows = list(records)
    native = {name: pa.timestamp("us", tz="Asia/Ho_Chi_Minh") for name in _MOMENTS}
    native |= {name: pa.int64() for name in _NUMBERS} | {"result_electronic": pa.bool_(), "data_reused": pa.bool_()}
    native |= dict(types or {})

    def value(name: str, given: Any) -> Any:
        is_moment = pa.types.is_timestamp(native.get(name, pa.string())) and given is not None
        return datetime.fromisoformat(given) if is_moment else given

    columns = {
        name: pa.array([value(name, one[name]) for one in rows], native.get(name, pa.string())) for name in rows[0]
    }
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return bytes(sink.getvalue())


WRITTEN: dict[str, Callable[[Iterable[Record]], bytes]] = {"csv": as_csv, "jsonl": as_jsonl, "parquet": as_parquet}


class House:
    """One installation, and what raw holds after its loads."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings.from_env({"CHISO_HOME": str(home), "CHISO_AS_OF": "2025-10-01"})
        self.feed = self.settings.dossier_feed

    def drop(self, file: str, content: bytes) -> Path:
        path = self.feed / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def load(self, **environ: str) -> DossierLoad:
        return load_dossiers(self.settings, {"CHISO_DOSSIER_KEY": KEY} | environ)

    def rows(self, columns: str = "* exclude (delivered_date, delivery_no)") -> list[tuple[Any, ...]]:
        """What was loaded, in order; without where each row came from."""
        return self._asked(
            f"select {columns} from read_parquet(?, hive_partitioning = true) order by all", "dossier/*/*"
        )

    def ledger(self, columns: str = "*") -> list[tuple[Any, ...]]:
        return self._asked(f"select {columns} from read_parquet(?) order by all", "dossier_delivery/*")

    def refused(self, columns: str = "file, row_no, column_name, code") -> list[tuple[Any, ...]]:
        return self._asked(f"select {columns} from read_parquet(?) order by all", "dossier_refusal")

    def files(self) -> list[str]:
        """Every file of raw that is no empty one of the layout."""
        found = (
            path.relative_to(self.settings.raw).as_posix() for path in self.settings.raw.rglob("*") if path.is_file()
        )
        return sorted(name for name in found if "load-000000" not in name and name != "dossier_refusal.parquet")

    def _asked(self, sql: str, files: str) -> list[tuple[Any, ...]]:
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(sql, [f"{self.settings.raw}/{files}.parquet"]).fetchall()


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "home")


@pytest.fixture
def another(tmp_path: Path) -> House:
    """A second installation, to compare with."""
    return House(tmp_path / "another")
