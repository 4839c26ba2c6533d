"""Sensors: new descriptions start a run."""

import json
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


def test_a_file_in_the_inbox_starts_one_run(home: Path) -> None:
    _, cursor = evaluate(None)
    (home / "inbox").mkdir()
    (home / "inbox" / "pci_2018.csv").write_text("x", encoding="utf-8")
    said, cursor = evaluate(cursor)
    assert isinstance(said, dg.RunRequest)
    assert isinstance(evaluate(cursor)[0], dg.SkipReason)


def test_a_mended_file_in_quarantine_starts_one_run_and_a_receipt_none(home: Path) -> None:
    _, cursor = evaluate(None)
    (home / "archive/receipts/pci_data/2018").mkdir(parents=True)
    (home / "archive/receipts/pci_data/2018/20261122T000000Z_0.json").write_text("{}", encoding="utf-8")
    said, cursor = evaluate(cursor)
    assert isinstance(said, dg.SkipReason)
    (home / "quarantine/pci_2018_00000000").mkdir(parents=True)
    (home / "quarantine/pci_2018_00000000/facts.yaml").write_text("index: PCI\n", encoding="utf-8")
    said, cursor = evaluate(cursor)
    assert isinstance(said, dg.RunRequest)
