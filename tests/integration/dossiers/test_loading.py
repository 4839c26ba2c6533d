"""Loaded once by content, whatever comes twice, in whatever order, in pieces or while it is written; under one key."""

import random
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from ingest.dossiers import feed as feed_module
from ingest.dossiers import staging
from ingest.dossiers.key import DossierKey, KeyFault, new_key
from ingest.dossiers.ledger import RawDamaged
from ingest.dossiers.staging import LoadFailed, Staging
from ingest.home_lock import AnotherRun
from tests.integration.dossiers.conftest import FORMS, KEY, WRITTEN, House, Record, as_csv, as_jsonl, record

JULY = [record(1), record(2)]


def test_the_same_bytes_are_loaded_once(house: House) -> None:
    house.drop("a/2025-07-02.csv", as_csv(JULY))
    house.drop("a/2025-07-02_again.csv", as_csv(JULY))
    assert house.load().files == 1
    before = house.rows("*")
    assert house.load().files == 0
    house.drop("b/2025-07-02.csv", as_csv(JULY))
    assert house.load().load_no is None
    assert (house.rows("*"), len(house.ledger())) == (before, 1)
    assert house.refused() == []
    house.drop("b/2025-07-09.csv", as_csv(JULY))
    assert house.load().files == 1, "what was true on another day is another statement"


def test_files_that_left_the_feed_stay_loaded(house: House) -> None:
    path = house.drop("a/2025-07-02.csv", as_csv(JULY))
    house.load()
    path.unlink()
    house.drop("a/2025-07-03.csv", as_csv([record(3)]))
    house.load()
    path.write_bytes(as_csv(JULY))
    assert house.load().files == 0
    assert len(house.rows()) == 3


def test_other_bytes_under_the_same_name_are_loaded_too(house: House) -> None:
    """A correction a month later: all that was delivered is kept, each under its own number."""
    path = house.drop("a/2025-07-02.csv", as_csv(JULY))
    house.load()
    path.write_bytes(as_csv([record(1, version=2, channel="postal"), record(2)]))
    assert house.load().files == 1
    assert house.rows("version, channel, delivery_no") == [
        (1, "online", 1),
        (1, "online", 1),
        (1, "online", 2),
        (2, "postal", 2),
    ]


