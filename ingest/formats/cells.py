"""What a workbook's cell shows: its value is a bare number, and its number format says what that number is."""

import datetime as dt
import math
import re
from decimal import Decimal
from enum import Enum

from openpyxl.styles.numbers import is_date_format, is_timedelta_format
from openpyxl.utils.datetime import from_excel

from ingest.formats.place import NumberCell, Place

ERRORS = frozenset(
    (
        "#N/A",
        "#REF!",
        "#DIV/0!",
        "#VALUE!",
        "#NAME?",
        "#NULL!",
        "#NUM!",
        "#GETTING_DATA",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
    )
)
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')


class Shown(Enum):
    """What a number format makes of a number."""

    NUMBER = "number"
    PERCENT = "percent"  # a hundred times the value, and the sign
    WITH_PERCENT_SIGN = "with percent sign"  # the value, and the sign as a literal
    DATE = "date"
    DURATION = "duration"


def shown_as(number_format: str) -> Shown:
    """What cells of this number format show."""
    if "%" in _LITERAL.sub("", number_format):
        return Shown.PERCENT
    if "%" in number_format:
        return Shown.WITH_PERCENT_SIGN
    if is_timedelta_format(number_format):
        return Shown.DURATION
    return Shown.DATE if is_date_format(number_format) else Shown.NUMBER


def cell_text(value: float, shown: Shown, epoch: dt.datetime) -> str:
    """A number as its cell shows it, unrounded: a NumberCell, "85.5%", or an ISO date. Raises ValueError: no date."""
    if shown is Shown.NUMBER:
        return NumberCell(number_text(value))
    if shown is Shown.PERCENT:
        return NumberCell(f"{_plain(Decimal(repr(value)) * 100)}%")
    if shown is Shown.WITH_PERCENT_SIGN:
        return NumberCell(f"{number_text(value)}%")
    return _date_text(value, epoch, shown is Shown.DURATION)


def number_text(value: float) -> str:
    """The shortest text that is exactly this number, never with an exponent: 65.0 is "65"."""
    text = repr(value)
    if text.endswith(".0"):
        return text[:-2] if value else "0"
    if "e" not in text and "n" not in text:
        return text
    if not math.isfinite(value):
        raise ValueError(f"{value} is no number")
    return _plain(Decimal(text))


def error_matters(place: Place, number: int) -> bool:
    """Whether line `number` belongs to the table; a spreadsheet error in a note beside it stops nothing."""
    return place.header[0] <= number <= (place.last or number) and number not in place.skip


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _date_text(value: float, epoch: dt.datetime, duration: bool) -> str:
    try:
        moment = from_excel(value, epoch, timedelta=duration)
    except OverflowError as error:
        raise ValueError(f"{value} is no date") from error
    if isinstance(moment, dt.datetime) and moment.time() == dt.time():
        return moment.date().isoformat()
    return str(moment) if isinstance(moment, dt.timedelta) or moment is None else moment.isoformat()
