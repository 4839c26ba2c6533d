"""JSON of a statistical office: the document, which of the known kinds it is, and its numbers as text."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from ingest.formats.damage import unreadable
from ingest.formats.encoding import read_text
from ingest.formats.place import NumberCell

MAX_BYTES = 24 << 20
_MOST_DIGITS = 400


def looks_like_json(text: str) -> bool:
    """Whether a text, blanks at its start aside, begins as an object or an array of JSON does."""
    inside = text[1:].lstrip()[:1]
    return (text[:1] == "{" and inside in ("", '"', "}")) or (text[:1] == "[" and inside in ("", "{", "[", "]"))


def load(source: Path, file: str, encoding: str) -> Any:
    """The document, its fractions as Decimal. Raises EditionFault: not text, not JSON, too large or too deep."""
    text = read_text(source, file, encoding, MAX_BYTES)
    try:
        return json.loads(text.lstrip("\ufeff"), parse_float=Decimal, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise unreadable(file, f"not JSON: {error.msg}, position {error.pos}", row=error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise unreadable(file, f"not JSON of a table: {error}") from error


def kind_of(document: Any, file: str) -> str:
    """`json-stat` or `world-bank`. Raises EditionFault for any other JSON."""
    if is_world_bank(document):
        return "world-bank"
    if datasets(document):
        return "json-stat"
    raise unreadable(file, "JSON, but neither JSON-stat nor an answer of the World Bank")


def is_world_bank(document: Any) -> bool:
    """`[{page, pages, …}, [rows]]`, or `[{message}]` where the World Bank refuses."""
    if not isinstance(document, list) or not document or not isinstance(document[0], dict):
        return False
    return "message" in document[0] or {"page", "pages"} <= document[0].keys()


def datasets(document: Any) -> list[dict[str, Any]]:
    """The data sets of a JSON-stat document: itself (2.0), or the values of its keys (1.x)."""
    if not isinstance(document, dict):
        return []
    if document.get("class") == "dataset" or _is_dataset(document):
        return [document]
    return [inner for inner in document.values() if _is_dataset(inner)]


def _is_dataset(document: Any) -> bool:
    return isinstance(document, dict) and "dimension" in document and "value" in document


def cell_text(entry: Any, file: str, row: int) -> str:
    """An entry as the text of a cell: nothing for null, a NumberCell with the digits that the file gives a number.

    Raises EditionFault: an object, a list, true or false, or a number that would fill pages when written out.
    """
    if entry is None:
        return ""
    if isinstance(entry, str):
        return entry
    if isinstance(entry, int) and not isinstance(entry, bool):
        return NumberCell(entry)
    if isinstance(entry, Decimal) and entry.is_finite() and abs(entry.adjusted()) <= _MOST_DIGITS:
        return NumberCell(format(entry, "f"))
    raise unreadable(file, f"{str(entry)[:40]!r} is neither a number nor text", row)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")
