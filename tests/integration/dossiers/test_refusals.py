"""Each reason for which a file is refused: it fires, names the place and not the value, and stays silent otherwise."""

import hashlib
import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ingest.dossiers import load
from tests.integration.dossiers.conftest import FORMS, WRITTEN, House, Record, as_csv, as_jsonl, as_parquet, record

GOOD = [record(1), record(2)]
# what no message may show
SECRETS = ("TEST.1", "0912345678", "Nguyen Van A", "Nguyễn Văn A")

# column and a value that it does not take, whatever the form
VALUES: list[tuple[str, Any, str]] = [
    ("dossier_id", None, "value_missing"),
    ("dossier_id", "TEST.1-250231-0003", "value_unreadable"),
    ("dossier_id", "TEST.1-2507-0003", "value_unreadable"),
    ("dossier_id", " TEST.1-250701-0003", "value_unreadable"),
    ("dossier_id", "TEST.1-250701-0003/Nguyen Van A", "value_unreadable"),
    ("version", None, "value_missing"),
    ("version", 0, "value_unreadable"),
    ("version", 2**31, "value_unreadable"),
    ("procedure_code", "1-000001", "value_unreadable"),
    ("procedure_code", "1.0912345678", "value_unreadable"),
    ("procedure_field", None, "value_missing"),
    ("procedure_field", "Hộ tịch 0912345678", "value_unreadable"),
    ("procedure_field", "Hộ tịch (Nguyen Van A)", "value_unreadable"),
    ("procedure_field", "Hộ" * 51, "value_unreadable"),
    ("unit_code", "2647", "value_unreadable"),
    ("unit_code", "Nguyen Van A", "value_unreadable"),
    ("unit_code", "nguyen_van_an", "value_unreadable"),
    ("level", "xa", "value_unreadable"),
    ("channel", "Online", "value_unreadable"),
    ("received_at", None, "value_missing"),
    ("due_at", None, "value_missing"),
    ("fee_vnd", -1, "value_unreadable"),
    ("satisfaction", "0912345678", "value_unreadable"),
    ("petitions_on_time", 3, "value_unreadable"),
    ("petitions_on_time", None, "value_missing"),
    ("petitions", None, "value_missing"),
]
# as text only: a column of its own type cannot hold them
TEXTS: list[tuple[str, Any]] = [
    ("version", "1.4"),
    ("version", "01"),
    ("version", "+1"),
    ("version", "1 "),
    ("version", "one"),
    ("fee_vnd", "8000.0"),
    ("fee_vnd", "8.000"),
    ("fee_vnd", "001099012345"),
    ("received_at", "2025-07-01T08:00:00"),
    ("received_at", "2025-07-01"),
    ("received_at", "2025-07-01+07:00"),
    ("received_at", "01/07/2025 08:00:00+07:00"),
    ("due_at", "2025-07-32T08:00:00+07:00"),
    ("due_at", "infinity"),
    ("finished_at", "0001-01-01T00:00:00+07:00"),
    ("finished_at", "2025-07-01T08:00:00 Asia/Ho_Chi_Minh"),
    ("finished_at", "10000-01-01T00:00:00Z"),
    ("result_electronic", "yes"),
    ("result_electronic", "1"),
    ("data_reused", "0"),
]


def refused(house: House) -> list[tuple[int | None, str | None, str]]:
    """(row, column, code) of the one file refused; nothing of it is loaded and no message shows a value."""
    outcome = house.load()
    found = house.refused("file, sha256, row_no, column_name, code, message_vi, message_en, remedy_vi, remedy_en")
    assert [name for name in house.files() if "bad" in name] == []
    assert {row[0] for row in house.ledger("file")} <= {"good/2025-07-02.csv"}
    for row in found:
        assert not any(secret in str(value) for value in row for secret in SECRETS)
        assert all(text and "{" not in text for text in row[5:])
    assert not any(secret in str(outcome) for secret in SECRETS)
    assert len({row[0] for row in found}) <= 1
    return [row[2:5] for row in found]


