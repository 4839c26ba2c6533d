"""Ruled tables of PDF files."""

import io
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib
import pytest
from reportlab.lib import pagesizes
from reportlab.lib.colors import black
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

from ingest.formats import pdf
from ingest.formats.place import Place
from tests.unit.ingest.formats.conftest import fault, places, read, texts

Save = Callable[..., Path]
FONT = "Synthetic"
pdfmetrics.registerFont(TTFont(FONT, Path(matplotlib.get_data_path(), "fonts/ttf/DejaVuSans.ttf")))
RULED = [("GRID", (0, 0), (-1, -1), 0.5, black), ("FONTNAME", (0, 0), (-1, -1), FONT)]
ROWS = [["Tỉnh", "Điểm"], ["Lào Cai", "65,08"], ["Hà Giang", "60,10"]]


def table(rows: Sequence[Sequence[str]] = ROWS, *style: tuple[object, ...], **options: int) -> Table:
    return Table(rows, style=[*RULED, *style], **options)


def text(words: str) -> Flowable:
    return Paragraph(words, ParagraphStyle("synthetic", fontName=FONT))


@pytest.fixture
def save(tmp_path: Path) -> Save:
    def build(*flowables: Flowable, encrypt: StandardEncryption | None = None) -> Path:
        target = tmp_path / "synthetic.bin"
        SimpleDocTemplate(str(target), pagesize=pagesizes.A4, encrypt=encrypt).build(list(flowables))
        return target

    return build


def test_each_ruled_table_of_each_page_is_a_place(save: Save) -> None:
    source = save(text("Bảng 1"), table(), Spacer(1, 20), table([["a", "b"], ["c", "d"]]), PageBreak(), table())
    assert places(source) == [
        Place(pages=(1, 1), table=1),
        Place(pages=(1, 1), table=2),
        Place(pages=(2, 2), table=1),
    ]
    assert texts(source, Place(pages=(1, 1), table=2)) == [["a", "b"], ["c", "d"]]
    assert [line.number for line in read(source, Place(pages=(2, 2), table=1))] == [1, 2, 3]


def test_cells_are_text_in_composed_letters(save: Save) -> None:
    assert texts(save(table()), Place(pages=(1, 1), table=1)) == ROWS


def test_a_table_over_pages_is_joined_without_its_repeated_header(save: Save) -> None:
    rows = [[str(number), f"{number},5"] for number in range(100)]
    source = save(table([ROWS[0], *rows], repeatRows=1))
    lines = read(source, Place(pages=(1, 3), table=1))
    assert [line.cells for line in lines] == [ROWS[0], *rows]
    assert [line.number for line in lines] == list(range(1, 102))


def test_a_continuation_without_header_keeps_its_first_line(save: Save) -> None:
    source = save(text("x"), table(), PageBreak(), table([["Yên Bái", "61"]]))
    assert texts(source, Place(pages=(1, 2), table=1)) == [*ROWS, ["Yên Bái", "61"]]


def test_a_header_below_a_title_is_left_out_where_it_repeats_alone(save: Save) -> None:
    title = [["Bảng 1", ""], *ROWS]
    source = save(table(title, ("SPAN", (0, 0), (1, 0))), PageBreak(), table([ROWS[0], ["Yên Bái", "61"]]))
    lines = texts(source, Place(pages=(1, 2), table=1, header=(2, 2)))
    assert lines == [["Bảng 1", "Bảng 1"], *ROWS, ["Yên Bái", "61"]]


def test_cells_that_span_are_repeated_and_say_so(save: Save) -> None:
    rows = [["Tỉnh", "Điểm", ""], ["", "2023", "2024"], ["Lào Cai", "1", "2"]]
    source = save(table(rows, ("SPAN", (0, 0), (0, 1)), ("SPAN", (1, 0), (2, 0))))
    assert [(line.cells, sorted(line.merged)) for line in read(source, Place(pages=(1, 1), table=1))] == [
        (["Tỉnh", "Điểm", "Điểm"], [2]),
        (["Tỉnh", "2023", "2024"], [0]),
        (["Lào Cai", "1", "2"], []),
    ]


def test_a_frame_around_text_is_no_table(save: Save) -> None:
    assert places(save(table([["one"], ["column"]]))) == []


def test_a_table_or_page_that_is_not_there_is_a_fault(save: Save) -> None:
    source = save(table())
    assert fault(read, source, Place(pages=(1, 1), table=2)).code == "place_missing"
    assert fault(read, source, Place(pages=(1, 2), table=1)).code == "place_missing"


def test_a_continuation_of_another_width_is_a_fault(save: Save) -> None:
    source = save(table(), PageBreak(), table([["a", "b", "c"]]))
    assert "3 columns" in fault(read, source, Place(pages=(1, 2), table=1)).text


def test_a_scan_is_a_fault_that_says_what_to_do(write: Callable[[bytes], Path]) -> None:
    content = io.BytesIO()
    canvas = Canvas(content)
    canvas.rect(10, 10, 100, 100)
    canvas.showPage()
    canvas.save()
    found = fault(places, write(content.getvalue()))
    assert found.code == "file_unreadable"
    assert "OCR" in found.text


def test_a_file_that_asks_for_a_password_is_a_fault_and_one_that_may_be_read_is_read(save: Save) -> None:
    locked = save(table(), encrypt=StandardEncryption("synthetic", strength=128))
    assert "password" in fault(places, locked).text
    assert len(places(save(table(), encrypt=StandardEncryption("", "synthetic", canCopy=0)))) == 1


@pytest.mark.parametrize("packed", [1, 2])
def test_a_stream_that_would_fill_memory_is_not_opened(write: Callable[[bytes], Path], packed: int) -> None:
    stream = b"\0" * (200 << 20)
    for _ in range(packed):
        stream = zlib.compress(stream, 9)
    head = b"%PDF-1.4\n1 0 obj<</Filter/FlateDecode/Length " + str(len(stream)).encode() + b">>\nstream\n"
    source = write(head + stream + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF")
    assert fault(places, source).code == "file_unsafe"


def test_limits_of_pages_rules_and_time_are_faults(save: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    source = save(table(), PageBreak(), table())
    for limit, value in (("MAX_PAGES", 1), ("MAX_RULES", 1), ("MAX_SECONDS", -1.0), ("MAX_BYTES", 1)):
        with monkeypatch.context() as patch:
            patch.setattr(pdf, limit, value)
            assert fault(places, source).code == "table_too_large"
