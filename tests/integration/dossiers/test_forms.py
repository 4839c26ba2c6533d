"""Every form that the feed takes gives the same rows, and what is as declared is never refused."""

import csv
import hashlib
import hmac
import unicodedata
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from tests.integration.dossiers.conftest import (
    FORMS,
    KEY,
    WRITTEN,
    House,
    as_csv,
    as_jsonl,
    as_parquet,
    record,
)

RECORDS = [
    record(1),
    record(2, finished_at=None, satisfaction=None, petitions=None, petitions_on_time=None, fee_vnd=None),
    record(3, version=12, channel="postal", level="province", unit_code="so_tai_chinh", result_electronic=False),
    record(4, procedure_field="Đất đai, nhà ở", data_reused=True, received_at="2025-07-01T23:59:59.5+07:00"),
]


def first_64_bits(digits: str) -> int:
    return int(digits[:16], 16) - 2**63


def test_the_row_of_a_record(house: House) -> None:
    """Pinned: what is hashed and how must never change, or records of long ago would look changed."""
    house.drop("02647/2025-07-02.csv", as_csv([record()]))
    house.load()
    content = (
        "1.000001|Thử nghiệm - Hộ tịch|02647|commune|online|1751331600000000|1751536800000000|1751423400000000"
        "|true||8000|satisfied|2|1"
    )
    [row] = house.rows("*")
    assert row == (
        first_64_bits(hmac.new(bytes.fromhex(KEY), b"TEST.1-250701-0001", "sha256").hexdigest()),
        1,
        first_64_bits(hashlib.md5(content.encode()).hexdigest()),
        "15-2025",
        "1.000001",
        "Thử nghiệm - Hộ tịch",
        "02647",
        "commune",
        "online",
        date(2025, 7, 1),
        datetime(2025, 7, 1, 1, tzinfo=UTC),
        date(2025, 7, 1),
        datetime(2025, 7, 3, 10, tzinfo=UTC),
        date(2025, 7, 3),
        datetime(2025, 7, 2, 2, 30, tzinfo=UTC),
        date(2025, 7, 2),
        True,
        None,
        8000,
        "satisfied",
        2,
        1,
        date(2025, 7, 2),
        1,
        date(2025, 7, 1),
    )
    [line] = house.ledger("load_no, delivery_no, sender, file, format, delivered_date, records, received_month")
    assert line == (1, 1, "02647", "02647/2025-07-02.csv", "csv", date(2025, 7, 2), 1, date(2025, 7, 1))


@pytest.mark.parametrize("form", FORMS)
def test_all_forms_give_the_same_rows(house: House, another: House, form: str) -> None:
    house.drop(f"a/2025-07-02.{form}", WRITTEN[form](RECORDS))
    another.drop("a/2025-07-02.csv", as_csv(RECORDS))
    assert (house.load().refused, another.load().records) == ([], 4)
    assert house.rows() == another.rows()
    assert len(house.rows()) == 4


TEXTS = {name: pa.string() for name in record()}
SPELT = {
    "semicolons": as_csv(RECORDS, ";"),
    "a mark of its encoding": b"\xef\xbb\xbf" + as_csv(RECORDS),
    "bare line feeds": as_csv(RECORDS).replace(b"\r\n", b"\n"),
    "all quoted": as_csv(RECORDS, quoting=csv.QUOTE_ALL),
    "columns in another order": as_csv(RECORDS, columns=reversed(list(record()))),
    "flags as Python writes them": as_csv(RECORDS).replace(b"true", b"True").replace(b"false", b"FALSE"),
    "letters taken apart": unicodedata.normalize("NFD", as_csv(RECORDS).decode()).encode(),
    "moments in UTC": as_csv(RECORDS).replace(b"T08:00:00+07:00", b"T01:00:00Z"),
    "moments with a blank and a short zone": as_csv(RECORDS).replace(b"T08:00:00+07:00", b" 08:00:00+07"),
}


@pytest.mark.parametrize("spelling", SPELT)
def test_csv_may_be_spelt_in_many_ways(house: House, another: House, spelling: str) -> None:
    house.drop("a/2025-07-02.csv", SPELT[spelling])
    another.drop("a/2025-07-02.csv", as_csv(RECORDS))
    another.load()
    assert house.load().refused == []
    assert house.rows() == another.rows()


