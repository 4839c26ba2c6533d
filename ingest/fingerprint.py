"""What a raw file was made from, as one hash: its texts and files, the readers' code, the shared words and places."""

import hashlib
from functools import cache
from pathlib import Path

from ingest.settings import PACKAGE_ROOT
from ingest.territory import FOLDER


def fingerprint(texts: list[Path], files: list[Path], choice: str = "") -> str:
    """`choice` is what else the reading depends on."""
    digest = hashlib.sha256(f"{_reader_fingerprint()} {choice}".encode())
    for path in (*texts, *files):
        digest.update(path.read_bytes() if path.is_file() else b"missing")
    return digest.hexdigest()


@cache
def _reader_fingerprint() -> str:
    """What every reading depends on beside its own files: the readers' code and the shared words and places."""
    digest = hashlib.sha256()
    shared = [PACKAGE_ROOT / "catalog" / "common.yaml", *sorted(FOLDER.glob("*.csv"))]
    reference = sorted((PACKAGE_ROOT / "archive" / "reference").glob("province*.csv"))
    for path in (*sorted(PACKAGE_ROOT.glob("*.py")), *sorted(PACKAGE_ROOT.glob("formats/*.py")), *shared, *reference):
        digest.update(path.read_bytes())
    return digest.hexdigest()
