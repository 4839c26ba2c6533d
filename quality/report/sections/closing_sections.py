"""The sections at the end: what is missing, and the sources.

Belongs here: their columns. Does not belong here: finding gaps (`gaps`) or numbering sources (`sources`).
"""

from quality.report.layout import Column, Section, Titles, section
from quality.report.model import Gap, Report, Source
from quality.report.sections.cells import cited_text, traced
from quality.report.sources import Numbers


def gaps(report: Report, known: Numbers) -> Section:
    columns: list[Column[Gap]] = [
        Column("Loại", lambda r: r.kind, document=5.6, workbook=32),
        Column("Đối tượng", lambda r: cited_text(r.subject, r.origins, known), document=10.0),
        Column("Đối tượng", lambda r: r.subject, workbook=54),
        Column("Nội dung", lambda r: r.text, document=10.6, workbook=70),
        *traced(lambda r: r.origins, known),
    ]
    titles = Titles(
        "6 Thiếu, chưa chắc chắn", "Thiếu, chưa chắc chắn", "Gaps", "Không có điểm thiếu nào được ghi nhận."
    )
    return section(
        "Những điểm còn thiếu hoặc chưa chắc chắn",
        "What is missing or uncertain",
        ("Không dùng báo cáo này mà không đọc mục này.",),
        (titles, columns, report.gaps),
    )


def sources(report: Report, known: Numbers) -> Section:
    columns: list[Column[Source]] = [
        Column("Số", lambda r: f"[{r.number}]", document=1.2, workbook=7),
        Column("Loại", lambda r: r.kind, document=2.2, workbook=18),
        Column("Địa chỉ", lambda r: r.url, document=11.0, workbook=80),
        Column("Tệp lưu", lambda r: r.file, document=4.4, workbook=34),
        Column("SHA-256", lambda r: (r.sha256 or "")[:12], document=2.8),
        Column("Vị trí (dòng R, cột C)", _places, document=4.6),
        Column("Vị trí", lambda r: "; ".join(r.locators), workbook=60),
        Column("SHA-256", lambda r: r.sha256, workbook=68, role="trace"),
    ]
    version = f" Phiên bản kho: {report.content_sha256[:12]}." if report.content_sha256 else ""
    return section(
        "Nguồn số liệu",
        "Sources, with the archived file, its hash and the place in it",
        (f"Mỗi số liệu dẫn số thứ tự nguồn trong ngoặc vuông; mã băm ghi 12 ký tự đầu.{version}",),
        (Titles("7 Nguồn", "Nguồn", "Sources", "Báo cáo không dẫn nguồn nào."), columns, report.sources),
    )


def _places(row: Source) -> str:
    """Rows and columns alone: the file stands beside them."""
    return ", ".join(locator.rsplit("#", 1)[-1] for locator in row.locators)