def test_json_may_leave_out_what_is_empty_and_quote_numbers(house: House, another: House) -> None:
    """But for what must be there: whether a dossier is open is said, not left out."""
    spare = [
        {name: value for name, value in one.items() if value is not None or name == "finished_at"} for one in RECORDS
    ]
    texts = [one | {"version": str(one["version"])} for one in spare]
    house.drop("a/2025-07-02.jsonl", as_jsonl(texts).replace(b"\n", b"\r\n") + b"\r\n")
    another.drop("a/2025-07-02.csv", as_csv(RECORDS))
    another.load()
    assert house.load().refused == []
    assert house.rows() == another.rows()


@pytest.mark.parametrize(
    "types",
    [
        {"level": pa.dictionary(pa.int8(), pa.string()), "unit_code": pa.large_string(), "version": pa.int8()},
        {
            "received_at": pa.timestamp("ns", "UTC"),
            "due_at": pa.timestamp("ms", "+07:00"),
            "unit_code": pa.large_string(),
        },
        {"version": pa.string(), "fee_vnd": pa.string(), "received_at": pa.string(), "finished_at": pa.string()},
    ],
)
def test_parquet_may_hold_types_of_its_own(house: House, another: House, types: dict[str, pa.DataType]) -> None:
    text = [name for name, of in types.items() if of == pa.string()]
    given = [one | {name: str(one[name]) for name in text if one[name] is not None} for one in RECORDS]
    house.drop("a/2025-07-02.parquet", as_parquet(given, types))
    another.drop("a/2025-07-02.csv", as_csv(RECORDS))
    another.load()
    assert house.load().refused == []
    assert house.rows() == another.rows()


def test_a_column_that_is_empty_throughout_may_be_missing_or_of_no_type(house: House) -> None:
    columns = [name for name in record() if name not in ("satisfaction", "petitions", "petitions_on_time", "fee_vnd")]
    house.drop("a/2025-07-02.csv", as_csv([record(1)], columns=columns))
    house.drop("a/2025-07-03.parquet", as_parquet([record(2, data_reused=None)], {"data_reused": pa.null()}))
    assert house.load().refused == []
    assert house.rows("fee_vnd, petitions") == [(8000, 2), (None, None)]


def test_clocks_that_are_wrong_come_in(house: House) -> None:
    """They are kept and judged by rules: the record is what was delivered."""
    wrong = [
        record(1, received_at="2025-07-04T08:00:00+07:00"),
        record(2, finished_at="2025-06-01T08:00:00+07:00"),
        record(3, finished_at="2031-01-01T08:00:00+07:00"),
        record(4, dossier_id="TEST.1-991231-0004"),
    ]
    house.drop("a/2025-07-02.csv", as_csv(wrong))
    outcome = house.load()
    assert (outcome.records, outcome.refused) == (4, [])
    assert [f"{month}" for month in outcome.months] == ["2025-07-01", "2099-12-01"]


def test_another_name_of_a_column_is_a_line_of_yaml(house: House) -> None:
    shipped = (house.settings.shelves[0].catalog / "dossiers" / "columns.yaml").read_text(encoding="utf-8")
    own = house.settings.home / "catalog" / "dossiers" / "columns.yaml"
    own.parent.mkdir(parents=True)
    own.write_text(shipped.replace("dossier_id:", 'dossier_id:\n    headers: ["Mã hồ sơ"]', 1), encoding="utf-8")
    for number, form in enumerate(FORMS, 1):
        renamed = [{"Mã hồ sơ" if name == "dossier_id" else name: value for name, value in record(number).items()}]
        content = as_csv(renamed, columns=renamed[0]) if form == "csv" else WRITTEN[form](renamed)
        house.drop(f"a/2025-07-0{number}.{form}", content)
    outcome = house.load()
    assert (outcome.records, outcome.refused) == (3, [])
    both = record(4) | {"Mã hồ sơ": "TEST.1-250701-0005"}
    house.drop("a/2025-07-04.jsonl", as_jsonl([record(6), both]))
    house.drop("a/2025-07-05.csv", as_csv([both], columns=both))
    house.load()
    assert house.refused("row_no, column_name, code") == [(1, "Mã hồ sơ", "column_twice"), (2, None, "row_unreadable")]


def test_a_feed_of_no_files_wants_no_key(house: House) -> None:
    outcome = house.load(CHISO_DOSSIER_KEY="")
    assert (outcome.load_no, house.rows(), house.ledger(), house.refused()) == (None, [], [], [])
    house.feed.mkdir(parents=True)
    assert house.load(CHISO_DOSSIER_KEY="").load_no is None


def test_a_delivery_without_records_is_one(house: House) -> None:
    house.drop("a/2025-07-02.csv", as_csv([]))
    assert house.load().files == 1
    assert house.ledger("file, records, received_month") == [("a/2025-07-02.csv", 0, date(2025, 7, 1))]
    assert house.load().files == 0
