"""The small parts of the dossier feed: the key's hash, names that may be told, settings."""

import hmac
import os
from pathlib import Path

import duckdb
import pytest

from ingest.dossiers.columns import load_columns
from ingest.dossiers.feed import replace_text
from ingest.dossiers.key import DossierKey, hashed, new_key
from ingest.dossiers.refusal import shown
from ingest.settings import PROJECT_ROOT, Settings, SettingsError


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


@pytest.mark.parametrize("name", ["ho_ten", "CCCD", "cot_12", "x" * 40])
def test_names_of_columns_are_told(name: str) -> None:
    assert shown(name, 4) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "001099012345",
        "so_0912",
        "a@b.vn",
        "TEST.1-250701-0001",
        "x" * 41,
        "Nguyễn Văn An",
        "Nguyen Van An",
        "Số CCCD",
        "\N{KELVIN SIGN}",
        "ho_ten\n",
    ],
)
def test_what_may_be_somebodys_is_told_by_its_place(name: str) -> None:
    assert shown(name, 4) == "no. 4"


def test_settings_of_the_feed(tmp_path: Path) -> None:
    default = Settings.from_env({"CHISO_HOME": str(tmp_path)})
    assert (default.dossier_feed, default.memory) == (tmp_path / "inbox" / "dossiers", "3GiB")
    given = Settings.from_env({"CHISO_DOSSIER_FEED": str(tmp_path / "x"), "CHISO_MEMORY": "1.5 GB"})
    with pytest.raises(SettingsError, match=r"CHISO_DOSSIER_FEED names .*/x, which is no folder; correct the path"):
        given.dossier_feed  # noqa: B018
    (tmp_path / "x").mkdir()
    assert (given.dossier_feed, given.memory) == (tmp_path / "x", "1.5 GB")
    for wrong in ("3", "much", "0GiB", "-1GiB", "3GiB; attach"):
        with pytest.raises(SettingsError, match="CHISO_MEMORY"):
            Settings.from_env({"CHISO_MEMORY": wrong})


def test_a_small_file_is_on_the_disk_before_and_after_it_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *given, name=name, real=real: (done.append(name), real(*given)))
    for text in ("longer", "x"):
        replace_text(tmp_path / "a", text)
    assert done == ["fsync", "replace", "fsync"] * 2
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {"a": "x"}


def test_codes_of_units_are_those_of_bodies(tmp_path: Path) -> None:
    pattern = load_columns(Settings.from_env({"CHISO_HOME": str(tmp_path)}))["unit_code"].limits["pattern"]
    seeds = PROJECT_ROOT / "dbt_project" / "seeds"
    with duckdb.connect() as connection:
        unfit = connection.execute(
            "select code from (select agency_code as code from read_csv(?) union all"
            " select commune_code from read_csv(?, all_varchar = true)) where not regexp_full_match(code, ?)",
            [f"{seeds}/agency.csv", f"{seeds}/commune_unit.csv", pattern],
        ).fetchall()
        names = ["nguyen_van_an", "ban", "so_", "so_Nguyen", "so_010095001234", "x_so_tai_chinh", "so_" + "x" * 51]
        fit = connection.execute("select * from unnest(?) t(code) where regexp_full_match(code, ?)", [names, pattern])
        assert (unfit, fit.fetchall()) == ([], [])


def test_the_declared_columns_are_those_that_have_ever_been(tmp_path: Path) -> None:
    """One more or less changes content_hash, by which records of long ago are compared with new ones."""
    names = " ".join(load_columns(Settings.from_env({"CHISO_HOME": str(tmp_path)})))
    assert names == (
        "dossier_id version procedure_code procedure_field unit_code level channel received_at due_at finished_at"
        " result_electronic data_reused fee_vnd satisfaction petitions petitions_on_time"
    )
