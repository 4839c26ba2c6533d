"""Whatever happens to a file's bytes, reading it ends with lines or with a fault, and soon."""

import io
import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlwt
from reportlab.lib.colors import black
from reportlab.platypus import SimpleDocTemplate, Table

from ingest.faults import EditionFault, Fault
from ingest.formats.opening import lines_in, places_in, sniff
from tests.unit.ingest.formats.conftest import FILE, SYNTHETIC, bare_workbook

POSITIONS = 60
SLOW = 5.0
ROWS = [[str(cell) for cell in row] for row in SYNTHETIC]


def workbook_parts() -> dict[str, bytes | str]:
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>65.08</v></c></row>'
    rows += '<row r="2"><c r="A2" t="b"><v>1</v></c></row>'
    return bare_workbook(rows, "<si><t>Lào Cai</t></si>", '<mergeCells><mergeCell ref="A1:A2"/></mergeCells>')


def xlsx() -> bytes:
    return packed(workbook_parts())


def packed(members: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, member in members.items():
            archive.writestr(zipfile.ZipInfo(name), member, method)
    return content.getvalue()


def xls() -> bytes:
    book, content = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("synthetic")
    for y, row in enumerate(SYNTHETIC):
        for x, cell in enumerate(row):
            sheet.write(y, x, cell)
    sheet.write_merge(4, 5, 0, 1, "x")
    book.save(content)
    return content.getvalue()


def pdf() -> bytes:
    content = io.BytesIO()
    table = Table([["a", "b"], ["c", "1.5"]], style=[("GRID", (0, 0), (-1, -1), 0.5, black)])
    SimpleDocTemplate(content, pageCompression=0, invariant=1).build([table])
    return content.getvalue()


def html() -> bytes:
    rows = "".join(f"<tr><td rowspan=1>{'<td>'.join(row)}</tr>" for row in ROWS)
    return f"<html><meta charset=utf-8><table>{rows}</table></html>".encode()


def json_stat() -> bytes:
    category = {"category": {"index": {"10": 0, "15": 1}, "label": {"10": "Lào Cai"}}}
    cube = {"class": "dataset", "id": ["p"], "size": [2], "dimension": {"p": category}, "value": [1.5, None]}
    return json.dumps(cube, ensure_ascii=False).encode()


def world_bank() -> bytes:
    names = {"indicator": {"id": "a", "value": "b"}, "country": {"id": "VN", "value": "Viet Nam"}}
    row = names | {"date": "2023", "value": 1}
    return json.dumps([{"page": 1, "pages": 1, "total": 1}, [row]]).encode()


def csv() -> bytes:
    return "\n".join(",".join(row) for row in ROWS).encode()


def csv_in_a_zip() -> bytes:
    return packed({"a.csv": csv()}, zipfile.ZIP_STORED)


def stored_xlsx() -> bytes:
    with zipfile.ZipFile(io.BytesIO(xlsx())) as archive:
        return packed({name: archive.read(name) for name in archive.namelist()}, zipfile.ZIP_STORED)


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


def nudged(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0x01]) + content[at + 1 :]


def cut(content: bytes, at: int) -> bytes:
    return content[:at]


def cut_out(content: bytes, at: int) -> bytes:
    return content[:at] + content[at + 7 :]


def zeroed(content: bytes, at: int) -> bytes:
    return content[:at] + bytes(16) + content[at + 16 :]


@pytest.mark.parametrize("damage", [flipped, nudged, cut, cut_out, zeroed])
@pytest.mark.parametrize("make", [xlsx, stored_xlsx, xls, pdf, html, json_stat, world_bank, csv, csv_in_a_zip])
def test_a_damaged_file_ends_in_lines_or_a_fault(
    tmp_path: Path, make: Callable[[], bytes], damage: Callable[[bytes, int], bytes]
) -> None:
    content = make()
    source = tmp_path / "synthetic"
    source.write_bytes(content)
    assert read_all(source) > 0
    for step in range(POSITIONS):
        source = tmp_path / str(step)
        source.write_bytes(damage(content, step * len(content) // POSITIONS))
        started = time.monotonic()
        assert all(found.file == FILE and found.text for found in faults_of(source, None))
        assert time.monotonic() - started < SLOW


@pytest.mark.parametrize("damage", [flipped, nudged, cut, cut_out, zeroed])
@pytest.mark.parametrize("part", sorted(workbook_parts()))
def test_a_workbook_with_a_damaged_part_ends_in_lines_or_a_fault(
    tmp_path: Path, part: str, damage: Callable[[bytes, int], bytes]
) -> None:
    parts = workbook_parts()
    content = str(parts[part]).encode()
    for step in range(POSITIONS):
        source = tmp_path / str(step)
        source.write_bytes(packed(parts | {part: damage(content, step * len(content) // POSITIONS)}))
        assert all(found.file == FILE and found.text for found in faults_of(source, None))


def faults_of(source: Path, format: str | None) -> list[Fault]:
    """What reading the file ends with: no fault, or those of an EditionFault. Anything else fails the test."""
    try:
        read_all(source, format)
    except EditionFault as error:
        return error.faults
    return []


def read_all(source: Path, format: str | None = None) -> int:
    format = format or sniff(source, FILE)
    return sum(1 for place in places_in(source, FILE, format) for _ in lines_in(source, FILE, format, place))


@pytest.mark.parametrize("format", ["xlsx", "xls", "html", "pdf", "json-stat", "world-bank", "csv", "zip"])
@pytest.mark.parametrize("make", [xlsx, xls, pdf, html, json_stat, world_bank, csv, bytes])
def test_a_file_read_as_another_format_ends_in_lines_or_a_fault(
    tmp_path: Path, make: Callable[[], bytes], format: str
) -> None:
    source = tmp_path / "synthetic"
    source.write_bytes(make())
    assert all(found.file == FILE and found.text for found in faults_of(source, format))
