"""A table beside the catalog and beside itself: its list of territories, its scales, its ranks, its totals."""

from collections import defaultdict
from collections.abc import Iterator

from ingest.catalog import TOTAL, Composition, Index
from ingest.faults import Words
from ingest.preflight.inspected import COMPARE, ENOUGH, MOST, SHOWN, Inspected, Scores, by_component, named, place
from ingest.reader import Cell
from ingest.remarks import Remark
from ingest.territory import Gazetteer
from ingest.text import header_key


def territories(seen: Inspected, places: Gazetteer) -> Iterator[Remark]:
    edition = seen.edition
    listed = {place.code for place in places.territories.values() if place.is_listed(edition.basis, edition.year)}
    found = {cell.territory_code for cell in seen.cells} & listed
    expected = edition.territories_expected or len(listed)
    if edition.coverage == "partial" or len(found) >= expected:
        return
    names = sorted(places.territories[code].name_vi for code in listed - found)
    yield Remark(
        "territories",
        True,
        Words(
            f"Bảng có {len(found)} trong {expected} đơn vị; thiếu {named(names)}",
            f"The table has {len(found)} of {expected} units; missing: {named(names)}",
        ),
        Words(
            "Bổ sung các dòng thiếu, hoặc khai bảng chỉ là một phần (coverage: partial, --partial)",
            "Add the missing rows, or say that the table is only a part (coverage: partial, --partial)",
        ),
    )


def in_scale(seen: Inspected) -> Iterator[Remark]:
    scales = _scales(seen.index, seen.edition.year)
    out = [
        cell
        for cell in seen.cells
        if cell.measure in ("score", "ci_low", "ci_high", "mean", "min", "max")
        and cell.value is not None
        and (scale := scales.get(cell.component_code)) is not None
        # a confidence interval of a score near the end of its scale may pass it
        and cell.measure == "score"
        and not scale[0] <= cell.value <= scale[1]
    ]
    if out:
        yield Remark(
            "in_scale",
            True,
            Words(f"{len(out)} điểm nằm ngoài thang đo", f"{len(out)} scores lie outside their scale"),
            Words(
                "Xem có sai dấu thập phân, đơn vị hay lệch cột không",
                "Look for a slipped decimal mark, another unit, or a column out of place",
            ),
            "; ".join(place(cell) + f" = {cell.value_text}" for cell in out[:SHOWN]),
        )


def _scales(index: Index, year: int) -> dict[str, tuple[float, float]]:
    scales = {component.code: component.scale for component in index.components if component.scale}
    if index.scale:
        scales.setdefault(TOTAL, index.scale)
    for span in index.compositions:
        if span.first <= year <= span.last:
            scales |= {weight.component: weight.scale for weight in span.weights if weight.scale}
    return scales


def rows_copied(seen: Inspected) -> Iterator[Remark]:
    rows: dict[tuple[tuple[str, float], ...], list[Cell]] = defaultdict(list)
    by_territory: dict[str, list[Cell]] = defaultdict(list)
    for cell in seen.cells:
        if cell.measure == "score" and cell.value is not None:
            by_territory[cell.territory_code].append(cell)
    for cells in by_territory.values():
        if len(cells) >= 3:
            rows[tuple(sorted((c.component_code, c.value or 0.0) for c in cells))].append(cells[0])
    for twins in rows.values():
        if len(twins) > 1:
            names = named([cell.territory_text for cell in twins])
            yield Remark(
                "rows_copied",
                True,
                Words(f"Các đơn vị có cùng một dòng số liệu: {names}", f"Units with the same row of figures: {names}"),
                COMPARE,
                "; ".join(place(cell) for cell in twins[:SHOWN]),
            )


def ranks(seen: Inspected) -> Iterator[Remark]:
    """Ranks against the scores beside them. Scores that are printed alike may differ in decimals that were not printed."""
    better = 1 if seen.index.higher_is_better else -1
    for component, places in by_component(seen.cells, "rank").items():
        scores = {code: better * score for code, score in seen.scores().get(component, {}).items()}
        bad = [code for code, rank in places.items() if rank < 1 or rank != int(rank)]
        both = [code for code in places if code in scores]
        whole = len(both) == len(places) and seen.edition.coverage == "complete" and len(places) >= ENOUGH
        for code in both:
            above = sum(score > scores[code] for score in scores.values())
            beside = sum(score == scores[code] for score in scores.values())
            # a part of a table says only that those above are at least as many; the whole says the place
            if places[code] <= above or (whole and places[code] > above + beside):
                bad.append(code)
        if bad:
            yield Remark(
                "ranks",
                len(bad) > len(places) * MOST and len(places) >= ENOUGH,
                Words(
                    f"{len(bad)} thứ hạng trái với điểm bên cạnh", f"{len(bad)} ranks contradict the scores beside them"
                ),
                COMPARE,
                "; ".join(place(seen.cell(code, component, "rank")) for code in bad[:SHOWN]),
            )


