"""Figures as a Vietnamese reader expects them: comma for decimals, point for thousands.

Belongs here: turning a number or a date into Vietnamese text. Does not belong here: rounding what is stored.
"""

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

MOST_DECIMALS_IN_PROSE = 4


def number_vi(value: float, decimals: int | None = None) -> str:
    """Write `value` in Vietnamese format (71664 -> '71.664', 6.05 -> '6,05').

    `decimals` is the number of digits printed after the comma; None keeps exactly the digits that the number has.
    Raises ValueError on NaN or infinity: those are never figures.
    """
    number = Decimal(repr(float(value)))
    if not number.is_finite():
        raise ValueError(f"not a figure: {value!r}")
    if decimals is None:
        decimals = decimals_of(value)
    rounded = number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)
    text = f"{abs(rounded):,f}".replace(",", " ").replace(".", ",").replace(" ", ".")
    return f"-{text}" if rounded < 0 else text


def figure_vi(value: float | None, printed_decimals: int | None = None) -> str:
    """Write a published figure for prose: its printed decimals are kept, up to four; None is 'không có số liệu'."""
    if value is None:
        return "không có số liệu"
    decimals = decimals_of(value) if printed_decimals is None else printed_decimals
    return number_vi(value, min(decimals, MOST_DECIMALS_IN_PROSE))


def difference_vi(value: float) -> str:
    """Write the size of a difference (no sign): two decimals, or as many as two significant digits need."""
    size = abs(Decimal(repr(float(value))))
    text = number_vi(float(size), max(2, 1 - size.adjusted()) if size else 2)
    whole, _, decimals = text.partition(",")
    return f"{whole},{decimals[:2]}{decimals[2:].rstrip('0')}"


def compared_vi(one: float, other: float) -> tuple[str, str]:
    """Write two figures that should be equal with the same decimals, enough to show where they part."""
    gap = abs(Decimal(repr(float(one))) - Decimal(repr(float(other))))
    to_show_gap = max(0, -gap.adjusted()) if gap else 0
    decimals = max(min(decimals_of(one), MOST_DECIMALS_IN_PROSE), to_show_gap)
    return number_vi(one, decimals), number_vi(other, decimals)


def decimals_of(value: float) -> int:
    """Count the digits after the decimal point of the shortest text of `value` (65.0 -> 0, 6.05 -> 2)."""
    exponent = Decimal(repr(float(value))).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def date_vi(day: date) -> str:
    """Write a date as 22/11/2026."""
    return f"{day:%d/%m/%Y}"
