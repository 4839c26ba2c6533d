"""Bytes under their hash: once, whole or not at all, never written over."""

import hashlib
import io
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.receipts import Receipts, read_receipt
from ingest.settings import PROJECT_ROOT
from ingest.store import Store, StoreError


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "archive")


def test_a_file_lies_under_its_hash_and_cannot_be_written(store: Store, tmp_path: Path) -> None:
    (tmp_path / "given.xlsx").write_bytes(b"abc")
    stored = store.put(tmp_path / "given.xlsx", ".XLSX")
    sha = hashlib.sha256(b"abc").hexdigest()
    assert (stored.sha256, stored.size, stored.is_new) == (sha, 3, True)
    assert stored.name == f"sha256/{sha[:2]}/{sha}.xlsx"
    assert store.archive / stored.name == stored.path == store.find(sha)
    assert stored.path.stat().st_mode & 0o777 == 0o444
    again = store.put(io.BytesIO(b"abc"), ".csv")
    assert (again.path, again.is_new) == (stored.path, False)
    assert list(store.files()) == [stored.path]


@pytest.mark.parametrize("suffix", ["", "../../x", ".a/b", ".", ".toolongsuffix", ".\x00"])
def test_a_suffix_is_only_a_suffix(store: Store, suffix: str) -> None:
    stored = store.put([b"x"], suffix)
    assert stored.path.name == hashlib.sha256(b"x").hexdigest()


def test_content_that_fails_leaves_nothing(store: Store) -> None:
    def broken() -> object:
        yield b"some"
        raise KeyError("lost")

    with pytest.raises(KeyError):
        store.put(broken())  # type: ignore[arg-type]
    assert not list(store.files())
    assert not list(store.incoming.glob("*.part"))


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreError, match="cannot be stored in"):
        Store(tmp_path / "file").put([b"x"])


def test_leftovers_of_the_dead_go_and_those_of_the_living_stay(store: Store) -> None:
    store.put([b"first"])
    script = (
        "import os, sys; from pathlib import Path; from ingest.store import Store\n"
        "with Store(Path(sys.argv[1])).unfinished() as (path, file):\n"
        "    print(path, flush=True); sys.stdin.read(1); os._exit(9)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(store.archive)],
        cwd=PROJECT_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    left = Path(process.stdout.readline().strip())
    store.put([b"second"])
    assert left.exists()
    assert store.leftovers() == []
    process.communicate("x", timeout=10)
    assert store.leftovers() == [left]
    store.put([b"third"])
    assert not left.exists()


def test_a_lock_held_elsewhere_protects_a_file_whose_process_number_is_not_here(store: Store) -> None:
    """Other containers share the folder, not the process numbers."""
    with store.unfinished() as (path, _):
        foreign = path.with_name("4000000000-x.part")
        os.rename(path, foreign)
        assert store.leftovers() == []
    assert store.leftovers() == [foreign]


def test_receipts_of_what_was_brought(store: Store) -> None:
    receipts = Receipts(store.archive)
    at = datetime(2026, 11, 25, 7, 0, 5, tzinfo=UTC)
    names = [receipts.brought(store.put([b"abc"], ".csv"), "Bảng điểm.csv", at) for _ in range(3)]
    assert names == [f"20261125T070005Z{n}_ba7816bf8f01.json" for n in ("", "-2", "-3")]
    receipt = read_receipt(store.archive / "receipts/inbox/all" / names[0])
    assert (receipt.original_name, receipt.at, receipt.role) == ("Bảng điểm.csv", "2026-11-25T07:00:05Z", "brought")
    assert receipt.moment == at
