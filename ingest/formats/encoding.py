"""Which encoding the bytes of a text file are in, and where they are not."""

import codecs
import io
import itertools
from pathlib import Path

from ingest.faults import EditionFault, Fault
from ingest.formats.damage import too_large, unreadable
from ingest.formats.legacy import detect

HEAD = 8192
_CHUNK = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def detect_encoding(head: bytes) -> str:
    """The encoding that the first bytes of a text show: by its mark, by where zeros stand in it, else UTF-8."""
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    text = head.rstrip(b"\0")  # a run of zeros at the end is padding, not text
    half = len(text) // 2
    at_even, at_odd = text[0::2].count(0), text[1::2].count(0)
    if at_odd > 0.4 * half and at_even <= 0.05 * half:
        return "utf-16-le"
    if at_even > 0.4 * half and at_odd <= 0.05 * half:
        return "utf-16-be"
    return "utf-8"


def encoding_of(source: Path, file: str, encoding: str | None) -> str:
    """The encoding that the catalog declares, else the one that the file shows. Raises EditionFault: no such."""
    if encoding:
        return known(file, encoding)
    with source.open("rb") as stream:
        return detect_encoding(stream.read(HEAD))


def known(file: str, encoding: str) -> str:
    """`encoding`, when it is one of text. Raises EditionFault when it is not."""
    try:
        "".encode(encoding)
    except LookupError as error:
        raise unreadable(file, f"there is no encoding {encoding!r}") from error
    return encoding


def read_text(source: Path, file: str, encoding: str, limit: int) -> str:
    """All text of a file of at most `limit` bytes, zeros at its end dropped. Raises EditionFault: not text."""
    size = source.stat().st_size
    if size > limit:
        raise too_large(file, f"{size >> 20} MiB, read are at most {limit >> 20} MiB")
    try:
        text = source.read_bytes().decode(encoding).rstrip("\0")
    except UnicodeError as error:
        raise undecodable(source, file, encoding) from error
    if "\0" in text:
        raise unreadable(file, "a zero byte inside the text", row=text.count("\n", 0, text.index("\0")) + 1)
    return text


def undecodable(source: Path, file: str, encoding: str) -> EditionFault:
    """The fault of a file that is not in `encoding`: which legacy encoding it is in, else the first wrong byte."""
    line, position, reason = _first_wrong(source, encoding)
    with source.open("rb") as stream:
        stream.seek(max(0, position - HEAD))
        before = stream.read(min(position, HEAD)).decode("latin-1")
        window = _line_so_far(before) + stream.read(_CHUNK).decode("latin-1")
    found = detect(window)
    if found:
        line += window.count("\n", 0, window.index(found.sample))
        text = f"{found.name}, “{found.sample}” = “{found.reading}”"
        return EditionFault([Fault("encoding_legacy", file, line, text=text)])
    return unreadable(file, f"not {encoding}: byte {position} ({reason})", row=line)


def _line_so_far(text: str) -> str:
    return text[max(text.rfind("\n"), text.rfind("\r")) + 1 :]


def _first_wrong(source: Path, encoding: str) -> tuple[int, int, str]:
    """The line, the byte (from 0) and the reason of what cannot be decoded first."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)("strict"), translate=True)
    line, read = 1, 0
    with source.open("rb") as stream:
        for chunk in itertools.chain(iter(lambda: stream.read(_CHUNK), b""), [b""]):
            read += len(chunk)
            try:
                line += decoder.decode(chunk, final=not chunk).count("\n")
            except UnicodeDecodeError as error:
                good = error.object[: error.start].decode(encoding, errors="replace")
                line += good.replace("\r\n", "\n").replace("\r", "\n").count("\n")
                return line, read - len(error.object) + error.start, error.reason
            except UnicodeError as error:  # a UTF-16 or UTF-32 text without a mark has no position to tell
                return line, read, str(error)
    return line, read, "it ends too early"
