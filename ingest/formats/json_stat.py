"""JSON-stat 1.x and 2.0, which PX-Web serves (the National Statistics Office too). Read here in a page of code: the
libraries for it are abandoned, build a data frame of the whole cube, and take a short list of values for a full one.

A table is a line for each cell of the cube: the categories' labels, `value`, and `status` where there is one.
"""

import itertools
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ingest.formats import json_text
from ingest.formats.damage import missing, too_large, unreadable
from ingest.formats.encoding import encoding_of
from ingest.formats.place import Line, Place

MAX_CELLS = 5_000_000


class _Dimension(NamedTuple):
    label: str
    categories: list[str]


def places(source: Path, file: str, encoding: str | None) -> list[Place]:
    """One table for each data set. Raises EditionFault: not JSON-stat, or a cube that does not add up."""
    found = _datasets(source, file, encoding)
    for dataset in found:
        _dimensions(dataset, file)
    return [Place(table=number if len(found) > 1 else None) for number in range(1, len(found) + 1)]


def lines(source: Path, file: str, place: Place, encoding: str | None) -> Iterator[Line]:
    """The header and a line for each cell, the last dimension running fastest. Raises EditionFault."""
    found = _datasets(source, file, encoding)
    table = place.table or 1
    if table > len(found):
        raise missing(file, f"table {table} of {len(found)}")
    dataset = found[table - 1]
    dimensions = _dimensions(dataset, file)
    size = math.prod(len(dimension.categories) for dimension in dimensions)
    value_at = _column(dataset.get("value"), size, "value", file)
    status = dataset.get("status")
    status_at = (
        _column([status] * size if isinstance(status, str) else status, size, "status", file) if status else None
    )

    yield Line(1, [*(dimension.label for dimension in dimensions), "value", *(["status"] if status_at else [])])
    cells = itertools.product(*(dimension.categories for dimension in dimensions))
    for position, categories in enumerate(cells):
        row = position + 2
        figures = [json_text.cell_text(value_at(position), file, row)]
        if status_at:
            figures.append(json_text.cell_text(status_at(position), file, row))
        yield Line(row, [*categories, *figures])


def _datasets(source: Path, file: str, encoding: str | None) -> list[dict[str, Any]]:
    found = json_text.datasets(json_text.load(source, file, encoding_of(source, file, encoding)))
    if not found:
        raise unreadable(file, "no data set of JSON-stat in it")
    return found


def _dimensions(dataset: dict[str, Any], file: str) -> list[_Dimension]:
    described = dataset.get("dimension")
    if not isinstance(described, dict):
        raise unreadable(file, "`dimension` is missing")
    ids, sizes = (dataset.get(key, described.get(key)) for key in ("id", "size"))
    if not isinstance(ids, list) or not isinstance(sizes, list) or len(ids) != len(sizes) or not ids:
        raise unreadable(file, "`id` and `size` do not name the same dimensions")
    dimensions = [_dimension(described, id_, size, file) for id_, size in zip(ids, sizes, strict=True)]
    if math.prod(len(dimension.categories) for dimension in dimensions) > MAX_CELLS:
        raise too_large(file, f"more than {MAX_CELLS} cells")
    return dimensions


def _dimension(described: dict[str, Any], id_: Any, size: Any, file: str) -> _Dimension:
    dimension = described.get(id_) if isinstance(id_, str) else None
    category = dimension.get("category") if isinstance(dimension, dict) else None
    if not isinstance(dimension, dict) or not isinstance(category, dict):
        raise unreadable(file, f"the dimension {id_!r} is not described")
    labels = category.get("label", {})
    if not isinstance(labels, dict):
        raise unreadable(file, f"the labels of dimension {id_!r} are no object")
    codes = _codes(category.get("index", list(labels)), f"dimension {id_!r}", file)
    if len(codes) != size:
        raise unreadable(file, f"dimension {id_!r} has {len(codes)} categories, `size` says {size}")
    return _Dimension(str(dimension.get("label") or id_), [str(labels.get(code, code)) for code in codes])


def _codes(index: Any, where: str, file: str) -> list[str]:
    """The categories' codes in order: a list of them, or an object of their positions."""
    if isinstance(index, list):
        codes = index
    elif isinstance(index, dict) and sorted(map(repr, index.values())) == sorted(map(repr, range(len(index)))):
        codes = sorted(index, key=lambda code: int(index[code]))
    else:
        raise unreadable(file, f"the categories of {where} have no order")
    if not all(isinstance(code, str) for code in codes):
        raise unreadable(file, f"a category of {where} has no code")
    return codes


def _column(given: Any, size: int, name: str, file: str) -> Callable[[int], Any]:
    """What stands at a position of the cube: in a list as long as the cube, or a sparse object. Raises EditionFault."""
    if isinstance(given, list):
        if len(given) != size:
            raise unreadable(file, f"`{name}` has {len(given)} entries, the dimensions make {size}")
        return given.__getitem__
    if not isinstance(given, dict):
        raise unreadable(file, f"`{name}` is neither a list nor an object")
    sparse: dict[int, Any] = {}
    for key, entry in given.items():
        if not (key.isascii() and key.isdigit()) or len(key) > 9 or int(key) >= size:
            raise unreadable(file, f"`{name}` has an entry at {key[:40]!r}, the dimensions make {size}")
        sparse[int(key)] = entry
    return sparse.get
