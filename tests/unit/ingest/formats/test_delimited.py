"""CSV: every record with its line, in any encoding that offices save it in, and a clear stop for what is no text."""

import csv
import io
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.formats.delimited import guess_delimiter
from ingest.formats.opening import lines_in
from ingest.formats.place import Place
from tests.unit.ingest.formats.conftest import FILE, fault, places, read, texts

Write = Callable[[bytes | str], Path]
TABLE = "Tỉnh,Điểm\nLào Cai,65.08\n"
CELLS = [["Tỉnh", "Điểm"], ["Lào Cai", "65.08"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_unicode_encoding_is_detected(write: Write, encoding: str) -> None:
    assert texts(write(TABLE.encode(encoding))) == CELLS


def test_a_declared_encoding_is_used(write: Write) -> None:
    source = write("Tinh;Ði\nLâm;1\n".encode("cp1252"))
    assert texts(source, Place(delimiter=";"), "cp1252") == [["Tinh", "Ði"], ["Lâm", "1"]]


def test_an_unknown_encoding_is_named(write: Write) -> None:
    assert "'utf-9'" in fault(texts, write(TABLE), Place(), "utf-9").text
    assert "'hex'" in fault(texts, write(TABLE), Place(), "hex").text


def test_a_record_is_numbered_by_the_line_it_starts_on(write: Write) -> None:
    source = write('a,b\r\n"x\r\ny",1\r\n\r\n , \r\nz,2')
    assert [(line.number, line.cells) for line in read(source)] == [
        (1, ["a", "b"]),
        (2, ["x\r\ny", "1"]),
        (4, []),
        (5, [" ", " "]),
        (6, ["z", "2"]),
    ]


@pytest.mark.parametrize("text", ["a,b\rc,d\re,f", 'a,"b\rc"\nd,e\n', "a,b\n\n\nc,d", 'a,"b""c"\n'])
def test_cells_are_those_of_the_csv_module(write: Write, text: str) -> None:
    assert texts(write(text)) == list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_every_archived_table_reads_as_the_csv_module_reads_it() -> None:
    sources = sorted((Path(__file__).parents[4] / "ingest/archive").rglob("*.csv"))
    assert len(sources) > 50
    for source in sources:
        with source.open(encoding="utf-8", newline="") as stream:
            assert texts(source) == list(csv.reader(stream, strict=True))


@pytest.mark.parametrize(("text", "line"), [('a,b\nc,"d', 2), ('a,b\n1,2\n"c"d,e\n', 3), ("a,b\n" + "x" * 200_000, 2)])
def test_text_that_is_no_csv_is_a_fault_with_its_line(write: Write, text: str, line: int) -> None:
    found = fault(texts, write(text))
    assert (found.code, found.row) == ("file_unreadable", line)


def test_zeros_at_the_very_end_are_dropped(write: Write) -> None:
    assert texts(write(TABLE.encode() + b"\0" * 3)) == CELLS
    assert texts(write(TABLE.strip().encode() + b"\0" * 300)) == CELLS


@pytest.mark.parametrize("content", [b"a,b\nc\0d,1\n", b"a,b\nc,d\0\n1,2\n", b"a,b\n\0\0\nc,d\n"])
def test_zeros_inside_are_a_fault_with_their_line(write: Write, content: bytes) -> None:
    found = fault(texts, write(content))
    assert (found.code, found.row) == ("file_unreadable", 2)


def test_bytes_that_are_no_text_are_a_fault_with_line_and_byte(write: Write) -> None:
    found = fault(texts, write("Tỉnh,Điểm\r\nLào Cai,1\r\nx,".encode() + b"\xff\xfe\r\n"))
    assert (found.code, found.row) == ("file_unreadable", 3)
    assert f"byte {len('Tỉnh,Điểm__Lào Cai,1__x,'.encode())} " in found.text


def test_text_cut_in_the_middle_of_a_letter_is_a_fault(write: Write) -> None:
    assert fault(texts, write(b"a,b\n1,\xe1\xbb")).row == 2
    assert fault(texts, write(TABLE.encode("utf-16")[:-1])).code == "file_unreadable"


@pytest.mark.parametrize(
    ("stored", "name", "line"),
    [("Tinh,Diem\nHa Noi,1\nLµo Cai,65.08\n", "TCVN3 (ABC)", 3), ("Tinh,Diem\nLaøo Cai,65.08\n", "VNI", 2)],
)
def test_a_legacy_encoding_is_named_with_its_first_words(write: Write, stored: str, name: str, line: int) -> None:
    found = fault(texts, write(stored.encode("latin-1")))
    assert (found.code, found.row) == ("encoding_legacy", line)
    assert name in found.text
    assert "“Lào Cai”" in found.text


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b,c\n1,2,3\n", ","),
        ("a;b;c\n1,5;2,5;3,5\n", ";"),
        ("a\tb\n1,5\t2;5\n", "\t"),
        ('"a;x",b\n"c;y",d\n', ","),
        ("Bảng 1. Điểm\n\nTỉnh;Điểm\nLào Cai;65,08\nHà Giang;60,1\n", ";"),
        ("một cột\n1\n2\n", ","),
        ("", ","),
    ],
)
def test_the_delimiter_is_what_splits_most_lines_alike(text: str, delimiter: str) -> None:
    assert guess_delimiter(text.splitlines(keepends=True)) == delimiter


def test_the_place_of_the_table_holds_its_delimiter(write: Write) -> None:
    source = write("a;b\n1,5;2,5\n")
    (place,) = places(source)
    assert texts(source, place) == [["a", "b"], ["1,5", "2,5"]]


def test_a_large_file_is_not_kept_in_memory(write: Write) -> None:
    source = write("Tỉnh,Điểm\n" + "Lào Cai,65.08\n" * 100_000)
    tracemalloc.start()
    count = 0
    for line in lines_in(source, FILE, "csv", Place()):
        count += len(line.cells)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 200_002
    assert peak < 8 << 20


def test_a_line_without_end_is_a_fault(write: Write) -> None:
    assert fault(texts, write("a," * (3 << 20))).code == "file_unreadable"
