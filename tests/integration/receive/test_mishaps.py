"""What goes wrong on the way in: nothing is lost, nothing typed is written over, and no file stops others."""

import csv
import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import yaml
from click.testing import Result

from ingest.inbox import take_in
from ingest.offer import OfferedFile
from ingest.quarantine import DESCRIBED, FACTS, harmless, held, recover
from ingest.receipts import Receipts, read_receipt
from ingest.receive import Desk
from ingest.settings import Settings
from ingest.store import Store
from ingest.territory import gazetteer
from tests.integration.receive.conftest import ORIGIN, as_csv
from tests.integration.receive.synthetic import Edition, pci_2018
from tests.integration.receive.test_add import expected, loaded
from tests.integration.receive.test_quarantine import SOURCE, another_unit, drop

Chiso = Callable[..., Result]


def test_every_sheet_of_a_workbook_may_be_an_edition_of_its_own(
    edition: Edition, settings: Settings, chiso: Chiso, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    for name in ("PCI 2018", "PCI 2004"):
        sheet = book.create_sheet(name)
        sheet.append([text.replace("PCI 2018", name) for text in edition.rows[0]])
        for row in edition.rows[1:]:
            shift = 0.25 if name == "PCI 2004" else 0.0
            sheet.append([row[0], *(float(text) + shift * (place > 1) for place, text in enumerate(row[1:]))])
    book.save(tmp_path / "pci.xlsx")
    first = chiso("add", tmp_path / "pci.xlsx", *ORIGIN, "--sheet", "PCI 2018", "--edition", "2018")
    assert first.exit_code == 0, first.output
    second = chiso("check", tmp_path / "pci.xlsx", "--sheet", "PCI 2004", "--edition", "2004")
    assert "PCI 2004, list 63, vintage 1" in second.output


def test_a_held_restatement_outlives_a_repeat_of_the_old_figures(edition: Edition, settings: Settings) -> None:
    drop(settings, "pci_2018.csv", edition.rows, SOURCE)
    take_in(settings)
    restated = pci_2018()
    another_unit(restated)
    drop(settings, "pci_2018_moi.csv", restated.rows, SOURCE)
    assert [one.outcome for one in take_in(settings)] == ["held"]
    path = drop(settings, "pci_2018.csv", edition.rows, SOURCE)
    as_csv(path, edition.rows, delimiter=";")
    os.utime(path, (time.time() - 60,) * 2)
    assert [one.outcome for one in take_in(settings)] == ["known"]
    assert len(held(settings.quarantine)) == 1


def test_what_somebody_typed_in_quarantine_outlives_the_same_bytes_coming_again(
    edition: Edition, settings: Settings
) -> None:
    drop(settings, "pci_2018.csv", edition.rows)
    take_in(settings)
    [one] = held(settings.quarantine)
    (one.folder / FACTS).write_text(yaml.safe_dump(SOURCE), encoding="utf-8")
    drop(settings, "pci_2018.csv", edition.rows)
    assert [received.outcome for received in take_in(settings)] == ["accepted"]
    assert loaded(settings) == expected(edition)


@pytest.mark.parametrize("text", ["index: [unclosed", "- a list", "index: PCI/../..", "edition: abc"])
def test_a_slip_in_quarantine_is_told_and_left_as_it_is_typed(text: str, edition: Edition, settings: Settings) -> None:
    drop(settings, "pci_2018.csv", edition.rows)
    take_in(settings)
    [one] = held(settings.quarantine)
    (one.folder / FACTS).write_text(text, encoding="utf-8")
    assert [received.outcome for received in take_in(settings)] == ["held"]
    assert (one.folder / FACTS).read_text(encoding="utf-8") == text


def test_mended_facts_are_looked_at_once(edition: Edition, settings: Settings) -> None:
    edition.rows[0][1] = "Chỉ số PCI cuối cùng"
    drop(settings, "bang diem.csv", edition.rows)
    take_in(settings)
    [one] = held(settings.quarantine)
    (one.folder / FACTS).write_text(yaml.safe_dump({"index": "PCI"}), encoding="utf-8")
    assert len(take_in(settings)) == 1
    assert take_in(settings) == []
    assert [again.id for again in held(settings.quarantine)] == [one.id]


def test_a_kill_between_two_renames_loses_no_held_file(edition: Edition, settings: Settings) -> None:
    drop(settings, "pci_2018.csv", edition.rows)
    take_in(settings)
    [one] = held(settings.quarantine)
    one.folder.rename(one.folder.with_name(f".old-{one.id}"))
    (settings.quarantine / f".new-{one.id}").mkdir()
    recover(settings.quarantine)
    assert [again.id for again in held(settings.quarantine)] == [one.id]
    assert len(list(settings.quarantine.iterdir())) == 1


@pytest.mark.parametrize(
    "facts",
    [
        "published_on: 2018-13-01",
        'edition: "2018"',
        "edition: abc",
        "columns: [a]",
        "index: [PCI]",
        "ignore: 5",
        "5: 1",
        "delimiter: ab",
        "index: PCI/2018",
        "metrics: a/b",
        "encoding: idna",
        "[" * 5000,
    ],
)
def test_no_facts_stop_the_files_behind_them(facts: str, edition: Edition, settings: Settings) -> None:
    first = drop(settings, "a_pci_2017.csv", pci_2018(seed=3).rows, {})
    first.with_name("a_pci_2017.csv.yaml").write_text(facts, encoding="utf-8")
    os.utime(first.with_name("a_pci_2017.csv.yaml"), (time.time() - 60,) * 2)
    drop(settings, "pci_2018.csv", edition.rows, SOURCE)
    assert [one.outcome for one in take_in(settings)] == ["held", "accepted"]
    [one] = held(settings.quarantine)
    assert (one.folder / "a_pci_2017.csv.yaml").read_text(encoding="utf-8") == facts


def test_a_file_that_is_replaced_while_it_is_looked_at_is_not_taken_for_the_first(
    edition: Edition, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop(settings, "pci_2018.csv", edition.rows, SOURCE)
    receive = Desk.receive

    def meanwhile(desk: Desk, *given: object, **named: object) -> object:
        as_csv(path, edition.rows[:30])
        return receive(desk, *given, **named)

    monkeypatch.setattr(Desk, "receive", meanwhile)
    take_in(settings)
    assert path.exists()
    assert loaded(settings) == expected(edition)


def test_facts_that_come_before_their_file_wait_for_it(settings: Settings) -> None:
    settings.inbox.mkdir(parents=True)
    (settings.inbox / "pci_2018.csv.yaml").write_text("source_kind: official", encoding="utf-8")
    assert take_in(settings) == []
    assert (settings.inbox / "pci_2018.csv.yaml").exists()


@pytest.mark.parametrize("name", ["..", "../../x.csv", "a/b\0c.xlsx", "x" * 300 + ".csv", ".", "", "\x1b[2J.csv"])
def test_a_name_that_a_publisher_made_up_stays_a_name(name: str) -> None:
    plain = harmless(name)
    assert plain
    assert Path(plain).name == plain
    assert plain not in (".", "..")
    assert len(plain) < 100
    assert plain.isprintable()


def test_our_correction_stays_when_other_bytes_bring_the_same_figures(edition: Edition, settings: Settings) -> None:
    right = edition.rows[5][4]
    edition.rows[5][4] = f"{float(right) + 0.05:.2f}"
    correction = {
        "territory": str(gazetteer().resolve(edition.rows[5][0], "63")),
        "component": "land_access",
        "measure": "score",
        "printed": edition.rows[5][4],
        "corrected": right,
        "reason": "synthetic",
        "source": "synthetic",
        "status": "reported",
    }
    drop(settings, "pci_2018.csv", edition.rows, {**SOURCE, "corrections": [correction]})
    assert [one.outcome for one in take_in(settings)] == ["accepted"]
    path = drop(settings, "pci_2018.csv", edition.rows, SOURCE)
    as_csv(path, edition.rows, delimiter=";")
    os.utime(path, (time.time() - 60,) * 2)
    assert [one.outcome for one in take_in(settings)] == ["known"]
    assert loaded(settings)[correction["territory"], "land_access score"] == float(right)
    edition.rows[9][4] = f"{float(edition.rows[9][4]) - 0.02:.2f}"
    drop(settings, "pci_2018_v2.csv", edition.rows, SOURCE)
    take_in(settings)
    assert loaded(settings, "2018_63_v2")[correction["territory"], "land_access score"] == float(right)


@pytest.mark.parametrize(
    "line",
    [
        ["Tỉnh Mới Lạ", "66.10*", "5*", *["7.36*"] * 10],
        ["Tỉnh Mới Lạ", *["KCDL"] * 12],
        ["1", "2", *[str(number) for number in range(3, 14)]],
    ],
)
def test_a_line_of_figures_is_never_taken_for_a_note(line: list[str], edition: Edition, settings: Settings) -> None:
    edition.rows.insert(6, line)
    drop(settings, "pci_2018.csv", edition.rows, {**SOURCE, "coverage": "partial"})
    [received] = take_in(settings)
    assert received.outcome == "held"


def pulled_page(settings: Settings, name: str, rows: list[list[str]], title: str, address: str) -> str:
    """What becomes of a page with this title that was served at this address, asked for as the edition of 2018."""
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    page = f"<html><head><title>{title}</title></head><body><table>{cells}</table></body></html>"
    stored = Store(settings.shelves[-1].archive).put(iter([page.encode()]), ".html")
    facts = {"index": "PCI", "edition": 2018, "source_url": address, "source_kind": "official"}
    files = [OfferedFile(name, stored.name, stored.sha256)]
    return Desk(settings).receive(files, facts, "synthetic source, 2018").outcome


def test_a_page_of_another_year_is_not_the_edition_asked_for(edition: Edition, settings: Settings) -> None:
    header, *rows = edition.rows
    nameless = [["Tỉnh", "Chỉ số PCI cuối cùng", *header[2:]], *rows]
    at = "https://example.org/xep-hang-2018"
    assert pulled_page(settings, "xep-hang-2018", nameless, "Bảng xếp hạng 2019", at) == "held"
    assert pulled_page(settings, "xep-hang", nameless, "Bảng xếp hạng", "https://example.org/xep-hang-2019") == "held"
    assert pulled_page(settings, "xep-hang-2018", nameless, "Xếp hạng 2018, công bố 28/3/2019", at) == "accepted"


def test_a_rejected_file_is_not_held_again_when_a_pull_brings_it(
    edition: Edition, settings: Settings, chiso: Chiso
) -> None:
    another_unit(edition)
    at = "https://example.org/a"
    assert pulled_page(settings, "a", edition.rows, "", at) == "held"
    [one] = held(settings.quarantine)
    assert chiso("reject", one.id).exit_code == 0
    assert pulled_page(settings, "a", edition.rows, "", at) == "rejected"
    assert held(settings.quarantine) == []


def test_a_page_that_changes_daily_is_held_once(edition: Edition, settings: Settings) -> None:
    another_unit(edition)
    for day in range(3):
        assert pulled_page(settings, "a", edition.rows, f"ngày {day}", "https://example.org/a") == "held"
    assert len(held(settings.quarantine)) == 1


def test_a_description_that_is_no_yaml_is_said_in_a_line(edition: Edition, settings: Settings, chiso: Chiso) -> None:
    another_unit(edition)
    drop(settings, "pci_2018.csv", edition.rows, SOURCE)
    take_in(settings)
    [one] = held(settings.quarantine)
    for text in ("index: [", "index: PCI\n", "- 1\n"):
        (one.folder / DESCRIBED).write_text(text, encoding="utf-8")
        said = chiso("accept", one.id, "--why", "Nơi công bố xác nhận bảng này")
        assert said.exit_code == 1
        assert "Traceback" not in said.output
    assert chiso("reject", "").exit_code == 1
    assert len(held(settings.quarantine)) == 1


@pytest.mark.parametrize("code", ["../../x", "metrics", "sources", "territory", "a b", "pci"])
def test_a_new_index_takes_no_name_that_is_none(code: str, chiso: Chiso, home: Path) -> None:
    options = ["--name-vi", "Thử", "--name-en", "Try", "--publisher", "Nobody", "--publisher-code", "NOBODY"]
    said = chiso("new-index", code, *options, "--scale", "0", "100", "--total-header", "Điểm")
    assert said.exit_code == 1
    assert not list(home.rglob("index.yaml")) if home.exists() else True


def test_receipts_say_what_was_brought(edition: Edition, settings: Settings) -> None:
    drop(settings, "pci_2018.csv", edition.rows, SOURCE)
    take_in(settings)
    [receipt] = map(read_receipt, Receipts(settings.shelves[-1].archive).paths())
    assert receipt.original_name == "pci_2018.csv"
    header, *rows = csv.reader((settings.shelves[-1].archive / receipt.file).read_text(encoding="utf-8").splitlines())
    assert [header, *rows] == edition.rows


def test_an_older_vintage_does_not_come_back_in_silence(edition: Edition, settings: Settings) -> None:
    drop(settings, "pci_2018.csv", edition.rows, SOURCE)
    take_in(settings)
    restated = pci_2018()
    restated.rows[9][4] = f"{float(restated.rows[9][4]) - 0.02:.2f}"
    drop(settings, "pci_2018_sua.csv", restated.rows, SOURCE)
    take_in(settings)
    path = drop(settings, "pci_2018_cu.csv", edition.rows, SOURCE)
    as_csv(path, edition.rows, delimiter=";")
    os.utime(path, (time.time() - 60,) * 2)
    [received] = take_in(settings)
    assert received.outcome == "held"
    assert "figures of vintage 1 again" in received.why[0].en


def test_a_table_with_headers_of_its_own_is_taken_as_they_are_said(
    edition: Edition, settings: Settings, chiso: Chiso, tmp_path: Path
) -> None:
    rows = [["Đơn vị", "Điểm của năm"], *[[row[0], row[1]] for row in edition.rows[1:31]]]
    offered = as_csv(tmp_path / "pci_2018_bao.csv", rows)
    said = chiso("add", offered, *ORIGIN, "--partial")
    assert said.exit_code == 1
    assert "--column 'HEADER=component.measure'" in said.output
    assert "Đơn vị | Điểm của năm" in said.output
    rows[0][0] = "Tỉnh"
    as_csv(offered, rows)
    told = chiso("add", offered, *ORIGIN, "--partial", "--basis", "63", "--column", "Điểm của năm=total.score")
    assert told.exit_code == 0, told.output
    assert len(loaded(settings)) == 30


def test_the_only_file_of_a_zip_needs_no_name(
    edition: Edition, settings: Settings, chiso: Chiso, tmp_path: Path
) -> None:
    inner = as_csv(tmp_path / "pci_2018.csv", edition.rows)
    with zipfile.ZipFile(tmp_path / "pci_2018.zip", "w") as packed:
        packed.write(inner, "bang/pci_2018.csv")
    added = chiso("add", tmp_path / "pci_2018.zip", *ORIGIN)
    assert added.exit_code == 0, added.output
    assert loaded(settings) == expected(edition)
    with zipfile.ZipFile(tmp_path / "hai_bang_2018.zip", "w") as packed:
        packed.write(inner, "a.csv")
        packed.write(inner, "b.csv")
    asked = chiso("add", tmp_path / "hai_bang_2018.zip", *ORIGIN, "--index", "PCI")
    assert asked.exit_code == 1
    assert "--member: which file of the zip holds the table (a.csv, b.csv)" in asked.output


def test_an_official_source_is_an_address(edition: Edition, chiso: Chiso, tmp_path: Path) -> None:
    offered = as_csv(tmp_path / "pci_2018.csv", edition.rows)
    said = chiso("add", offered, "--source-url", "không rõ", "--source-kind", "official")
    assert said.exit_code == 1
    assert "--source-url" in said.output


@pytest.mark.parametrize("source", ["nso_e05_02", "provincial_statistics", "lao_cai"])
def test_there_is_no_template_of_what_no_department_fills_in(source: str, chiso: Chiso) -> None:
    said = chiso("template", source)
    assert said.exit_code == 1
    assert "index_766_monthly" in said.output


def test_a_mended_mark_counts_and_not_the_one_that_was_said_before(edition: Edition, settings: Settings) -> None:
    rows = [[cell.replace(".", ",") for cell in row] for row in edition.rows]
    drop(settings, "pci_2018.csv", rows, {**SOURCE, "decimal": "."})
    assert [one.outcome for one in take_in(settings)] == ["held"]
    [one] = held(settings.quarantine)
    (one.folder / FACTS).write_text(yaml.safe_dump({**SOURCE, "decimal": ","}), encoding="utf-8")
    assert [again.outcome for again in take_in(settings)] == ["accepted"]
    assert loaded(settings) == expected(edition)
