"""Opening the published file, and reading rows of it as text that is safe to stand in any document.

Belongs here: the connection and the cleaning. Does not belong here: what is asked of the file.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from quality.text import one_line

Row = dict[str, Any]

# No XML can hold these, and no office program opens a file that does.
_NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


class PublishedMissing(FileNotFoundError):
    """There is no published file to report from; the message says what makes it."""


@contextmanager
def open_published(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published file for reading; it is closed whatever happens.

    Raises PublishedMissing when there is none, duckdb.Error when it is no such file.
    """
    if not path.is_file():
        raise PublishedMissing(f"there is no published file {path}; `chiso run` makes it")
    con = duckdb.connect(str(path), read_only=True)
    try:
        con.execute("set autoinstall_known_extensions = false")
        yield con
    finally:
        con.close()


def rows(con: duckdb.DuckDBPyConnection, statement: str, parameters: object = None) -> list[Row]:
    """Give each row by column name; every text as one line without anything that a document cannot hold."""
    found = con.execute(statement, parameters)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, map(_clean, row), strict=True)) for row in found.fetchall()]


def _clean(value: Any) -> Any:
    return one_line(_NOT_XML.sub(" ", value)) if isinstance(value, str) else value
