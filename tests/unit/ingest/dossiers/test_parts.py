"""The small parts of the dossier feed: the key's hash, names that may be told, settings."""

import hmac
from pathlib import Path

import duckdb
import pytest

from ingest.dossiers.columns import load_columns
from ingest.dossiers.key import DossierKey, hashed, new_key
from ingest.dossiers.refusal import shown
from ingest.settings import Settings, SettingsError


@pytest.mark.parametrize("length", [32, 64, 65, 200])
@pytest.mark.parametrize("text", ["", "TEST.1-250701-0001", "Hồ sơ " * 40])
def test_the_hash_is_hmac_whatever_the_key_is_long(length: int, text: str) -> None:
    secret = bytes(range(length))
    digits = hmac.new(secret, text.encode(), "sha256").hexdigest()
    key = DossierKey.from_env({"CHISO_DOSSIER_KEY": secret.hex()})
    with duckdb.connect() as connection:
        found = connection.execute(f"select {hashed('$text')}", key.parameters | {"text": text}).fetchone()
    assert found == (int(digits[:16], 16) - 2**63,)
    assert key.fingerprint == hmac.new(secret, b"chiso dossier key", "sha256").hexdigest()


def test_new_keys_are_usable_and_differ() -> None:
    keys = {new_key() for _ in range(5)}
    assert len(keys) == 5
    assert len({DossierKey.from_env({"CHISO_DOSSIER_KEY": key}).fingerprint for key in keys}) == 5


@pytest.mark.parametrize("name", ["ho_ten", "Số CCCD", "Ngày sinh (dd/mm)", "cột 12"])
def test_names_of_columns_are_told(name: str) -> None:
    assert shown(name, 4) == name


@pytest.mark.parametrize("name", ["", "001099012345", "a@b.vn", "TEST.1-250701-0001", "x" * 61, "sđt: 0912"])
def test_what_may_be_somebodys_is_told_by_its_place(name: str) -> None:
    assert shown(name, 4) == "no. 4"


def test_settings_of_the_feed(tmp_path: Path) -> None:
    default = Settings.from_env({"CHISO_HOME": str(tmp_path)})
    assert (default.dossier_feed, default.memory) == (tmp_path / "inbox" / "dossiers", "3GiB")
    given = Settings.from_env({"CHISO_DOSSIER_FEED": str(tmp_path / "x"), "CHISO_MEMORY": "1.5 GB"})
    assert (given.dossier_feed, given.memory) == (tmp_path / "x", "1.5 GB")
    for wrong in ("3", "much", "0GiB", "-1GiB", "3GiB; attach"):
        with pytest.raises(SettingsError, match="CHISO_MEMORY"):
            Settings.from_env({"CHISO_MEMORY": wrong})


def test_the_declared_columns_are_those_that_have_ever_been(tmp_path: Path) -> None:
    """One more or less changes content_hash, by which records of long ago are compared with new ones."""
    names = " ".join(load_columns(Settings.from_env({"CHISO_HOME": str(tmp_path)})))
    assert names == (
        "dossier_id version procedure_code procedure_field unit_code level channel received_at due_at finished_at"
        " result_electronic data_reused fee_vnd satisfaction petitions petitions_on_time"
    )
