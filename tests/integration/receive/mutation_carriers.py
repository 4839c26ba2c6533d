"""One table in the formats that publishers send: each gives the bytes of a file."""

import io
import re
import zipfile
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import matplotlib
import openpyxl
import xlwt
from reportlab.lib.pagesizes import A2, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import SimpleDocTemplate
from reportlab.platypus import Table as Grid

from tests.integration.receive.mutation_editions import Table

NUMBER = re.compile(r"-?\d+(\.\d+)?")
_FONT = "DejaVu"
pdfmetrics.registerFont(TTFont(_FONT, Path(matplotlib.get_data_path(), "fonts/ttf/DejaVuSans.ttf")))


def lines_of(table: Table, comma: bool = False) -> list[list[str]]:
    """Header and rows; with decimal commas if wished."""
    rows = [
        [text.replace(".", ",") if comma and NUMBER.fullmatch(text) else text for text in row] for row in table.rows
    ]
    return [list(table.header), *rows]


def csv_text(table: Table, delimiter: str = ",", comma: bool = False) -> str:
    def quoted(text: str) -> str:
        return f'"{text}"' if delimiter in text or '"' in text else text

    return "".join(delimiter.join(map(quoted, line)) + "\r\n" for line in lines_of(table, comma))


def csv(table: Table) -> bytes:
    return csv_text(table).encode()


def csv_semicolon(table: Table) -> bytes:
    return csv_text(table, ";", comma=True).encode()


def utf16(table: Table) -> bytes:
    return csv_text(table, "\t").encode("utf-16")


def utf8_bom(table: Table) -> bytes:
    return csv_text(table).encode("utf-8-sig")


def zipped(table: Table) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bang.csv", csv(table))
    return packed.getvalue()


def html(table: Table, hidden_rows: Collection[int] = ()) -> bytes:
    header, *rows = lines_of(table)
    body = "".join(
        f"<tr{' hidden' if number in hidden_rows else ''}>" + "".join(f"<td>{text}</td>" for text in row) + "</tr>\n"
        for number, row in enumerate(rows)
    )
    head = "".join(f"<th>{text}</th>" for text in header)
    return (
        "<!DOCTYPE html>\n<html><head><meta charset='utf-8'><title>synthetic</title></head><body><h1>Bảng điểm</h1>\n"
        f"<table><tr><td>Trang chủ</td></tr></table>\n<table>\n<tr>{head}</tr>\n{body}</table>"
        "<p>Nguồn: synthetic</p></body></html>"
    ).encode()


def _value(text: str) -> str | float | int:
    return (float(text) if "." in text else int(text)) if NUMBER.fullmatch(text) else text


def xlsx(table: Table, edit: Callable[[Any, int], None] | None = None) -> bytes:
    """As a ministry lays it out: a cover sheet, titles, a merged header of two lines, a line of units, notes below.

    `edit` changes the sheet before it is saved; it gets the line of the first row of data.
    """
    book = openpyxl.Workbook()
    book.worksheets[0].title = "Bìa"
    book.worksheets[0]["A1"] = "Synthetic"
    sheet = book.create_sheet("Tổng hợp")
    width = len(table.header)
    sheet.append([f"BẢNG TỔNG HỢP {table.index} (synthetic)"])
    sheet.append([])
    sheet.append(["STT", table.header[0], "Kết quả", *[None] * (width - 2)])
    sheet.append([None, None, *table.header[1:]])
    sheet.merge_cells("A3:A4")
    sheet.merge_cells("B3:B4")
    sheet.merge_cells(start_row=3, end_row=3, start_column=3, end_column=width + 1)
    sheet.append([None, None, *["(điểm)"] * (width - 1)])
    for number, row in enumerate(table.rows, start=1):
        sheet.append([number, *map(_value, row)])
    sheet.append([])
    sheet.append(["Nguồn: synthetic; không có trọng số"])
    book.create_sheet("Ghi chú")["A1"] = "Synthetic"
    if edit:
        edit(sheet, 6)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def xls(table: Table) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("PL1")
    sheet.write(0, 0, "Bảng điểm (synthetic)")
    for number, line in enumerate(lines_of(table), start=2):
        for column, text in enumerate(line):
            sheet.write(number, column, _value(text) if number > 2 else text)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def pdf(table: Table) -> bytes:
    saved = io.BytesIO()
    grid = Grid(lines_of(table), style=[("GRID", (0, 0), (-1, -1), 0.5, "black"), ("FONT", (0, 0), (-1, -1), _FONT, 7)])
    SimpleDocTemplate(saved, pagesize=landscape(A2), invariant=1).build([grid])
    return saved.getvalue()


# name -> how the file is written, its suffix, facts that must be said about it
CARRIERS: dict[str, tuple[Callable[[Table], bytes], str, dict[str, Any]]] = {
    "csv": (csv, "csv", {}),
    "csv ; and ,": (csv_semicolon, "csv", {}),
    "utf-16": (utf16, "txt", {}),
    "utf-8 bom": (utf8_bom, "csv", {}),
    "xlsx": (xlsx, "xlsx", {}),
    "xls": (xls, "xls", {}),
    "html": (html, "html", {}),
    "zip": (zipped, "zip", {"member": "bang.csv"}),
    "pdf": (pdf, "pdf", {}),
}
