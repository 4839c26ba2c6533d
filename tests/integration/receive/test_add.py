"""`chiso check` and `chiso add`: what a file tells by itself, what must be said, figures that arrive to the cell."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import yaml
from click.testing import Result

from ingest.catalog_reader import load_catalog
from ingest.reader import read_edition
from ingest.settings import Settings
from ingest.territory import gazetteer
from ingest.verify import verify
from tests.integration.receive.conftest import ORIGIN, as_csv, as_workbook
from tests.integration.receive.synthetic import Edition

Chiso = Callable[..., Result]
_TCVN3 = "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊË®ÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\u00adõö÷øùúûüýþ§"


def loaded(settings: Settings, key: str = "2018_63") -> dict[tuple[str, str], float | None]:
    """What an edition reads as, by (territory code, component and measure)."""
    catalog = load_catalog(settings.shelves)
    [edition] = [one for one in catalog.editions_of("PCI") if one.key == key]
    cells = read_edition(edition, catalog, gazetteer())
    return {(cell.territory_code, f"{cell.component_code} {cell.measure}"): cell.value for cell in cells}


def expected(edition: Edition) -> dict[tuple[str, str], float]:
    places = gazetteer()
    codes = {
        "PCI 2018": "total score",
        "Xếp hạng": "total rank",
        "Gia nhập thị trường": "entry_costs score",
        "Tiếp cận đất đai": "land_access score",
        "Tính minh bạch": "transparency score",
        "Chi phí thời gian": "time_costs score",
        "Chi phí không chính thức": "informal_charges score",
        "Cạnh tranh bình đẳng": "policy_bias score",
        "Tính năng động": "proactivity score",
        "Hỗ trợ doanh nghiệp": "business_support score",
        "Đào tạo lao động": "labor_training score",
        "Thiết chế pháp lý": "legal_institutions score",
    }
    return {(str(places.resolve(name, "63")), codes[header]): value for (name, header), value in edition.values.items()}


def reordered(edition: Edition) -> list[list[str]]:
    """Columns the other way round, decimal commas, names as other publications write them."""
    other = {"TP.HCM": "Tp. Hồ Chí Minh", "Thừa Thiên Huế": "Hue", "Bà Rịa - Vũng Tàu": "BRVT", "Đắk Lắk": "Dak Lak"}
    header, *rows = [row[::-1] for row in edition.rows]
    return [header, *([*(cell.replace(".", ",") for cell in row[:-1]), other.get(row[-1], row[-1])] for row in rows)]


@pytest.mark.parametrize(
    ("name", "delimiter", "encoding"),
    [
        ("pci_2018.csv", ",", "utf-8"),
        ("PCI-2018.csv", ";", "utf-8-sig"),
        ("bang diem pci 2018.txt", "\t", "utf-16"),
    ],
)
def test_a_table_in_another_order_with_decimal_commas_is_added_to_the_cell(
    name: str, delimiter: str, encoding: str, edition: Edition, settings: Settings, chiso: Chiso, tmp_path: Path
) -> None:
    offered = as_csv(tmp_path / name, reordered(edition), delimiter, encoding)
    added = chiso("add", offered, *ORIGIN)
    assert added.exit_code == 0, added.output
    assert loaded(settings) == expected(edition)
    assert not verify(settings).problems


def test_a_workbook_with_titles_a_merged_header_units_and_notes_is_added_to_the_cell(
    edition: Edition, settings: Settings, chiso: Chiso, tmp_path: Path
) -> None:
    added = chiso("add", as_workbook(tmp_path / "Bảng điểm PCI 2018.xlsx", edition), *ORIGIN)
    assert added.exit_code == 0, added.output
    assert loaded(settings) == expected(edition)
    [described] = (settings.home / "catalog/pci/editions").glob("*.yaml")
    [table] = yaml.safe_load(described.read_text(encoding="utf-8"))["tables"]
    assert table["place"] == {"sheet": "Tổng hợp", "header": 4, "last": 68, "skip": [5]}


def test_what_the_file_does_not_tell_is_listed_all_at_once(edition: Edition, chiso: Chiso, tmp_path: Path) -> None:
    header, *rows = edition.rows
    nameless = [["PCI" if name == "PCI 2018" else name for name in header], *rows]
    nameless[0][1] = "Chỉ số PCI cuối cùng"
    said = chiso("add", as_csv(tmp_path / "bang.csv", nameless))
    assert said.exit_code == 1
    assert [option in said.output for option in ("--source-url", "--source-kind", "--edition")] == [True] * 3


def test_a_column_that_nobody_knows_is_asked_for_and_then_taken_as_said(
    edition: Edition, settings: Settings, chiso: Chiso, tmp_path: Path
) -> None:
    edition.rows[0][3] = "Chi phí gia nhập thị trường (mới)"
    offered = as_csv(tmp_path / "pci_2018.csv", edition.rows)
    said = chiso("add", offered, *ORIGIN)
    assert said.exit_code == 1
    assert "most like entry_costs.score" in said.output
    assert not (settings.home / "catalog").exists()
    told = chiso("add", offered, *ORIGIN, "--column", "Chi phí gia nhập thị trường (mới)=entry_costs.score")
    assert told.exit_code == 0, told.output
    assert ("10", "entry_costs score") in loaded(settings)


def test_looking_at_a_file_changes_nothing(edition: Edition, home: Path, chiso: Chiso, tmp_path: Path) -> None:
    said = chiso("check", as_csv(tmp_path / "pci_2018.csv", edition.rows))
    assert said.exit_code == 0, said.output
    assert "total score" in said.output
    assert not home.exists()


def test_other_bytes_with_other_figures_are_a_new_vintage_and_the_same_figures_are_none(
    edition: Edition, settings: Settings, chiso: Chiso, tmp_path: Path
) -> None:
    chiso("add", as_csv(tmp_path / "pci_2018.csv", edition.rows), *ORIGIN)
    same = chiso("add", as_workbook(tmp_path / "pci_2018.xlsx", edition), *ORIGIN)
    assert same.exit_code == 0
    assert "its figures are there already, as 2018_63" in same.output
    edition.rows[40][3] = f"{float(edition.rows[40][3]) - 0.05:.2f}"
    restated = chiso("add", as_csv(tmp_path / "pci_2018 (sua).csv", edition.rows), *ORIGIN)
    assert restated.exit_code == 0, restated.output
    assert "Restates 1 figures of vintage 1" in restated.output
    assert loaded(settings, "2018_63_v2") == expected(edition)
    assert loaded(settings) != expected(edition)


@pytest.mark.parametrize(("title", "outcome"), [("Bảng điểm PCI 2014", 1), ("Công bố ngày 28/3/2019", 0)])
def test_a_title_that_speaks_of_another_year_holds_the_file(
    title: str, outcome: int, edition: Edition, chiso: Chiso, tmp_path: Path
) -> None:
    edition.rows[0][1] = "Chỉ số PCI cuối cùng"
    rows = [[title, *[""] * (len(edition.rows[0]) - 1)], *edition.rows]
    said = chiso("add", as_csv(tmp_path / "bang.csv", rows), *ORIGIN, "--index", "PCI", "--edition", "2018")
    assert said.exit_code == outcome, said.output
    assert ("The file's title says 2014, not 2018" in said.output) is bool(outcome)


def test_the_same_bytes_are_not_added_twice(edition: Edition, chiso: Chiso, home: Path, tmp_path: Path) -> None:
    offered = as_csv(tmp_path / "pci_2018.csv", edition.rows)
    chiso("add", offered, *ORIGIN)
    again = chiso("add", offered, *ORIGIN)
    assert again.exit_code == 0
    assert "known already" in again.output
    assert len(list((home / "catalog/pci/editions").iterdir())) == 1


def test_hidden_rows_are_decided_by_a_person(
    edition: Edition, settings: Settings, chiso: Chiso, tmp_path: Path
) -> None:
    path = as_workbook(tmp_path / "pci_2018.xlsx", edition)
    book = openpyxl.load_workbook(path)
    book["Tổng hợp"].row_dimensions[20].hidden = True
    book.save(path)
    held = chiso("add", path, *ORIGIN)
    assert held.exit_code == 1
    assert "hidden" in held.output
    read = chiso("add", path, *ORIGIN, "--hidden", "read")
    assert read.exit_code == 0, read.output
    assert loaded(settings) == expected(edition)
    assert not list(settings.quarantine.glob("[!.]*"))


@pytest.mark.parametrize("headers_too", [True, False])
def test_a_workbook_typed_in_a_font_of_the_old_encodings_is_refused_with_how_it_reads(
    headers_too: bool, edition: Edition, chiso: Chiso, tmp_path: Path
) -> None:
    old = dict(zip("àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵĐ", _TCVN3, strict=True))
    book = openpyxl.Workbook()
    for number, row in enumerate(edition.rows):
        keep = number == 0 and not headers_too
        book.active.append([cell if keep else "".join(old.get(letter, letter) for letter in cell) for cell in row])
    book.save(tmp_path / "pci_2018.xlsx")
    said = chiso("add", tmp_path / "pci_2018.xlsx", *ORIGIN)
    assert said.exit_code == 1
    assert "TCVN3" in said.output
    assert "UniKey" in said.output


def test_a_file_that_is_no_table_is_refused_with_what_it_is(chiso: Chiso, tmp_path: Path) -> None:
    no_tables = {"pci_2018.xlsx": b"<html><body>404</body></html>", "pci_2018.csv": b"", "a.docx": b"PK\x03\x04"}
    for name, data in no_tables.items():
        path = tmp_path / name
        path.write_bytes(data)
        said = chiso("add", path, *ORIGIN)
        assert said.exit_code == 1
        assert name in said.output
