"""The first page: what the report is, of when, for whom, and its counts.

Belongs here: the words that introduce the report. Does not belong here: sections.
"""

from dataclasses import dataclass

from quality.numbers_vi import date_vi, number_vi
from quality.report.layout import Column, Table, Titles, for_document, for_workbook
from quality.report.model import Number, Report
from quality.suites.wording import index_label

POINTS_SHOWN = 8


@dataclass(frozen=True)
class Cover:
    title_vi: str
    subtitle_vi: str
    title_en: str
    about_vi: tuple[str, ...]
    about_en: str
    summary: Table
    summary_sheet: Table
    points_vi: tuple[str, ...]
    picture_vi: str
    footer_vi: str


def make_cover(report: Report) -> Cover:
    """Say what this is; the name of the plan and of the recipient come from the plan's own rows."""
    recipient = report.recipient or "Cơ quan tổng hợp"
    due = f" Hạn theo kế hoạch của các báo cáo gửi về: {date_vi(report.due_on)}." if report.due_on else ""
    whole = "" if report.day == report.period.end else " Kỳ báo cáo chưa kết thúc vào ngày này."
    columns: list[Column[tuple[str, str, int]]] = [
        Column("Nội dung", lambda row: f"{row[0]} ({row[1]})", document=13, workbook=80),
        Column("Số lượng", lambda row: Number(row[2]), document=3, workbook=14),
    ]
    titles = Titles("Tóm tắt", "Tóm tắt", "Summary", "")
    return Cover(
        title_vi=f"Báo cáo {report.period.name_vi} (dự thảo)",
        subtitle_vi=f"Các chỉ số và chỉ tiêu của {report.home_name}",
        title_en=f"Draft report, {report.period.name_en}: indices and targets of {report.home_name_en}",
        about_vi=(
            f"Dự thảo lập từ kho số liệu Chiso để {recipient} hoàn thiện; phần nguyên nhân, giải pháp do các cơ quan"
            " đầu mối bổ sung. Văn bản này không thay báo cáo đã ký.",
            f"Kỳ báo cáo: {report.period.name_vi}. Số liệu đến hết ngày {date_vi(report.day)}.{whole} Lập theo ngày"
            f" {date_vi(report.as_of)}.{due}",
            "Số liệu ghi đúng như đã công bố; số do kho tự tính đều ghi rõ. Số trong ngoặc vuông là nguồn ở mục cuối.",
        ),
        about_en="A draft made from the warehouse, to be completed by the department. Figures as published; every"
        " source is numbered. What came out after the day named above is not in it.",
        summary=for_document(titles, columns, summary(report)),
        summary_sheet=for_workbook(titles, columns, summary(report)),
        points_vi=points(report),
        picture_vi="Điểm hoặc hạng của tỉnh và của các tỉnh trước sáp nhập qua các kỳ có trong kho.",
        footer_vi=f"Dự thảo · {report.period.name_vi} · số liệu đến {date_vi(report.day)}",
    )


def summary(report: Report) -> tuple[tuple[str, str, int], ...]:
    """Counts: in Vietnamese, in English, how many."""
    of_plan = {row.index_code for row in report.indices if row.in_plan}
    with_figure = {row.index_code for row in report.indices if row.in_plan and row.has_figure}
    extras = {row.index_code for row in report.indices} - of_plan
    states = [row.state for row in report.calendar]
    counts = [
        ("Chỉ số do kế hoạch phân công", "Indices that the plan assigns", len(of_plan)),
        ("trong đó có số liệu", "of these with a figure", len(with_figure)),
        ("Chỉ số theo dõi thêm", "Further indices", len(extras)),
        ("Lượt suy giảm cần xem hoặc nghiêm trọng", "Falls to look at, or critical", len(report.falls)),
        ("Lượt suy giảm để biết", "Falls for information", sum(row.count for row in report.minor)),
        (
            "Chỗ số liệu công bố mâu thuẫn hoặc thiếu",
            "Faults in published figures",
            sum(f.count for f in report.faults),
        ),
        ("Chỉ tiêu của kế hoạch", "Targets of the plan", len(report.targets)),
        ("trong đó có số thực hiện", "of these with an actual figure", sum(1 for t in report.targets if t.actual)),
        ("Kết quả công bố trong kỳ", "Publications in the period", sum(s in ("published", "not_held") for s in states)),
        ("Kỳ công bố bị muộn", "Late publications", states.count("late")),
        ("Điểm thiếu hoặc chưa chắc chắn", "Gaps and uncertainties", len(report.gaps)),
    ]
    return tuple(counts)


def points(report: Report) -> tuple[str, ...]:
    """What a reader who reads one page must know, in whole sentences."""
    said = [fall.message for fall in report.falls[:POINTS_SHOWN]] or ["Không có suy giảm cần xem ở các kỳ của báo cáo."]
    if len(report.falls) > POINTS_SHOWN:
        said.append(f"Còn {number_vi(len(report.falls) - POINTS_SHOWN)} lượt suy giảm khác, xem mục 2.")
    late = [row.edition for row in report.calendar if row.state == "late"]
    if late:
        said.append(f"Kỳ công bố bị muộn: {', '.join(late)}.")
    with_figure = {row.index_code for row in report.indices if row.has_figure}
    without = dict.fromkeys(index_label(r.index_code) for r in report.indices if r.index_code not in with_figure)
    if without:
        said.append(f"Chỉ số chưa có số liệu: {', '.join(without)}.")
    unknown = sum(target.actual is None for target in report.targets)
    if unknown:
        said.append(f"{number_vi(unknown)} trên {number_vi(len(report.targets))} chỉ tiêu chưa có số thực hiện.")
    return tuple(said)
