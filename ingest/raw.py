"""Raw Parquet: the one thing that the models read. Explicit schemas, whole files swapped in, nothing half-written."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.store import sync

_TEXT, _INT, _REAL, _FLAG, _DAY = pa.string(), pa.int32(), pa.float64(), pa.bool_(), pa.date32()


def _schema(text: str = "", **typed: pa.DataType) -> pa.Schema:
    return pa.schema([*((name, _TEXT) for name in text.split()), *typed.items()])


_PLACE = {"source_row": _INT, "source_column": _INT, "printed_decimals": _INT, "value": _REAL}
_EDITION = {"edition_year": _INT, "vintage": _INT}

INDEX_RESULT = _schema(
    "index_code basis territory_code territory_text component_code measure value_text value_status qualifier note "
    "source_url source_kind source_file source_sha256 source_header source_locator",
    **_EDITION,
    **_PLACE,
    table_no=_INT,
    ranked_among=_INT,
)
PROVINCIAL_METRIC = _schema(
    "source_code delivery metric_code unit territory_code territory_text period_label value_text qualifier quality "
    "note source_url source_kind source_file source_sha256 source_header source_locator",
    **_PLACE,
    vintage=_INT,
    received_on=_DAY,
    period_start=_DAY,
    period_end=_DAY,
)
INDEX = _schema(
    "index_code level name_vi name_en publisher publisher_code citation passing_on terms successor_index_code note",
    scale_min=_REAL,
    scale_max=_REAL,
    higher_is_better=_FLAG,
    in_plan=_FLAG,
)
COMPONENT = _schema(
    "index_code component_code parent_component_code kind name_vi name_en",
    scale_min=_REAL,
    scale_max=_REAL,
    sort_order=_INT,
)
METHODOLOGY = _schema(
    "index_code component_code aggregation break_reason_vi break_reason_en evidence",
    from_edition=_INT,
    to_edition=_INT,
)
COMPONENT_WEIGHT = _schema(
    "index_code component_code parent_component_code weight_text aggregation evidence",
    from_edition=_INT,
    to_edition=_INT,
    weight=_REAL,
    scale_min=_REAL,
    scale_max=_REAL,
)
EDITION = _schema(
    "index_code basis title published_on_precision coverage load_status withheld_reason_vi withheld_reason_en "
    "source_file source_sha256 source_url source_kind publisher notes",
    **_EDITION,
    is_current=_FLAG,
    published_on=_DAY,
    accessed_on=_DAY,
    territories_expected=_INT,
    rows_declared=_INT,
    rows_loaded=_INT,
    territories_published=_INT,
    cells_loaded=_INT,
)
EDITION_SOURCE = _schema(
    "index_code basis title source_file source_sha256 source_url source_kind publisher notes",
    **_EDITION,
    table_no=_INT,
    source_no=_INT,
)
INGEST_FAULT = _schema(
    "index_code basis fault_code file column_header cell_text message_vi message_en remedy_vi remedy_en",
    **_EDITION,
    row=_INT,
)
TERRITORY = _schema(
    "territory_code gso_code name_vi name_en kind region_code region_vi successor_code",
    valid_from=_DAY,
    valid_to=_DAY,
    population=_INT,
    population_year=_INT,
    on_63_list=_FLAG,
    on_34_list=_FLAG,
)
TERRITORY_ALIAS = _schema("alias alias_key territory_code")
TERRITORY_PREDECESSOR = _schema(
    "territory_code predecessor_code predecessor_name_vi relation",
    population_2022=_INT,
    population_share=_REAL,
)

CALENDAR_DAY = _schema("holiday_vi holiday_en", day=_DAY, is_worked_instead=_FLAG)

_FINGERPRINT = b"chiso:fingerprint"
_ABOUT = b"chiso:about"


def write(
    path: Path, schema: pa.Schema, rows: Iterable[Mapping[str, Any]], fingerprint: str = "", about: str = ""
) -> bool:
    """Write rows under `schema` and swap the file in. False when the file already held exactly these bytes.

    `fingerprint` says what the file was made from, `about` describes its content; both are read back below. A row that
    lacks a column of the schema or has one too many raises KeyError: nothing is filled in silently.
    """
    rows = list(rows)
    for row in rows:
        if row.keys() != set(schema.names):
            raise KeyError(f"{path.name}: columns {sorted(set(schema.names) ^ row.keys())} do not fit the raw schema")
    metadata = {_FINGERPRINT: fingerprint.encode(), _ABOUT: about.encode()}
    table = pa.Table.from_pylist(rows, schema=schema.with_metadata(metadata))
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    pq.write_table(table, beside, compression="zstd")
    if path.exists() and path.read_bytes() == beside.read_bytes():
        beside.unlink()
        return False
    sync(beside)
    os.replace(beside, path)
    return True


def fingerprint_of(path: Path) -> str | None:
    """What the file was made from, as recorded by `write`; None when there is no file."""
    return _recorded(path, _FINGERPRINT) if path.exists() else None


def about(path: Path) -> str:
    """The description recorded by `write`."""
    return _recorded(path, _ABOUT)


def _recorded(path: Path, key: bytes) -> str:
    return str((pq.read_schema(path).metadata or {}).get(key, b""), "utf-8")
