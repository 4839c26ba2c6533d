"""A delivered sheet of metrics beside its layout and beside the day that it came."""

from collections.abc import Iterator

from ingest.faults import Words
from ingest.metric_reader import MetricCell
from ingest.preflight.delivered import CHECK_UNIT, Delivered, kind, name, where
from ingest.preflight.inspected import named
from ingest.remarks import Remark

_EVERY_VI = {"month": "tháng", "quarter": "quý", "year": "năm"}


def outside_scale(seen: Delivered) -> Iterator[Remark]:
    for cell in seen.cells:
        metric = seen.source.metric_of(cell.metric_code)
        if (
            metric
            and metric.scale
            and cell.unit == metric.unit
            and not metric.scale[0] <= cell.value <= metric.scale[1]
        ):
            low, high = metric.scale
            yield Remark(
                "outside_scale",
                True,
                Words(
                    f"{metric.name_vi}: {cell.value_text} nằm ngoài thang {low:g}–{high:g}",
                    f"{cell.metric_code}: {cell.value_text} lies outside the scale {low:g}–{high:g}",
                ),
                CHECK_UNIT,
                where(cell),
            )


def no_place(seen: Delivered) -> Iterator[Remark]:
    """A rank is a whole number."""
    for cell in seen.cells:
        if cell.unit.startswith("rank") and cell.value != int(cell.value):
            yield Remark(
                "no_place",
                True,
                Words(
                    f"{name(seen, cell)}: hạng {cell.value_text} không phải số nguyên",
                    f"{cell.metric_code}: rank {cell.value_text} is no whole number",
                ),
                CHECK_UNIT,
                where(cell),
            )


def other_unit(seen: Delivered) -> Iterator[Remark]:
    for cell in seen.cells:
        metric = seen.source.metric_of(cell.metric_code)
        known = {metric.unit} if metric else seen.record.units.get(cell.metric_code, set())
        if known and cell.unit not in known:
            units = " / ".join(seen.source.unit_in_sheet(unit) for unit in sorted(known))
            yield Remark(
                "other_unit",
                True,
                Words(
                    f"{name(seen, cell)}: đơn vị “{cell.unit}”, trong khi đã khai “{units}”",
                    f"{cell.metric_code}: the unit is {cell.unit!r}, not {' or '.join(sorted(known))!r}",
                ),
                CHECK_UNIT,
                where(cell),
            )


def sums(seen: Delivered) -> Iterator[Remark]:
    """Parts that do not add up to their total, as far as all are printed. Where one is missing nothing is proved."""
    by_period: dict[tuple[str, str], dict[str, MetricCell]] = {}
    for cell in seen.actuals:
        by_period.setdefault((cell.territory_code, cell.period_label), {})[cell.metric_code] = cell
    for (_, label), cells in by_period.items():
        for total, parts in seen.source.sums.items():
            if not cells.keys() >= {total, *parts}:
                continue
            added = sum(cells[part].value for part in parts)
            slack = sum(0.5 * 10.0 ** -cells[code].printed_decimals for code in (total, *parts))
            if abs(added - cells[total].value) > slack + 1e-9:
                yield Remark(
                    "sum",
                    True,
                    Words(
                        f"{name(seen, cells[total])} {label}: {cells[total].value_text}, các phần cộng lại {added:.6g}",
                        f"{total} {label}: {cells[total].value_text}, and its parts add up to {added:.6g}",
                    ),
                    Words(
                        "Đối chiếu tổng và từng phần với bản gốc; nhận kèm lý do nếu bản gốc cũng lệch như vậy",
                        "Compare the total and its parts with the original; accept with a reason if it is printed so",
                    ),
                    where(cells[total]),
                )


def new_code(seen: Delivered) -> Iterator[Remark]:
    if seen.source.metrics:
        return
    new = sorted({cell.metric_code for cell in seen.cells} - seen.record.codes)
    if new:
        yield Remark(
            "new_code",
            True,
            Words(f"Mã chỉ tiêu chưa từng có: {named(new)}", f"Metric codes that no figure bears yet: {named(new)}"),
            Words(
                "Sửa mã nếu gõ nhầm, hoặc nhận kèm lý do nếu đây là chỉ tiêu mới",
                "Mend the code if it was mistyped, or accept it with a reason if the metric is new",
            ),
        )


