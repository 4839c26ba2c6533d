"""Reading what was printed: names, headers and numbers, exactly and without guessing."""

import re
import unicodedata
from functools import lru_cache

from ingest.formats.place import NumberCell

_BLANKS = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\u200b\ufeff"), " ")
_NUMBER = {
    ".": re.compile(r"[+-]?[0-9]+(\.[0-9]+)?"),
    ",": re.compile(r"[+-]?[0-9]+(,[0-9]+)?"),
}


@lru_cache(maxsize=65536)
def tidy(text: str) -> str:
    """Text in NFC, non-breaking and zero-width blanks as plain ones, runs of blanks as one, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_BLANKS).split())


def header_key(text: str) -> str:
    """What two spellings of one header share: tidy, case-folded, without the footnote star at its end."""
    return tidy(text).casefold().rstrip("* ")


def name_key(text: str) -> str:
    """What two spellings of one place name share: letters and digits only, no marks.

    Đ is a letter of its own to Unicode, not a D with a mark, so it is folded by hand.
    """
    folded = unicodedata.normalize("NFD", tidy(text).casefold().replace("đ", "d"))
    return "".join(char for char in folded if char.isalnum())


def parse_number(text: str, decimal: str = ".", sign: str | None = None) -> tuple[float, int]:
    """The number printed as `text` and how many decimals were printed.

    `decimal` is the mark that the edition declares; the other mark is never taken for it, so "1.234" under a decimal
    comma is an error and not 1234. A cell that its file holds as a number has no mark to mistake. `sign` is one that
    follows the number and is no part of it ("%"). Raises ValueError when the text is not one plain number.
    """
    if isinstance(text, NumberCell):
        decimal = "."
    printed = tidy(text)
    if sign:
        printed = printed.removesuffix(sign).rstrip()
    if not _NUMBER[decimal].fullmatch(printed):
        raise ValueError(f"{text!r} is not a number with decimal mark {decimal!r}")
    whole, _, fraction = printed.partition(decimal)
    return float(f"{whole}.{fraction}" if fraction else whole), len(fraction)
