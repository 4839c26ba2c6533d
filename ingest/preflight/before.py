"""A table beside the edition before it: the same columns, units, rows and order, and figures of its own."""

from collections.abc import Iterator
from itertools import combinations
from statistics import median

import numpy as np

from ingest.catalog import TOTAL
from ingest.faults import Words
from ingest.preflight.inspected import COMPARE, ENOUGH, SHOWN, Inspected, Scores, by_component, named, place
from ingest.reader import Cell
from ingest.remarks import Remark

# a median that moves further than this is another unit or another quantity; see rule unit_kept of `quality`
_ANOTHER_UNIT, _UNUSUAL = 4.0, 1.6
# share of figures that two editions may have in common by chance (scores have at least two decimals)
_REPEATED = 0.5
# how much better columns or rows must fit elsewhere (rank correlation) than where they stand
_FITS_BETTER = 0.35
# deviations from a territory's expected score, in the usual deviation of its column
_OUT_OF_LINE = 8.0


def beside_the_edition_before(seen: Inspected) -> tuple[list[Remark], list[Words]]:
    """Remarks, and what was compared with what. Says so when there is nothing to compare with."""
    if seen.before is None:
        return [], [Words("Chưa có kỳ nào trước đó để so sánh", "There is no earlier edition to compare with")]
    now, before = seen.scores(), by_component(seen.before_cells, "score")
    common = {
        component: sorted(now[component].keys() & before[component].keys())
        for component in now.keys() & before.keys()
        if len(now[component].keys() & before[component].keys()) >= ENOUGH
    }
    year, basis = seen.before.year, seen.before.basis
    remarks = [*_coverage(seen, now, before)]
    if not common:
        return remarks, [
            Words(
                f"Không đủ đơn vị chung với kỳ {year} (danh sách {basis}) để so sánh",
                f"Too few territories in common with edition {year} (list {basis}) to compare",
            )
        ]
    remarks += _repeats(seen, now, before, common)
    remarks += _units(seen, now, before, common)
    remarks += _columns(now, before, common)
    remarks += _rows(seen, before, common)
    remarks += _out_of_line(seen, now, before, common)
    fits = _correlation(now, before, common, TOTAL, TOTAL) if TOTAL in common else None
    shown = f", tương quan hạng của tổng điểm {fits:.2f}".replace(".", ",") if fits is not None else ""
    shown_en = f", rank correlation of totals {fits:.2f}" if fits is not None else ""
    most = max(map(len, common.values()))
    return remarks, [
        Words(
            f"Đã so với kỳ {year} (danh sách {basis}): {len(common)} cột, {most} đơn vị chung{shown}",
            f"Compared with edition {year} (list {basis}): {len(common)} columns, {most} territories in common{shown_en}",
        )
    ]


def _coverage(seen: Inspected, now: Scores, before: Scores) -> Iterator[Remark]:
    gone = sorted(before.keys() - now.keys())
    blank, blank_before = _blank(seen.cells), _blank(seen.before_cells)
    year = seen.before.year if seen.before else None
    if gone:
        yield Remark(
            "components_gone",
            False,
            Words(
                f"Kỳ {year} có mà bảng này không có: {', '.join(gone)}",
                f"In edition {year} but not in this table: {', '.join(gone)}",
            ),
            Words("Xem bản gốc có các cột này không", "See whether the original has these columns"),
        )
    if blank > blank_before + 0.05:
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


def _repeats(seen: Inspected, now: Scores, before: Scores, common: dict[str, list[str]]) -> Iterator[Remark]:
    for component in sorted(common):
        codes = common[component]
        same = sum(now[component][code] == before[component][code] for code in codes)
        chance = 1 / max(len({now[component][code] for code in codes}), 1)
        if same / len(codes) > max(_REPEATED, 2 * chance):
            year = seen.before.year if seen.before else None
            yield Remark(
                "repeat",
                True,
                Words(
                    f"{component}: {same} trong {len(codes)} điểm y hệt kỳ {year}",
                    f"{component}: {same} of {len(codes)} scores are those of edition {year}",
                ),
                Words(
                    "Xem có lấy nhầm bảng hay cột của kỳ trước không", "See whether it is the earlier table or column"
                ),
            )