@pytest.mark.parametrize("form", FORMS)
def test_a_value_that_is_not_as_declared(house: House, form: str) -> None:
    """All at once, a file each: every one is found at its place, and the good file beside them is loaded."""
    wanted = {}
    first = 1 + (form == "csv")
    for number, (column, value, code) in enumerate(VALUES):
        file = f"bad/2025-07-02_{number}.{form}"
        house.drop(file, WRITTEN[form]([*GOOD, record(3, **{column: value})]))
        there = "petitions_on_time" if column == "petitions" else column
        code = "value_unreadable" if column == "petitions" else code
        wanted[file] = (first + 2, there, code)
    house.drop("good/2025-07-02.csv", as_csv(GOOD))
    outcome = house.load()
    assert (outcome.files, outcome.records) == (1, 2)
    assert {row[0]: row[1:] for row in house.refused()} == wanted
    shown = str(outcome) + str(house.refused("*"))
    assert not any(secret in shown for secret in SECRETS)
    assert house.files() == [
        "dossier/received_month=2025-07-01/load-000001.parquet",
        "dossier_delivery/_key_fingerprint",
        "dossier_delivery/load-000001.parquet",
    ]


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_text_that_is_not_as_declared(house: House, form: str) -> None:
    for number, (column, value) in enumerate(TEXTS):
        house.drop(f"bad/2025-07-02_{number:02d}.{form}", WRITTEN[form]([record(1), record(3, **{column: value})]))
    house.load()
    row = 2 + (form == "csv")
    assert house.refused("row_no, column_name, code") == sorted(
        (row, column, "value_unreadable") for column, _ in TEXTS
    )


def test_the_first_place_is_named_and_the_others_counted(house: House) -> None:
    house.drop("bad/2025-07-02.csv", as_csv([record(n, channel="x" if n % 2 else "online") for n in range(9)]))
    assert refused(house) == [(3, "channel", "value_unreadable")]
    [(vi, en)] = house.refused("message_vi, message_en")
    assert vi == "Giá trị phải là online, counter hoặc postal (và 3 dòng khác)"
    assert en == "The value must be online, counter or postal (and in 3 more rows)"


def without(name: str, number: int = 1) -> Record:
    return {key: value for key, value in record(number).items() if key != name}


REQUIRED = set(record()) - {
    "result_electronic",
    "data_reused",
    "fee_vnd",
    "satisfaction",
    "petitions",
    "petitions_on_time",
}
LINES = as_csv(GOOD).replace(b"\r\n", b"\n").splitlines(keepends=True)
FILES: dict[str, tuple[str, bytes, list[tuple[int | None, str | None, str]]]] = {
    "no line break at the end": ("csv", as_csv(GOOD).rstrip(), [(None, None, "incomplete")]),
    "JSON without it": ("jsonl", as_jsonl(GOOD).rstrip(), [(None, None, "incomplete")]),
    "half of a Parquet file": ("parquet", as_parquet(GOOD)[:-9], [(None, None, "incomplete")]),
    "empty": ("csv", b"", [(None, None, "incomplete")]),
    "empty Parquet": ("parquet", b"", [(None, None, "incomplete")]),
    "half a line": ("csv", b"".join([*LINES, b"TEST.1-250701-0003,1\n"]), [(4, None, "row_unreadable")]),
    "a field too many": ("csv", b"".join([*LINES, LINES[1][:-1] + b",0912345678\n"]), [(4, None, "row_unreadable")]),
    "a stray quote": ("csv", b"".join([LINES[0], b'"TEST' + LINES[1], LINES[2]]), [(2, None, "row_unreadable")]),
    "a line in another encoding": (
        "csv",
        b"".join([*LINES, LINES[1].decode().encode("cp1258", "replace").replace(b"?", b"\xea")]),
        [(4, None, "row_unreadable")],
    ),
    "UTF-16": ("csv", as_csv(GOOD).decode().encode("utf-16") + b"\n", [(1, None, "encoding")]),
    "no names of columns": ("csv", b"".join(LINES[1:]), [(1, None, "header_missing")]),
    "a column too many": (
        "csv",
        as_csv([record(1, ho_ten="Nguyen Van A")], columns=[*record(), "ho_ten"]),
        [(1, "ho_ten", "column_unknown")],
    ),
    "a column named by a number": (
        "csv",
        as_csv([record(1)], columns=[*record(), "0912345678"]),
        [(1, "no. 17", "column_unknown")],
    ),
    "a column twice": ("csv", as_csv([record(1)], columns=[*record(), "level"]), [(1, "level", "column_twice")]),
    "a column missing": (
        "csv",
        as_csv([record(1)], columns=[name for name in record() if name != "due_at"]),
        [(None, "due_at", "column_missing")],
    ),
    "no column of the end": (
        "csv",
        as_csv([record(1)], columns=[name for name in record() if name != "finished_at"]),
        [(None, "finished_at", "column_missing")],
    ),
    "names of columns that are somebody's": (
        "csv",
        "channel,Nguyen Van An,Nguyễn Văn An,ho_ten\n".encode(),
        [(1, name, "column_unknown") for name in ("ho_ten", "no. 2", "no. 3")]
        + [(None, name, "column_missing") for name in sorted(REQUIRED - {"channel"})],
    ),
    "JSON without the end": (
        "jsonl",
        as_jsonl([record(1, finished_at=None), *(without("finished_at", number) for number in (2, 3))]),
        [(2, "finished_at", "column_missing")],
    ),
    "JSON without a value that must be there": (
        "jsonl",
        as_jsonl([record(1), without("due_at")]),
        [(2, "due_at", "column_missing")],
    ),
    "JSON with the end under another name": (
        "jsonl",
        as_jsonl([without("finished_at") | {"ended": None}]),
        [(1, "ended", "column_unknown"), (1, "finished_at", "column_missing")],
    ),
    "a key too many": ("jsonl", as_jsonl([record(1), record(2, cccd="0912345678")]), [(2, "cccd", "column_unknown")]),
    "a key that is a number": ("jsonl", as_jsonl([record(1, **{"0912345678": 1})]), [(1, "no. 1", "column_unknown")]),
    "a key twice": ("jsonl", as_jsonl([record(1)]).replace(b"{", b'{"level": "x", '), [(1, None, "row_unreadable")]),
    "no JSON": ("jsonl", as_jsonl(GOOD) + b"TEST.1-250701-0003\n", [(3, None, "row_unreadable")]),
    "half an object": ("jsonl", as_jsonl(GOOD)[:-9] + b"\n", [(2, None, "row_unreadable")]),
    "a list": ("jsonl", as_jsonl(GOOD) + b'["TEST.1-250701-0003"]\n', [(3, None, "row_unreadable")]),
    "an object in a value": (
        "jsonl",
        as_jsonl([record(1, level={"0912345678": 1})]),
        [(1, "level", "value_unreadable")],
    ),
    "a Parquet column too many": (
        "parquet",
        as_parquet([record(1, ho_ten="Nguyen Van A")]),
        [(1, "ho_ten", "column_unknown")],
    ),
    "moments without a zone": (
        "parquet",
        as_parquet([record(1, received_at="2025-07-01T08:00:00")], {"received_at": pa.timestamp("us")}),
        [(None, "received_at", "column_type")],
    ),
    "codes as numbers": (
        "parquet",
        as_parquet([record(1, unit_code=2647)], {"unit_code": pa.int32()}),
        [(None, "unit_code", "column_type")],
    ),
    "fees with fractions": (
        "parquet",
        as_parquet([record(1, fee_vnd=8000.5)], {"fee_vnd": pa.float64()}),
        [(None, "fee_vnd", "column_type")],
    ),
}


