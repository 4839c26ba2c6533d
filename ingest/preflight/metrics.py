"""Every check on a delivered sheet of metrics."""

from ingest.faults import Fault
from ingest.metric_reader import MetricCell
from ingest.metric_record import figure_of
from ingest.preflight.delivered import Delivered
from ingest.preflight.metric_history import jumps, repeated, restated, uncompared, unlikely
from ingest.preflight.metric_layout import (
    fractions,
    future,
    missing,
    new_code,
    no_place,
    other_period,
    other_unit,
    outside_scale,
    sums,
    without_origin,
)
from ingest.remarks import Remark


def sheet_faults(seen: Delivered) -> list[Fault]:
    """What no acceptance lifts: a sheet without a figure, and two figures for the same thing."""
    if not seen.cells:
        text = f"{len(seen.blanks)} dòng để trống" if seen.blanks else "0"
        return [Fault("no_figure", seen.delivery.called or seen.delivery.file, text=text)]
    faults = []
    first: dict[tuple[object, ...], MetricCell] = {}
    for cell in seen.cells:
        twin = first.setdefault((*figure_of(cell), cell.unit), cell)
        if twin is not cell:
            text = (
                f"{cell.metric_code} {cell.period_label}: {twin.value_text} (dòng {twin.source_row}), {cell.value_text}"
            )
            called = seen.delivery.called or seen.delivery.file
            faults.append(Fault("figure_doubled", called, cell.source_row, cell.source_header, text))
    return faults


def metric_remarks(seen: Delivered) -> list[Remark]:
    """Every check on one sheet; those that hold first."""
    jumped = dict(jumps(seen))
    remarks = [
        *outside_scale(seen),
        *no_place(seen),
        *other_unit(seen),
        *sums(seen),
        *new_code(seen),
        *fractions(seen),
        *future(seen),
        *other_period(seen),
        *jumped.values(),
        *repeated(seen),
        *unlikely(seen, frozenset(jumped)),
        *uncompared(seen),
        *missing(seen),
        *without_origin(seen),
        *restated(seen),
    ]
    return sorted(remarks, key=lambda remark: not remark.holds)
