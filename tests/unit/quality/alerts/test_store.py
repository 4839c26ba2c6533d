"""The alert store: what it refuses, and that a change happens as a whole or not at all."""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ingest.settings import ZONE
from quality.alerts.store import FILE, StoreError, changing, fact, moment, open_store, set_fact, stamp


def test_it_is_made_once_and_keeps_what_it_holds(tmp_path: Path) -> None:
    with open_store(tmp_path / "alerts") as con, changing(con):
        set_fact(con, "home", "1")
        set_fact(con, "home", "2")
    with open_store(tmp_path / "alerts") as con:
        assert fact(con, "home") == "2"
        assert fact(con, "unknown") is None


def test_a_store_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as con:
        con.execute("pragma user_version = 99")
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(StoreError, match=r"newer Chiso.*update"), open_store(tmp_path):
        pass
    assert (tmp_path / FILE).read_bytes() == before


def test_a_damaged_store_is_refused_with_a_remedy_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match=f"{FILE} cannot be read.*restore it from a copy"), open_store(tmp_path):
        pass
    assert (tmp_path / FILE).read_bytes() == b"no database" * 1000


def test_a_file_of_somebody_else_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as con:
        con.execute("create table message (body text)")
    with pytest.raises(StoreError, match="already exists"), open_store(tmp_path):
        pass


def test_a_store_in_use_is_not_called_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quality.alerts.store._PATIENCE", 0.01)
    with open_store(tmp_path):
        pass
    with sqlite3.connect(tmp_path / FILE, isolation_level=None) as other:
        other.execute("begin exclusive")
        with pytest.raises(StoreError) as refused, open_store(tmp_path):
            pass
        other.execute("rollback")
    assert "locked" in str(refused.value)
    assert "restore" not in str(refused.value)


def test_a_change_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def half_done(con: sqlite3.Connection) -> None:
        with changing(con):
            set_fact(con, "one", "1")
            raise KeyboardInterrupt

    with open_store(tmp_path) as con:
        with pytest.raises(KeyboardInterrupt):
            half_done(con)
        assert fact(con, "one") is None
        with changing(con):
            set_fact(con, "two", "2")
        assert fact(con, "two") == "2"


def test_two_processes_do_not_change_it_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quality.alerts.store._PATIENCE", 0.01)
    with open_store(tmp_path) as one, open_store(tmp_path) as other:
        with changing(one):
            set_fact(one, "home", "1")
            with pytest.raises(sqlite3.OperationalError, match="locked"), changing(other):
                pass
        with changing(other):
            assert fact(other, "home") == "1"


def test_moments_sort_as_text_and_need_a_zone() -> None:
    first = datetime(2026, 7, 1, 9, tzinfo=ZONE)
    assert stamp(first) < stamp(first + timedelta(seconds=1)) < stamp(first + timedelta(days=1))
    assert moment(stamp(first)) == first
    with pytest.raises(ValueError, match="time zone"):
        stamp(first.replace(tzinfo=None))