def fractions(seen: Delivered) -> Iterator[Remark]:
    """A spreadsheet shows 97.5% for a cell that holds 0.975."""
    for cell in seen.cells:
        metric = seen.source.metric_of(cell.metric_code)
        if metric and metric.unit == "percent" and metric.scale == (0, 100) and 0 < cell.value <= 1:
            yield Remark(
                "fraction",
                True,
                Words(
                    f"{metric.name_vi}: {cell.value_text} giống một tỷ lệ chưa nhân 100",
                    f"{cell.metric_code}: {cell.value_text} looks like a fraction and not a percentage",
                ),
                Words(
                    "Bỏ định dạng phần trăm của ô và gõ lại số, ví dụ 97,5",
                    "Take the percent format off the cell and type the number again, for example 97,5",
                ),
                where(cell),
            )


def future(seen: Delivered) -> Iterator[Remark]:
    received = seen.delivery.received_on
    for cell in seen.actuals:
        if cell.period_start > received:
            yield Remark(
                "future",
                True,
                Words(
                    f"{name(seen, cell)}: kỳ {cell.period_label} còn ở sau ngày nhận {received:%d/%m/%Y}",
                    f"{cell.metric_code}: the period {cell.period_label} begins after the day received, {received}",
                ),
                Words("Sửa kỳ của dòng này", "Mend the period of this row"),
                where(cell),
            )
    unfinished = {c.period_label for c in seen.actuals if c.period_end and c.period_start <= received < c.period_end}
    if unfinished:
        labels = named(sorted(unfinished))
        yield Remark(
            "unfinished",
            False,
            Words(f"Kỳ chưa kết thúc khi nhận: {labels}", f"Not over when the sheet came: {labels}"),
            Words("Gửi lại khi kỳ kết thúc nếu số thay đổi", "Send it again when the period is over if figures change"),
        )


def other_period(seen: Delivered) -> Iterator[Remark]:
    every = seen.source.every
    odd = [cell for cell in seen.cells if every and kind(cell) != every]
    if every and odd:
        labels = named(sorted({cell.period_label for cell in odd}))
        yield Remark(
            "other_period",
            True,
            Words(
                f"Kỳ không phải một {_EVERY_VI[every]}: {labels}",
                f"Not a single {every}: {labels}",
            ),
            Words(
                "Ghi kỳ dạng chữ như trong mẫu, ví dụ 2026-10; bảng tính dễ tự đổi 10/2026 thành một ngày",
                "Write the period as text as in the template, 2026-10; spreadsheets turn 10/2026 into a day",
            ),
            where(odd[0]),
        )


def without_origin(seen: Delivered) -> Iterator[Remark]:
    """Figures that the sender compiled from elsewhere, and does not say where."""
    bare = [cell for cell in seen.cells if not cell.source_url and cell.source_kind != "official"]
    if bare:
        yield Remark(
            "without_origin",
            False,
            Words(f"{len(bare)} số không ghi nguồn", f"{len(bare)} figures do not say where they come from"),
            Words("Ghi địa chỉ nguồn của từng số", "Say where each figure was read"),
            where(bare[0]),
        )


def missing(seen: Delivered) -> Iterator[Remark]:
    """Metrics of the layout without a figure in the newest period, and any row that was left blank."""
    newest = max((cell.period_label for cell in seen.cells), default="")
    given = {cell.metric_code for cell in seen.cells if cell.period_label == newest}
    missing = [metric.name_vi for metric in seen.source.metrics.values() if metric.code not in given]
    if missing and newest:
        names = named(missing)
        yield Remark(
            "missing",
            False,
            Words(f"Chưa có số kỳ {newest}: {names}", f"Without a figure for {newest}: {names}"),
            Words("Gửi bổ sung khi có số", "Hand them in when they are known"),
        )
    others = [blank for blank in seen.blanks if not seen.source.metrics or blank.period_label != newest]
    if others:
        rows = named([f"{blank.metric_code} {blank.period_label} (dòng {blank.row})" for blank in others])
        yield Remark(
            "blank",
            False,
            Words(f"Dòng để trống giá trị: {rows}", f"Rows without a value: {rows}"),
            Words("Để trống là chưa báo cáo; gửi bổ sung khi có số", "Blank means not reported; hand it in later"),
        )
