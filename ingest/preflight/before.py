"""A table beside the editions before it: the same columns, units and cover, and figures of its own."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from ingest.catalog import Edition
from ingest.faults import Words
from ingest.preflight.inspected import (
    COMPARE,
    ENOUGH,
    Column,
    Inspected,
    called,
    named,
    places,
    quantities,
    said,
)
from ingest.reader import Cell
from ingest.remarks import Remark

# a median that moves further than this is another unit or another quantity; see rule unit_kept of `quality`
_ANOTHER_UNIT, _UNUSUAL = 4.0, 1.6
# share of figures that two editions may have in common by chance (scores have at least two decimals)
_REPEATED = 0.5
# deviations from a territory's expected score, in the usual deviation of its column
_OUT_OF_LINE = 8.0
# more cells without a figure than in the edition before, as a share of all
_EMPTIER = 0.05

Values = Mapping[str, float]


def common_of(now: Mapping[Column, Values], before: Mapping[Column, Values]) -> dict[Column, list[str]]:
    """The territories that have a figure now and had one then, for columns in which there are enough of them."""
    both = {column: [code for code in now[column] if code in before[column]] for column in now if column in before}
    return {column: codes for column, codes in both.items() if len(codes) >= ENOUGH}


def coverage(seen: Inspected) -> Iterator[Remark]:
    if seen.before is None:
        return
    gone = sorted(set(quantities(seen.before_cells)) - set(seen.quantities))
    blank, blank_before = _blank(seen.cells), _blank(seen.before_cells)
    year = seen.before.year
    if gone:
        names = ", ".join(map(called, gone))
        yield Remark(
            "components_gone",
            False,
            Words(f"Kỳ {year} có mà bảng này không có: {names}", f"In edition {year} but not in this table: {names}"),
            Words("Xem bản gốc có các cột này không", "See whether the original has these columns"),
        )
    if blank > blank_before + _EMPTIER:
        yield Remark(
            "coverage",
            False,
            Words(
                f"{blank:.0%} số ô không có số liệu, kỳ {year} là {blank_before:.0%}",
                f"{blank:.0%} of the cells have no figure, {blank_before:.0%} in edition {year}",
            ),
            Words("Xem các ô trống có đúng như bản gốc không", "See whether these cells are blank in the original"),
        )


def _blank(cells: list[Cell]) -> float:
    return sum(cell.value_status == "no_data" for cell in cells) / len(cells) if cells else 0.0


def repeats(seen: Inspected) -> Iterator[Remark]:
    """Columns whose figures are those of another edition, of any year: the wrong table, or a column pasted from it."""
    editions: list[tuple[Edition, Sequence[Cell]]] = [(seen.before, seen.before_cells)] if seen.before else []
    editions += [one for one in seen.others if one[0].year != seen.edition.year and one[0] != seen.before]
    for edition, cells in editions:
        again = _again(seen, cells)
        if again:
            names = named([called(column) for column in again])
            yield Remark(
                "repeat",
                True,
                Words(f"Số liệu y hệt kỳ {edition.year}: {names}", f"The figures are those of {edition.year}: {names}"),
                Words(
                    "Xem có lấy nhầm bảng hay cột của kỳ khác không",
                    "See whether it is another edition's table or column",
                ),
            )


def _again(seen: Inspected, cells: Sequence[Cell]) -> list[Column]:
    """Columns with more figures in common, as far as both are printed, than chance explains."""
    pairs: dict[Column, list[tuple[Cell, bool]]] = defaultdict(list)
    for cell in cells:
        column = cell.component_code, cell.measure
        own = seen.columns[column].get(cell.territory_code) if column in seen.quantities else None
        if own is not None and own.value is not None and cell.value is not None:
            half = 0.5 * 10.0 ** -min(own.printed_decimals or 0, cell.printed_decimals or 0) + 1e-9
            pairs[column].append((own, abs(own.value - cell.value) <= half))
    found = []
    for column, seen_again in pairs.items():
        share = sum(same for _, same in seen_again) / len(seen_again)
        # in some columns most units have the full score
        commonest = Counter(own.value for own, _ in seen_again).most_common(1)[0][1] / len(seen_again)
        if len(seen_again) >= ENOUGH and share > max(_REPEATED, (1 + commonest) / 2):
            found.append(column)
    return found


def units(seen: Inspected, common: dict[Column, list[str]], before: Mapping[Column, Values]) -> Iterator[Remark]:
    """Columns whose median has moved as a change of unit would move it."""
    if seen.before is None:
        return
    for column, codes in common.items():
        one, other = (median(values[column][code] for code in codes) for values in (seen.quantities, before))
        if other == 0 or one == other:
            continue
        ratio = one / other
        size = max(abs(ratio), 1 / abs(ratio)) if ratio else float("inf")
        if ratio > 0 and size < _UNUSUAL:
            continue
        measured_anew = _is_another_quantity(seen, column[0])
        anew = Words("; cách đo đã đổi", "; measured in another way since") if measured_anew else Words("", "")
        is_now, was = said(one), said(other)
        yield Remark(
            "unit",
            (ratio <= 0 or size >= _ANOTHER_UNIT) and not measured_anew,
            Words(
                f"{called(column)}: trung vị {is_now.vi}, kỳ {seen.before.year} là {was.vi}{anew.vi}",
                f"{called(column)}: median {is_now.en}, {was.en} in edition {seen.before.year}{anew.en}",
            ),
            Words("Xem đơn vị và dấu thập phân của cột", "Look at the unit and the decimal mark of the column"),
        )


def _is_another_quantity(seen: Inspected, component: str) -> bool:
    """Whether the component or what it is part of has changed its methodology since the edition before."""
    index, year, then = seen.index, seen.edition.year, seen.before.year if seen.before else seen.edition.year
    parents = [one.parent for one in index.components if one.code == component]
    spans = [(index.composition(code, year), index.composition(code, then)) for code in (component, *parents) if code]
    return any(now is not before and now is not None and before is not None for now, before in spans)


def spread(now: Values, before: Values, codes: list[str]) -> tuple[float, float]:
    """The usual change of a column, and the usual deviation from it; both are medians, which few rows cannot move."""
    moves = [now[code] - before[code] for code in codes]
    usual = median(moves)
    return usual, 1.4826 * median(abs(move - usual) for move in moves)


def out_of_line(seen: Inspected, common: dict[Column, list[str]], before: Mapping[Column, Values]) -> Iterator[Remark]:
    strange: list[tuple[float, Cell]] = []
    now = seen.quantities
    for column, codes in common.items():
        usual, deviation = spread(now[column], before[column], codes)
        for code in codes if deviation else ():
            far = abs(now[column][code] - before[column][code] - usual) / deviation
            if far > _OUT_OF_LINE:
                strange.append((far, seen.cell(code, *column)))
    strange.sort(key=lambda one: -one[0])
    if strange:
        cells = [cell for _, cell in strange]
        names = named([cell.territory_text for cell in cells])
        yield Remark(
            "out_of_line",
            False,
            Words(
                f"{len(cells)} điểm lệch xa so với kỳ trước: {names}",
                f"{len(cells)} scores are far from the edition before: {names}",
            ),
            COMPARE,
            places(cells),
        )


def shows_beside(deviation: float) -> float:
    """The smallest error that is sure to stand out of line, for a column with this usual deviation."""
    return 2 * _OUT_OF_LINE * deviation
