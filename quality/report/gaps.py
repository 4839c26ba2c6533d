"""What is missing or unsure in a report, said plainly.

Belongs here: every reason for which the report is not the whole truth. Does not belong here: findings.
"""

from collections.abc import Iterable

import duckdb

from quality.numbers_vi import date_vi, number_vi
from quality.report.editions import Edition, Editions
from quality.report.model import CalendarRow, Gap, IndexRow, Report, TargetRow
from quality.report.published import rows
from quality.report.words import KEPT, NO_LEAD
from quality.suites.wording import edition_vi, index_label

NO_EDITION = "Chỉ số chưa có kỳ công bố"
NO_HOME_FIGURE = "Chưa có số liệu của tỉnh"
PARTIAL = "Bảng kết quả một phần"
UNSURE_DAY = "Chưa rõ ngày công bố"
MAYBE_OUT = "Chưa rõ đã công bố hay chưa"
WITHHELD = "Số liệu bị giữ lại"
LAST_GOOD = "Dùng số liệu chấp nhận lần trước"
NO_ACTUAL = "Chỉ tiêu chưa có số liệu"
OTHER_YEAR = "Chỉ tiêu chưa có số của cả năm"
LATE = "Kỳ công bố muộn"
NOT_HELD = "Đã công bố, kho chưa có"
UNLED = "Chưa có cơ quan đầu mối"
UNCHECKED = "Phép kiểm tra không chạy được"
NO_RECORD = "Nguồn chưa có địa chỉ hoặc mã băm"
_BROKEN = "select coalesce(title_vi, rule_code) as title from reporting.rpt_check where outcome = 'error' order by all"


def read_gaps(con: duckdb.DuckDBPyConnection, report: Report, editions: Editions) -> tuple[Gap, ...]:
    """List the gaps of an otherwise finished report, by kind."""
    found = [
        *_of_indices(report.indices),
        *(_withheld(edition) for edition in editions.withheld),
        *(_maybe_out(edition, report) for edition in editions.unsure),
        *_of_targets(report.targets),
        *_of_calendar(report.calendar),
    ]
    broken = [Gap(UNCHECKED, row["title"], "chưa biết số liệu có đạt hay không", ()) for row in rows(con, _BROKEN)]
    return (*found, *broken)


def gaps_of_sources(report: Report) -> tuple[Gap, ...]:
    """Sources without an address, or without an archived file whose hash the published file holds."""
    without_url = [source for source in report.sources if not source.url]
    without_hash = [source for source in report.sources if not source.sha256]
    return tuple(
        Gap(NO_RECORD, "nguồn " + "".join(f"[{source.number}]" for source in without), text, ())
        for without, text in (
            (without_url, "trong kho không có địa chỉ"),
            (without_hash, "trong kho không có tệp lưu kèm mã băm"),
        )
        if without
    )


def _of_indices(indices: Iterable[IndexRow]) -> list[Gap]:
    found: dict[tuple[str, str, str], Gap] = {}

    def add(kind: str, row: IndexRow, subject: str, text: str) -> None:
        found.setdefault((kind, subject, text), Gap(kind, subject, text, row.origins))

    for row in indices:
        name = index_label(row.index_code)
        if row.edition_year is None and row.origins:
            add(NO_EDITION, row, name, "chỉ có số tính liên tục, do nguồn khác trích")
        elif row.edition_year is None and not row.has_figure and len(_of(indices, row)) == 1:
            add(NO_EDITION, row, name, "chưa có kỳ công bố nào trong kho")
        elif not row.has_figure:
            edition = row.edition if row.edition_year is not None else "mọi kỳ"
            add(NO_HOME_FIGURE, row, f"{name} · {row.unit}", "; ".join((edition, *row.remarks)))
        if row.coverage == "partial" and row.has_figure:
            count = f"bảng có {number_vi(row.territories_published)} đơn vị" if row.territories_published else ""
            add(PARTIAL, row, row.edition, count if (row.basis or "").isdigit() else "số liệu đơn lẻ, không phải bảng")
        if row.edition_year is not None and row.publication is not None and not row.publication.is_day_known:
            add(UNSURE_DAY, row, row.edition, row.publication.words)
        if row.is_last_good:
            add(LAST_GOOD, row, row.edition, next(remark for remark in row.remarks if remark.startswith(KEPT)))
        if row.lead is None:
            add(UNLED, row, name, NO_LEAD)
    order = (NO_EDITION, NO_HOME_FIGURE, PARTIAL, UNSURE_DAY, LAST_GOOD, UNLED)
    return sorted(found.values(), key=lambda gap: order.index(gap.kind))


def _of(indices: Iterable[IndexRow], row: IndexRow) -> list[IndexRow]:
    return [other for other in indices if other.index_code == row.index_code]


def _withheld(edition: Edition) -> Gap:
    return Gap(WITHHELD, _name(edition), edition.reason or edition.load_status, (edition.origin,))


def _maybe_out(edition: Edition, report: Report) -> Gap:
    text = f"không chắc đã công bố đến {date_vi(report.day)}; không đưa vào báo cáo"
    return Gap(MAYBE_OUT, _name(edition), text, ())


def _name(edition: Edition) -> str:
    return edition_vi({"index_code": edition.index_code, "edition_year": edition.year, "basis": edition.basis})


def _of_targets(targets: Iterable[TargetRow]) -> list[Gap]:
    without = [Gap(NO_ACTUAL, target.name, target.target, ()) for target in targets if target.actual is None]
    return without + [
        Gap(OTHER_YEAR, target.name, target.remark, target.origins) for target in targets if target.remark
    ]


def _of_calendar(calendar: Iterable[CalendarRow]) -> list[Gap]:
    late = [
        Gap(LATE, row.edition, f"chậm {number_vi(row.days_late or 0)} ngày so với độ trễ dài nhất đã ghi", ())
        for row in calendar
        if row.state == "late"
    ]
    return late + [
        Gap(NOT_HELD, row.edition, row.published, row.origins) for row in calendar if row.state == "not_held"
    ]
