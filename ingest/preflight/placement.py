"""Figures under the wrong header or beside the wrong name: what the past says about it, and what it cannot say."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from ingest.faults import Words
from ingest.preflight.arithmetic import Proof
from ingest.preflight.fit import (
    ROWS_FIT_BETTER,
    Fit,
    alike,
    columns_moved,
    exchanged,
    rows_exchanged,
    table_moved,
)
from ingest.preflight.inspected import COMPARE, SHOWN, Column, Inspected, called, named
from ingest.remarks import Remark

_HEADERS = Words("So tên cột với bản gốc", "Compare the headers with the original")


@dataclass
class Placement:
    """What was found, and what could have changed places without showing: pairs of columns, pairs of territories.

    `rows_free`: nothing says that the figures belong to the names beside them, such as in a table of one column.
    """

    remarks: list[Remark] = field(default_factory=list)
    columns: list[tuple[Column, Column]] = field(default_factory=list)
    rows: list[tuple[str, str]] = field(default_factory=list)
    rows_free: bool = True


def placement(seen: Inspected, fit: Fit | None, proof: Proof, is_sorted: bool) -> Placement:
    """Hold columns and rows against those of the edition before. `is_sorted`: the rows stand in order of totals."""
    if fit is None:
        return Placement(rows_free=len(seen.territories) > 1)
    moved = table_moved(fit)
    clear, open_ = rows_exchanged(fit, _parts(seen, fit))
    # a unit without a past could have any other's figures
    new = [code for code in seen.territories if code not in fit.territories]
    open_ += [(one, other) for one, other in combinations(seen.territories, 2) if one in new or other in new]
    found = Placement(columns=alike(fit, proof), rows=[] if is_sorted else open_, rows_free=moved >= -ROWS_FIT_BETTER)
    found.remarks += _columns(exchanged(fit))
    if moved > ROWS_FIT_BETTER:
        found.remarks.append(_moved(Words("mọi cột", "all columns")))
    elif columns := columns_moved(fit):
        names = ", ".join(map(called, columns))
        found.remarks.append(_moved(Words(names, names)))
    if clear:
        found.remarks.append(_rows(seen, clear))
    found.remarks += _alike(found.columns)
    return found


def _parts(seen: Inspected, fit: Fit) -> list[Column]:
    """Columns that no other column of the table is a part of: sums only repeat what their parts say."""
    parents = {component.parent for component in seen.index.components if (component.code, "score") in fit.columns}
    return [column for column in fit.columns if column[0] not in parents]


def _columns(pairs: list[tuple[Column, Column]]) -> Iterator[Remark]:
    for one, other in pairs:
        a, b = called(one), called(other)
        yield Remark(
            "columns",
            True,
            Words(f"Hai cột {a} và {b} có thể đã đổi chỗ", f"The columns {a} and {b} may have changed places"),
            _HEADERS,
        )


def _moved(columns: Words) -> Remark:
    return Remark(
        "rows",
        True,
        Words(
            f"Số liệu có thể lệch một dòng so với tên đơn vị: {columns.vi}",
            f"The figures may stand a line beside their territories: {columns.en}",
        ),
        COMPARE,
    )


def _rows(seen: Inspected, pairs: list[tuple[str, str]]) -> Remark:
    names = [f"{seen.name(one)} – {seen.name(other)}" for one, other in pairs]
    return Remark(
        "rows_exchanged",
        False,
        Words(
            f"Có đơn vị giống số liệu kỳ trước của nhau hơn của mình: {named(names)}",
            f"Units that look more like each other's past than their own: {named(names)}",
        ),
        COMPARE,
        "; ".join(names[:SHOWN]),
    )


def _alike(pairs: list[tuple[Column, Column]]) -> Iterator[Remark]:
    if pairs:
        names = ", ".join(f"{called(one)}/{called(other)}" for one, other in pairs)
        yield Remark(
            "columns_alike",
            False,
            Words(
                f"Số liệu không cho thấy các cột này có đổi chỗ cho nhau hay không: {names}",
                f"The figures cannot tell whether these columns have changed places: {names}",
            ),
            _HEADERS,
        )
