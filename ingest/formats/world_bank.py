"""Answers of the World Bank's API: `[{page, pages, total, …}, [rows]]`, read as a table of one line a row."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.formats import json_text
from ingest.formats.damage import unreadable
from ingest.formats.encoding import encoding_of
from ingest.formats.place import Line, Place

HEADER = ["indicator", "indicator_code", "country", "country_code", "date", "value", "unit", "obs_status"]
_COLUMNS = (
    ("indicator", "value"),
    ("indicator", "id"),
    ("country", "value"),
    ("country", "id"),
    ("date", None),
    ("value", None),
    ("unit", None),
    ("obs_status", None),
)


def places(source: Path, file: str, encoding: str | None) -> list[Place]:
    """The one table of the answer. Raises EditionFault as `lines` does."""
    _rows(source, file, encoding)
    return [Place()]


def lines(source: Path, file: str, place: Place, encoding: str | None) -> Iterator[Line]:
    """The header and a line for each row. Raises EditionFault: an error answer, one page of several, rows amiss."""
    rows = _rows(source, file, encoding)
    yield Line(1, list(HEADER))
    for number, row in enumerate(rows, start=2):
        if not isinstance(row, dict):
            raise unreadable(file, "a row is no object", row=number)
        yield Line(number, [_cell(row, key, part, file, number) for key, part in _COLUMNS])


def _rows(source: Path, file: str, encoding: str | None) -> list[Any]:
    answer = json_text.load(source, file, encoding_of(source, file, encoding))
    if not json_text.is_world_bank(answer):
        raise unreadable(file, "no answer of the World Bank")
    meta = answer[0]
    if "message" in meta:
        raise unreadable(file, f"the World Bank answered: {_message(meta['message'])}")
    rows = answer[1] if len(answer) > 1 else None
    rows = [] if rows is None else rows
    if not isinstance(rows, list):
        raise unreadable(file, "the rows are no list")
    page, pages = str(meta["page"]), str(meta["pages"])
    if (page, pages) not in (("1", "1"), ("0", "0"), ("1", "0")):
        raise unreadable(file, f"page {page[:20]} of {pages[:20]}; ask for all rows on one page (per_page)")
    total = str(meta.get("total", len(rows)))
    if total != str(len(rows)):
        raise unreadable(file, f"{len(rows)} rows, `total` says {total[:20]}")
    return rows


def _message(message: Any) -> str:
    """What is wrong, in the words of the list of messages that the API sends."""
    if isinstance(message, list):
        return "; ".join(_message(each) for each in message[:5])
    if isinstance(message, dict):
        return str(message.get("value") or message.get("key"))[:200]
    return str(message)[:200]


def _cell(row: dict[str, Any], key: str, part: str | None, file: str, number: int) -> str:
    entry = row.get(key)
    if part and isinstance(entry, dict):
        entry = entry.get(part)
    return json_text.cell_text(entry, file, number)
