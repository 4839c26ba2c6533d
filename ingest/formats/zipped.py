"""A zip of files: which it holds, and one of them as a file of its own for as long as it is read."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ingest.faults import EditionFault
from ingest.formats.damage import missing, too_large
from ingest.formats.safety import content_of, opened

MAX_TABLES = 100
_OF_THE_SYSTEM = ("__MACOSX/", ".DS_Store", "Thumbs.db")


def members_of(source: Path, file: str) -> list[str]:
    """The names of the files in a zip, in order, without folders and what systems leave. Raises EditionFault."""
    with opened(source, file) as archive:
        names = [member.filename for member in archive.infolist() if not member.is_dir()]
    names = [name for name in names if not any(part in name for part in _OF_THE_SYSTEM)]
    if len(names) > MAX_TABLES:
        raise too_large(file, f"{len(names)} files in one zip, read are at most {MAX_TABLES}")
    return names


@contextmanager
def spooled(source: Path, file: str, name: str) -> Iterator[Path]:
    """The member as a file in the system's temporary folder, gone afterwards. The container has been checked.

    Raises EditionFault: no such member, or damaged. What goes wrong inside the block names the member.
    """
    with tempfile.NamedTemporaryFile(prefix="chiso-member-") as copy:
        with opened(source, file) as archive:
            if name not in archive.namelist():
                raise missing(file, f"{name!r} is not in the zip, but {', '.join(archive.namelist()[:20])}")
            for chunk in content_of(archive, name, file):
                copy.write(chunk)
        copy.flush()
        try:
            yield Path(copy.name)
        except EditionFault as error:
            named = [replace(fault, text=f"{name}: {fault.text}") for fault in error.faults]
            raise EditionFault(named) from error
