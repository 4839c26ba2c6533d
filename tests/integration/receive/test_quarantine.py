"""Inbox and quarantine: what may not enter waits with a report, and comes in once it is mended or accepted."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import Result

from ingest.inbox import ARRIVING, take_in
from ingest.quarantine import DESCRIBED, FACTS, REPORT, held
from ingest.settings import Settings
from ingest.verify import verify
from tests.integration.receive.conftest import ORIGIN, as_csv
from tests.integration.receive.synthetic import Edition
from tests.integration.receive.test_add import expected, loaded

Chiso = Callable[..., Result]
SOURCE = {"source_url": "https://example.org/synthetic", "source_kind": "compiled"}


def settle(path: Path) -> None:
    """Make a file look as if nobody had written to it for a minute."""
    os.utime(path, (time.time() - 60,) * 2)


def drop(settings: Settings, name: str, rows: list[list[str]], facts: dict[str, object] | None = None) -> Path:
    """Put a file into the inbox, as if it had lain there for a minute."""
    settings.inbox.mkdir(parents=True, exist_ok=True)
    path = as_csv(settings.inbox / name, rows)
    if facts is not None:
        beside = path.with_name(f"{name}.yaml")
        beside.write_text(yaml.safe_dump(facts, allow_unicode=True), encoding="utf-8")
        settle(beside)
    settle(path)
    return path


def another_unit(edition: Edition) -> None:
    """The column of entry costs on a scale of 0 to 100."""
    for row in edition.rows[1:]:
        row[3] = f"{float(row[3]) * 10:.1f}"


def test_a_file_dropped_with_its_facts_is_on_the_shelf_and_gone_from_the_inbox(
    edition: Edition, settings: Settings
) -> None:
    path = drop(settings, "pci_2018.csv", edition.rows, SOURCE)
    [received] = take_in(settings)
    assert received.outcome == "accepted"
    assert loaded(settings) == expected(edition)
    assert not path.exists()
    assert list(settings.inbox.iterdir()) == []
    assert not verify(settings).problems


def test_a_file_whose_origin_nobody_says_waits_and_enters_once_it_is_said(edition: Edition, settings: Settings) -> None:
    drop(settings, "pci_2018.csv", edition.rows)
    [received] = take_in(settings)
    assert received.outcome == "held"
    [one] = held(settings.quarantine)
    report = (one.folder / REPORT).read_text(encoding="utf-8")
    assert "--source-url" in report
    assert take_in(settings) == []  # nothing was mended: it is not looked at again
    facts = yaml.safe_load((one.folder / FACTS).read_text(encoding="utf-8"))
    assert facts["source_url"] is None
    (one.folder / FACTS).write_text(yaml.safe_dump({**facts, **SOURCE}), encoding="utf-8")
    [again] = take_in(settings)
    assert again.outcome == "accepted"
    assert loaded(settings) == expected(edition)
    assert held(settings.quarantine) == []


def test_a_file_in_another_unit_is_held_with_what_where_why_and_remedy(edition: Edition, settings: Settings) -> None:
    another_unit(edition)
    drop(settings, "pci_2018.csv", edition.rows, SOURCE)
    take_in(settings)
    [one] = held(settings.quarantine)
    report = (one.folder / REPORT).read_text(encoding="utf-8")
    assert "63 điểm nằm ngoài thang đo" in report
    assert "R2C4" in report
    assert "Gia nhập thị trường" in report
    assert f"chiso accept {one.id}" in report
    assert (one.folder / "pci_2018.csv").exists()
    assert not (settings.home / "catalog").exists()


def test_a_mended_file_in_the_inbox_clears_the_one_that_was_held(edition: Edition, settings: Settings) -> None:
    rows = [row[:] for row in edition.rows]
    another_unit(edition)
    drop(settings, "pci_2018.csv", edition.rows, SOURCE)
    take_in(settings)
    drop(settings, "pci_2018.csv", rows, SOURCE)
    [received] = take_in(settings)
    assert received.outcome == "accepted"
    assert held(settings.quarantine) == []


def test_a_corrected_description_lets_a_file_in(edition: Edition, settings: Settings) -> None:
    edition.rows[0][3] = "Cột lạ"
    drop(settings, "pci_2018.csv", edition.rows, SOURCE)
    take_in(settings)
    [one] = held(settings.quarantine)
    described = one.description()
    assert described is not None
    described["tables"][0]["columns"] = {"Cột lạ": {"component": "entry_costs", "measure": "score"}}
    (one.folder / DESCRIBED).write_text(yaml.safe_dump(described, allow_unicode=True), encoding="utf-8")
    [again] = take_in(settings)
    assert again.outcome == "accepted"
    assert ("10", "entry_costs score") in loaded(settings)


def test_what_is_accepted_by_hand_says_why_for_good(edition: Edition, settings: Settings, chiso: Chiso) -> None:
    edition.rows[1][1] = "99.99"  # the publisher's own slip: out of line, and not the sum of its parts
    for row in edition.rows[2:40]:
        row[1] = f"{float(row[1]) - 1:.2f}"
    drop(settings, "pci_2018.csv", edition.rows, SOURCE)
    take_in(settings)
    [one] = held(settings.quarantine)
    short = chiso("accept", one.id, "--why", "ok")
    assert short.exit_code == 2
    said = chiso("accept", one.id, "--why", "Nơi công bố xác nhận bảng điểm như vậy")
    assert said.exit_code == 0, said.output
    [path] = (settings.home / "catalog/pci/editions").glob("*.yaml")
    accepted = yaml.safe_load(path.read_text(encoding="utf-8"))["accepted"]
    assert accepted["why"] == "Nơi công bố xác nhận bảng điểm như vậy"
    assert accepted["on"] == "2026-11-22"
    assert any("composite" in remark for remark in accepted["remarks"])
    assert loaded(settings) == expected(edition)
    assert held(settings.quarantine) == []


def test_what_cannot_be_read_cannot_be_accepted(edition: Edition, settings: Settings, chiso: Chiso) -> None:
    edition.rows[5][4] = "7.l2"
    drop(settings, "pci_2018.csv", edition.rows, SOURCE)
    take_in(settings)
    [one] = held(settings.quarantine)
    said = chiso("accept", one.id, "--why", "Nơi công bố xác nhận bảng điểm như vậy")
    assert said.exit_code == 1
    assert "cannot be read" in said.output
    assert "row 6" in said.output


def test_a_rejected_file_leaves_quarantine_and_stays_in_the_archive(
    edition: Edition, settings: Settings, chiso: Chiso
) -> None:
    drop(settings, "pci_2018.csv", edition.rows)
    take_in(settings)
    [one] = held(settings.quarantine)
    assert chiso("reject", one.id).exit_code == 0
    assert held(settings.quarantine) == []
    assert len(list((settings.home / "archive/sha256").glob("*/*.csv"))) == 1


@pytest.mark.parametrize("facts", ["edtion: 2018", "- a list", "a: [unclosed"])
def test_facts_that_nobody_understands_hold_the_file(facts: str, edition: Edition, settings: Settings) -> None:
    path = drop(settings, "pci_2018.csv", edition.rows, {})
    beside = path.with_name("pci_2018.csv.yaml")
    beside.write_text(facts, encoding="utf-8")
    settle(beside)
    [received] = take_in(settings)
    assert received.outcome == "held"
    [one] = held(settings.quarantine)
    assert "the facts are" not in one.why[0].vi
    assert not list(settings.inbox.iterdir())


def test_a_file_that_is_still_being_copied_is_left_alone(edition: Edition, settings: Settings) -> None:
    path = drop(settings, "pci_2018.csv", edition.rows, SOURCE)
    whole = path.read_bytes()
    path.write_bytes(whole[:2000])

    def copy_on() -> None:
        time.sleep(1)
        path.write_bytes(whole)

    copying = threading.Thread(target=copy_on)
    copying.start()
    [received] = take_in(settings)
    copying.join()
    assert received.outcome == ARRIVING
    assert path.exists()
    [then] = take_in(settings)
    assert then.outcome == "accepted"


def test_hidden_and_half_copied_files_are_not_for_us(settings: Settings) -> None:
    settings.inbox.mkdir(parents=True)
    for name in (".DS_Store", "~$pci_2018.xlsx", "pci_2018.csv.part", "pci_2018.crdownload"):
        (settings.inbox / name).write_bytes(b"x")
    assert take_in(settings) == []


def test_a_partial_table_does_not_take_the_place_of_a_complete_one(
    edition: Edition, settings: Settings, chiso: Chiso
) -> None:
    drop(settings, "pci_2018.csv", edition.rows, SOURCE)
    take_in(settings)
    press = [row[:3] for row in edition.rows[:31]]
    drop(settings, "pci_2018_bao.csv", press, {**SOURCE, "coverage": "partial"})
    [same] = take_in(settings)
    assert same.outcome == "known"
    press[30][1] = f"{float(press[30][1]) - 0.01:.2f}"
    drop(settings, "pci_2018_bao.csv", press, {**SOURCE, "coverage": "partial"})
    [received] = take_in(settings)
    assert received.outcome == "held"
    assert "fuller" in received.why[0].en
    assert loaded(settings) == expected(edition)


def test_origin_options_and_facts_have_the_same_names(edition: Edition, chiso: Chiso, settings: Settings) -> None:
    another_unit(edition)
    offered = as_csv(settings.home.parent / "pci_2018.csv", edition.rows)
    chiso("add", offered, *ORIGIN, "--published-on", "2019-03-28")
    [one] = held(settings.quarantine)
    assert one.facts() == {**SOURCE, "published_on": "2019-03-28"}
