"""The section of the indices.

Belongs here: its columns and how a figure, a rank and a change are said. Does not belong here: reading (`indices`).
"""

from quality.numbers_vi import date_vi, number_vi
from quality.report import words
from quality.report.layout import Column, Section, Titles, section
from quality.report.model import Change, IndexRow, Lead, Number, Origin, Report
from quality.report.sections.cells import cited_text, count, traced, year, yes
from quality.report.sources import Numbers
from quality.suites.wording import index_label

NO_CHANGE = "không có kỳ liền trước để so sánh"


def indices(report: Report, known: Numbers) -> Section:
    columns: list[Column[IndexRow]] = [
        Column("Chỉ số", lambda r: f"{index_label(r.index_code)}\n{r.index_name}", document=4.6),
        Column("Mã chỉ số", lambda r: index_label(r.index_code), workbook=11),
        Column("Tên chỉ số", lambda r: r.index_name, workbook=34),
        Column("Cấp", lambda r: words.LEVEL_VI.get(r.level, r.level), workbook=9, role="detail"),
        Column("Kế hoạch phân công", lambda r: yes(r.in_plan), workbook=10, role="detail"),
        Column("Đơn vị", lambda r: r.unit, document=2.4, workbook=16),
        Column("Kỳ", _edition_and_day, document=3.0),
        Column("Kỳ", lambda r: r.edition, workbook=19),
        Column("Năm của kỳ", lambda r: year(r.edition_year), workbook=8, role="detail"),
        Column("Điểm", lambda r: cited_text(_score(r), _of_score(r), known), document=1.9),
        Column("Điểm", lambda r: r.score, workbook=10),
        Column("Điểm như đã in", lambda r: r.score_text, workbook=12, role="detail"),
        Column("Thứ hạng", lambda r: cited_text(_rank(r), _of_rank(r), known), document=2.0),
        Column("Hạng", lambda r: count(r.rank), workbook=7),
        Column("Trên", lambda r: count(r.ranked_among), workbook=7),
        Column("Hạng tự tính", lambda r: yes(r.is_rank_computed) if r.rank else None, workbook=8, role="detail"),
        Column("Nhóm", lambda r: r.tier, workbook=10),
        Column("Thay đổi so với kỳ trước", lambda r: _change(r, known), document=4.6),
        Column("Kỳ so sánh", lambda r: year(r.previous_year), workbook=8, role="detail"),
        Column("Điểm kỳ trước", lambda r: _before(r.score_change), workbook=10, role="detail"),
        Column("Thay đổi điểm", lambda r: _difference(r.score_change), workbook=10),
        Column("Hạng kỳ trước", lambda r: _before(r.rank_change), workbook=8, role="detail"),
        Column("Thay đổi hạng (dương là tụt)", lambda r: _difference(r.rank_change), workbook=11),
        Column("So sánh được", _comparable, workbook=22),
        Column("Cơ quan đầu mối", lambda r: _led(r.lead, known), document=4.0),
        Column("Cơ quan đầu mối", lambda r: r.lead.agency if r.lead else words.NO_LEAD, workbook=20),
        Column("Căn cứ", lambda r: r.lead.legal_basis if r.lead else None, workbook=28, role="detail"),
        Column("Ngày công bố", lambda r: r.publication.on if r.publication else None, workbook=12, role="detail"),
        Column("Công bố, như đã biết", lambda r: r.publication.words if r.publication else None, workbook=16),
        Column("Loại nguồn", lambda r: words.source_kind_vi(r.source_kind), workbook=12, role="detail"),
        Column("Mức đầy đủ", lambda r: words.COVERAGE_VI.get(r.coverage or "", r.coverage), workbook=10, role="detail"),
        Column("Số đơn vị có số liệu", lambda r: count(r.territories_published), workbook=9, role="detail"),
        Column("Ghi chú", lambda r: "; ".join(_noted(r)), document=3.5, workbook=34),
        *traced(lambda r: (*r.origins, *r.before_origins), known),
    ]
    titles = Titles("1 Chỉ số", "Kết quả từng chỉ số", "Each index", "Không có chỉ số nào trong kho.")
    return section(
        "Kết quả các chỉ số",
        "Indices: latest edition published by the end of the period",
        (
            f"Kỳ mới nhất đã công bố đến ngày {date_vi(report.day)} của mỗi chỉ số. Chỉ số cấp tỉnh: số của tỉnh như"
            " hiện nay; nếu chưa có thì nêu số của từng tỉnh trước sáp nhập, không cộng gộp. Chỉ số quốc gia: số của cả"
            " nước. Hạng trên hai danh sách khác nhau không so sánh với nhau; không có hạng không phải là hạng thấp.",
        ),
        (titles, columns, report.indices),
    )


def _before(change: Change | None) -> Number | None:
    return change.before if change else None


def _difference(change: Change | None) -> Number | None:
    return change.difference if change else None


def _edition_and_day(row: IndexRow) -> str:
    if row.publication is None:
        return row.edition
    before = "công bố " if row.publication.is_day_known else ""
    return f"{row.edition}\n{before}{row.publication.words}"


def _score(row: IndexRow) -> str:
    if row.score is not None:
        return words.figure(row.score)
    return row.score_text or ("–" if row.has_figure else words.NO_FIGURE)


def _of_score(row: IndexRow) -> tuple[Origin, ...]:
    """The sources stand once in a row: at the score, or at the rank where there is no score."""
    return () if _of_rank(row) else row.origins


def _of_rank(row: IndexRow) -> tuple[Origin, ...]:
    return row.origins if row.score is None and row.score_text is None and row.has_figure else ()


def _rank(row: IndexRow) -> str:
    said = []
    if row.rank is not None:
        among = f"/{number_vi(row.ranked_among)}" if row.ranked_among is not None else ""
        said.append(f"{number_vi(row.rank)}{among}{' (tự tính)' if row.is_rank_computed else ''}")
    if row.tier:
        said.append(f"nhóm: {row.tier}")
    return "\n".join(said) or ("–" if row.has_figure else "")


def _change(row: IndexRow, known: Numbers) -> str:
    said = []
    if row.score_change:
        said.append(words.change_vi(row.score_change, "Điểm", row.previous_year, is_rank=False))
    if row.rank_change:
        said.append(words.change_vi(row.rank_change, "Hạng", row.previous_year, is_rank=True))
    if not said:
        return NO_CHANGE if row.has_figure else ""
    comparable = _comparable(row)
    said = [cited_text("\n".join(said), row.before_origins, known)]
    return "\n".join([*said, comparable] if comparable else said)


def _comparable(row: IndexRow) -> str | None:
    changes = [change for change in (row.score_change, row.rank_change) if change]
    if not changes:
        return None
    if all(change.is_comparable for change in changes):
        return "So sánh được"
    reason = words.listed(change.break_reason for change in changes)
    return "Không so sánh được" + (f": {reason}" if reason else "")


def _noted(row: IndexRow) -> tuple[str, ...]:
    # the day stands beside the edition already
    kind = words.source_kind_vi(row.source_kind)
    remarks = tuple(remark for remark in row.remarks if remark != words.UNKNOWN_DAY)
    return (*remarks, f"nguồn: {kind}") if kind else remarks


def _led(lead: Lead | None, known: Numbers) -> str:
    return cited_text(f"{lead.agency}\n{lead.legal_basis}", lead.origins, known) if lead else words.NO_LEAD