@pytest.mark.parametrize("what", FILES)
def test_a_file_that_cannot_be_taken(house: House, what: str) -> None:
    form, content, wanted = FILES[what]
    house.drop(f"bad/2025-07-02.{form}", content)
    house.drop("good/2025-07-02.csv", as_csv(GOOD))
    assert refused(house) == wanted
    assert len(house.rows()) == 2


def test_damage_within_a_parquet_file(house: House) -> None:
    content = bytearray(as_parquet([record(number) for number in range(2000)]))
    content[200:4000] = b"\xff" * 3800
    house.drop("bad/2025-07-02.parquet", bytes(content))
    house.drop("good/2025-07-02.csv", as_csv(GOOD))
    assert refused(house) == [(None, None, "file_unreadable")]


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("loose.csv", "#…"),
        ("a/readme.txt", "a/#…"),
        ("a/2025-13-01.csv", "a/#…"),
        ("a/02-07-2025.csv", "a/#…"),
        ("a/2025-07-02.CSV", "a/2025-07-02 #…"),
        ("a/2025-07-02 (1).csv", "a/2025-07-02 #…"),
        ("a/2025-07-02_.csv", "a/2025-07-02 #…"),
        ("a/2025-07-02_a.b.csv", "a/2025-07-02 #…"),
        ("a/2025-07-02_Nguyễn.csv", "a/2025-07-02 #…"),
        ("a/2025-07-02_Nguyen_Van_An_010095001234.csv", "a/2025-07-02 #…"),
        ("a/2025-07-02_123456.csv", "a/2025-07-02 #…"),
        ("a/2025-07-02_abcdefghij-abcdefghij.csv", "a/2025-07-02 #…"),
        ("a/2025-07-02.xlsx", "a/2025-07-02 #…"),
    ],
)
def test_a_name_that_is_not_as_agreed(house: House, file: str, told: str) -> None:
    """It is told by its sender, its day and a hash that whoever has the file can find it by."""
    house.drop(file, as_csv(GOOD))
    outcome = house.load()
    assert outcome.files == 0
    begun = hashlib.sha256(Path(file).name.encode()).hexdigest()[:8]
    assert house.refused() == [(told.replace("…", begun), None, None, "file_name")]
    assert Path(file).name not in str(outcome) + str(house.refused("*"))


