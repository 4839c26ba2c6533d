"""The section of the findings: falls in full, minor ones counted, data faults by rule and edition.

Belongs here: its columns. Does not belong here: reading (`findings`).
"""

from typing import Any

from quality.numbers_vi import date_vi
from quality.report import words
from quality.report.layout import Column, Section, Titles, section
from quality.report.model import Number, Report
from quality.report.sections.cells import cited_text, lead_columns, traced
from quality.report.sources import Numbers, cited


def findings(report: Report, known: Numbers) -> Section:
    falls: list[Column[Any]] = [
        Column("Kỳ, đơn vị", lambda r: f"{r.edition}\n{r.unit}", document=3.8),
        Column("Kỳ", lambda r: r.edition, workbook=24),
        Column("Đơn vị", lambda r: r.unit, workbook=20),
        Column("Mức độ", lambda r: r.severity, workbook=12),
        Column("Suy giảm", lambda r: cited_text(f"{r.title}. {r.message}", r.origins, known), document=6.6),
        Column("Loại suy giảm", lambda r: r.title, workbook=26, role="detail"),
        Column("Nội dung", lambda r: r.message, workbook=60),
        Column("Mức chắc chắn", lambda r: r.certainty, document=4.0, workbook=36),
        *lead_columns(2.8),
        Column("Việc cần làm", lambda r: r.remedy, document=4.2, workbook=40),
        Column("Nguyên nhân, giải pháp (đầu mối bổ sung)", lambda r: None, document=4.6, workbook=36),
        *traced(lambda r: r.origins, known),
    ]
    minor: list[Column[Any]] = [
        Column("Kỳ", lambda r: r.edition, document=6.0, workbook=24),
        Column("Đơn vị", lambda r: r.unit, document=5.0, workbook=22),
        Column("Loại", lambda r: r.title, document=7.0, workbook=36),
        Column("Số lượt", lambda r: Number(r.count), document=2.0, workbook=9),
        Column("Cơ quan đầu mối", lambda r: r.lead.agency if r.lead else words.NO_LEAD, document=4.0, workbook=24),
        Column("Nguồn", lambda r: cited(r.origins, known), document=2.0),
        *traced(lambda r: r.origins, known),
    ]
    faults: list[Column[Any]] = [
        Column("Kỳ", lambda r: f"{r.edition}\n({r.role})", document=3.8),
        Column("Kỳ", lambda r: r.edition, workbook=24),
        Column("Là", lambda r: r.role, workbook=14),
        Column("Mức độ", lambda r: r.severity, document=2.0, workbook=12),
        Column("Lỗi", lambda r: r.title, document=4.0, workbook=34),
        Column("Số chỗ", lambda r: Number(r.count), document=1.4, workbook=9),
        Column("Ví dụ", lambda r: cited_text(r.example, r.origins, known), document=7.4, workbook=60),
        *lead_columns(3.0),
        Column("Việc cần làm", lambda r: r.remedy, document=4.4, workbook=40),
        *traced(lambda r: r.origins, known),
    ]
    judged = f" Phép kiểm tra tính đến ngày {date_vi(report.judged_on)}." if report.judged_on else ""
    return section(
        "Suy giảm và lỗi dữ liệu của các kỳ nêu trên",
        "Falls and data faults of these editions",
        (
            "Suy giảm là số liệu đúng nhưng kém đi; lỗi dữ liệu là số liệu công bố không thể đúng, mâu thuẫn hoặc"
            f" thiếu. Hai loại không gộp với nhau.{judged}",
        ),
        (
            Titles(
                "2a Suy giảm", "Suy giảm cần xem hoặc nghiêm trọng", "Falls to look at", "Không có suy giảm cần xem."
            ),
            falls,
            list[Any](report.falls),
        ),
        (
            Titles("2b Suy giảm để biết", "Suy giảm để biết", "Falls for information", "Không có suy giảm để biết."),
            minor,
            list[Any](report.minor),
        ),
        (
            Titles("2c Lỗi dữ liệu", "Lỗi dữ liệu", "Data faults", "Không có lỗi dữ liệu ở các kỳ này."),
            faults,
            list[Any](report.faults),
        ),
    )
