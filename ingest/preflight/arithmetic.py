"""Totals against their components, scores against their confidence intervals: what a table proves about itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

from ingest.catalog import Composition
from ingest.faults import Words
from ingest.preflight.inspected import COMPARE, Column, Inspected, Scores, called, decimals_of, places, said
from ingest.remarks import Remark

# a composite that more rows than this contradict is not made of these columns, or of these in another order
MOST = 1 / 3
# share of rows that must fit for weights of an earlier edition to be those of one whose own are not known yet
_WEIGHTS_KEPT = 0.9
# publishers compute in single precision and print more decimals than that has: relative error of one number
_SINGLE = 1.2e-7


@dataclass
class Proof:
    """What arithmetic could prove: `smallest` is, by column, the smallest error in one figure that is sure to show."""

    remarks: list[Remark] = field(default_factory=list)
    facts: list[Words] = field(default_factory=list)
    smallest: dict[Column, float] = field(default_factory=dict)
    # compositions that the table keeps to, and how far rounding may take a row from them
    kept: list[tuple[Composition, float]] = field(default_factory=list)

    def shows(self, column: Column, error: float) -> None:
        self.smallest[column] = min(error, self.smallest.get(column, float("inf")))


def composites(seen: Inspected) -> Proof:
    """Hold every composite whose weights are known, in this edition or in one before, against its components."""
    proof, scores = Proof(), seen.scores
    decimals = {component: most for (component, measure), most in decimals_of(seen.cells).items() if measure == "score"}
    for span in _spans(seen):
        parts = [weight.component for weight in span.weights]
        rows = [code for code in scores[span.component] if all(code in scores[part] for part in parts)]
        if not rows:
            continue
        slack = _slack(span, decimals, scores, rows)
        off = [code for code in rows if abs(_composed(span, scores, code) - scores[span.component][code]) > slack]
        borrowed = span.last < seen.edition.year
        if borrowed and len(off) > len(rows) * (1 - _WEIGHTS_KEPT):
            proof.remarks.append(_other_weights(span))
            continue
        if len(off) <= len(rows) * MOST:
            proof.kept.append((span, slack))
            if all(len(scores[part]) <= len(rows) for part in (span.component, *parts)):
                proof.shows((span.component, "score"), 2 * slack)
                for part in parts:
                    if factor := abs(factor_of(span, part)):
                        proof.shows((part, "score"), 2 * slack / factor)
        if off:
            proof.remarks.append(_contradicted(seen, span, off, len(rows), slack))
        if len(off) < len(rows):
            proof.facts.append(_fits(span, len(rows) - len(off), len(rows), slack, borrowed))
    return proof


def _spans(seen: Inspected) -> Iterator[Composition]:
    """The compositions that this edition's columns can be held against; where its own is unknown, the latest before."""
    year = seen.edition.year
    for component in dict.fromkeys(span.component for span in seen.index.compositions):
        own = seen.index.composition(component, year)
        earlier = [one for one in seen.index.compositions if one.component == component and one.last < year]
        span = own or max(earlier, key=lambda one: one.last, default=None)
        if (
            span
            and span.aggregation
            and component in seen.scores
            and span.weights
            and all(weight.component in seen.scores for weight in span.weights)
            and (span.aggregation == "sum" or all(weight.value is not None for weight in span.weights))
        ):
            yield span


def factor_of(span: Composition, part: str) -> float:
    """What one point of a component adds to its composite; the composite itself takes one off."""
    if part == span.component:
        return -1.0
    weight = next((weight for weight in span.weights if weight.component == part), None)
    if weight is None:
        return 0.0
    if span.aggregation == "sum":
        return 1.0
    return (10 if span.aggregation == "weighted_mean_x10" else 1) * (weight.value or 0.0)


def _composed(span: Composition, scores: Scores, code: str) -> float:
    return sum(factor_of(span, weight.component) * scores[weight.component][code] for weight in span.weights)


