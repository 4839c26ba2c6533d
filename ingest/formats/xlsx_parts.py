"""The parts of an .xlsx package that its sheets need: their list, the number formats, and the shared texts.

Read with lxml and not with openpyxl's own reader, which stops at styles that only a program for drawing cares about,
hides in its streaming mode what is hidden or merged, and cannot tell a formula without a value from a blank cell.
"""

import datetime as dt
import posixpath
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import IO, Any, NamedTuple

from lxml import etree
from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from ingest.formats.cells import Shown, shown_as
from ingest.formats.damage import damaged, too_large, unreadable
from ingest.formats.safety import ZIP_ERRORS, opened

PART_ERRORS: tuple[type[Exception], ...] = (etree.LxmlError, *ZIP_ERRORS)
MAX_PART = 16 << 20
MAX_TEXTS = 200 << 20
# no piece of a sheet between two rows is longer; more would have to stand in memory at once
_MAX_PIECE = 8 << 20
_TEXT_OVERHEAD = 80
_PARSING: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "remove_comments": True,
    "remove_pis": True,
}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TRUE = ("1", "true")


class Sheet(NamedTuple):
    """A worksheet: its name, its part of the package, and whether the workbook hides it."""

    name: str
    part: str
    hidden: bool


class Package:
    """An .xlsx file that was found safe. Raises EditionFault from every method where a part is missing or damaged."""

    def __init__(self, source: Path, file: str) -> None:
        self.file = file
        self._archive = opened(source, file)
        self._names = {name.casefold(): name for name in self._archive.namelist()}

    def __enter__(self) -> "Package":
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    @cached_property
    def sheets(self) -> list[Sheet]:
        """The worksheets in the workbook's order; charts are left out."""
        targets = self._targets(self._workbook_part, "/worksheet")
        found = []
        for sheet in self._workbook.iterfind(".//{*}sheets/{*}sheet"):
            ids = [str(value) for key, value in sheet.attrib.items() if str(key).endswith("}id")]
            part = targets.get(ids[0]) if ids else None
            if part:
                found.append(Sheet(sheet.get("name", ""), part, sheet.get("state", "visible") != "visible"))
        return found

    @cached_property
    def epoch(self) -> dt.datetime:
        """The day that serial numbers of dates count from."""
        properties = self._workbook.find("{*}workbookPr")
        is_1904 = properties is not None and properties.get("date1904") in _TRUE
        return CALENDAR_MAC_1904 if is_1904 else CALENDAR_WINDOWS_1900

    @cached_property
    def shown(self) -> list[Shown]:
        """What the cells of each style show, by the style's number."""
        part = next(iter(self._targets(self._workbook_part, "/styles").values()), None)
        if part is None:
            return []
        styles = self._tree(part)
        formats = dict(BUILTIN_FORMATS)
        for each in styles.iterfind("{*}numFmts/{*}numFmt"):
            formats[self._int(each.get("numFmtId"), part)] = each.get("formatCode", "")
        used = [self._int(xf.get("numFmtId", "0"), part) for xf in styles.iterfind("{*}cellXfs/{*}xf")]
        return [shown_as(formats.get(number, "General")) for number in used]

    @cached_property
    def texts(self) -> list[str]:
        """The shared texts, by number."""
        part = next(iter(self._targets(self._workbook_part, "/sharedStrings").values()), None)
        found: list[str] = []
        size = 0
        for element in self.elements(part, ("si",)) if part else ():
            text = text_of(element)
            size += len(text) + _TEXT_OVERHEAD
            if size > MAX_TEXTS:
                raise too_large(self.file, f"the workbook's texts take more than {MAX_TEXTS >> 20} MiB")
            found.append(text)
        return found

    def elements(self, part: str, tags: tuple[str, ...]) -> Iterator[etree._Element]:
        """The elements with these local names as they end, each emptied before the next. Raises EditionFault."""
        with damaged(self.file, *PART_ERRORS, saying=f"{part}: "), self._open(part) as member:
            stream = _Metered(member, self.file, part)
            wanted = tuple(f"{{*}}{tag}" for tag in tags)
            for _, element in etree.iterparse(stream, events=("end",), tag=wanted, **_PARSING):
                yield element
                stream.read_since = 0
                element.clear()
                parent = element.getparent()
                while parent is not None and element.getprevious() is not None:
                    del parent[0]

    @cached_property
    def _workbook_part(self) -> str:
        parts = self._targets("", "/officeDocument")
        return next(iter(parts.values()), "xl/workbook.xml")

    @cached_property
    def _workbook(self) -> etree._Element:
        return self._tree(self._workbook_part)

    def _targets(self, part: str, kind: str) -> dict[str, str]:
        """The parts that `part` points to with relationships whose type ends with `kind`, by relationship id."""
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if rels.casefold() not in self._names:
            return {}
        return {
            each.get("Id", ""): posixpath.normpath(posixpath.join("/", folder, each.get("Target", ""))).lstrip("/")
            for each in self._tree(rels).iterfind("{*}Relationship")
            if each.get("Type", "").endswith(kind) and each.get("TargetMode") != "External"
        }

    def _tree(self, part: str) -> etree._Element:
        parser = etree.XMLParser(**_PARSING)
        with damaged(self.file, *PART_ERRORS, saying=f"{part}: "), self._open(part) as member:
            content = member.read(MAX_PART + 1)
            if len(content) > MAX_PART:
                raise too_large(self.file, f"{part} is larger than {MAX_PART >> 20} MiB")
            return etree.fromstring(content, parser)

    def _open(self, part: str) -> IO[bytes]:
        name = self._names.get(part.casefold())
        if name is None:
            raise unreadable(self.file, f"the workbook lacks its part {part!r}")
        return self._archive.open(name)

    def _int(self, text: str | None, part: str) -> int:
        if text is None or not re.fullmatch(r"[0-9]{1,9}", text):
            raise unreadable(self.file, f"{part}: {text!r} is no number of a format")
        return int(text)


def text_of(element: etree._Element) -> str:
    """The text of a shared or inline string: its runs, without the reading aids of East Asian text."""
    pieces = []
    for child in element:
        tag = etree.QName(child).localname
        if tag == "t":
            pieces.append(child.text or "")
        elif tag == "r":
            pieces += [run.text or "" for run in child.iterfind("{*}t")]
    return unescape("".join(pieces))


def unescape(text: str) -> str:
    """Text with Excel's `_x000D_` escapes as the characters that they stand for; only those that a text may hold."""
    return _ESCAPED.sub(_escaped_char, text) if "_x" in text else text


def _escaped_char(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    is_text = code in (9, 10, 13) or (code >= 32 and not 0xD800 <= code <= 0xDFFF)
    return chr(code) if is_text else match[0]


class _Metered:
    """A stream that stops a parser which has to keep too much: what was read since the last element let go."""

    def __init__(self, stream: IO[bytes], file: str, part: str) -> None:
        self._stream, self._file, self._part = stream, file, part
        self.read_since = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        self.read_since += len(chunk)
        if self.read_since > _MAX_PIECE:
            raise too_large(self._file, f"{self._part} has a piece of more than {_MAX_PIECE >> 20} MiB without a row")
        return chunk