def test_a_folder_that_is_not_as_agreed(house: House) -> None:
    house.drop("Nguyễn Văn An/2025-07-02.csv", as_csv(GOOD))
    house.drop("a/2025-07-02.csv/x.csv", as_csv(GOOD))
    house.drop(os.fsdecode(b"a/\xea.csv"), as_csv(GOOD))
    outcome = house.load()
    assert (outcome.files, [code for *_, code in house.refused()]) == (0, ["file_name"] * 3)
    assert "Nguyễn" not in str(outcome) + str(house.refused("*"))


@pytest.mark.parametrize(
    "name", ["2025-07-02", "2025-07-02_history-0001", "2025-07-02_0", "2025-07-02_extra", "2025-07-02_part_12345_of-20"]
)
def test_a_name_that_is_as_agreed(house: House, name: str) -> None:
    house.drop(f"a/{name}.csv", as_csv(GOOD))
    assert (house.load().files, house.refused(), house.ledger("file")) == (1, [], [(f"a/{name}.csv",)])


@pytest.mark.parametrize("name", [".2025-07-02.csv", "2025-07-02.csv.part", "2025-07-02.csv.tmp", "~$2025-07-02.csv"])
def test_what_is_still_being_copied_is_passed_over(house: House, name: str) -> None:
    house.drop(f"a/{name}", as_csv(GOOD))
    assert (house.load().files, house.refused()) == (0, [])


def test_a_file_that_may_not_be_read(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Played where the tests are run by root, whom nothing keeps out."""
    closed = house.drop("a/2025-07-02.csv", as_csv(GOOD))
    real = Path.open

    def opened(path: Path, *arguments: Any, **options: Any) -> Any:
        if path == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", opened)
    house.load(CHISO_DOSSIER_KEY="")
    assert house.refused() == [("a/2025-07-02.csv", None, None, "file_closed")]
    monkeypatch.undo()
    assert (house.load().files, house.refused()) == (1, [])


def test_a_file_of_a_day_to_come_waits_for_it(house: House) -> None:
    """Its year may be mistaken, and then no time in it would be impossible."""
    house.drop("a/2025-10-01.csv", as_csv([record(1)]))
    house.drop("a/2025-10-02.csv", as_csv([record(2)]))
    assert (house.load().files, house.refused()) == (1, [("a/2025-10-02.csv", None, None, "file_day")])
    house.settings = replace(house.settings, as_of=date(2025, 10, 2))
    assert (house.load().files, house.refused()) == (1, [])


def test_a_refused_file_is_looked_at_again_when_it_or_the_rules_change(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = load.shape_of

    def counted(path: Path, *arguments: Any) -> Any:
        asked.append(path.name)
        return real(path, *arguments)

    monkeypatch.setattr(load, "shape_of", counted)
    bad = house.drop("a/2025-07-02.csv", as_csv([record(1, level="x")]))
    for _ in range(3):
        house.load()
        assert house.refused("code") == [("value_unreadable",)]
    assert asked == ["2025-07-02.csv"]
    own = house.settings.home / "catalog" / "dossiers" / "columns.yaml"
    own.parent.mkdir(parents=True)
    shipped = (house.settings.shelves[0].catalog / "dossiers" / "columns.yaml").read_text(encoding="utf-8")
    own.write_text(shipped.replace("one_of: [province", "one_of: [x, province"), encoding="utf-8")
    assert (house.load().files, house.refused()) == (1, [])
    bad.write_bytes(as_csv([record(1, level="y")]))
    house.load()
    bad.write_bytes(as_csv([record(1)]))
    assert (house.load().files, house.refused()) == (1, [])
    bad.write_bytes(as_csv([record(1, level="z")]))
    house.load()
    bad.unlink()
    house.load()
    assert house.refused() == []


def test_the_feed_is_only_read(house: House) -> None:
    for form in FORMS:
        house.drop(f"a/2025-07-02.{form}", WRITTEN[form](GOOD))
        house.drop(f"bad/2025-07-02.{form}", b"x")

    def facts() -> list[tuple[str, int, int]]:
        return [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(house.feed.rglob("*"))]

    before = facts()
    house.load()
    assert facts() == before


def test_every_reason_has_been_seen() -> None:
    from ingest.dossiers.refusal import _CATALOGUE

    seen = {code for _, _, wanted in FILES.values() for _, _, code in wanted} | {code for *_, code in VALUES}
    assert seen | {"file_name", "file_day", "file_closed", "file_unreadable"} == set(_CATALOGUE)
