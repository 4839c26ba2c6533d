"""Tables inside a zip of files."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.faults import EditionFault
from ingest.formats.opening import lines_in, places_in
from ingest.formats.place import Place
from tests.unit.ingest.formats.conftest import FILE, bare_workbook, fault, places, read, texts

Pack = Callable[[dict[str, bytes | str]], Path]
ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "spool"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_every_table_of_every_file_is_a_place(container: Pack, tmp_path: Path) -> None:
    inner = container(bare_workbook(ROW)).read_bytes()
    source = container(
        {
            "số liệu/a.csv": "a;b\n1;2\n",
            "b.xlsx": inner,
            "note.docx.png": b"\x89PNG\r\n",
            "__MACOSX/._a.csv": "x",
            "c/": "",
        }
    )
    assert places(source) == [Place(member="số liệu/a.csv", delimiter=";"), Place(member="b.xlsx", sheet="synthetic")]
    assert texts(source, Place(member="số liệu/a.csv", delimiter=";")) == [["a", "b"], ["1", "2"]]
    assert texts(source, Place(member="b.xlsx")) == [["1"]]
    assert places_in(source, FILE, "zip", member="b.xlsx") == [Place(member="b.xlsx", sheet="synthetic")]


def test_the_only_file_needs_no_name(container: Pack) -> None:
    assert texts(container({"a.csv": "a,b\n"})) == [["a", "b"]]
    several = fault(read, container({"a.csv": "a,b\n", "b.csv": "a"}))
    assert several.code == "place_missing"
    assert "a.csv, b.csv" in several.text


def test_a_missing_file_is_named(container: Pack) -> None:
    assert fault(read, container({"a.csv": "a"}), Place(member="b.csv")).code == "place_missing"


def test_a_fault_inside_names_the_member_and_keeps_its_place(container: Pack) -> None:
    source = container({"a.json": json.dumps({"a": 1}), "b.csv": 'a\n"b"c\n'})
    found = fault(read, source, Place(member="b.csv"))
    assert (found.row, found.text.startswith("b.csv: ")) == (2, True)


def test_a_zip_in_which_nothing_can_be_read_says_why(container: Pack) -> None:
    source = container({"a.png": b"\x89PNG\r\n", "b.gz": b"\x1f\x8b"})
    with pytest.raises(EditionFault) as raised:
        places(source)
    assert [found.text.split(":")[0] for found in raised.value.faults] == ["a.png", "b.gz"]


def test_a_zip_inside_a_zip_is_unsafe(container: Pack) -> None:
    inner = container({"a.csv": "a,b"}).read_bytes()
    assert fault(places, container({"b.csv": "a,b", "inner.zip": inner})).code == "file_unsafe"


def test_the_copy_is_gone_once_the_lines_are_read_or_let_go(container: Pack, spool: Path) -> None:
    source = container({"a.csv": "a,b\n" * 10})
    lines = lines_in(source, FILE, "zip", Place())
    next(lines)
    assert len(list(spool.iterdir())) == 1
    lines.close()  # type: ignore[attr-defined]
    assert list(spool.iterdir()) == []
    read(source)
    assert list(spool.iterdir()) == []
