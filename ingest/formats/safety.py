"""What makes a zip container, and so a workbook, unsafe to open: found without unpacking it to memory or disk.

Everything is really inflated and counted, because what a directory declares may be a lie. Later readers go through the
same `zipfile`, so they see what was counted here.
"""

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath

from ingest.formats.damage import damaged, unreadable, unsafe

MAX_MEMBERS = 10_000
MAX_INFLATED = 2 << 30
MAX_RATIO = 200
FREE_OF_RATIO = 16 << 20

ZIP_ERRORS: tuple[type[Exception], ...] = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    ValueError,
    OSError,
)
_CONTENT_TYPES = "[Content_Types].xml"
_CHUNK = 1 << 20
_ENTRY = b"PK\x01\x02"
_LOCAL_HEADER = struct.Struct("<26xHH")
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_DECLARATION_LENGTH = len(b"<!DOCTYPE")
_XML_ENCODING = re.compile(rb"""^<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)""")
_XML_ENCODINGS = re.compile(rb"utf-?8|utf-?16(le|be)?|us-ascii|ascii|iso-8859-\d+|windows-125\d", re.IGNORECASE)


def check_container(source: Path, file: str) -> None:
    """Raises EditionFault where the zip at `source` is damaged or unsafe. Unpacks it once while it does not change."""
    state = source.stat()
    _check(source, file, (state.st_ino, state.st_size, state.st_mtime_ns))


@lru_cache(maxsize=256)
def _check(source: Path, file: str, state: tuple[int, int, int]) -> None:
    _check_directory_size(source, file)
    with opened(source, file) as archive:
        members = archive.infolist()
        if not members:
            raise unreadable(file, "an empty zip")
        _check_names(members, file)
        _check_layout(archive, source, file)
        office = any(member.filename == _CONTENT_TYPES for member in members)
        budget = MAX_INFLATED
        for member in members:
            budget -= _inflate(archive, member, file, budget, office)


def opened(source: Path, file: str) -> zipfile.ZipFile:
    """The container at `source`. Raises EditionFault where its directory is damaged."""
    with damaged(file, *ZIP_ERRORS):
        return zipfile.ZipFile(source)


def content_of(archive: zipfile.ZipFile, name: str, file: str) -> Iterator[bytes]:
    """A member's bytes, piece by piece. Raises EditionFault where it is damaged or not there."""
    with damaged(file, KeyError, *ZIP_ERRORS, saying=f"{name}: "), archive.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _check_directory_size(source: Path, file: str) -> None:
    """Counts directory entries in the bytes, before `zipfile` would make an object of each."""
    seen, tail = 0, b""
    with source.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            seen += (tail + chunk).count(_ENTRY)
            tail = chunk[-len(_ENTRY) + 1 :]
            if seen > MAX_MEMBERS:
                raise unsafe(file, f"more than {MAX_MEMBERS} files in one container")


def _check_names(members: list[zipfile.ZipInfo], file: str) -> None:
    names = set()
    for member in members:
        name = member.filename
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or re.match("[A-Za-z]:", name):
            raise unsafe(file, f"the name {name!r} leads out of the container")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise unsafe(file, f"{name!r} is a link")
        if member.flag_bits & 0x1:
            raise unreadable(file, f"{name!r} is protected by a password")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise unsafe(file, f"{name!r} is packed by method {member.compress_type}, not by deflate")
        if name in names:
            raise unsafe(file, f"two files are named {name!r}")
        names.add(name)


def _check_layout(archive: zipfile.ZipFile, source: Path, file: str) -> None:
    """Members must follow each other: ones that share bytes are how a small file unpacks to a huge one."""
    members = sorted(archive.infolist(), key=lambda member: member.header_offset)
    ends = [member.header_offset for member in members[1:]] + [archive.start_dir]
    with source.open("rb") as stream:
        for member, end in zip(members, ends, strict=True):
            if not 0 <= member.header_offset < archive.start_dir:
                raise unreadable(file, f"{member.filename!r} is cut off")
            stream.seek(member.header_offset)
            header = stream.read(_LOCAL_HEADER.size)
            if len(header) < _LOCAL_HEADER.size:
                raise unreadable(file, f"{member.filename!r} is cut off")
            name_length, extra_length = _LOCAL_HEADER.unpack(header)
            content = member.header_offset + _LOCAL_HEADER.size + name_length + extra_length
            if content + member.compress_size > end:
                raise unsafe(file, f"{member.filename!r} shares bytes with what follows it")


def _inflate(archive: zipfile.ZipFile, member: zipfile.ZipInfo, file: str, budget: int, office: bool) -> int:
    """The member's real size. Raises EditionFault where it is too large, damaged, or XML that declares entities."""
    size = 0
    xml = _XmlWatch(file, member.filename) if office and not member.filename.lower().endswith(".svg") else None
    for chunk in content_of(archive, member.filename, file):
        size += len(chunk)
        if size > budget:
            raise unsafe(file, f"it unpacks to more than {MAX_INFLATED >> 30} GiB")
        if size > FREE_OF_RATIO and size > MAX_RATIO * member.compress_size:
            raise unsafe(file, f"{member.filename!r} unpacks to more than {MAX_RATIO} times its size")
        if xml:
            xml.feed(chunk)
    return size


class _XmlWatch:
    """Looks for declarations of types and entities in a member that is XML, in whichever encoding a parser takes."""

    def __init__(self, file: str, name: str) -> None:
        self._file, self._name = file, name
        self._tail = b""
        self._is_xml: bool | None = None

    def feed(self, chunk: bytes) -> None:
        # without its zeros UTF-16 and UTF-32 read as ASCII
        text = chunk.replace(b"\0", b"")
        if self._is_xml is None:
            self._is_xml = self._starts_as_xml(text)
        if not self._is_xml:
            return
        if _DECLARATION.search(self._tail + text):
            raise unsafe(self._file, f"{self._name!r} declares a document type or entities")
        self._tail = text[-_DECLARATION_LENGTH:]

    def _starts_as_xml(self, text: bytes) -> bool:
        start = re.sub(rb"^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)", b"", text).lstrip()
        declared = _XML_ENCODING.search(start[:1024])
        if declared and not _XML_ENCODINGS.fullmatch(declared[1]):
            encoding = declared[1][:40].decode("ascii", "replace")
            raise unsafe(self._file, f"{self._name!r} is XML in the encoding {encoding!r}")
        return start.startswith(b"<")
