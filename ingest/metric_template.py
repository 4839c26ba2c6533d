"""The .xlsx that a department fills in for a source of metrics: what it holds reads back without a question."""

from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from ingest.metric_catalog import Metric, MetricSource
from ingest.period import kind_of, parse_period

SHEET, GUIDE, CODES = "Số liệu", "Hướng dẫn", "Danh mục mã"
# lines made ready where the source declares no metrics
_FREE_ROWS = 25
_HEADER_ROW = 5
_PART_WIDTHS = {"metric": 50, "unit": 20, "period": 17, "value": 13, "source_url": 28, "note": 26}
_OTHER_WIDTH = 24
_PARTS_VI = {
    "metric": "Tên chỉ tiêu, giữ nguyên như trong mẫu",
    "unit": "Đơn vị tính đã ghi sẵn; nếu số theo đơn vị khác thì hỏi lại trước khi gửi",
    "territory": "Tên tỉnh, thành phố",
    "period": "Kỳ của số liệu, dạng chữ",
    "value": "Số liệu: chỉ ghi số, dấu phẩy trước phần lẻ; để trống nếu chưa có số, không ghi 0 thay cho “chưa có”",
    "source_url": "Địa chỉ trang hoặc số hiệu văn bản có số liệu này, nếu có",
    "note": "Điều người dùng số liệu cần biết, ví dụ “số ước” hoặc lý do thay đổi lớn",
}
_CODE_VI = "Mã chỉ tiêu, lấy trong tờ “Danh mục mã”"
_FREE_UNIT_VI = "Đơn vị tính, như đã dùng cho mã này (xem tờ “Danh mục mã”)"
_EVERY_VI = {"month": "Hằng tháng", "quarter": "Hằng quý", "year": "Hằng năm"}
_ROMAN = ("I", "II", "III", "IV")

_INK, _PAPER = "1F3864", "FFF9DB"
_FACE = "Arial"
_TITLE = Font(name=_FACE, size=14, bold=True, color=_INK)
_HINT = Font(name=_FACE, size=10, italic=True, color="595959")
_HEAD = Font(name=_FACE, size=11, bold=True, color="FFFFFF")
_TEXT = Font(name=_FACE, size=11)
_THIN = Side(style="thin", color="B7BDC9")
_GRID = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_WRAP = Alignment(wrap_text=True, vertical="center")
_CENTRE = Alignment(wrap_text=True, vertical="center", horizontal="center")


def period_vi(label: str) -> str:
    """A month, quarter or year in words that no spreadsheet takes for a day: 'tháng 10/2026'. Raises ValueError."""
    start, end = parse_period(label)
    match kind_of(start, end):
        case "month":
            return f"tháng {start.month}/{start.year}"
        case "quarter":
            return f"quý {_ROMAN[start.month // 3]}/{start.year}"
        case "year":
            return f"năm {start.year}"
    return label


def write_template(
    path: Path,
    source: MetricSource,
    period: str | None,
    deliverer_vi: str | None = None,
    codes: Sequence[tuple[str, str]] = (),
    inbox: str = "inbox",
) -> None:
    """Write the template of a source, its period filled in when `period` (as `parse_period` reads it) is given.

    `deliverer_vi` is the name of the agency that hands it in; `codes` are (metric code, unit) to choose from where the
    source declares no metrics; `inbox` says where the sheet is dropped. Raises ValueError for a period that is not one
    of the source's.
    """
    if period and source.every and kind_of(*parse_period(period)) != source.every:
        raise ValueError(f"{period} is not a {source.every}, and {source.code} comes every {source.every}")
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # a new workbook has one
    sheet.title = SHEET
    _figures(sheet, source, period_vi(period) if period else "", deliverer_vi)
    _guide(book.create_sheet(GUIDE), source, deliverer_vi, inbox)
    if not source.metrics and codes:
        _codes(book.create_sheet(CODES), source, codes)
    book.properties.creator = "Chiso"
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


def _figures(sheet: Worksheet, source: MetricSource, period: str, deliverer_vi: str | None) -> None:
    parts = list(source.columns)
    sheet["A1"], sheet["A1"].font = source.title_vi, _TITLE
    facts = [f"Đơn vị gửi: {deliverer_vi}" if deliverer_vi else "", f"Kỳ: {period}" if period else ""]
    sheet["A2"], sheet["A2"].font = "   ·   ".join(fact for fact in facts if fact), _TEXT
    sheet["A3"] = "Chỉ điền các ô màu vàng. Chưa có số thì để trống, không ghi 0. Giải thích ở tờ “Hướng dẫn”."
    sheet["A3"].font = _HINT
    for column, part in enumerate(parts, start=1):
        _heading(sheet, _HEADER_ROW, column, source.columns[part])
        sheet.column_dimensions[get_column_letter(column)].width = _PART_WIDTHS.get(part, _OTHER_WIDTH)
    metrics: list[Metric | None] = [*source.metrics.values()] or [None] * _FREE_ROWS
    for row, metric in enumerate(metrics, start=_HEADER_ROW + 1):
        _row(sheet, row, source, parts, metric, period)
    sheet.row_dimensions[_HEADER_ROW].height = 24
    sheet.freeze_panes = f"A{_HEADER_ROW + 1}"
    _print_on_a4(sheet, landscape=True)
    sheet.print_title_rows = f"{_HEADER_ROW}:{_HEADER_ROW}"


