"""Writing the report pack: both files whole, or neither.

Belongs here: files on the disk. Does not belong here: what is in them.
"""

import os
import re
import zipfile
from contextlib import suppress
from datetime import date
from io import BytesIO
from pathlib import Path

from quality.report.build import read_report
from quality.report.cover import make_cover
from quality.report.period import Period
from quality.report.published import open_published
from quality.report.sections import sections

# the library writes the wall clock here, whatever it is told
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def write_report(published: Path, folder: Path, period: Period, as_of: date, home_territory: str) -> tuple[Path, Path]:
    """Write `bao-cao-<period>.docx` and `.xlsx` into `folder` and give their paths.

    Reads the published file and nothing else. The same file, period, day and home give the same bytes. A reader who has
    an old report open keeps it.

    Raises PublishedMissing (a FileNotFoundError) when there is no published file, ValueError when the period has not
    begun on `as_of` or the territory is unknown, duckdb.Error when the file is no published file of ours, OSError when
    `folder` cannot be written. In every case no file is left half.
    """
    # they take a second to load
    from quality.report.document import document_bytes
    from quality.report.picture import picture_of
    from quality.report.workbook import workbook_bytes

    with open_published(published) as con:
        report = read_report(con, period, as_of, home_territory)
        picture = picture_of(con, report, home_territory)
    cover, parts = make_cover(report), sections(report)
    files = {
        folder / f"bao-cao-{period}.docx": document_bytes(cover, parts, picture, as_of),
        folder / f"bao-cao-{period}.xlsx": workbook_bytes(cover, parts, as_of),
    }
    _replace({path: _same_each_time(content, as_of) for path, content in files.items()})
    docx, xlsx = files
    return docx, xlsx


def _replace(files: dict[Path, bytes]) -> None:
    """Write all of them beside their places, then rename: a kill leaves each file old or new."""
    beside = {path: path.with_name(f".{path.name}.being-written") for path in files}
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            beside[path].write_bytes(content)
        for path in files:
            os.replace(beside[path], path)
    finally:
        for left in beside.values():
            with suppress(FileNotFoundError):
                left.unlink()


def _same_each_time(content: bytes, as_of: date) -> bytes:
    """Pack the file again with one moment for every part: the libraries take the wall clock's."""
    out = BytesIO()
    day = f"{as_of:%Y-%m-%d}T00:00:00Z".encode()
    with zipfile.ZipFile(BytesIO(content)) as packed, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as again:
        for name in packed.namelist():
            part = packed.read(name)
            if name == "docProps/core.xml":
                part = _MODIFIED.sub(rb"\g<1>" + day + rb"\g<2>", part)
            entry = zipfile.ZipInfo(name, (max(as_of.year, 1980), as_of.month, as_of.day, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            again.writestr(entry, part)
    return out.getvalue()