def tiers(seen: Inspected) -> Iterator[Remark]:
    """A group is a stretch of the scores in their order, and its name one that the index has used before."""
    tiers = [cell for cell in seen.cells if cell.measure == "tier" and cell.value_status != "no_data"]
    known = {header_key(c.value_text) for c in seen.before_cells if c.measure == "tier"}
    new = [cell for cell in tiers if known and header_key(cell.value_text) not in known]
    if new:
        yield Remark(
            "tier_names",
            False,
            Words(
                f"Tên nhóm chưa gặp ở kỳ trước: {named(sorted({cell.value_text for cell in new}))}",
                f"Group names that the edition before did not have: {named(sorted({cell.value_text for cell in new}))}",
            ),
            COMPARE,
            "; ".join(map(place, new[:SHOWN])),
        )
    scores = seen.scores().get(TOTAL, {})
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
            False,
            Words(f"{len(torn)} nhóm xếp hạng trái với điểm", f"{len(torn)} groups contradict the scores"),
            COMPARE,
            "; ".join(map(place, torn[:SHOWN])),
        )


def composites(seen: Inspected) -> tuple[list[Remark], list[Words], set[str]]:
    """Totals against their components, where all weights are known. Gives remarks, facts, and what was proved."""
    scores = seen.scores()
    decimals = {
        (cell.component_code): max(
            (c.printed_decimals or 0)
            for c in seen.cells
            if c.component_code == cell.component_code and c.measure == "score"
        )
        for cell in seen.cells
    }
    remarks, facts, proved = [], [], set()
    for span in _spans(seen):
        parts = [weight.component for weight in span.weights]
        rows = [code for code in scores[span.component] if all(code in scores[part] for part in parts)]
        if not rows:
            continue
        slack = _slack(span, decimals)
        off = [code for code in rows if abs(_composed(span, scores, code) - scores[span.component][code]) > slack]
        wholly = len(rows) == len(scores[span.component]) and all(len(scores[part]) <= len(rows) for part in parts)
        if wholly:
            proved |= {span.component, *parts}
        if off:
            remarks.append(
                Remark(
                    "composite",
                    len(off) > len(rows) * MOST,
                    Words(
                        f"{len(off)} trong {len(rows)} điểm {span.component} không khớp các thành phần",
                        f"{len(off)} of {len(rows)} scores of {span.component} do not equal their components",
                    ),
                    Words(
                        "Đối chiếu cả dòng với bản gốc; lệch ở nhiều dòng thường là cột đổi chỗ hoặc trọng số khác",
                        "Compare the whole row with the original; off in many rows, columns or weights have changed",
                    ),
                    "; ".join(place(seen.cell(code, span.component)) for code in off[:SHOWN]),
                )
            )
        if len(off) < len(rows):
            least = min((abs(_factor(span, part)) for part in parts if _factor(span, part)), default=1.0)
            facts.append(
                Words(
                    f"{len(rows) - len(off)} trong {len(rows)} điểm {span.component} khớp các thành phần (±{slack:.2g}); "
                    f"sai nhỏ hơn ±{2 * slack / least:.2g} ở một thành phần thì phép tính không phát hiện được",
                    f"{len(rows) - len(off)} of {len(rows)} scores of {span.component} equal their components (±{slack:.2g}); "
                    f"an error below ±{2 * slack / least:.2g} in one component would not show",
                )
            )
    return remarks, facts, proved


def _spans(seen: Inspected) -> Iterator[Composition]:
    """The compositions of this edition that its own columns can be held against."""
    scores = seen.scores()
    for span in seen.index.compositions:
        if (
            span.first <= seen.edition.year <= span.last
            and span.aggregation
            and span.component in scores
            and span.weights
            and all(weight.component in scores for weight in span.weights)
            and (span.aggregation == "sum" or all(weight.value is not None for weight in span.weights))
        ):
            yield span


def _factor(span: Composition, part: str) -> float:
    """What one point of a component adds to its composite."""
    if span.aggregation == "sum":
        return 1.0
    weight = next(weight.value or 0.0 for weight in span.weights if weight.component == part)
    return 10 * weight if span.aggregation == "weighted_mean_x10" else weight


def _composed(span: Composition, scores: Scores, code: str) -> float:
    return sum(_factor(span, weight.component) * scores[weight.component][code] for weight in span.weights)


def _slack(span: Composition, decimals: dict[str, int]) -> float:
    """How far rounding alone can take a composite from its components."""
    half = {part: 0.5 * 10.0 ** -decimals[part] for part in (span.component, *(w.component for w in span.weights))}
    return half[span.component] + sum(abs(_factor(span, w.component)) * half[w.component] for w in span.weights) + 1e-9


def unproved(seen: Inspected, proved: set[str]) -> Iterator[Remark]:
    columns = sorted(set(seen.scores()) - proved)
    if columns:
        yield Remark(
            "unproved",
            False,
            Words(
                f"Không phép tính nào trong tệp kiểm được các cột: {', '.join(columns)}",
                f"No arithmetic of the file can prove these columns: {', '.join(columns)}",
            ),
            Words("Soát các cột này với bản gốc bằng mắt", "Compare these columns with the original by eye"),
        )