def _units(seen: Inspected, now: Scores, before: Scores, common: dict[str, list[str]]) -> Iterator[Remark]:
    for component in sorted(common):
        codes = common[component]
        one, other = (median(scores[component][code] for code in codes) for scores in (now, before))
        if other == 0 or one == other:
            continue
        ratio = one / other
        size = max(abs(ratio), 1 / abs(ratio)) if ratio else float("inf")
        if ratio > 0 and size < _UNUSUAL:
            continue
        yield Remark(
            "unit",
            ratio <= 0 or size >= _ANOTHER_UNIT,
            Words(
                f"{component}: trung vị {_vi(one)}, kỳ {seen.before.year if seen.before else ''} là {_vi(other)}",
                f"{component}: median {one:.4g}, {other:.4g} in edition {seen.before.year if seen.before else ''}",
            ),
            Words("Xem đơn vị và dấu thập phân của cột", "Look at the unit and the decimal mark of the column"),
        )


def _vi(value: float) -> str:
    return f"{value:.4g}".replace(".", ",")


def _ranked(values: list[float]) -> np.ndarray:
    array = np.asarray(values)
    order = array.argsort(kind="stable")
    places = np.empty(len(array))
    places[order] = np.arange(len(array))
    for value in np.unique(array):  # equal values share their mean place
        places[array == value] = places[array == value].mean()
    return places


def _spearman(one: list[float], other: list[float]) -> float:
    a, b = _ranked(one), _ranked(other)
    if a.std() == 0 or b.std() == 0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def _correlation(now: Scores, before: Scores, common: dict[str, list[str]], component: str, other: str) -> float:
    codes = [code for code in common[component] if code in before[other]]
    return _spearman([now[component][code] for code in codes], [before[other][code] for code in codes])


def _columns(now: Scores, before: Scores, common: dict[str, list[str]]) -> Iterator[Remark]:
    """Two columns that each fit the other's past better than their own."""
    fits = {(a, b): _correlation(now, before, common, a, b) for a in common for b in common}
    for a, b in combinations(sorted(common), 2):
        better = (fits[a, b] + fits[b, a] - fits[a, a] - fits[b, b]) / 2
        if better > _FITS_BETTER:
            yield Remark(
                "columns",
                True,
                Words(f"Hai cột {a} và {b} có thể đã đổi chỗ", f"The columns {a} and {b} may have changed places"),
                Words("So tên cột với bản gốc", "Compare the headers with the original"),
                f"rank correlation {fits[a, a]:.2f}, {fits[b, b]:.2f} where they stand, "
                f"{fits[a, b]:.2f}, {fits[b, a]:.2f} the other way round",
            )


def _rows(seen: Inspected, before: Scores, common: dict[str, list[str]]) -> Iterator[Remark]:
    """A column whose figures fit the past better when they are moved up or down a line."""
    order = list(dict.fromkeys(cell.territory_code for cell in seen.cells))
    now = seen.scores()
    for component in sorted(common):
        codes = [code for code in order if code in common[component]]
        values = [now[component][code] for code in codes]
        past = [before[component][code] for code in codes]
        stays = _spearman(values, past)
        for shift in (-1, 1):
            moved = values[shift:] + values[:shift]
            if _spearman(moved, past) > stays + _FITS_BETTER:
                yield Remark(
                    "rows",
                    True,
                    Words(
                        f"{component}: số liệu có thể lệch một dòng so với tên đơn vị",
                        f"{component}: the figures may stand a line beside their territories",
                    ),
                    COMPARE,
                )


def _out_of_line(seen: Inspected, now: Scores, before: Scores, common: dict[str, list[str]]) -> Iterator[Remark]:
    strange: list[tuple[float, Cell]] = []
    for component in sorted(common):
        codes = common[component]
        moves = {code: now[component][code] - before[component][code] for code in codes}
        usual = median(moves.values())
        spread = 1.4826 * median(abs(move - usual) for move in moves.values())
        if spread == 0:
            continue
        for code, move in moves.items():
            far = abs(move - usual) / spread
            if far > _OUT_OF_LINE:
                strange.append((far, seen.cell(code, component)))
    strange.sort(key=lambda one: -one[0])
    if strange:
        cells = [cell for _, cell in strange]
        yield Remark(
            "out_of_line",
            False,
            Words(
                f"{len(cells)} điểm lệch xa so với kỳ trước: {named([cell.territory_text for cell in cells])}",
                f"{len(cells)} scores are far from the edition before: {named([cell.territory_text for cell in cells])}",
            ),
            COMPARE,
            "; ".join(f"{place(cell)} = {cell.value_text}" for cell in cells[:SHOWN]),
        )
