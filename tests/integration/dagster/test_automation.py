"""Sensors: new descriptions start a run, failures and failed checks are told."""

import json
from email import policy
from email.parser import BytesParser
from pathlib import Path

import dagster as dg
import pytest

from ingest.settings import Settings
from orchestration import automation
from orchestration.run import fingerprint


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CHISO_HOME", str(tmp_path))
    monkeypatch.setenv("CHISO_AS_OF", "2026-11-22")
    return tmp_path


def evaluate(cursor: str | None) -> tuple[dg.RunRequest | dg.SkipReason, str | None]:
    context = dg.build_sensor_context(cursor=cursor)
    said = automation.catalog_and_inbox(context)
    assert isinstance(said, dg.RunRequest | dg.SkipReason)
    return said, context.cursor


def test_a_new_description_starts_one_run(home: Path) -> None:
    first, cursor = evaluate(None)
    assert isinstance(first, dg.RunRequest)
    again, cursor = evaluate(cursor)
    assert isinstance(again, dg.SkipReason)
    (home / "catalog" / "pci" / "editions").mkdir(parents=True)
    (home / "catalog" / "pci" / "editions" / "2018_63.yaml").write_text("index: PCI\n", encoding="utf-8")
    changed, cursor = evaluate(cursor)
    assert isinstance(changed, dg.RunRequest)
    assert isinstance(evaluate(cursor)[0], dg.SkipReason)


def test_what_has_been_run_already_is_not_run_again_when_the_daemon_starts(home: Path) -> None:
    (home / "state").mkdir()
    made_from = fingerprint(Settings.from_env())
    (home / "state" / "last_run.json").write_text(json.dumps({"fingerprint": made_from}), encoding="utf-8")
    said, cursor = evaluate(None)
    assert isinstance(said, dg.SkipReason)
    assert cursor is not None


def test_a_file_in_the_inbox_is_named_with_the_command_for_it(home: Path) -> None:
    _, cursor = evaluate(None)
    (home / "inbox").mkdir()
    (home / "inbox" / "pci_2018.csv").write_text("x", encoding="utf-8")
    said, _ = evaluate(cursor)
    assert isinstance(said, dg.SkipReason)
    assert "pci_2018.csv" in str(said.skip_message)
    assert "chiso add" in str(said.skip_message)


def notices(home: Path) -> list[str]:
    texts = []
    for path in sorted((home / "alerts" / "outbox").glob("*.eml")):
        message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
        texts.append(f"{message['subject']}\n{message.get_content()}")
    return texts


def test_a_failed_run_is_told_once_with_step_and_error(home: Path) -> None:
    @dg.op
    def broken() -> None:
        raise ValueError("bảng không mở được")

    @dg.job
    def synthetic() -> None:
        broken()

    with dg.DagsterInstance.ephemeral() as instance:
        result = synthetic.execute_in_process(instance=instance, raise_on_error=False)
        context = dg.build_run_status_sensor_context(
            "failed_run", result.get_run_failure_event(), instance, result.dagster_run
        ).for_run_failure()
        automation.failed_run(context)
        automation.failed_run(context)
    [notice] = notices(home)
    assert "broken" in notice
    assert "bảng không mở được" in notice


@pytest.mark.parametrize(("severity", "told"), [(dg.AssetCheckSeverity.ERROR, 1), (dg.AssetCheckSeverity.WARN, 0)])
def test_a_failed_check_is_told_though_its_run_succeeded(
    home: Path, severity: dg.AssetCheckSeverity, told: int
) -> None:
    @dg.asset(check_specs=[dg.AssetCheckSpec("synthetic_rule", asset="synthetic")])
    def synthetic() -> dg.MaterializeResult:  # type: ignore[type-arg]
        return dg.MaterializeResult(
            check_results=[dg.AssetCheckResult(passed=False, severity=severity, check_name="synthetic_rule")]
        )

    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([synthetic], instance=instance)
        assert result.success
        context = dg.build_run_status_sensor_context(
            "failed_check", result.get_run_success_event(), instance, result.dagster_run
        )
        automation.failed_check(context)
    found = notices(home)
    assert len(found) == told
    assert all("synthetic: synthetic_rule" in notice for notice in found)
