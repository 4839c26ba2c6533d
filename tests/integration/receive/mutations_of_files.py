"""Files that went wrong as a whole: bytes, encodings, types, and the table of something else."""

import gzip
import io
import json
import random
import zipfile

from ingest.formats.legacy import _TCVN3, _VNI  # the tables that the reader tells these encodings by
from tests.integration.receive.mutation_carriers import csv_text, html, pdf, xlsx
from tests.integration.receive.mutation_start import Arrived, Start


def bits_flipped(start: Start, draw: random.Random) -> Arrived:
    content = bytearray(start.clean())
    for _ in range(draw.choice((1, 1, 1, 2, 8))):
        content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    return start.sent(bytes(content))


def byte_inserted(start: Start, draw: random.Random) -> Arrived:
    content = start.clean()
    at = draw.randrange(len(content))
    return start.sent(content[:at] + bytes([draw.choice((draw.randrange(256), *b"0123456789.,-;"))]) + content[at:])


def byte_deleted(start: Start, draw: random.Random) -> Arrived:
    content = start.clean()
    at = draw.randrange(len(content))
    return start.sent(content[:at] + content[at + 1 :])


def truncated(start: Start, draw: random.Random) -> Arrived:
    content = start.clean()
    at = len(content) - draw.randrange(1, 40) if draw.random() < 0.4 else draw.randrange(len(content))
    return start.sent(content[:at])


def truncated_and_padded(start: Start, draw: random.Random) -> Arrived:
    content = start.clean()
    at = draw.randrange(len(content))
    return start.sent(content[:at] + bytes(len(content) - at))


def encoding_broken(start: Start, draw: random.Random) -> Arrived:
    text = csv_text(start.table)
    to_tcvn3 = {letter: char for char, letter in _TCVN3.items()}
    to_vni = {letter: pair for pair, letter in _VNI.items()}
    how = draw.randrange(8)
    if how == 0:
        return start.sent(text.encode("latin-1", "replace"), "csv")
    if how == 1:
        return start.sent(text.encode("cp1258", "replace"), "csv")
    if how == 2:
        return start.sent("".join(to_tcvn3.get(char, char) for char in text).encode(), "csv")
    if how == 3:
        return start.sent("".join(to_tcvn3.get(char, char) for char in text).encode("latin-1", "replace"), "csv")
    if how == 4:
        return start.sent("".join(to_vni.get(char, char) for char in text).encode("latin-1", "replace"), "csv")
    if how == 5:
        return start.sent(text.encode().decode("latin-1").encode(), "csv")
    if how == 6:
        return start.sent(text.encode("utf-16")[2 * draw.randrange(2) + 1 :], "csv")
    lines = text.split("\r\n")
    at = draw.randrange(1, len(lines) - 1)
    mixed = [line.encode("cp1252" if number == at else "utf-8", "replace") for number, line in enumerate(lines)]
    return start.sent(b"\r\n".join(mixed), "csv")


def type_lies(start: Start, draw: random.Random) -> Arrived:
    clean = start.clean()
    choice = draw.randrange(10)
    if choice == 0:
        page = "<html><head><title>404</title></head><body><h1>Không tìm thấy trang</h1></body></html>"
        return start.sent(page.encode(), "xlsx")
    if choice == 1:
        return start.sent(xlsx(start.table), "csv")
    if choice == 2:
        return start.sent(csv_text(start.table).encode(), "xlsx")
    if choice == 3:
        return start.sent(gzip.compress(clean), "csv")
    if choice == 4:
        return start.sent(
            json.dumps([dict(zip(start.table.header, row, strict=True)) for row in start.table.rows]).encode(), "csv"
        )
    if choice == 5:
        return start.sent(draw.choice((b"", b"\n", b"\0" * 100, b"   ")), "csv")
    if choice == 6:
        document = io.BytesIO()
        with zipfile.ZipFile(document, "w") as archive:
            archive.writestr(
                "[Content_Types].xml", '<Types><Override ContentType="application/vnd.wordprocessingml"/></Types>'
            )
            archive.writestr("word/document.xml", "<document/>")
        return start.sent(document.getvalue(), "xlsx")
    if choice == 7:
        return start.sent(b"%PDF-1.4\n" + bytes(draw.randrange(256) for _ in range(500)), "pdf")
    if choice == 8:
        return start.sent(html(start.table), "xls")
    return start.sent(b"\x89PNG\r\n\x1a\n" + clean[:100], "csv")


def another_year(start: Start, draw: random.Random) -> Arrived:
    return start.sent(draw.choice(start.other_years) if start.other_years else draw.choice(start.other_tables))


def another_index(start: Start, draw: random.Random) -> Arrived:
    return start.sent(draw.choice(start.other_tables))


def of_a_document(start: Start, draw: random.Random) -> Arrived:
    content = bytearray(pdf(start.table))
    choice = draw.randrange(3)
    if choice == 0:
        content = content[: draw.randrange(len(content))]
    else:
        for _ in range(choice):
            content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    return start.sent(bytes(content))
