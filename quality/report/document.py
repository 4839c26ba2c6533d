"""The report as a .docx: a first page to read, then the sections as tables on pages on their side.

Belongs here: Word's own markup and how the page looks. Does not belong here: what is said (`sections`, `cover`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table as DocxTable
from docx.table import _Cell

from quality.plots import Picture
from quality.report.cover import Cover
from quality.report.layout import Section, Table, Value, text
from quality.report.model import Number

LANGUAGE = "vi-VN"
_FONT = "Times New Roman"
_SHADE = "E7EDF3"
_A4 = Cm(21.0), Cm(29.7)
# what is left between the margins
_UPRIGHT_WIDTH, _SIDE_WIDTH = 16.0, 26.2
_ENGLISH, _CELL, _HEAD = "English line", "Table cell", "Table head"


@dataclass(frozen=True)
class _Look:
    """Size and weight of a style's letters, and the room around a paragraph, in points."""

    size: float
    is_bold: bool = False
    is_italic: bool = False
    before: float = 0
    after: float = 0


_LOOKS = {
    "Normal": _Look(12, after=4),
    "Title": _Look(16, is_bold=True, after=0),
    "Subtitle": _Look(13, is_bold=True, after=0),
    "Heading 1": _Look(14, is_bold=True, before=14, after=0),
    "Heading 2": _Look(12, is_bold=True, before=10, after=0),
    "List Bullet": _Look(12, after=2),
    "Footer": _Look(9),
    _ENGLISH: _Look(10.5, is_italic=True, after=4),
    _CELL: _Look(9, before=1, after=1),
    _HEAD: _Look(9, is_bold=True, before=1, after=1),
}


def document_bytes(cover: Cover, sections: Iterable[Section], picture: Picture, as_of: date) -> bytes:
    """Make the file. `as_of` stands for every moment that the file must name, so that it is the same each time."""
    made = Document()
    _set_styles(made)
    _set_properties(made, cover.title_vi, as_of)
    _first_page(made, cover, picture)
    _turn_page(made)
    for number, section in enumerate(sections, start=1):
        _heading(made, f"{number}. {section.title_vi}", section.title_en, 1)
        for said in section.lead_vi:
            made.add_paragraph(said).paragraph_format.keep_with_next = True
        for table in section.document:
            if len(section.document) > 1:
                _heading(made, table.title_vi, table.title_en, 2)
            _add_table(made, table)
    for part in made.sections:
        _footer(part.footer.paragraphs[0], cover.footer_vi)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def _first_page(made: DocumentType, cover: Cover, picture: Picture) -> None:
    page = made.sections[0]
    page.page_width, page.page_height = _A4
    page.left_margin, page.right_margin, page.top_margin, page.bottom_margin = Cm(3), Cm(2), Cm(2), Cm(2)
    made.add_paragraph(cover.title_vi, style="Title").alignment = WD_ALIGN_PARAGRAPH.CENTER
    made.add_paragraph(cover.subtitle_vi, style="Subtitle").alignment = WD_ALIGN_PARAGRAPH.CENTER
    made.add_paragraph(cover.title_en, style=_ENGLISH).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for said in cover.about_vi:
        made.add_paragraph(said).alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    made.add_paragraph(cover.about_en, style=_ENGLISH)
    _heading(made, "Tóm tắt", "Summary", 1)
    _add_table(made, cover.summary, _UPRIGHT_WIDTH)
    _heading(made, "Điểm chính", "Main points", 1)
    for said in cover.points_vi:
        made.add_paragraph(said, style="List Bullet")
    _heading(made, "Diễn biến các chỉ số cấp tỉnh", "The provincial indices over the years", 1)
    if picture.png is None:
        made.add_paragraph(picture.alt_vi)
        return
    made.add_paragraph(cover.picture_vi).paragraph_format.keep_with_next = True
    shape = made.add_picture(BytesIO(picture.png), width=Cm(_UPRIGHT_WIDTH))
    properties = shape._inline.docPr
    properties.set("descr", picture.alt_vi)
    properties.set("name", "Biểu đồ các chỉ số")


def _turn_page(made: DocumentType) -> None:
    page = made.add_section(WD_SECTION.NEW_PAGE)
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_height, page.page_width = _A4
    page.left_margin, page.right_margin, page.top_margin, page.bottom_margin = Cm(2), Cm(1.5), Cm(1.5), Cm(1.5)


def _heading(made: DocumentType, vietnamese: str, english: str, level: int) -> None:
    made.add_heading(vietnamese, level)
    line = made.add_paragraph(english, style=_ENGLISH)
    line.paragraph_format.keep_with_next = True


