"""Ranks, groups and the order of the rows, against the scores beside them."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from ingest.catalog import TOTAL
from ingest.faults import Words
from ingest.preflight.inspected import COMPARE, ENOUGH, SHOWN, Column, Inspected, by_component, named, place, places
from ingest.reader import Cell
from ingest.remarks import Remark
from ingest.text import header_key

# publishers rank by the scores that they print, or by ones with more decimals: what is closer than this part of the
# highest score may be ranked either way (two decimals of PCI, four of DTI)
_ALIKE = 1e-4
# share of rows that stand in the order of their scores, from which on a table is taken for sorted
_SORTED = 0.9


def ranks(seen: Inspected) -> tuple[list[Remark], dict[Column, float]]:
    """Ranks that the scores contradict; and column -> the smallest error in a rank that would show."""
    remarks, precision = [], {}
    better = 1 if seen.index.higher_is_better else -1
    for component, given in by_component(seen.cells, "rank").items():
        scores = {code: better * score for code, score in seen.scores.get(component, {}).items()}
        bad = {code for code, rank in given.items() if rank < 1 or rank != int(rank)}
        both = [code for code in given if code in scores]
        whole = len(both) == len(given) and seen.edition.coverage == "complete" and len(given) >= ENOUGH
        alike = _ALIKE * max(map(abs, scores.values()), default=0.0)
        widest = 1
        for code in both:
            above = sum(score > scores[code] + alike for score in scores.values())
            beside = sum(abs(score - scores[code]) <= alike for score in scores.values())
            widest = max(widest, beside)
            # a part of a table says only that those above are at least as many; the whole says the place
            if given[code] <= above or (whole and given[code] > above + beside):
                bad.add(code)
        if whole:
            precision[component, "rank"] = float(widest)
        if bad:
            cells = [seen.cell(code, component, "rank") for code in given if code in bad]
            remarks.append(
                Remark(
                    "ranks",
                    True,
                    Words(
                        f"{component}: {len(bad)} thứ hạng trái với điểm bên cạnh",
                        f"{component}: {len(bad)} ranks contradict the scores beside them",
                    ),
                    COMPARE,
                    places(cells),
                )
            )
    return remarks, precision


def order(seen: Inspected) -> tuple[list[Remark], bool]:
    """Rows out of place in a complete table that is sorted by its total; and whether it is sorted."""
    if seen.edition.coverage == "partial":
        return [], False
    columns = [seen.columns[TOTAL, measure] for measure in ("score", "rank") if (TOTAL, measure) in seen.columns]
    out = [misplaced for column in columns if (misplaced := _misplaced(seen, column)) is not None]
    if not out or len(out) < len(columns):
        return [], False
    # a publisher may sort by the one where the other is alike
    codes = [code for code in out[0] if all(code in each for each in out)]
    if not codes:
        return [], True
    names = named([seen.name(code) for code in codes])
    remark = Remark(
        "order",
        True,
        Words(
            f"Bảng xếp theo thứ tự, riêng {len(codes)} dòng không đúng chỗ: {names}",
            f"The table is sorted, but {len(codes)} rows stand out of place: {names}",
        ),
        Words(
            "Xem số liệu có bị gán nhầm sang đơn vị khác không", "See whether figures were given to another unit's row"
        ),
        places([columns[0][code] for code in codes]),
    )
    return [remark], True


def _misplaced(seen: Inspected, column: dict[str, Cell]) -> list[str] | None:
    """The territories out of place in a table that rises or falls by this column; None where it does neither."""
    codes = [code for code in seen.territories if code in column]
    values = [column[code].value or 0.0 for code in codes]
    if len(set(values)) < ENOUGH:
        return None
    kept = max((_longest(values), _longest([-value for value in values])), key=len)
    if len(kept) < _SORTED * len(codes):
        return None
    return [code for position, code in enumerate(codes) if position not in kept]


def _longest(values: Sequence[float]) -> set[int]:
    """Positions of a longest run of values, others left out, that never falls."""
    tails: list[float] = []
    tail_at: list[int] = []
    before: list[int] = []
    for position, value in enumerate(values):
        spot = bisect_right(tails, value)
        before.append(tail_at[spot - 1] if spot else -1)
        tails[spot : spot + 1] = [value]
        tail_at[spot : spot + 1] = [position]
    kept: set[int] = set()
    position = tail_at[-1] if tail_at else -1
    while position >= 0:
        kept.add(position)
        position = before[position]
    return kept


def tiers(seen: Inspected) -> Iterator[Remark]:
    """A group is a stretch of the scores in their order, and its name one that the index has used before."""
    tiers = [cell for cell in seen.cells if cell.measure == "tier" and cell.value_status != "no_data"]
    known = {header_key(c.value_text) for c in seen.before_cells if c.measure == "tier"}
    new = [cell for cell in tiers if known and header_key(cell.value_text) not in known]
    if new:
        names = named(sorted({cell.value_text for cell in new}))
        yield Remark(
            "tier_names",
            False,
            Words(
                f"Tên nhóm chưa gặp ở kỳ trước: {names}",
                f"Group names that the edition before did not have: {names}",
            ),
            COMPARE,
            "; ".join(map(place, new[:SHOWN])),
        )
    scores = seen.scores.get(TOTAL, {})
    order = sorted(
        (cell for cell in tiers if cell.component_code == TOTAL and cell.territory_code in scores),
        key=lambda cell: -scores[cell.territory_code],
    )
    torn: list[Cell] = []
    closed: set[str] = set()
    for above, cell in zip([None, *order], order, strict=False):
        if above is not None and header_key(above.value_text) != header_key(cell.value_text):
            closed.add(header_key(above.value_text))
        if header_key(cell.value_text) in closed:
            torn.append(cell)
    if torn:
        yield Remark(
            "tier_order",
            True,
            Words(f"{len(torn)} nhóm xếp hạng trái với điểm", f"{len(torn)} groups contradict the scores"),
            COMPARE,
            "; ".join(map(place, torn[:SHOWN])),
        )
