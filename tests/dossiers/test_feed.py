"""The generator: the same dossiers whatever the size, the published rates, and planted faults by their number."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from ingest.settings import PROJECT_ROOT
from tests.dossiers.calibration import (
    ASSUMED_COMMUNES,
    FIRST_DAY,
    LAST_DAY,
    ON_TIME,
    ON_TIME_COMMUNES,
    ON_TIME_DEPARTMENTS,
    RECEIVED,
    RECEIVED_FIRST_MONTH,
)
from tests.dossiers.faults import Fall, Faults
from tests.dossiers.feed import Feed

# everything received in the calibrated weeks is finished by then
LATER = date(2025, 12, 1)


@pytest.fixture
def db() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'Asia/Ho_Chi_Minh'")
        yield connection


def rows(db: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[object, ...]]:
    return db.execute(sql).fetchall()


def history(folder: Path) -> str:
    return f"read_parquet('{folder}/one_stop/*_history-*.parquet')"


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    feed = Feed.sized(5_000, FIRST_DAY, LAST_DAY)
    first, second = (feed.backfill(tmp_path / name, LAST_DAY, rows_a_file=2_500) for name in ("first", "second"))
    other = replace(feed, seed=2).backfill(tmp_path / "other", LAST_DAY, rows_a_file=2_500)
    assert len(first) > 1
    assert [file.read_bytes() for file in first] == [file.read_bytes() for file in second]
    assert not {file.read_bytes() for file in first} & {file.read_bytes() for file in other}


@pytest.mark.parametrize("dossiers", [10, 999, 12_345])
def test_a_feed_has_the_size_asked_for(tmp_path: Path, db: duckdb.DuckDBPyConnection, dossiers: int) -> None:
    Feed.sized(dossiers, date(2024, 1, 1), date(2025, 12, 31)).backfill(tmp_path, date(2025, 12, 31))
    assert rows(db, f"select count(*), count(distinct dossier_id) from {history(tmp_path)}") == [(dossiers, dossiers)]


def test_a_larger_or_longer_feed_changes_no_dossier(tmp_path: Path, db: duckdb.DuckDBPyConnection) -> None:
    feed = Feed.sized(2_000, FIRST_DAY, LAST_DAY)
    feed.backfill(tmp_path / "small", LAST_DAY)
    replace(feed, scale=3 * feed.scale).backfill(tmp_path / "large", LAST_DAY)
    replace(feed, scale=2 * feed.scale, first=date(2025, 3, 3)).backfill(tmp_path / "long", LAST_DAY)
    small, large, long = (history(tmp_path / name) for name in ("small", "large", "long"))
    for more in (large, long):
        assert rows(db, f"from {small} except from {more}") == []
        assert rows(db, f"select count(*) > 4000 from {more}") == [(True,)]


def test_volumes_and_rates_are_as_published(tmp_path: Path, db: duckdb.DuckDBPyConnection) -> None:
    Feed().backfill(tmp_path, LATER)
    db.execute(
        f"create table dossier as select *, (finished_at <= due_at)::integer as on_time from {history(tmp_path)}"
        f" where received_at::date <= '{LAST_DAY}'"
    )
    assert rows(
        db, "select count(*), count(*) filter (received_at < '2025-08-01'), count(finished_at) from dossier"
    ) == [(RECEIVED, RECEIVED_FIRST_MONTH, RECEIVED)]
    [(total, communes, departments, share)] = rows(
        db,
        "select avg(on_time), avg(on_time) filter (level = 'commune'), avg(on_time) filter (level = 'province'),"
        " avg((level = 'commune')::integer) from dossier",
    )
    # three standard errors of this many dossiers
    assert total == pytest.approx(ON_TIME, abs=0.0006)
    assert communes == pytest.approx(ON_TIME_COMMUNES, abs=0.0006)
    assert departments == pytest.approx(ON_TIME_DEPARTMENTS, abs=0.0018)
    assert share == pytest.approx(ASSUMED_COMMUNES, abs=0.003)


def test_no_time_is_impossible_unless_planted(tmp_path: Path, db: duckdb.DuckDBPyConnection) -> None:
    feed = Feed.sized(30_000, date(2025, 1, 1), LAST_DAY)
    feed.backfill(tmp_path, LAST_DAY)
    assert (
        rows(
            db,
            f"from {history(tmp_path)} where finished_at <= received_at or due_at <= received_at"
            f" or finished_at::date > '{LAST_DAY}' or strftime(received_at, '%y%m%d') <> split_part(dossier_id, '-', 2)"
            " or isodow(due_at) > 5 or isodow(finished_at) > 5",
        )
        == []
    )
    assert rows(db, f"select count(*) > 100 from {history(tmp_path)} where finished_at is null") == [(True,)]


def test_the_days_together_are_the_history(tmp_path: Path, db: duckdb.DuckDBPyConnection) -> None:
    first, last = date(2025, 6, 18), date(2025, 7, 16)
    feed = Feed.sized(8_000, first, last)
    feed.backfill(tmp_path / "history", last)
    every = [first + timedelta(number) for number in range((last - first).days + 1)]
    for day in every:
        feed.day(tmp_path / "days", day, "parquet")
    days = f"read_parquet('{tmp_path}/days/one_stop/*.parquet')"
    latest = f"from {days} qualify row_number() over (partition by dossier_id order by version desc) = 1"
    whole = f"from {history(tmp_path / 'history')}"
    assert rows(db, f"({latest}) except ({whole})") == []
    assert rows(db, f"({whole}) except ({latest})") == []
    assert rows(db, f"select max(version) > 2, count(*) - count(distinct (dossier_id, version)) from {days}") == [
        (True, 0)
    ]
    # a version follows the one before, and no record is delivered twice under two versions
    assert (
        rows(db, f"select dossier_id from {days} group by all having max(version) <> count(*) or min(version) <> 1")
        == []
    )
    assert rows(db, f"from {days} select * exclude (version) group by all having count(*) > 1") == []


def test_every_form_says_the_same(tmp_path: Path, db: duckdb.DuckDBPyConnection) -> None:
    feed = Feed.sized(20_000, FIRST_DAY, LAST_DAY)
    [parquet] = feed.day(tmp_path, LAST_DAY - timedelta(3), "parquet")
    [csv] = feed.day(tmp_path, LAST_DAY - timedelta(3), "csv")
    [lines] = feed.day(tmp_path, LAST_DAY - timedelta(3), "jsonl")
    by_agency = feed.day(tmp_path / "units", LAST_DAY - timedelta(3), "csv", by_agency=True)
    expected = rows(db, f"from '{parquet}' order by dossier_id")
    assert len(expected) > 200
    columns = {name: kind for name, kind, *_ in rows(db, f"describe from '{parquet}'")}
    for read in (
        f"read_csv('{csv}', columns = {columns})",
        f"read_csv({[str(file) for file in by_agency]}, columns = {columns})",
        f"read_json('{lines}', columns = {columns})",
    ):
        assert rows(db, f"from {read} order by dossier_id") == expected
    assert rows(db, f"select count(distinct unit_code) from '{by_agency[0]}'") == [(1,)]
    assert '"received_at":"2025-09-11T' in lines.read_text(encoding="utf-8")
    assert "+07:00" in csv.read_text(encoding="utf-8")


def test_faults_are_planted_by_their_number(tmp_path: Path, db: duckdb.DuckDBPyConnection) -> None:
    day, unit = date(2025, 8, 5), "02647"
    plain = Feed.sized(60_000, date(2025, 8, 1), date(2025, 10, 31))
    feed = replace(
        plain,
        faults=(Faults(day, 3, 2, 1, 4, 5),),
        falls=(Fall(unit, day, day + timedelta(6), 0.9),),
        missing=frozenset({date(2025, 8, 6)}),
    )
    last = date(2025, 10, 31)
    feed.backfill(tmp_path / "planted", last)
    plain.backfill(tmp_path / "plain", last)
    planted = history(tmp_path / "planted")
    [found] = rows(
        db,
        "select count(*) filter (finished_at < received_at),"
        " count(*) filter (strftime(received_at, '%y%m%d') <> split_part(dossier_id, '-', 2)),"
        f" count(*) filter (finished_at::date > '{last}'), count(*) filter (unit_code = '99999'),"
        f" count(*) - count(distinct (dossier_id, version)), count(*) filter (dossier_id like '%-250806-%')"
        f" from {planted}",
    )
    assert found == (3, 2, 1, 4, 5, 0)
    in_fall = f"unit_code = '{unit}' and split_part(dossier_id, '-', 2) between '250805' and '250811'"
    [(late,)] = rows(db, f"select avg((finished_at > due_at)::integer) from {planted} where {in_fall}")
    assert late == pytest.approx(0.9, abs=0.05)
    # nothing else is touched
    untouched = f"from {history(tmp_path / 'plain')} where dossier_id not like '%-250806-%' and not ({in_fall})"
    assert rows(db, f"select count(*) from ({untouched} except from {planted})") == [(15 - 5,)]
    assert feed.day(tmp_path / "day", date(2025, 8, 6)) == []
    [file] = feed.day(tmp_path / "day", day, "parquet")
    assert rows(db, f"select count(*) - count(distinct dossier_id) from '{file}'") == [(5,)]


def test_old_communes_until_the_reorganisation(tmp_path: Path, db: duckdb.DuckDBPyConnection) -> None:
    Feed.sized(20_000, date(2025, 4, 1), date(2025, 9, 30)).backfill(tmp_path, date(2025, 9, 30))
    seeds = PROJECT_ROOT / "dbt_project" / "seeds"
    db.execute(f"create table old as from read_csv('{seeds}/commune_crosswalk.csv', all_varchar = true)")
    db.execute(f"create table present as from read_csv('{seeds}/commune_unit.csv', all_varchar = true)")
    db.execute(f"create table dossier as from {history(tmp_path)} where not starts_with(unit_code, 's')")
    assert (
        rows(
            db,
            "select distinct unit_code from dossier where dossier_id < 'TEST.1' and unit_code not in"
            " (select commune_code from present union all select old_code from old)",
        )
        == []
    )
    [(before, renamed, after)] = rows(
        db,
        "select count(distinct split_part(dossier_id, '-', 1)) filter (split_part(dossier_id, '-', 2) < '250701'),"
        " count(*) filter (split_part(dossier_id, '-', 1) <> 'TEST.' || unit_code),"
        " count(distinct unit_code) filter (split_part(dossier_id, '-', 2) >= '250701') from dossier"
        " where dossier_id < 'TEST.1'",
    )
    assert 300 < before <= 319
    assert after == 99
    assert 50 < renamed < 2_000


def test_no_program_of_ours_knows_of_it() -> None:
    for package in ("ingest", "quality", "orchestration"):
        for file in (PROJECT_ROOT / package).rglob("*.py"):
            assert "tests.dossiers" not in file.read_text(encoding="utf-8"), file