def test_half_a_file_is_refused_and_the_whole_one_loaded(house: House) -> None:
    for form in FORMS:
        whole = WRITTEN[form](JULY)
        path = house.drop(f"{form}/2025-07-02.{form}", whole[: len(whole) // 2 + 1])
        assert (house.load().files, [code for *_, code in house.refused()]) == (0, ["incomplete"])
        path.write_bytes(whole)
        assert (house.load().files, house.refused()) == (1, [])
    assert len(house.rows()) == 6


def test_a_file_that_is_written_to_while_it_is_read_waits(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole lines were there at any time: nothing but the change itself tells."""
    house.drop("a/2025-07-02.csv", as_csv([record(1)]))
    growing = house.drop("b/2025-07-02.csv", as_csv([record(2)]))
    write, size = Staging.write, growing.stat().st_size

    def grown(self: Staging, *arguments: Any) -> Any:
        written = write(self, *arguments)
        if growing.stat().st_size == size:
            with growing.open("ab") as file:
                file.write(as_csv([record(3)]).partition(b"\n")[2])
        return written

    monkeypatch.setattr(Staging, "write", grown)
    outcome = house.load()
    assert (outcome.files, outcome.changed, outcome.refused) == (1, ["b/2025-07-02.csv"], [])
    assert house.load().records == 2
    assert len(house.rows()) == 3


@pytest.mark.parametrize("same_times", [False, True])
def test_a_file_that_is_swapped_for_one_of_the_same_size_waits(
    house: House, monkeypatch: pytest.MonkeyPatch, same_times: bool
) -> None:
    swapped = house.drop("a/2025-07-02.csv", as_csv([record(1)]))
    write = Staging.write

    def other(self: Staging, *arguments: Any) -> Any:
        written = write(self, *arguments)
        swapped.write_bytes(as_csv([record(2)]))
        return written

    monkeypatch.setattr(Staging, "write", other)
    if same_times:  # as on a file system that tells times coarsely
        monkeypatch.setattr(feed_module, "_state", lambda facts: (facts.st_size, 2**62, 2**62))
    outcome = house.load()
    assert (outcome.files, outcome.changed) == (0, ["a/2025-07-02.csv"])
    monkeypatch.undo()
    assert house.load().files == 1


def test_known_files_are_not_read_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(40):
        house.drop(f"a/2025-07-02_{number}.csv", as_csv([record(number)]))
    read: list[str] = []
    real = feed_module._sha256

    def counted(path: Path) -> str:
        read.append(path.name)
        return real(path)

    monkeypatch.setattr(feed_module, "_sha256", counted)
    monkeypatch.setattr(feed_module, "_COARSE_NS", -(10**12))
    house.load()
    assert len(read) == 40
    house.load()
    assert len(read) == 40
    house.drop("a/2025-07-02_7.csv", as_csv([record(7, version=2)]))
    assert house.load().files == 1
    assert len(read) == 41


@pytest.mark.parametrize(
    "damaged", [b"", b"{", b"\xff", b"[]", b'{"a/2025-07-02.csv": 1}', b'{"a/2025-07-02.csv": []}']
)
def test_a_damaged_memory_is_none(house: House, damaged: bytes) -> None:
    house.drop("a/2025-07-02.csv", as_csv(JULY))
    house.load()
    (house.settings.state / "dossier_files.json").write_bytes(damaged)
    house.drop("a/2025-07-03.csv", as_csv([record(3)]))
    assert (house.load().files, len(house.rows())) == (1, 3)


def test_a_load_of_nothing_new_changes_nothing(house: House) -> None:
    house.drop("a/2025-07-02.csv", as_csv(JULY))
    house.drop("a/2025-07-03.csv", b"x")
    house.load()
    before = {path: path.stat().st_mtime_ns for path in house.settings.raw.rglob("*")}
    house.load()
    assert {path: path.stat().st_mtime_ns for path in house.settings.raw.rglob("*")} == before


def _merged(house: House) -> list[tuple[Any, ...]]:
    """The latest version of each dossier, which is what the models make of raw."""
    columns = "* exclude (delivered_date, delivery_no)"
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.execute(
            f"select distinct {columns} from read_parquet(?, hive_partitioning = true)"
            " qualify version = max(version) over (partition by received_date, dossier_key) order by all",
            [f"{house.settings.raw}/dossier/*/*.parquet"],
        ).fetchall()


@pytest.mark.parametrize("seed", range(6))
def test_random_deliveries_come_to_the_clean_one(house: House, another: House, seed: int) -> None:
    """Split anyhow, in any form, twice, out of order, cut off, spoilt and mended, over any number of loads."""
    dice = random.Random(seed)
    history: list[Record] = []
    for number in range(40):
        day = date(2025, dice.choice([5, 6, 7]), dice.randint(1, 28))
        for version in range(1, dice.randint(2, 5)):
            history.append(
                record(
                    dossier_id=f"TEST.{seed}-{day:%y%m%d}-{number}",
                    version=version,
                    channel=dice.choice(["online", "counter"]),
                    fee_vnd=dice.choice([None, 0, dice.randint(1, 10**9)]),
                    finished_at=dice.choice([None, f"{day}T17:00:00.25+07:00"]),
                )
            )
    another.drop("a/2025-08-01.parquet", WRITTEN["parquet"](history))
    another.load()

    dice.shuffle(history)
    waiting: list[tuple[str, bytes]] = []
    while history:
        part, history = history[: (size := dice.randint(1, 12))], history[size:]
        for _ in range(dice.choice([1, 1, 1, 2])):
            form = dice.choice(FORMS)
            name = f"{dice.choice('abc')}/2025-0{dice.randint(6, 9)}-{dice.randint(10, 28)}_{len(waiting)}.{form}"
            whole = WRITTEN[form](part)
            faulty = WRITTEN[form]([*part, record(99, level="x")])
            mended = dice.random()
            if mended < 0.2:
                waiting.append((name, whole[: dice.randint(0, len(whole) - 1)]))
            elif mended < 0.4:
                waiting.append((name, faulty))
            waiting.append((name, whole))
    # mended after it was spoilt, all else in any order
    order = sorted(range(len(waiting)), key=lambda _: dice.random())
    last = {name: max(place for place, at in enumerate(order) if waiting[at][0] == name) for name, _ in waiting}
    whole_of = dict(waiting)
    for place, at in enumerate(order):
        name, content = waiting[at]
        house.drop(name, whole_of[name] if place == last[name] else content)
        if dice.random() < 0.3:
            house.load()
    house.load()
    assert house.load().refused == []
    assert _merged(house) == _merged(another)


def test_the_key_is_asked_for_and_never_told(house: House, tmp_path: Path) -> None:
    house.drop("a/2025-07-02.csv", as_csv(JULY))
    secret = tmp_path / "key"
    wrong: list[tuple[dict[str, str], str]] = [
        ({"CHISO_DOSSIER_KEY": ""}, "there is no key"),
        ({"CHISO_DOSSIER_KEY": KEY[:62]}, "must hold 64 or more hex digits"),
        ({"CHISO_DOSSIER_KEY": KEY[:-1] + "x"}, "must hold 64 or more hex digits"),
        ({"CHISO_DOSSIER_KEY": "", "CHISO_DOSSIER_KEY_FILE": str(secret)}, "cannot be read: No such file"),
        ({"CHISO_DOSSIER_KEY_FILE": str(secret)}, "both set"),
    ]
    for environ, said in wrong:
        with pytest.raises(KeyFault, match=said) as fault:
            house.load(**environ)
        assert KEY[:20] not in str(fault.value)
        assert house.rows() == []
    secret.write_text(KEY + "\n", encoding="ascii")
    assert house.load(CHISO_DOSSIER_KEY="", CHISO_DOSSIER_KEY_FILE=str(secret)).files == 1
    assert KEY not in repr(DossierKey(bytes.fromhex(KEY)))
    for path in house.settings.home.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes()


def test_another_key_is_refused(house: House) -> None:
    house.drop("a/2025-07-02.csv", as_csv(JULY))
    house.load()
    assert house.load(CHISO_DOSSIER_KEY=new_key()).files == 0, "not needed while nothing is new"
    house.drop("a/2025-07-03.csv", as_csv([record(3)]))
    with pytest.raises(KeyFault, match="another one than the dossiers here were loaded with"):
        house.load(CHISO_DOSSIER_KEY=new_key())
    assert (len(house.rows()), house.load().files) == (2, 1)


@pytest.mark.parametrize("damaged", [b"", b"\xff" * 64, b"0f0f", None])
def test_a_lost_fingerprint_is_no_other_key(house: House, damaged: bytes | None) -> None:
    house.drop("a/2025-07-02.csv", as_csv(JULY))
    house.load()
    fingerprint = house.settings.raw / "dossier_delivery" / "_key_fingerprint"
    kept = fingerprint.read_bytes()
    fingerprint.unlink() if damaged is None else fingerprint.write_bytes(damaged)
    assert house.load().files == 0, "not needed while nothing is new"
    house.drop("a/2025-07-03.csv", as_csv([record(3)]))
    with pytest.raises(KeyFault, match=r"lost or damaged.* Restore it from the backup of raw/dossier_delivery"):
        house.load()
    fingerprint.write_bytes(kept)
    assert house.load().files == 1


def test_a_key_that_nothing_was_loaded_with_binds_nobody(house: House) -> None:
    house.drop("a/2025-07-02.csv", b"x")
    house.load(CHISO_DOSSIER_KEY=new_key())
    house.drop("a/2025-07-03.csv", as_csv(JULY))
    assert house.load().files == 1


def test_what_is_staged_holds_no_number_and_nothing_undeclared(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[dict[str, Any]] = []
    move, clear = Staging.move, Staging.clear

    def looked_at(self: Staging) -> None:
        for path in self.ledger.staging.glob("*/*.parquet"):
            rows.extend(pq.read_table(path).to_pylist())
        clear(self)

    def looked_at_and_moved(self: Staging) -> Any:
        for path in self.ledger.staging.glob("*/*.parquet"):
            rows.extend(pq.read_table(path).to_pylist())
        return move(self)

    monkeypatch.setattr(Staging, "clear", looked_at)
    monkeypatch.setattr(Staging, "move", looked_at_and_moved)
    for form in FORMS:
        bad = [record(n, **{name: "Nguyen Van A 0912345678"}) for n, name in enumerate(["level", "procedure_field"])]
        house.drop(f"a/2025-07-02.{form}", WRITTEN[form]([*JULY, *bad, record(7, dossier_id="Nguyen Van A")]))
        house.drop(f"b/2025-07-02.{form}", WRITTEN[form](JULY))
    house.load()
    assert len(rows) > 15
    assert not any(
        secret in str(value) for row in rows for value in row.values() for secret in ("TEST.1", "Nguyen", "0912")
    )


def test_missing_raw_files_are_told(house: House) -> None:
    house.drop("a/2025-07-02.csv", as_csv(JULY))
    house.load()
    [raw] = house.settings.raw.glob("dossier/*/load-000001.parquet")
    raw.unlink()
    with pytest.raises(RawDamaged, match=r"received_month=2025-07-01/load-000001\.parquet is missing"):
        house.load()
    (house.settings.raw / "dossier_delivery" / "load-000001.parquet").unlink()
    assert house.load().records == 2


def test_leftovers_of_a_killed_load_are_removed(house: House) -> None:
    house.drop("a/2025-07-02.csv", as_csv(JULY))
    house.load()
    before = house.files()
    [raw] = house.settings.raw.glob("dossier/*/load-000001.parquet")
    for left in ("load-000002.parquet", ".load-000002.parquet.17"):
        raw.with_name(left).write_bytes(raw.read_bytes())
    other = house.settings.raw / "dossier" / "received_month=2025-09-01" / "load-000002.parquet"
    unfinished = house.settings.raw / ".dossier_loading" / "received_month=2025-09-01" / "part-0.parquet"
    for path in (other, unfinished):
        path.parent.mkdir(parents=True)
        path.write_bytes(raw.read_bytes())
    house.load()
    assert house.files() == before


def test_one_load_at_a_time(house: House) -> None:
    import fcntl

    house.load()
    with (house.settings.state / "run.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(AnotherRun):
            house.load()


def test_too_little_memory_is_no_fault_of_a_file(house: House) -> None:
    house.drop("a/2025-07-02.jsonl", as_jsonl([record(number) for number in range(20_000)]))
    house.settings = house.settings.from_env({"CHISO_HOME": str(house.settings.home), "CHISO_MEMORY": "2MiB"})
    with pytest.raises(LoadFailed, match="2MiB of memory are too little"):
        house.load()
    assert house.refused() == []


def test_a_fault_of_ours_is_no_fault_of_a_file(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.drop("a/2025-07-02.csv", as_csv(JULY))
    monkeypatch.setattr(staging, "raw_rows", lambda *_: "select no_such_column, $inner, $outer, $territory")
    with pytest.raises(duckdb.BinderException):
        house.load()
    monkeypatch.undo()
    assert (house.refused(), house.load().files) == ([], 1)


def test_many_months_are_one_file_each(house: House) -> None:
    months = [date(2010 + at // 12, 1 + at % 12, 3) for at in range(150)]
    house.drop("a/2025-07-02.csv", as_csv([record(dossier_id=f"TEST.1-{day:%y%m%d}-1") for day in months]))
    started = time.monotonic()
    assert len(house.load().months) == 150
    assert time.monotonic() - started < 30
    assert len([name for name in house.files() if name.startswith("dossier/")]) == 150
