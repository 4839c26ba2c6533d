"""What the checks of a delivered sheet share: the sheet as it was read, and the figures that were there before it."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.faults import Words
from ingest.metric_catalog import Delivery, MetricSource
from ingest.metric_reader import Blank, MetricCell
from ingest.metric_record import Record
from ingest.period import kind_of

CHECK_UNIT = Words(
    "Xem số có đúng đơn vị tính của chỉ tiêu không; sửa trong bảng, hoặc nhận kèm lý do nếu số là đúng",
    "See whether the figure is in the metric's unit; mend the sheet, or accept it with a reason if it is right",
)


@dataclass(frozen=True)
class Delivered:
    """A sheet as it was read, its layout, and what was on record before it."""

    source: MetricSource
    delivery: Delivery
    cells: Sequence[MetricCell]
    blanks: Sequence[Blank]
    record: Record

    @property
    def actuals(self) -> list[MetricCell]:
        return [cell for cell in self.cells if cell.qualifier not in ("target", "forecast")]

    def newest_before(self, cell: MetricCell) -> MetricCell | None:
        """What a figure is held against: the newest up to its period, of as long a period where there is one."""
        known = self.record.actuals(cell.metric_code, cell.territory_code, cell.unit)
        alike = [one for one in known if kind(one) == kind(cell)] or known
        earlier = [one for one in alike if one.period_end and cell.period_end and one.period_end <= cell.period_end]
        return earlier[-1] if earlier else None


def kind(cell: MetricCell) -> str | None:
    return kind_of(cell.period_start, cell.period_end)


def name(seen: Delivered, cell: MetricCell) -> str:
    metric = seen.source.metric_of(cell.metric_code)
    return metric.name_vi if metric else cell.metric_code


def where(cell: MetricCell) -> str:
    """Where a cell stands in its file: sheet, row and column."""
    return cell.source_locator.partition("#")[2]
