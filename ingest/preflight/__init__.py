"""What a file's figures look like beside the catalog, beside themselves and beside the editions before, at the door.

Belongs here: rough checks that a person can act on before an edition enters. Does not belong here: the finer rules
about figures that are in (`quality`), which judge every edition anew on each run. Where nothing can be compared, that
is said; a check that could not be made is never a check that was passed.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from ingest.catalog import TOTAL
from ingest.faults import Words
from ingest.preflight.arithmetic import composites, intervals, precision_said
from ingest.preflight.before import Values, common_of, coverage, out_of_line, repeats, shows_beside, spread, units
from ingest.preflight.fit import Fit, lay_beside
from ingest.preflight.inspected import Column, Inspected, called, quantities, said
from ingest.preflight.itself import (
    above,
    blanks,
    in_scale,
    not_of_this_edition,
    published_in_time,
    rows_copied,
    signs,
    territories,
)
from ingest.preflight.neighbours import cells_exchanged, same_weight, stated
from ingest.preflight.placement import Placement, placement
from ingest.preflight.ranking import order, ranks, tiers
from ingest.reader import Cell
from ingest.remarks import Remark
from ingest.territory import Gazetteer

__all__ = ["Inspected", "Preflight", "on_list", "preflight"]


@dataclass(frozen=True)
class Preflight:
    """What the checks saw, and what they could prove: `facts` are sentences for the report.

    `precision` is, by column, the smallest error in one figure that is sure to be held; a column without arithmetic has
    none. `alike` are pairs of territories that could have each other's figures without anything showing it,
    `same_weight` groups of columns of which two cells of one row could.
    """

    remarks: list[Remark]
    facts: list[Words]
    precision: dict[Column, float] = field(default_factory=dict)
    alike: list[tuple[str, str]] = field(default_factory=list)
    same_weight: list[list[Column]] = field(default_factory=list)


def preflight(seen: Inspected, places: Gazetteer) -> Preflight:
    """Every check on one edition's figures. Raises nothing: what it finds is in the remarks."""
    listed = _listed(seen, places)
    before = quantities(seen.before_cells)
    common = common_of(seen.quantities, before)
    fit = lay_beside(listed.quantities, before, common, listed.territories)
    proof = composites(seen)
    ranked, of_ranks = ranks(listed)
    ordered, is_sorted = order(listed)
    placed = placement(listed, fit, proof, is_sorted)
    groups = same_weight(proof)
    precision = {**proof.smallest, **of_ranks}
    remarks = [
        *territories(seen, places),
        *above(seen, places),
        *published_in_time(seen),
        *not_of_this_edition(seen),
        *in_scale(seen),
        *signs(seen),
        *blanks(seen),
        *rows_copied(seen),
        *ranked,
        *ordered,
        *tiers(listed),
        *proof.remarks,
        *intervals(seen),
        *coverage(seen),
        *repeats(seen),
        *units(seen, common, before),
        *out_of_line(seen, common, before),
        *placed.remarks,
        *cells_exchanged(seen, groups, common, before),
        *_unproved(seen, precision, placed, common, before),
    ]
    facts = [
        *proof.facts,
        *precision_said(proof.smallest),
        *stated(groups),
        *_compared(seen, common, fit),
        *_open(placed),
    ]
    return Preflight(sorted(remarks, key=lambda remark: not remark.holds), facts, precision, placed.rows, groups)


def _listed(seen: Inspected, places: Gazetteer) -> Inspected:
    """Without the rows of the country and its regions, which stand beside a list and are not ranked on it."""
    if seen.index.level != "provincial":
        return seen
    above = {code for code in seen.territories if places.territories[code].kind in ("region", "country")}
    return replace(seen, cells=[cell for cell in seen.cells if cell.territory_code not in above]) if above else seen


