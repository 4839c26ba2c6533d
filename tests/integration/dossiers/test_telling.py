"""How the feed is told: `chiso dossiers`, the assets and their check, and what makes a run necessary."""

import dagster as dg
import pytest
from click.testing import CliRunner

from orchestration.cli import main
from orchestration.dossier_assets import dossier_feed
from orchestration.resources import Home
from orchestration.run import fingerprint
from orchestration.warehouse_state import _raw_state
from tests.integration.dossiers.conftest import KEY, House, as_csv, record


@pytest.fixture
def installed(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """The house as the environment's own."""
    monkeypatch.setenv("CHISO_HOME", str(house.settings.home))
    monkeypatch.setenv("CHISO_DOSSIER_KEY", KEY)
    monkeypatch.setenv("COLUMNS", "250")
    return house


def told(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["dossiers", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_the_command_line_tells_what_was_delivered(installed: House) -> None:
    assert "Nothing was looked at yet. Start with: chiso run" in told()
    installed.load()
    assert "no dossiers delivered yet" in told()
    installed.drop("a/2025-07-02.csv", as_csv([record(1), record(2)]))
    installed.drop("a/2025-07-03.csv", as_csv([record(3, level="0912345678")]))
    installed.load()
    said = " ".join(told().split())
    assert "(2 files)" in said
    assert "Loaded: 1 files, 2 records, in 1 loads" in said
    assert "refused a/2025-07-03.csv, row 2, column level" in said
    assert "Giá trị phải là province, district hoặc commune. Sửa giá trị rồi gửi lại tệp." in said
    assert "0912345678" not in said
    assert len(bytes.fromhex(told("key").strip())) == 32


def materialized(house: House) -> dg.ExecuteInProcessResult:
    return dg.materialize([dossier_feed], resources={"home": Home()})


def test_the_assets_tell_it_too(installed: House) -> None:
    [check] = materialized(installed).get_asset_check_evaluations()
    assert check.passed
    installed.drop("a/2025-07-02.csv", as_csv([record(1), record(2)]))
    installed.drop("a/2025-07-03.csv", as_csv([record(3, level="0912345678")]))
    result = materialized(installed)
    [check] = result.get_asset_check_evaluations()
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    why = str(check.metadata["why"].value)
    assert why.startswith("- `a/2025-07-03.csv`, row 2, column level: The value must be province, district or commune.")
    [rows] = result.asset_materializations_for_node("dossier_feed")[:1]
    assert rows.metadata["dagster/row_count"].value == 2


def test_a_delivery_makes_a_run_necessary_and_a_load_does_not(installed: House) -> None:
    before = fingerprint(installed.settings)
    installed.drop("a/2025-07-02.csv", as_csv([record(1)]))
    waiting = fingerprint(installed.settings)
    assert waiting != before
    installed.load()
    assert fingerprint(installed.settings) == waiting


def test_the_ledger_stands_for_the_dossiers(installed: House) -> None:
    installed.load()
    empty = _raw_state(installed.settings)
    installed.drop("a/2025-07-02.csv", as_csv([record(1)]))
    installed.load()
    loaded = _raw_state(installed.settings)
    assert loaded != empty
    [raw] = installed.settings.raw.glob("dossier/*/load-000001.parquet")
    raw.write_bytes(b"not read")
    assert _raw_state(installed.settings) == loaded
