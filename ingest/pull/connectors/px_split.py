"""Cutting one large question into several that a service answers."""

import math
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Variable:
    """One dimension of a table, and the values that are asked for."""

    code: str
    values: tuple[str, ...]


def split(variables: list[Variable], max_cells: int, max_columns: int | None = None) -> list[list[Variable]]:
    """Selections that together ask for every cell once, in order, each within the limits.

    Cells are the product of all sizes. Columns are those of a printed table whose rows are the longest variable: the
    product of the other sizes. Halves the longest variable that helps until everything fits.
    """
    rows = max(variables, key=lambda one: len(one.values)).code
    return _split(variables, rows, max_cells, max_columns)


def _split(variables: list[Variable], rows: str, max_cells: int, max_columns: int | None) -> list[list[Variable]]:
    columns = [one for one in variables if one.code != rows]
    too_wide = max_columns is not None and math.prod(len(one.values) for one in columns) > max_columns
    too_many = math.prod(len(one.values) for one in variables) > max_cells
    if not too_wide and not too_many:
        return [variables]
    longest = max(columns if too_wide else variables, key=lambda one: len(one.values))
    if len(longest.values) == 1:
        return [variables]
    middle = (len(longest.values) + 1) // 2
    return [
        part
        for values in (longest.values[:middle], longest.values[middle:])
        for part in _split(
            [replace(one, values=values) if one is longest else one for one in variables], rows, max_cells, max_columns
        )
    ]