def _slack(span: Composition, decimals: dict[str, int], scores: Scores, rows: list[str]) -> float:
    """How far rounding alone, in print and in the publisher's computing, can take a composite from its components."""
    half = {part: 0.5 * 10.0 ** -decimals[part] for part in (span.component, *(w.component for w in span.weights))}
    printed = half[span.component] + sum(abs(factor_of(span, w.component)) * half[w.component] for w in span.weights)
    return printed + 2 * _SINGLE * median(abs(scores[span.component][code]) for code in rows) + 1e-9


def _contradicted(seen: Inspected, span: Composition, off: list[str], rows: int, slack: float) -> Remark:
    scores, most = seen.scores, said(slack, 2)
    off = sorted(off, key=lambda code: -abs(_composed(span, scores, code) - scores[span.component][code]))
    return Remark(
        "composite",
        True,
        Words(
            f"{len(off)} trong {rows} điểm {span.component} không khớp các thành phần (lệch quá {most.vi})",
            f"{len(off)} of {rows} scores of {span.component} do not equal their components (off by over {most.en})",
        ),
        Words(
            "Đối chiếu cả dòng với bản gốc; lệch ở nhiều dòng thường là cột đổi chỗ hoặc trọng số khác",
            "Compare the whole row with the original; off in many rows, columns or weights have changed",
        ),
        places([seen.cell(code, span.component) for code in off]),
    )


def _other_weights(span: Composition) -> Remark:
    return Remark(
        "weights",
        False,
        Words(
            f"Chưa khai trọng số của {span.component} cho kỳ này; trọng số kỳ {span.last} không khớp",
            f"The weights of {span.component} in this edition are not declared; those of {span.last} do not fit",
        ),
        Words(
            "Tìm trọng số trong báo cáo và khai ở methodology của chỉ số",
            "Look the weights up in the report and declare them under the index's methodology",
        ),
    )


def _fits(span: Composition, fitting: int, rows: int, slack: float, borrowed: bool) -> Words:
    kept = Words(f", theo trọng số kỳ {span.last}", f", by the weights of {span.last}") if borrowed else Words("", "")
    return Words(
        f"{fitting} trong {rows} điểm {span.component} khớp các thành phần (±{said(slack, 2).vi}){kept.vi}",
        f"{fitting} of {rows} scores of {span.component} equal their components (±{said(slack, 2).en}){kept.en}",
    )


def intervals(seen: Inspected) -> Iterator[Remark]:
    """A score lies within its own confidence interval, and an error or a variance is not below nothing."""
    bad = []
    for (component, measure), cells in seen.columns.items():
        for code, cell in cells.items():
            value, score = cell.value or 0.0, seen.scores.get(component, {}).get(code)
            if (
                (measure in ("standard_error", "variance") and value < 0)
                or (measure == "ci_low" and score is not None and value > score)
                or (measure == "ci_high" and score is not None and value < score)
            ):
                bad.append(cell)
    if bad:
        columns = ", ".join(dict.fromkeys(called((cell.component_code, cell.measure)) for cell in bad))
        yield Remark(
            "intervals",
            True,
            Words(
                f"{len(bad)} số trái với điểm mà chúng đi kèm: {columns}",
                f"{len(bad)} figures contradict the score that they belong to: {columns}",
            ),
            COMPARE,
            places(bad),
        )


def precision_said(smallest: dict[Column, float]) -> Iterator[Words]:
    """By column, the smallest error in one figure that is sure to show; columns that share it in one sentence."""
    alike: dict[str, list[Column]] = {}
    for column, error in smallest.items():
        if column[1] == "score":
            alike.setdefault(said(error, 2).en, []).append(column)
    for columns in alike.values():
        least = said(smallest[columns[0]], 2)
        names = ", ".join(map(called, columns))
        yield Words(
            f"Sai lệch từ {least.vi} trở lên ở một ô thì phép tính phát hiện được: {names}",
            f"An error of {least.en} or more in one cell is sure to show: {names}",
        )
