"""A delivered sheet of metrics beside the figures on record: another unit, unlikely changes, repeats, restatements."""

from collections.abc import Iterator
from itertools import pairwise

from ingest.faults import Words
from ingest.metric_reader import MetricCell
from ingest.preflight.delivered import CHECK_UNIT, Delivered, kind, name, where
from ingest.preflight.inspected import COMPARE, named
from ingest.remarks import Remark

# a value that is this many times the one before, or this part of it, is taken for another unit
_FACTOR = 10
_UNIT_SLIPS = (100, 1000)
# so many values on record say what a change is like; a new one may be twice the largest
_HISTORY, _LARGEST_TIMES = 6, 2
_CHECK_FIGURE = Words(
    "Hỏi lại nơi gửi; sửa trong bảng, hoặc nhận kèm lý do nếu số là đúng",
    "Ask who sent it; mend the sheet, or accept it with a reason if the figure is right",
)


def jumps(seen: Delivered) -> Iterator[tuple[str, Remark]]:
    """Source locator -> remark, for values that may be in another unit than the one before. Ranks move freely."""
    for cell in seen.actuals:
        before = seen.newest_before(cell)
        if before is None or not before.value or not cell.value or cell.unit.startswith("rank"):
            continue
        ratio = cell.value / before.value
        if 1 / _FACTOR <= ratio <= _FACTOR:
            continue
        slip = next((factor for factor in _UNIT_SLIPS if _is_times(cell, before, factor)), None)
        times = f"{'×' if ratio > 1 else '÷'}{slip}"
        exactly = Words(f", đúng bằng {times}", f", exactly {times}") if slip else Words("", "")
        then, now = before.value_text, cell.value_text
        yield (
            where(cell),
            Remark(
                "unit_changed",
                True,
                Words(
                    f"{name(seen, cell)}: {now} so với {then} (kỳ {before.period_label}){exactly.vi}",
                    f"{cell.metric_code}: {now} after {then} ({before.period_label}){exactly.en}",
                ),
                CHECK_UNIT,
                f"{where(cell)}; {where(before)}",
            ),
        )


def _is_times(cell: MetricCell, before: MetricCell, factor: int) -> bool:
    """Whether one value is `factor` times the other as far as both are printed."""
    small, large = sorted((cell, before), key=lambda one: abs(one.value))
    slack = 0.5 * (factor * 10.0**-small.printed_decimals + 10.0**-large.printed_decimals)
    return abs(large.value - factor * small.value) <= slack


def unlikely(seen: Delivered, jumped: frozenset[str]) -> Iterator[Remark]:
    for cell in seen.actuals:
        before = seen.newest_before(cell)
        if before is None or cell.source_locator in jumped:
            continue
        known = seen.record.actuals(cell.metric_code, cell.territory_code, cell.unit)
        values = [one.value for one in known if kind(one) == kind(cell) and one.period_start < cell.period_start]
        if len(values) < _HISTORY or before.period_start == cell.period_start:
            continue
        largest = max(abs(later - earlier) for earlier, later in pairwise(values))
        change = cell.value - before.value
        if abs(change) > _LARGEST_TIMES * largest + 10.0**-cell.printed_decimals:
            moved = f"{before.value_text} → {cell.value_text}"
            yield Remark(
                "unlikely",
                False,
                Words(
                    f"{name(seen, cell)}: {moved}; thay đổi lớn nhất trước nay: {largest:.4g}",
                    f"{cell.metric_code}: {moved}; the largest change so far is {largest:.4g}",
                ),
                _CHECK_FIGURE,
                where(cell),
            )


def uncompared(seen: Delivered) -> Iterator[Remark]:
    """Figures without an earlier one: a slip in them would not show, and that is said."""
    new = [cell for cell in seen.actuals if seen.newest_before(cell) is None]
    if new:
        names = list(dict.fromkeys(name(seen, cell) for cell in new))
        yield Remark(
            "uncompared",
            False,
            Words(f"Chưa có số trước để so: {named(names)}", f"Nothing earlier to compare with: {named(names)}"),
            Words("Đối chiếu các số này với bản gốc một lần", "Compare these figures with the original once"),
            where(new[0]),
        )


def repeated(seen: Delivered) -> Iterator[Remark]:
    """The newest period of the sheet, all of it as it was in the period before."""
    own = [cell for cell in seen.actuals if cell.period_end]
    if not own:
        return
    newest = max(cell.period_start for cell in own)
    held = [*seen.record.of_source(seen.source.code), *own]
    earlier = {one.period_start for one in held if one.period_start < newest and kind(one) == kind(own[0])}
    if not earlier:
        return
    now = {(one.metric_code, one.territory_code): one.value for one in own if one.period_start == newest}
    # a later reading of the same period goes before the earlier one
    before = {(one.metric_code, one.territory_code): one for one in held if one.period_start == max(earlier)}
    if now.keys() <= before.keys() and all(before[key].value == value for key, value in now.items()):
        label = next(iter(before.values())).period_label
        yield Remark(
            "repeated",
            True,
            Words(f"Mọi số đều giống hệt kỳ {label}", f"All figures are those of {label} again"),
            Words(
                "Xem có gửi nhầm bảng của kỳ trước không; nhận kèm lý do nếu số thật sự không đổi",
                "See whether the sheet of the period before was sent; accept it with a reason if nothing has changed",
            ),
        )


def restated(seen: Delivered) -> Iterator[Remark]:
    changed = [
        (held[0], cell)
        for cell in seen.cells
        if (held := seen.record.restated_by(cell)) and all(old.value != cell.value for old in held)
    ]
    if changed:
        shown = named(
            [f"{new.metric_code} {new.period_label}: {old.value_text} → {new.value_text}" for old, new in changed]
        )
        yield Remark(
            "restated",
            False,
            Words(f"Sửa {len(changed)} số đã gửi: {shown}", f"{len(changed)} figures are restated: {shown}"),
            COMPARE,
        )
