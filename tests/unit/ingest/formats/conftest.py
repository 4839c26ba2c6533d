"""Real files of every format, made by the programs that make them; the figures in them are synthetic."""

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from ingest.faults import EditionFault, Fault
from ingest.formats.opening import lines_in, places_in, sniff
from ingest.formats.place import Line, Place

FILE = "synthetic/table.bin"
SYNTHETIC = [["Tỉnh", "Điểm"], ["Lào Cai", 65.08], ["Hà Giang", 60]]


def read(source: Path, place: Place | None = None, encoding: str | None = None) -> list[Line]:
    """The lines of the file as its own bytes say that it is to be read."""
    return list(lines_in(source, FILE, sniff(source, FILE), place or Place(), encoding))


def texts(source: Path, place: Place | None = None, encoding: str | None = None) -> list[list[str]]:
    return [line.cells for line in read(source, place, encoding)]


def places(source: Path) -> list[Place]:
    return places_in(source, FILE, sniff(source, FILE))


def fault(action: Callable[..., object], *args: object) -> Fault:
    """The one fault that the action ends with."""
    with pytest.raises(EditionFault) as raised:
        action(*args)
    assert len(raised.value.faults) == 1
    found = raised.value.faults[0]
    assert found.file == FILE
    return found


@pytest.fixture
def write(tmp_path: Path) -> Callable[[bytes | str], Path]:
    """Writes bytes, or text as UTF-8, under a name that says nothing."""

    def write_file(content: bytes | str) -> Path:
        target = tmp_path / "synthetic.bin"
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target

    return write_file


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Saves rows, or a workbook made otherwise, as .xlsx."""

    def save(content: Workbook | Sequence[Sequence[object]] = SYNTHETIC) -> Path:
        if not isinstance(content, Workbook):
            book = Workbook()
            for row in content:
                book.active.append(row)  # type: ignore[union-attr]
            content = book
        target = tmp_path / "synthetic.bin"
        content.save(target)
        return target

    return save


@pytest.fixture
def container(tmp_path: Path) -> Callable[[dict[str, bytes | str]], Path]:
    """Packs members into a zip."""

    def pack(members: dict[str, bytes | str]) -> Path:
        target = tmp_path / "synthetic.zip"
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return target

    return pack


SHEET = "xl/worksheets/sheet1.xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def bare_workbook(rows: str, texts: str = "", after: str = "") -> dict[str, bytes | str]:
    """The parts of a workbook as Excel writes it: `rows` is XML of its sheet, `texts` of its shared texts."""
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"

    def relations(*targets: tuple[str, str]) -> str:
        each = "".join(
            f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
            for number, (kind, target) in enumerate(targets, start=1)
        )
        return f'<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'

    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Override PartName="/xl/workbook.xml" '
        f'ContentType="{types}.sheet.main+xml"/></Types>',
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "/xl/sharedStrings.xml")
        ),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="synthetic" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{texts}</sst>',
        SHEET: f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>',
    }


def with_member(source: Path, name: str, edit: Callable[[str], str]) -> Path:
    """The same container with the text of one member edited."""
    target = source.with_suffix(".edited")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            content = old.read(member)
            new.writestr(member, edit(content.decode()) if member == name else content)
    return target