def _add_table(made: DocumentType, table: Table, width: float = _SIDE_WIDTH) -> None:
    if not table.rows:
        made.add_paragraph(table.empty_vi)
        return
    grid = made.add_table(rows=1 + len(table.rows), cols=len(table.titles))
    grid.style = "Table Grid"
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    grid.autofit = False
    # whatever the columns ask for, the table is as wide as the page
    share = width / sum(table.widths)
    for column, own in zip(grid.columns, table.widths, strict=True):
        column.width = Cm(own * share)
    for row, values in zip(grid.rows, [table.titles, *table.rows], strict=True):
        is_head = row._tr is grid.rows[0]._tr
        _row_property(row._tr, "w:cantSplit")
        if is_head:
            _row_property(row._tr, "w:tblHeader")
        for cell, value, own in zip(row.cells, values, table.widths, strict=True):
            cell.width = Cm(own * share)
            _fill(cell, value, is_head)
    _describe(grid, table.title_vi)
    made.add_paragraph().paragraph_format.space_after = Pt(0)


def _fill(cell: _Cell, value: Value, is_head: bool) -> None:
    for place, line in enumerate(text(value).split("\n")):
        paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
        paragraph.style = _HEAD if is_head else _CELL
        paragraph.add_run(line)
        if is_head:
            paragraph.paragraph_format.keep_with_next = True
        elif isinstance(value, Number):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if is_head:
        _child(cell._tc.get_or_add_tcPr(), "w:shd", val="clear", color="auto", fill=_SHADE)


def _describe(grid: DocxTable, title: str) -> None:
    """A name for readers who hear the page."""
    _child(grid._tbl.tblPr, "w:tblCaption", val=title)


def _row_property(row: Any, name: str) -> None:
    _child(row.get_or_add_trPr(), name, val="true")


def _footer(paragraph: Any, said: str) -> None:
    paragraph.text = f"{said} · trang "
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _field(paragraph, "PAGE")
    paragraph.add_run("/")
    _field(paragraph, "NUMPAGES")


def _field(paragraph: Any, instruction: str) -> None:
    run = paragraph.add_run()
    for kind in ("begin", "instruction", "separate", "result", "end"):
        if kind == "instruction":
            _child(run._r, "w:instrText").text = instruction
        elif kind == "result":
            _child(run._r, "w:t").text = "1"
        else:
            _child(run._r, "w:fldChar", fldCharType=kind)


def _set_styles(made: DocumentType) -> None:
    for name in (_ENGLISH, _CELL, _HEAD):
        made.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = made.styles["Normal"]
    for name, look in _LOOKS.items():
        style: Any = made.styles[name]
        style.font.name, style.font.size = _FONT, Pt(look.size)
        style.font.bold, style.font.italic = look.is_bold, look.is_italic
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(look.before), Pt(look.after)
        style.paragraph_format.line_spacing = 1.0
        _set_fonts(style.element.get_or_add_rPr())
    for name in ("Title", "Subtitle"):
        _plain(made.styles[name].element)
    _set_language(made.styles[_ENGLISH].element.get_or_add_rPr(), "en-GB")
    defaults = made.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    _set_language(defaults, LANGUAGE)


def _set_fonts(properties: Any) -> None:
    """One font for every script: a theme's font would win over the name."""
    fonts = properties.get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), _FONT)


def _set_language(properties: Any, language: str) -> None:
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    _child(properties, "w:lang", val=language, eastAsia=language)


def _plain(style: Any) -> None:
    """The template draws a blue line below a title and spreads its letters."""
    for drawn in [*style.iter(qn("w:pBdr")), *style.find(qn("w:rPr")).findall(qn("w:spacing"))]:
        drawn.getparent().remove(drawn)


def _set_properties(made: DocumentType, title: str, as_of: date) -> None:
    properties = made.core_properties
    moment = datetime(as_of.year, as_of.month, as_of.day)  # noqa: DTZ001 - a day, written as the format asks
    properties.title, properties.author, properties.last_modified_by = title, "Chiso", "Chiso"
    properties.language, properties.comments, properties.keywords = LANGUAGE, "", ""
    properties.created = properties.modified = moment
    properties.revision = 1


def _child(parent: Any, name: str, **attributes: str) -> Any:
    made = OxmlElement(name)
    for attribute, value in attributes.items():
        made.set(qn(f"w:{attribute}"), value)
    parent.append(made)
    return made
