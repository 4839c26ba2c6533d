"""What is loaded: raw/dossier by month, and the ledger, whose file of a load is written last and makes it count."""

import os
import re
import shutil
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ingest import raw
from ingest.dossiers.feed import Delivered
from ingest.dossiers.key import HOW, DossierKey, KeyFault
from ingest.dossiers.refusal import Refusal
from ingest.settings import Settings
from ingest.store import replace_text

_TEXT, _DAY = pa.string(), pa.date32()
DELIVERY = pa.schema(
    [
        ("load_no", pa.int32()),
        ("delivery_no", pa.int32()),
        ("sender", _TEXT),
        ("file", _TEXT),
        ("sha256", _TEXT),
        ("format", _TEXT),
        ("delivered_date", _DAY),
        ("records", pa.int64()),
        ("received_month", _DAY),
    ]
)
REFUSAL = pa.schema(
    [
        ("sender", _TEXT),
        ("file", _TEXT),
        ("sha256", _TEXT),
        ("delivered_date", _DAY),
        ("row_no", pa.int64()),
        ("column_name", _TEXT),
        ("code", _TEXT),
        ("message_vi", _TEXT),
        ("message_en", _TEXT),
        ("remedy_vi", _TEXT),
        ("remedy_en", _TEXT),
    ]
)
_MOMENT = pa.timestamp("us", tz="UTC")
DOSSIER = pa.schema(
    [
        ("dossier_key", pa.int64()),
        ("version", pa.int32()),
        ("content_hash", pa.int64()),
        ("territory_code", _TEXT),
        ("procedure_code", _TEXT),
        ("procedure_field", _TEXT),
        ("unit_code", _TEXT),
        ("level", _TEXT),
        ("channel", _TEXT),
        ("received_date", _DAY),
        ("received_at", _MOMENT),
        ("received_at_date", _DAY),
        ("due_at", _MOMENT),
        ("due_date", _DAY),
        ("finished_at", _MOMENT),
        ("finished_date", _DAY),
        ("result_electronic", pa.bool_()),
        ("data_reused", pa.bool_()),
        ("fee_vnd", pa.int64()),
        ("satisfaction", _TEXT),
        ("petitions", pa.int32()),
        ("petitions_on_time", pa.int32()),
        ("delivered_date", _DAY),
        ("delivery_no", pa.int32()),
    ]
)
_LOAD = re.compile(r"load-(\d{6})\.parquet")
_FINGERPRINT = re.compile("[0-9a-f]{64}")


# records by delivery number and month of receipt
Counts = Mapping[tuple[int, date | None], int]


class RawDamaged(RuntimeError):
    """What the ledger says was loaded is not there any more; the message says what to do."""


@dataclass(frozen=True)
class Loaded:
    """One row of the ledger: how many records of one month a delivered file had."""

    load_no: int
    delivery_no: int
    sha256: str
    delivered_date: date
    records: int
    received_month: date