def _unproved(
    seen: Inspected,
    precision: Mapping[Column, float],
    placed: Placement,
    common: Mapping[Column, list[str]],
    before: Mapping[Column, Values],
) -> Iterator[Remark]:
    """Columns, and the rows as a whole, in which a wrong figure could stand without anything showing it."""
    names = []
    for column in dict.fromkeys((cell.component_code, cell.measure) for cell in seen.cells):
        if column in precision:
            continue
        deviation = spread(seen.quantities[column], before[column], common[column])[1] if column in common else 0.0
        bound = said(shows_beside(deviation), 2) if deviation else Words("", "")
        names.append(Words(*(called(column) + (f" (±{text})" if text else "") for text in bound)))
    if names:
        vi, en = (", ".join(texts) for texts in zip(*names, strict=True))
        yield Remark(
            "unproved",
            False,
            Words(
                f"Không phép tính nào kiểm được các cột: {vi}",
                f"No arithmetic can prove these columns: {en}",
            ),
            Words(
                "Soát các cột này với bản gốc; trong ngoặc là mức sai lệch mà so với kỳ trước mới thấy",
                "Compare these columns with the original; in brackets is what a comparison with the past would show",
            ),
        )
    if placed.rows_free:
        yield Remark(
            "rows_unproved",
            False,
            Words(
                "Không gì cho thấy số liệu có bị lệch dòng so với tên đơn vị hay không",
                "Nothing tells whether the figures stand beside the names that they belong to",
            ),
            Words("Soát vài dòng với bản gốc", "Compare some rows with the original"),
        )


def _compared(seen: Inspected, common: dict[Column, list[str]], fit: Fit | None) -> Iterator[Words]:
    if seen.before is None:
        yield Words("Chưa có kỳ nào trước đó để so sánh", "There is no earlier edition to compare with")
        return
    year, basis = seen.before.year, seen.before.basis
    if not common:
        yield Words(
            f"Không đủ đơn vị chung với kỳ {year} (danh sách {basis}) để so sánh",
            f"Too few territories in common with edition {year} (list {basis}) to compare",
        )
        return
    most = max(map(len, common.values()))
    fits = Words("", "")
    if fit and (TOTAL, "score") in fit.columns:
        position = fit.columns.index((TOTAL, "score"))
        shown = said(round(float(fit.correlation[position, position]), 2))
        fits = Words(f", tương quan hạng của tổng điểm {shown.vi}", f", rank correlation of totals {shown.en}")
    yield Words(
        f"Đã so với kỳ {year} (danh sách {basis}): {len(common)} cột, {most} đơn vị chung{fits.vi}",
        f"Compared with edition {year} (list {basis}): {len(common)} columns, {most} territories in common{fits.en}",
    )


def _open(placed: Placement) -> Iterator[Words]:
    if placed.rows and not placed.rows_free:
        yield Words(
            f"Có {len(placed.rows)} cặp đơn vị mà nếu đổi số liệu cho nhau thì so với kỳ trước không phát hiện được",
            f"There are {len(placed.rows)} pairs of units whose figures could be exchanged without the past showing it",
        )


def on_list(cells: list[Cell], basis: str, places: Gazetteer) -> list[Cell]:
    """Cells of an earlier edition on the list `basis`: a merged unit's score is the mean of its predecessors'.

    The mean is official practice (DTI 2024 was published on both lists); here it is only compared with.
    """
    merged: dict[str, set[str]] = defaultdict(set)
    for one in places.predecessors:
        if basis in places.territories[one.territory_code].lists and one.territory_code != one.predecessor_code:
            merged[one.territory_code].add(one.predecessor_code)
    by_figure: dict[str, dict[str, Cell]] = defaultdict(dict)
    for cell in cells:
        if cell.measure == "score" and cell.value is not None:
            by_figure[cell.component_code][cell.territory_code] = cell
    means = [
        replace(
            of[min(parts)],
            territory_code=code,
            territory_text=places.territories[code].name_vi,
            value=sum(of[part].value or 0.0 for part in parts) / len(parts),
        )
        for code, parts in merged.items()
        for of in by_figure.values()
        if parts <= of.keys()
    ]
    there = {cell.territory_code for cell in cells}
    return [*cells, *(cell for cell in means if cell.territory_code not in there)]
