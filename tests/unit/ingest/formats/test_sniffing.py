"""What a file is, its bytes say; for what it cannot be, the fault says what it is and what to do."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import xlwt
from docx import Document

from ingest.formats.opening import sniff
from tests.unit.ingest.formats.conftest import FILE, fault

Write = Callable[[bytes | str], Path]
Pack = Callable[[dict[str, bytes | str]], Path]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0")


def ole(stream: str) -> bytes:
    return OLE + (stream.encode("utf-16-le") + b"\0\0").ljust(128, b"\0")


@pytest.mark.parametrize(
    ("content", "format"),
    [
        ("a,b\n1,2\n", "csv"),
        ("một dòng", "csv"),
        ("\ufeffa;b", "csv"),
        ("Tỉnh,Điểm\n".encode("utf-16"), "csv"),
        ("Tinh,Diem\n".encode("utf-16-le"), "csv"),
        ("TØnh,§iÓm\n".encode("latin-1"), "csv"),
        (b"a,b\0\0\0\0", "csv"),
        ("[1] a,b\n", "csv"),
        ("PAR1,PAR2\n", "csv"),
        ("Tỉnh,Điểm\n" + "Lào Cai,65\n" * 20 + "a\x0bb\x02,1\n", "csv"),
        ("<!DOCTYPE html>\n<html>", "html"),
        ("\ufeff  <TABLE border=1><tr>", "html"),
        ("<!-- page --><html>", "html"),
        ("<html><table>".encode("utf-16"), "html"),
        ('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">', "html"),
        (b"%PDF-1.4\n", "pdf"),
        (b"\xef\xbb\xbf\n%PDF-1.4\n", "pdf"),
        (json.dumps({"class": "dataset", "dimension": {}, "value": []}), "json-stat"),
        (json.dumps({"dataset": {"dimension": {}, "value": []}}) + "\0\0", "json-stat"),
        (json.dumps([{"page": 1, "pages": 1}, []]), "world-bank"),
        (json.dumps([{"message": []}]), "world-bank"),
        (ole("Workbook"), "xls"),
        (ole("Book"), "xls"),
    ],
)
def test_the_format_is_told_from_the_content(write: Write, content: bytes | str, format: str) -> None:
    assert sniff(write(content), FILE) == format


def test_containers_are_told_by_what_is_in_them(workbook: Callable[..., Path], container: Pack, tmp_path: Path) -> None:
    assert sniff(workbook(), FILE) == "xlsx"
    assert sniff(container({"a.csv": "a,b", "b.xlsx": "x"}), FILE) == "zip"
    old = xlwt.Workbook()
    old.add_sheet("a")
    old.save(str(tmp_path / "synthetic.xlsx"))
    assert sniff(tmp_path / "synthetic.xlsx", FILE) == "xls"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\0\0\0", "empty"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"GIF89a\x01", "GIF"),
        (b"BZh91AY&SY", "bzip2"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
        (b"{\\rtf1", "RTF"),
        (b"PAR1\x15", "Parquet"),
        (b"MIME-Version: 1.0\n", "MHTML"),
        (b"\x7fELF\x02\x01", "neither text"),
        (b'<?xml version="1.0"?><sdmx/>', "XML document"),
        (b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Table>', "Excel 2003"),
        (b'{"a": 1}', "neither JSON-stat"),
        (b'{"a": ', "not JSON"),
        (ole("EncryptedPackage"), "password"),
        (ole("WordDocument"), ".doc"),
        (OLE, "without a workbook"),
        (b"PK\x05\x06" + b"\0" * 18, "empty zip"),
    ],
)
def test_what_cannot_be_read_is_named(write: Write, content: bytes, says: str) -> None:
    found = fault(sniff, write(content), FILE)
    assert found.code == "file_unreadable"
    assert says in found.text


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"[Content_Types].xml": "<x>vnd.ms-excel.sheet.binary.macroEnabled.main</x>"}, ".xlsb"),
        ({"[Content_Types].xml": "<x>presentationml.presentation</x>"}, ".pptx"),
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}, "OpenDocument"),
    ],
)
def test_other_office_files_are_named(container: Pack, members: dict[str, bytes | str], says: str) -> None:
    assert says in fault(sniff, container(members), FILE).text


def test_a_text_document_is_named(tmp_path: Path) -> None:
    Document().save(str(tmp_path / "synthetic"))
    assert ".docx" in fault(sniff, tmp_path / "synthetic", FILE).text
