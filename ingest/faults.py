"""What can be wrong with a publisher's file, said so that the person who must mend it knows where and how."""

from dataclasses import dataclass
from typing import NamedTuple


class Words(NamedTuple):
    """One message in both languages."""

    vi: str
    en: str


_MEND_AND_RUN = Words(
    "Đối chiếu các chỗ đã nêu với bản gốc, sửa tệp hoặc danh mục rồi chạy lại; hết lỗi thì số liệu tự được công bố",
    "Compare the places named with the original, mend the file or its description and run again; that publishes it",
)

# code -> (what is wrong, what to do); the braces are filled from the fault
_CATALOGUE: dict[str, tuple[Words, Words]] = {
    "catalog_invalid": (
        Words("Tệp danh mục không hợp lệ: {text}", "The catalog file is not valid: {text}"),
        Words("Sửa tệp YAML theo lược đồ trong ingest/catalog/_schema", "Mend the YAML after ingest/catalog/_schema"),
    ),
    "archive_missing": (
        Words("Không tìm thấy tệp trong kho lưu trữ", "The file is not in the archive"),
        Words("Đặt tệp vào kho lưu trữ, hoặc sửa `file` trong YAML", "Put the file there, or mend `file` in the YAML"),
    ),
    "archive_changed": (
        Words(
            "Nội dung tệp khác với mã băm đã ghi ({text})", "The file's bytes differ from the recorded hash ({text})"
        ),
        Words(
            "Khôi phục tệp gốc; nếu nhà công bố sửa số liệu, thêm một phiên bản (vintage) mới",
            "Restore the original; where the publisher restated, add a new vintage",
        ),
    ),
    "file_unreadable": (
        Words("Không đọc được tệp: {text}", "The file cannot be read: {text}"),
        Words(
            "Tải lại tệp, hoặc mở tệp và lưu lại dạng CSV mã UTF-8 hay .xlsx",
            "Fetch the file again, or open it and save it as CSV in UTF-8 or as .xlsx",
        ),
    ),
    "file_unsafe": (
        Words("Không mở tệp vì không an toàn: {text}", "The file is not opened, it is not safe: {text}"),
        Words(
            "Hỏi nơi công bố về tệp này; lấy bảng số liệu ở dạng CSV hoặc .xlsx thông thường",
            "Ask the publisher about this file; get the table as a plain CSV or .xlsx",
        ),
    ),
    "file_not_as_declared": (
        Words("Tệp không đúng loại đã khai: {text}", "The file is not what it is said to be: {text}"),
        Words(
            "Tải lại tệp gốc; nếu nơi công bố đổi loại tệp, sửa `format` trong danh mục",
            "Fetch the original again; where the publisher changed the type, mend `format` in the catalog",
        ),
    ),
    "encoding_legacy": (
        Words("Chữ trong tệp ở bảng mã cũ: {text}", "The file's text is in a legacy encoding: {text}"),
        Words(
            "Chuyển mã sang Unicode (ví dụ bằng UniKey) rồi lưu lại dạng CSV mã UTF-8 hay .xlsx",
            "Convert it to Unicode (UniKey does it) and save it as CSV in UTF-8 or as .xlsx",
        ),
    ),
    "offer_unclear": (
        Words("Chưa rõ tệp này là gì: {text}", "It is not clear what the file is: {text}"),
        Words("Sửa khai báo của nguồn trong danh mục", "Mend the source's description in the catalog"),
    ),
    "place_missing": (
        Words("Không thấy bảng đã khai trong tệp: {text}", "The file has no such table: {text}"),
        Words("Sửa `place` trong YAML theo tệp", "Mend `place` in the YAML after the file"),
    ),
    "part_hidden": (
        Words("Bảng có phần bị ẩn: {text}", "The table has hidden parts: {text}"),
        Words(
            "Xem phần ẩn có thuộc bảng công bố không rồi khai `hidden` là read hoặc skip",
            "See whether the hidden part belongs to what was published, then declare `hidden` as read or skip",
        ),
    ),
    "cell_merged": (
        Words("Một số nằm trong ô gộp nhiều dòng hoặc cột: {text}", "A number stands in a merged cell: {text}"),
        Words("Tách ô gộp theo bản gốc", "Split the merged cell after the original"),
    ),
    "cell_error": (
        Words("Ô báo lỗi công thức: {text}", "The cell holds a spreadsheet error: {text}"),
        Words("Lấy tệp không còn lỗi công thức", "Get a file whose formulas have no error"),
    ),
    "table_too_large": (
        Words("Bảng quá lớn: {text}", "The table is too large: {text}"),
        Words(
            "Khai `where` để chỉ lấy các dòng của kỳ này, hoặc tách tệp",
            "Declare `where` to take this edition's rows only, or split the file",
        ),
    ),
    "row_ragged": (
        Words(
            "Dòng có số ô khác với dòng tiêu đề: {text}", "The row has another number of cells than the header: {text}"
        ),
        Words("Kiểm tra dấu phẩy và dấu nháy kép trong dòng này", "Look for a stray comma or quote in this row"),
    ),
    "header_missing": (
        Words("Thiếu cột {text}", "The column for {text} is missing"),
        Words(
            "Nói cột nào là số liệu này (`columns`, --column), hoặc khai là không công bố (`absent`, --absent)",
            "Say which column holds it (`columns`, --column), or that it was not printed (`absent`, --absent)",
        ),
    ),
    "header_unknown": (
        Words("Cột chưa được khai báo", "The column is not declared"),
        Words(
            "Nói cột này là gì (`columns`, --column) hoặc bỏ qua (--ignore, `roles`: ignored)",
            "Say what it holds (`columns`, --column) or leave it out (--ignore, `roles`: ignored)",
        ),
    ),
    "header_ambiguous": (
        Words("Cột có thể hiểu nhiều cách: {text}", "The column can be read in more than one way: {text}"),
        Words("Khai rõ cột này trong `columns` của YAML", "Say what it is under `columns` in the YAML"),
    ),
    "label_unknown": (
        Words("Nhãn “{text}” chưa được khai báo", "The label {text!r} is not declared"),
        Words("Thêm nhãn vào danh mục của chỉ số", "Add the label to the index's catalog"),
    ),
    "territory_unmapped": (
        Words("Tên địa phương “{text}” chưa có trong danh sách", "The territory name {text!r} is not on the list"),
        Words(
            "Sửa tên theo bản gốc, bỏ dòng không phải của một tỉnh, hoặc sửa `basis` của kỳ này",
            "Mend the name after the original, take a row out that is no province's, or mend the edition's `basis`",
        ),
    ),
    "territory_doubled": (
        Words("Địa phương “{text}” xuất hiện hai lần", "The territory {text!r} stands in the table twice"),
        Words("Đối chiếu với bản gốc, giữ đúng một dòng", "Compare with the original and keep the right row"),
    ),
    "territory_conflict": (
        Words("Các cột tên địa phương chỉ hai nơi khác nhau: {text}", "The name columns mean two territories: {text}"),
        Words("Đối chiếu dòng này với bản gốc", "Compare this row with the original"),
    ),
    "cell_doubled": (
        Words("Hai ô cùng một số liệu: {text}", "Two cells claim the same figure: {text}"),
        Words("Khai riêng từng cột hoặc từng nhãn trong YAML", "Tell the columns or labels apart in the YAML"),
    ),
    "number_unreadable": (
        Words("Không đọc được số “{text}”", "{text!r} cannot be read as a number"),
        Words(
            "Sửa ô theo bản gốc, hoặc khai ký hiệu này trong `no_data`, hoặc khai `decimal`",
            "Mend the cell after the original, or declare the token under `no_data`, or declare `decimal`",
        ),
    ),
    "correction_outdated": (
        Words("Khai báo đính chính không còn khớp tệp: {text}", "A declared correction no longer fits: {text}"),
        Words(
            "Nơi công bố đã sửa hoặc tệp đã đổi: xem lại và bỏ đính chính này trong YAML",
            "The publisher has mended it or the file is another: look again and take the correction out of the YAML",
        ),
    ),
    "metric_unknown": (
        Words("Chỉ tiêu “{text}” không có trong mẫu của nguồn này", "The source's layout has no metric {text!r}"),
        Words(
            "Viết tên chỉ tiêu đúng như trong mẫu (chiso template), hoặc khai thêm trong catalog/metrics của nguồn",
            "Write the metric as in the template (chiso template), or declare it in the source's catalog/metrics YAML",
        ),
    ),
    "unit_missing": (
        Words("Thiếu đơn vị tính", "The unit is missing"),
        Words("Điền đơn vị tính của chỉ tiêu", "Fill in the metric's unit"),
    ),
    "qualifier_unknown": (
        Words("Chưa khai báo mức độ chắc chắn “{text}”", "The qualifier {text!r} is not declared"),
        Words("Sửa ô, hoặc khai trong `qualifiers` của nguồn", "Mend the cell, or declare it in `qualifiers`"),
    ),
    "figure_doubled": (
        Words("Một chỉ tiêu có hai số cho cùng kỳ: {text}", "One metric has two figures for the same period: {text}"),
        Words("Giữ lại đúng một dòng", "Keep the right row"),
    ),
    "no_figure": (
        Words("Bảng không có số liệu nào: {text}", "The sheet has no figure: {text}"),
        Words("Điền số liệu vào cột giá trị rồi nộp lại", "Fill in the value column and hand the sheet in again"),
    ),
    "sheet_not_found": (
        Words("Không thấy bảng có các cột: {text}", "No table of the file has the columns {text}"),
        Words("Dùng đúng mẫu của nguồn (chiso template)", "Use the source's template (chiso template)"),
    ),
    "sheet_doubled": (
        Words("Tệp có nhiều bảng cùng mẫu: {text}", "Several tables of the file have the layout: {text}"),
        Words("Giữ lại một bảng, hoặc nộp mỗi bảng một tệp", "Keep one table, or hand in one file for each"),
    ),
    "sheet_header_missing": (
        Words("Thiếu cột “{text}”", "The column {text!r} is missing"),
        Words("Dùng đúng mẫu của nguồn (chiso template)", "Use the source's template (chiso template)"),
    ),
    "sheet_header_unknown": (
        Words("Mẫu của nguồn này không có cột ấy", "The source's layout has no such column"),
        Words(
            "Bỏ cột, hoặc khai trong `ignored` của nguồn kèm lý do",
            "Take the column out, or declare it in the source's `ignored` with the reason",
        ),
    ),
    "period_unreadable": (
        Words("Không đọc được kỳ “{text}”", "{text!r} cannot be read as a period"),
        Words(
            "Viết kỳ như 2025, 2025-06, 2025-Q2, 2025-H1, 2025-10M hoặc 2021/2023",
            "Write it as 2025, 2025-06, 2025-Q2, 2025-H1, 2025-10M or 2021/2023",
        ),
    ),
    "row_unclaimed": (
        Words("Dòng không thuộc kỳ nào trong danh mục", "No edition of the catalog claims this row"),
        Words("Thêm YAML cho kỳ này, hoặc sửa `where`", "Add the edition's YAML, or mend its `where`"),
    ),
    "file_held": (
        Words("Tệp đang bị giữ lại, chưa nạp: {why}", "The file is held back and not loaded: {why}"),
        Words(
            "Đọc report.md trong quarantine/{text}, sửa rồi chạy lại, hoặc: chiso accept {text} --why …",
            "Read report.md in quarantine/{text}, mend it and run again, or: chiso accept {text} --why …",
        ),
    ),
    "withheld": (
        Words(
            "Số liệu bị giữ lại vì lỗi nghiêm trọng: {why}. Phiên bản này chưa từng có số liệu được chấp nhận",
            "The figures are withheld for a critical fault: {why}. None of this vintage were accepted before",
        ),
        _MEND_AND_RUN,
    ),
    "withheld_last_good_kept": (
        Words(
            "Số liệu mới bị giữ lại vì lỗi nghiêm trọng: {why}. Vẫn công bố số liệu được chấp nhận lần trước",
            "The new figures are withheld for a critical fault: {why}. Those accepted last stay published",
        ),
        _MEND_AND_RUN,
    ),
}


@dataclass(frozen=True)
class Fault:
    """One place in one file that stops its edition. `row` counts lines of the file from 1, the header included.

    `text` is what the file says there; `why` is for a reason that has words of its own in both languages.
    """

    code: str
    file: str
    row: int | None = None
    column: str | None = None
    text: str = ""
    why: Words | None = None

    def message(self) -> Words:
        return self._words(0)

    def remedy(self) -> Words:
        return self._words(1)

    def _words(self, part: int) -> Words:
        template = _CATALOGUE[self.code][part]
        why = self.why or Words("", "")
        return Words(template.vi.format(text=self.text, why=why.vi), template.en.format(text=self.text, why=why.en))

    def place(self) -> str:
        """File, row and column, as far as they are known."""
        where = self.file
        if self.row is not None:
            where += f", row {self.row}"
        if self.column is not None:
            where += f", column {self.column!r}"
        return where

    def __str__(self) -> str:
        return f"{self.place()}: {self.message().en}. {self.remedy().en}."


class EditionFault(Exception):
    """The faults that stop one edition or metric source; the others go on."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults
