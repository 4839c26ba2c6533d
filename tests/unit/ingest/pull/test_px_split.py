"""A table too large for one question is cut into several that cover every cell once."""

import math
from itertools import product

import pytest

from ingest.pull.connectors.px_split import Variable, split


def cells(selection: list[Variable]) -> list[tuple[str, ...]]:
    return list(product(*(one.values for one in selection)))


@pytest.mark.parametrize("sizes", [(1,), (63, 9), (63, 9, 3), (5, 5, 5), (2, 100), (700, 1, 40)])
@pytest.mark.parametrize(("most_cells", "most_columns"), [(10**6, None), (100, None), (1000, 30), (10**6, 4), (1, 1)])
def test_every_cell_once_within_the_limits(sizes: tuple[int, ...], most_cells: int, most_columns: int | None) -> None:
    variables = [Variable(f"v{n}", tuple(f"{n}.{k}" for k in range(size))) for n, size in enumerate(sizes)]
    parts = split(variables, most_cells, most_columns)
    asked = [cell for part in parts for cell in cells(part)]
    assert sorted(asked) == sorted(cells(variables))
    assert all([one.code for one in part] == [one.code for one in variables] for part in parts)
    assert all(math.prod(len(one.values) for one in part) <= most_cells for part in parts)
    if most_columns is not None:
        longest = max(variables, key=lambda one: len(one.values)).code
        assert all(math.prod(len(one.values) for one in part if one.code != longest) <= most_columns for part in parts)


def test_a_table_that_fits_is_one_question() -> None:
    variables = [Variable("a", ("1", "2")), Variable("b", ("1",))]
    assert split(variables, 2, 2) == [variables]
