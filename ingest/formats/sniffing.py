"""What a file is, by its bytes alone: names and servers are often wrong about it."""

import re
from pathlib import Path

from ingest.formats import json_text
from ingest.formats.damage import unreadable
from ingest.formats.encoding import HEAD, detect_encoding
from ingest.formats.safety import check_container, content_of, opened

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_AS_CSV = "get the table as CSV or .xlsx"

_FOREIGN = (
    (b"\x1f\x8b", "it is packed with gzip; unpack it"),
    (b"BZh91AY&SY", "it is packed with bzip2; unpack it"),
    (b"\xfd7zXZ\0", "it is packed with xz; unpack it"),
    (b"7z\xbc\xaf\x27\x1c", "it is a 7-Zip archive; unpack it"),
    (b"Rar!\x1a", "it is a RAR archive; unpack it"),
    (b"\x89PNG", f"it is a picture (PNG); {_AS_CSV}"),
    (b"\xff\xd8\xff", f"it is a picture (JPEG); {_AS_CSV}"),
    (b"GIF89a", f"it is a picture (GIF); {_AS_CSV}"),
    (b"II*\0", f"it is a picture (TIFF); {_AS_CSV}"),
    (b"MM\0*", f"it is a picture (TIFF); {_AS_CSV}"),
    (b"{\\rtf", f"it is a text document (RTF); {_AS_CSV}"),
    (b"PAR1\x15", f"it is a Parquet file; {_AS_CSV}"),
    (b"SQLite format 3", f"it is a database (SQLite); {_AS_CSV}"),
    (b"MIME-Version:", f"it is a web archive (MHTML); {_AS_CSV}"),
)

# what [Content_Types].xml says of the main part, and what it then is; None: a workbook
_OFFICE: tuple[tuple[bytes, str | None], ...] = (
    (b"ms-excel.sheet.binary", "it is a binary workbook (.xlsb); save it as .xlsx"),
    (b"wordprocessingml", f"it is a text document (.docx); {_AS_CSV}"),
    (b"presentationml", f"it is a presentation (.pptx); {_AS_CSV}"),
    (b"spreadsheetml", None),
    (b"ms-excel", None),
)

# streams of an OLE container, the first found tells
_STREAMS = (
    ("Workbook", None),
    ("Book", None),
    ("EncryptedPackage", "it is a workbook protected by a password; save it without"),
    ("WordDocument", f"it is a text document (.doc); {_AS_CSV}"),
    ("PowerPoint Document", f"it is a presentation (.ppt); {_AS_CSV}"),
)
_OLE_ENTRY = 128
_OLE_CHUNK = 1 << 20

_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|meta|title|table|thead|tbody|tr|div|script|style)\b", re.I)
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x19\x1b-\x1f]")
_FEW = 0.01  # of the characters: a stray one happens in text


def sniff(source: Path, file: str) -> str:
    """Which format the bytes are: csv, xlsx, xls, html, pdf, json-stat, world-bank or zip; whatever its name.

    `file` is the name that faults give it. Raises EditionFault: `file_unreadable` for anything else, with what it is;
    `file_unsafe` for a container that must not be opened.
    """
    with source.open("rb") as stream:
        head = stream.read(HEAD)
    if not head.strip(b"\0"):
        raise unreadable(file, "the file is empty")
    if head.startswith(_ZIP):
        return _container(source, file)
    if head.startswith(_OLE):
        return _ole(source, file)
    for magic, text in _FOREIGN:
        if head.startswith(magic):
            raise unreadable(file, text)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-"):
        return "pdf"
    return _text(source, file, head)


def _container(source: Path, file: str) -> str:
    check_container(source, file)
    with opened(source, file) as archive:
        names = archive.namelist()
        types, document = (
            next(content_of(archive, name, file), b"").replace(b"\0", b"") if name in names else b""
            for name in ("[Content_Types].xml", "mimetype")
        )
    for mark, text in _OFFICE:
        if mark in types:
            if text:
                raise unreadable(file, text)
            return "xlsx"
    if document.startswith(b"application/vnd.oasis.opendocument"):
        raise unreadable(file, "it is an OpenDocument file (.ods, .odt); save it as .xlsx")
    return "xlsx" if "xl/workbook.xml" in names else "zip"


def _ole(source: Path, file: str) -> str:
    found = _ole_streams(source)
    for name, text in _STREAMS:
        if name in found:
            if text:
                raise unreadable(file, text)
            return "xls"
    raise unreadable(file, f"an OLE container without a workbook; {_AS_CSV}")


def _ole_streams(source: Path) -> set[str]:
    """Those of `_STREAMS` that stand where a directory entry can start; a damaged directory is not followed."""
    marks = {name: name.encode("utf-16-le") + b"\0\0" for name, _ in _STREAMS}
    found = set()
    with source.open("rb") as stream:
        while chunk := stream.read(_OLE_CHUNK):
            for name, mark in marks.items():
                at = chunk.find(mark)
                while at >= 0 and at % _OLE_ENTRY:
                    at = chunk.find(mark, at + 1)
                if at >= 0:
                    found.add(name)
    return found


def _text(source: Path, file: str, head: bytes) -> str:
    encoding = detect_encoding(head)
    text = head.decode(encoding, errors="replace").lstrip("\ufeff \t\r\n")
    if len(_CONTROL.findall(text)) > _FEW * len(text):
        raise unreadable(file, f"neither text nor a known kind of file; {_AS_CSV}")
    if text.startswith("<"):
        return _markup(file, text)
    if json_text.looks_like_json(text):
        return json_text.kind_of(json_text.load(source, file, encoding), file)
    return "csv"


def _markup(file: str, text: str) -> str:
    if "urn:schemas-microsoft-com:office:spreadsheet" in text and "<html" not in text.lower():
        raise unreadable(file, "it is a workbook of Excel 2003 (XML); save it as .xlsx")
    if not _HTML.search(text):
        raise unreadable(file, f"it is an XML document; {_AS_CSV}")
    return "html"
