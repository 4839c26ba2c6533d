"""The section of the publication calendar.

Belongs here: its columns. Does not belong here: reading (`publication_calendar`).
"""

from quality.numbers_vi import date_vi
from quality.report import words
from quality.report.layout import Column, Section, Titles, section
from quality.report.model import CalendarRow, Report
from quality.report.sections.cells import cited_text, count, traced
from quality.report.sources import Numbers


def calendar(report: Report, known: Numbers) -> Section:
    columns: list[Column[CalendarRow]] = [
        Column("Tình trạng", lambda r: words.CALENDAR_VI[r.state], document=4.2, workbook=24),
        Column("Kỳ", lambda r: r.edition, document=3.2, workbook=18),
        Column("Tên", lambda r: r.name, document=7.0, workbook=50),
        Column("Công bố", lambda r: cited_text(r.published, r.origins, known), document=4.2),
        Column("Ngày công bố", lambda r: r.published_on, workbook=13),
        Column("Công bố, như đã biết", lambda r: r.published, workbook=26),
        Column("Dự kiến chậm nhất", lambda r: r.expected_by or _no_day(r), document=2.6, workbook=16),
        Column("Muộn (ngày)", lambda r: count(r.days_late), document=1.6, workbook=9),
        Column("Cơ quan đầu mối", lambda r: r.lead, document=3.4, workbook=28),
        *traced(lambda r: r.origins, known),
    ]
    titles = Titles("4 Lịch công bố", "Lịch công bố", "Calendar", "Không có kỳ công bố nào để nêu.")
    return section(
        "Lịch công bố kết quả",
        "Publications of the period, late ones and the next ones",
        (
            f"Từ {date_vi(report.period.start)} đến {date_vi(report.day)}. Muộn là quá độ trễ dài nhất đã ghi của chính"
            " chỉ số đó; chỉ số có nhịp công bố không đều thì không tính là muộn.",
        ),
        (titles, columns, report.calendar),
    )


def _no_day(row: CalendarRow) -> str | None:
    return "chưa rõ" if row.state == "expected" else None
