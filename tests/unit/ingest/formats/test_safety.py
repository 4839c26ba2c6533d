"""Containers that must not be opened, and those that are only damaged."""

import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.formats import safety
from ingest.formats.opening import sniff
from tests.unit.ingest.formats.conftest import FILE, SHEET, bare_workbook, fault, texts

Pack = Callable[[dict[str, bytes | str]], Path]
ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'


def test_a_member_that_unpacks_to_far_more_than_its_size_is_unsafe(container: Pack) -> None:
    found = fault(sniff, container({"a.csv": b"0" * (17 << 20)}), FILE)
    assert (found.code, "200 times" in found.text) == ("file_unsafe", True)
    assert sniff(container({"a.csv": b"0" * (15 << 20)}), FILE) == "zip"


def test_all_members_together_are_bounded(container: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    source = container({"a.csv": b"0" * 600_000, "b.csv": b"0" * 600_000})
    assert sniff(source, FILE) == "zip"
    monkeypatch.setattr(safety, "MAX_INFLATED", 1 << 20)
    safety._check.cache_clear()
    assert fault(sniff, source, FILE).code == "file_unsafe"


def test_a_size_that_the_directory_claims_is_not_believed(container: Pack) -> None:
    source = container({"a.csv": b"0" * (17 << 20)})
    content = bytearray(source.read_bytes())
    entry = content.index(b"PK\x01\x02")
    struct.pack_into("<L", content, entry + 24, 10)
    source.write_bytes(content)
    assert fault(sniff, source, FILE).code in ("file_unsafe", "file_unreadable")


def test_unpacking_needs_little_memory(container: Pack) -> None:
    source = container({"a.csv": b"0123456789abcdef" * (1 << 20)})
    tracemalloc.start()
    assert sniff(source, FILE) == "zip"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


def test_members_that_share_bytes_are_unsafe(container: Pack) -> None:
    source = container({"a.csv": b"a" * 100, "b.csv": b"a" * 100})
    content = bytearray(source.read_bytes())
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 1)
    content[second + 42 : second + 46] = content[first + 42 : first + 46]
    source.write_bytes(content)
    assert fault(sniff, source, FILE).code == "file_unsafe"


@pytest.mark.parametrize("name", ["../a.csv", "/a.csv", "a/../../b.csv", "..\\a.csv", "C:\\a.csv"])
def test_names_that_lead_out_are_unsafe(container: Pack, name: str) -> None:
    assert fault(sniff, container({name: "a,b"}), FILE).code == "file_unsafe"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_links_doubled_names_and_rare_packings_are_unsafe(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("a.csv")
    link.external_attr = 0o120777 << 16
    doubled = zipfile.ZipInfo("b.csv"), zipfile.ZipInfo("b.csv")
    packed = zipfile.ZipInfo("c.csv")
    packed.compress_type = zipfile.ZIP_LZMA
    for number, members in enumerate(((link,), doubled, (packed,))):
        source = tmp_path / str(number)
        with zipfile.ZipFile(source, "w") as archive:
            for member in members:
                archive.writestr(member, "a,b")
        assert fault(sniff, source, FILE).code == "file_unsafe"


def test_too_many_members_are_unsafe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safety, "MAX_MEMBERS", 20)
    source = tmp_path / "synthetic"
    with zipfile.ZipFile(source, "w") as archive:
        for number in range(21):
            archive.writestr(f"{number}.csv", "")
    assert fault(sniff, source, FILE).code == "file_unsafe"


def test_a_member_with_a_password_is_a_fault(container: Pack) -> None:
    source = container({"a.csv": "a,b"})
    content = bytearray(source.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    source.write_bytes(content)
    assert "password" in fault(sniff, source, FILE).text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
@pytest.mark.parametrize(
    "declaration", ['<!DOCTYPE a [<!ENTITY b "c">]>', '<!DOCTYPE a SYSTEM "http://example.test/">']
)
def test_a_workbook_that_declares_entities_is_unsafe(container: Pack, encoding: str, declaration: str) -> None:
    members = bare_workbook(ROW)
    members[SHEET] = f"{'<!-- long -->' * 200_000}{declaration}{members[SHEET]!s}".encode(encoding)
    assert fault(sniff, container(members), FILE).code == "file_unsafe"


@pytest.mark.parametrize("encoding", ["utf-7", "cp037", "shift_jis"])
def test_a_workbook_in_an_encoding_that_hides_declarations_is_unsafe(container: Pack, encoding: str) -> None:
    members = bare_workbook(ROW)
    members[SHEET] = f'<?xml version="1.0" encoding="{encoding}"?>{members[SHEET]!s}'
    assert fault(sniff, container(members), FILE).code == "file_unsafe"


def test_an_ordinary_workbook_and_a_picture_in_it_are_safe(container: Pack) -> None:
    picture = {"xl/media/image1.svg": '<!DOCTYPE svg PUBLIC "x" "y"><svg/>', "xl/embeddings/a.bin": b"PK\x03\x04"}
    assert texts(container(bare_workbook(ROW) | picture)) == [["1"]]


def test_a_page_with_a_document_type_in_a_plain_zip_is_safe(container: Pack) -> None:
    assert sniff(container({"a.html": "<!DOCTYPE html><html>"}), FILE) == "zip"


def test_a_container_is_unpacked_once_while_it_does_not_change(container: Pack) -> None:
    source = container({"a.csv": "a,b"})
    before = safety._check.cache_info().hits
    assert [sniff(source, FILE), sniff(source, FILE)] == ["zip", "zip"]
    assert safety._check.cache_info().hits == before + 1


def test_a_cut_or_altered_container_is_a_fault(container: Pack) -> None:
    source = container({"a.csv": "a,b" * 100})
    whole = source.read_bytes()
    source.write_bytes(whole[:-30])
    assert fault(sniff, source, FILE).code == "file_unreadable"
    source.write_bytes(whole.replace(b"PK\x01\x02", b"PK\x01\x03"))
    assert fault(sniff, source, FILE).code == "file_unreadable"
    start = whole.index(b"a.csv") + 5
    source.write_bytes(whole[:start] + b"\xff\xff" + whole[start + 2 :])
    assert fault(sniff, source, FILE).code == "file_unreadable"