@dataclass(frozen=True)
class Ledger:
    """One installation's raw dossiers and what they were made of. Whoever writes through it holds the home."""

    settings: Settings

    @property
    def dossiers(self) -> Path:
        return self.settings.raw / "dossier"

    @property
    def deliveries(self) -> Path:
        return self.settings.raw / "dossier_delivery"

    @property
    def refusals(self) -> Path:
        return self.settings.raw / "dossier_refusal.parquet"

    @property
    def staging(self) -> Path:
        """Where a load is written before it counts: beside its destination, so that it is moved by renaming."""
        return self.settings.raw / ".dossier_loading"

    def lay_out(self) -> None:
        """Make the files that hold no rows, so that there is always something to read."""
        for path, schema in (
            (self.dossiers / "received_month=1900-01-01" / file_name(0), DOSSIER),
            (self.deliveries / file_name(0), DELIVERY),
            (self.refusals, REFUSAL),
        ):
            if not path.exists():
                raw.write(path, schema, [])

    def loaded(self) -> list[Loaded]:
        """All that was loaded."""
        names = [field.name for field in fields(Loaded)]
        table = pq.read_table(self.deliveries, columns=names)
        return [Loaded(*row) for row in zip(*(table[name].to_pylist() for name in names), strict=True)]

    def repair(self, loaded: Iterable[Loaded]) -> None:
        """Remove what a killed load left. Raises RawDamaged where something that was loaded is missing."""
        shutil.rmtree(self.staging, ignore_errors=True)
        for unfinished in (*self.deliveries.glob(".*"), *self.settings.raw.glob(f".{self.refusals.name}.*")):
            unfinished.unlink()
        wanted = {(one.load_no, one.received_month) for one in loaded if one.records}
        loads = {number for number, _ in wanted} | {0}
        for folder in self.dossiers.glob("received_month=*"):
            month = date.fromisoformat(folder.name.partition("=")[2])
            for name in os.listdir(folder):
                number = int(found[1]) if (found := _LOAD.fullmatch(name)) else None
                if number in loads:
                    wanted.discard((number, month))
                else:
                    (folder / name).unlink()
        if wanted:
            number, month = min(wanted)
            raise RawDamaged(
                f"{self.dossiers / f'received_month={month}' / file_name(number)} is missing, which the ledger says was"
                f" loaded. Restore it from a backup; or remove {self.deliveries / file_name(number)}, and its files are"
                " loaded again if they still lie in the feed"
            )

    def check_key(self, key: DossierKey, is_first: bool) -> None:
        """Keep the key's fingerprint with the first load.

        Raises KeyFault for another key than the one loaded with, and where its fingerprint is lost.
        """
        # readers of Parquet folders pass such a name over
        path = self.deliveries / "_key_fingerprint"
        if is_first:
            replace_text(path, key.fingerprint)
            return
        try:
            kept = path.read_bytes().decode("ascii").strip()
        except (OSError, UnicodeDecodeError):
            kept = ""
        if not _FINGERPRINT.fullmatch(kept):
            raise KeyFault(
                f"{path} is lost or damaged: whether the dossier key is the one that the dossiers here were loaded with"
                " cannot be told. Restore it from the backup of raw/dossier_delivery; if there is none, move"
                f" {self.dossiers} and {self.deliveries} away and have the whole history delivered again"
            )
        if kept != key.fingerprint:
            raise KeyFault(
                "the dossier key is another one than the dossiers here were loaded with: with it, every later version"
                " of a dossier would count as a new one. Set the former key; if it is lost, move"
                f" {self.dossiers} and {self.deliveries} away and have the whole history delivered again. {HOW}"
            )

    def commit(self, load_no: int, numbers: Mapping[Delivered, int], counts: Counts) -> int:
        """Write the ledger's file of a load: from now on it counts. Gives the number of its records.

        A file without any record stands in the month of its delivery.
        """
        months: dict[int, dict[date, int]] = {}
        for (number, month), records in counts.items():
            if month is not None:
                months.setdefault(number, {})[month] = records
        rows = [
            {
                "load_no": load_no,
                "delivery_no": number,
                "sender": one.found.sender,
                "file": one.found.file,
                "sha256": one.sha256,
                "format": one.found.format,
                "delivered_date": one.found.delivered_date,
                "records": records,
                "received_month": month,
            }
            for one, number in numbers.items()
            for month, records in sorted(months.get(number, {one.found.delivered_date.replace(day=1): 0}).items())
        ]
        raw.write(self.deliveries / file_name(load_no), DELIVERY, rows)
        return sum(counts.values())


def refusal_row(refusal: Refusal) -> dict[str, Any]:
    """A refusal as it stands in raw."""
    message, remedy = refusal.message(), refusal.remedy()
    return {
        "sender": refusal.place.sender,
        "file": refusal.place.file,
        "sha256": refusal.place.sha256,
        "delivered_date": refusal.place.delivered_date,
        "row_no": refusal.row,
        "column_name": refusal.column,
        "code": refusal.code,
        "message_vi": message.vi,
        "message_en": message.en,
        "remedy_vi": remedy.vi,
        "remedy_en": remedy.en,
    }


def refusals_before(ledger: Ledger, rules: str, present: Set[tuple[str, str]]) -> list[dict[str, Any]]:
    """The refusals of raw that still hold: by the same rules, of files that are there with the same bytes."""
    if raw.fingerprint_of(ledger.refusals) != rules:
        return []
    rows: list[dict[str, Any]] = pq.read_table(ledger.refusals).to_pylist()
    return [row for row in rows if (row["file"], row["sha256"]) in present]


def file_name(load_no: int) -> str:
    return f"load-{load_no:06d}.parquet"