def _row(
    sheet: Worksheet, row: int, source: MetricSource, parts: list[str], metric: Metric | None, period: str
) -> None:
    own = {
        "metric": metric.label if metric else None,
        "unit": source.unit_in_sheet(metric.unit) if metric else None,
        # a free row is blank until somebody uses it, but for its period
        "period": period or None,
    }
    for column, part in enumerate(parts, start=1):
        cell = sheet.cell(row, column, own.get(part))
        cell.border, cell.font = _GRID, _TEXT
        cell.alignment = _CENTRE if part in ("unit", "period", "value") else _WRAP
        if own.get(part) is None:
            cell.fill = PatternFill("solid", fgColor=_PAPER)
        if part != "value":
            cell.number_format = "@"
        else:
            _expect_number(sheet, cell.coordinate, metric)
    widths = {part: _PART_WIDTHS.get(part, _OTHER_WIDTH) for part in parts}
    lines = max(1 + len(own.get(part) or "") // widths[part] for part in parts)
    sheet.row_dimensions[row].height = 15.0 * lines + 6


def _expect_number(sheet: Worksheet, where: str, metric: Metric | None) -> None:
    """A warning and no bar: a decimal comma may be text to a spreadsheet of another language, and reads as well."""
    scale = metric.scale if metric else None
    rule = DataValidation(
        type="decimal",
        operator="between",
        formula1=f"{scale[0]:g}" if scale else "-1000000000000",
        formula2=f"{scale[1]:g}" if scale else "1000000000000",
        allow_blank=True,
        showErrorMessage=True,
        errorStyle="warning",
        errorTitle="Xem lại số",
        error=f"Cần một số từ {_number(scale[0])} đến {_number(scale[1])}." if scale else "Cần một số.",
    )
    if scale:
        rule.showInputMessage = True
        rule.promptTitle, rule.prompt = "Giá trị", f"Số từ {_number(scale[0])} đến {_number(scale[1])}"
    sheet.add_data_validation(rule)
    rule.add(where)


def _guide(sheet: Worksheet, source: MetricSource, deliverer_vi: str | None, inbox: str) -> None:
    for letter, width in (("A", 46), ("B", 66), ("C", 42)):
        sheet.column_dimensions[letter].width = width
    sheet["A1"], sheet["A1"].font = source.title_vi, _TITLE
    row = 3
    who = [("Đơn vị gửi", deliverer_vi or "Đơn vị theo dõi chỉ tiêu")]
    who += [("Bao lâu một lần", _EVERY_VI[source.every])] if source.every else []
    who += [
        ("Nộp bảng", f"Lưu tệp .xlsx này (tên tệp tùy ý) và thả vào thư mục tiếp nhận: {inbox}"),
        ("Sửa số đã gửi", "Gửi lại bảng của kỳ đó, hoặc thêm dòng của kỳ cũ vào bảng kỳ này; số cũ vẫn được lưu"),
        (
            "Kiểm tra khi nhận",
            "Số ngoài thang, sai kỳ, sai đơn vị hoặc lặp lại kỳ trước được giữ lại để hỏi trước khi dùng",
        ),
    ]
    row = _table(sheet, row, ("Gửi số liệu", ""), who)
    meaning = _PARTS_VI if source.metrics else _PARTS_VI | {"metric": _CODE_VI, "unit": _FREE_UNIT_VI}
    columns = [(header, meaning.get(part, "")) for part, header in source.columns.items()]
    row = _table(sheet, row + 1, ("Cột", "Ý nghĩa"), columns)
    if source.metrics:
        described = [(metric.label, _described(source, metric), metric.code) for metric in source.metrics.values()]
        _table(sheet, row + 1, ("Chỉ tiêu", "Đơn vị tính và thang giá trị", "Mã"), described)
    _print_on_a4(sheet, landscape=True)


def _described(source: MetricSource, metric: Metric) -> str:
    unit = source.unit_in_sheet(metric.unit)
    return f"{unit}, từ {_number(metric.scale[0])} đến {_number(metric.scale[1])}" if metric.scale else unit


def _codes(sheet: Worksheet, source: MetricSource, codes: Sequence[tuple[str, str]]) -> None:
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 54, 24
    rows = [(code, source.unit_in_sheet(unit)) for code, unit in codes]
    _table(sheet, 1, (source.columns["metric"], "Đơn vị đã dùng"), rows)
    sheet.freeze_panes = "A2"
    _print_on_a4(sheet, landscape=False)
    sheet.print_title_rows = "1:1"


def _table(sheet: Worksheet, row: int, header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> int:
    """Write a small table from `row` on; the line after it."""
    for column, text in enumerate(header, start=1):
        _heading(sheet, row, column, text)
    for offset, texts in enumerate(rows, start=1):
        for column, text in enumerate(texts, start=1):
            cell = sheet.cell(row + offset, column, text)
            cell.border, cell.alignment, cell.font = _GRID, _WRAP, _TEXT
        lines = max(
            1 + len(text) // int(sheet.column_dimensions[get_column_letter(column)].width)
            for column, text in enumerate(texts, start=1)
        )
        sheet.row_dimensions[row + offset].height = 15.0 * lines + 3
    return row + len(rows) + 1


def _heading(sheet: Worksheet, row: int, column: int, text: str) -> None:
    cell = sheet.cell(row, column, text)
    cell.font, cell.fill = _HEAD, PatternFill("solid", fgColor=_INK)
    cell.alignment, cell.border = _CENTRE, _GRID


def _print_on_a4(sheet: Worksheet, landscape: bool) -> None:
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.5


def _number(value: float) -> str:
    return f"{value:g}".replace(".", ",")
