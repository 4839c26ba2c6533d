"""The sections of what the plan sets: targets, and deadlines of reports.

Belongs here: their columns. Does not belong here: reading (`plan`).
"""

from quality.numbers_vi import date_vi
from quality.report import words
from quality.report.layout import Column, Section, Titles, section
from quality.report.model import DeadlineRow, Report, TargetRow
from quality.report.sections.cells import cited_text, traced, year, yes
from quality.report.sources import Numbers


def targets(report: Report, known: Numbers) -> Section:
    columns: list[Column[TargetRow]] = [
        Column("Chỉ tiêu", lambda r: r.name, document=8.0, workbook=50),
        Column("Mức đặt ra", lambda r: cited_text(r.target, r.plan_origins, known), document=3.4),
        Column("Mức đặt ra", lambda r: r.target, workbook=20),
        Column("Từ", lambda r: r.target_low, workbook=9, role="detail"),
        Column("Đến", lambda r: r.target_high, workbook=9, role="detail"),
        Column("Đơn vị tính", lambda r: r.unit, workbook=12, role="detail"),
        Column("Năm", lambda r: year(r.reference_year), workbook=7, role="detail"),
        Column("Hạn", lambda r: r.due_on, document=2.2, workbook=12),
        Column("Thực hiện", lambda r: cited_text(_actual(r), r.origins, known), document=3.4),
        Column("Thực hiện", lambda r: r.actual or words.NO_FIGURE, workbook=16),
        Column("Tính chất số liệu", lambda r: r.actual_qualifier, workbook=16),
        Column("Kỳ số liệu", lambda r: r.actual_period, workbook=14),
        Column("Tình trạng", lambda r: words.listed((r.status, r.remark)), document=3.2),
        Column("Tình trạng", lambda r: r.status, workbook=16),
        Column("Ghi chú", lambda r: r.remark, workbook=30),
        Column("Cơ quan đầu mối", lambda r: r.lead, document=4.2, workbook=34),
        Column("Mục của kế hoạch", lambda r: r.section, document=1.8, workbook=14),
        *traced(lambda r: (*r.origins, *r.plan_origins), known),
    ]
    service = [row for row in report.targets if row.is_service_quality]
    other = [row for row in report.targets if not row.is_service_quality]
    empty = f"Trong kho không có chỉ tiêu nào cho năm {report.period.year}."
    return section(
        "Chỉ tiêu của kế hoạch",
        "Targets of the plan and of its annex on service quality",
        (
            f"Số thực hiện là số mới nhất có kỳ kết thúc không sau ngày {date_vi(report.day)}; số kế hoạch, dự báo "
            " không bao giờ được tính là số thực hiện.",
        ),
        (
            Titles("3a Chất lượng phục vụ", "Chất lượng phục vụ người dân, doanh nghiệp", "Service quality", empty),
            columns,
            service,
        ),
        (Titles("3b Chỉ tiêu kế hoạch", "Chỉ tiêu khác của kế hoạch", "Other targets", empty), columns, other),
    )


def _actual(row: TargetRow) -> str:
    if row.actual is None:
        return words.NO_FIGURE
    unit = row.unit if row.unit == "%" else f" {row.unit}"
    qualifier = f" ({row.actual_qualifier})" if row.actual_qualifier else ""
    return f"{words.figure(row.actual)}{unit}{qualifier}\nkỳ {row.actual_period}"


def deadlines(report: Report, known: Numbers) -> Section:
    columns: list[Column[DeadlineRow]] = [
        Column("Báo cáo", lambda r: cited_text(r.what, r.origins, known), document=8.4),
        Column("Báo cáo", lambda r: r.what, workbook=54),
        Column("Thời hạn", lambda r: r.due_on or r.recurrence, document=2.6, workbook=13),
        Column("Tình trạng", lambda r: r.status, document=2.8, workbook=16),
        Column("Cơ quan thực hiện", lambda r: r.responsible, document=5.4, workbook=40),
        Column("Nơi nhận", lambda r: r.recipient, document=3.8, workbook=24),
        Column("Mục của kế hoạch", lambda r: r.section, document=3.2, workbook=24),
        Column("Cho báo cáo này", lambda r: yes(r.is_of_this_report), workbook=10),
        *traced(lambda r: r.origins, known),
    ]
    titles = Titles(
        "5 Thời hạn báo cáo",
        "Thời hạn báo cáo",
        "Deadlines",
        f"Trong kho không có thời hạn báo cáo nào của năm {report.period.year}.",
    )
    return section(
        "Thời hạn báo cáo theo kế hoạch",
        "Reporting deadlines of the plan and whom they bind",
        (f"Tình trạng tính đến ngày {date_vi(report.day)}.",),
        (titles, columns, report.deadlines),
    )
