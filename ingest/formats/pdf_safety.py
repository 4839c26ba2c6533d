"""What makes a PDF unsafe to open: a stream that unpacks to far more than a page of a table ever needs.

pdfminer unpacks a stream whole, in memory. Each is therefore unpacked here first, counted and thrown away; also one
that was packed twice. Rarer packings (LZW, run lengths) cannot swell as much.
"""

import mmap
import re
import zlib
from pathlib import Path

from ingest.formats.damage import unsafe

MAX_STREAM = 128 << 20
MAX_ALL = 1 << 30
_PIECE = 1 << 20
_STREAM = re.compile(rb"stream\r?\n")
_ZLIB = re.compile(rb"[\x08\x18\x28\x38\x48\x58\x68\x78][\x00-\xff]")


def check_streams(source: Path, file: str) -> None:
    """Raises EditionFault where a packed stream of the PDF, or all together, unpack to too much."""
    budget = MAX_ALL
    if source.stat().st_size == 0:  # nothing can be mapped then
        return
    with source.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for match in _STREAM.finditer(content):
            if content[match.start() - 3 : match.start()] != b"end":
                budget -= _unpacked(content, match.end(), min(MAX_STREAM, budget), file)


def _unpacked(content: mmap.mmap, start: int, limit: int, file: str) -> int:
    """How much the stream at `start` unpacks to; 0 when it is not packed."""
    outer, inner = zlib.decompressobj(), zlib.decompressobj()
    twice: bool | None = None
    size = 0
    try:
        while start < len(content) and not outer.eof:
            piece = content[start : start + _PIECE]
            start += len(piece)
            while piece and not outer.eof:
                out = outer.decompress(piece, _PIECE)
                piece = outer.unconsumed_tail
                size += len(out)
                if twice is None and out:
                    twice = bool(_ZLIB.match(out))
                if twice:
                    size += _swell(inner, out, limit - size)
                if size > limit:
                    raise unsafe(file, f"a stream of it unpacks to more than {MAX_STREAM >> 20} MiB")
    except zlib.error:  # not packed this way, or damaged: then the reader will say so
        return size
    return size


def _swell(inner: "zlib._Decompress", piece: bytes, limit: int) -> int:
    size = 0
    while piece and not inner.eof and size <= limit:
        size += len(inner.decompress(piece, _PIECE))
        piece = inner.unconsumed_tail
    return size
