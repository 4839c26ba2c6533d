"""A home of its own for each test, the command line in this process, and a synthetic edition in many shapes."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from ingest.settings import Settings
from orchestration.cli import main
from tests.integration.receive.synthetic import Edition, pci_2018

ORIGIN = ("--source-url", "https://example.org/synthetic", "--source-kind", "compiled")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CHISO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CHISO_AS_OF", "2026-11-22")
    monkeypatch.setenv("COLUMNS", "250")
    return tmp_path / "home"


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings.from_env()


@pytest.fixture
def chiso(home: Path) -> Callable[..., Result]:
    """The command line, run in this process; nobody is at the terminal."""
    return lambda *arguments: CliRunner().invoke(main, [str(one) for one in arguments], catch_exceptions=False)


@pytest.fixture
def edition() -> Edition:
    return pci_2018()


def as_csv(path: Path, rows: list[list[str]], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def as_workbook(path: Path, edition: Edition) -> Path:
    """As a ministry would lay it out: a cover sheet, titles, a merged header, a line of units, notes below."""
    book = openpyxl.Workbook()
    book.active.title = "Bìa"
    book.active["A1"] = "Synthetic"
    sheet = book.create_sheet("Tổng hợp")
    header, *rows = edition.rows
    sheet.append(["BẢNG TỔNG HỢP CHỈ SỐ PCI 2018 (synthetic)"])
    sheet.append([])
    sheet.append(["STT", header[0], "Chỉ số tổng hợp", None, "Các chỉ số thành phần"])
    sheet.append([None, None, *header[1:]])
    for merged in ("A3:A4", "B3:B4", "C3:D3", "E3:N3"):
        sheet.merge_cells(merged)
    sheet.append([None, None, "điểm", "hạng", *["điểm"] * (len(header) - 3)])
    for number, row in enumerate(rows, start=1):
        sheet.append([number, row[0], float(row[1]), int(row[2]), *map(float, row[3:])])
    sheet.append([])
    sheet.append(["Nguồn: synthetic"])
    book.save(path)
    return path
