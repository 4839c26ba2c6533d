"""Why a delivered file was refused, in words that show nothing of a record: file, row and column are enough to look."""

import re
from dataclasses import dataclass
from datetime import date

from ingest.faults import Words

_AGAIN = Words("rồi gửi lại tệp", "and deliver the file again")
_NOTHING = Words("", "")
# code -> (what is wrong, what to do); the braces are filled from the refusal
_CATALOGUE: dict[str, tuple[Words, Words]] = {
    "file_name": (
        Words(
            "Tên hoặc vị trí tệp không đúng quy ước; tên không nêu ở đây, sau # là phần đầu mã SHA-256 của tên",
            "The file's name or place is not as agreed; the name is not told, after # its SHA-256 begins",
        ),
        Words(
            "Đặt tệp vào <nơi gửi>/<YYYY-MM-DD>[_ghi chú].csv, .jsonl hoặc .parquet; ghi chú tối đa 20 ký tự:"
            " chữ cái không dấu, chữ số (không quá 5 chữ số liền nhau), - và _",
            "Put it at <sender>/<YYYY-MM-DD>[_remark].csv, .jsonl or .parquet; a remark has at most 20 characters:"
            " letters without marks, digits (no more than 5 in a row), - and _",
        ),
    ),
    "file_day": (
        Words("Ngày trong tên tệp chưa đến", "The day in the file's name has not come yet"),
        Words(
            "Đặt lại tên theo ngày xuất dữ liệu; nếu ngày đúng, tệp được nạp khi đến ngày đó",
            "Name it after the day of its export; if the day is right, the file is loaded when it comes",
        ),
    ),
    "file_closed": (
        Words("Không có quyền đọc tệp", "The file may not be read"),
        Words("Cấp quyền đọc cho tài khoản chạy Chiso", "Let the account that runs Chiso read it"),
    ),
    "incomplete": (
        Words("Tệp chưa đầy đủ: phần cuối còn thiếu", "The file is not complete: its end is missing"),
        Words(
            "Chờ chép xong; nếu tệp đã chép xong, xuất lại tệp (CSV, JSON lines kết thúc bằng ký tự xuống dòng)",
            "Wait until it is copied; if it has been, export it again (CSV and JSON lines end with a line break)",
        ),
    ),
    "encoding": (
        Words("Tệp không ở mã UTF-8", "The file is not in UTF-8"),
        Words(f"Xuất ở mã UTF-8 {_AGAIN.vi}", f"Export in UTF-8 {_AGAIN.en}"),
    ),
    "header_missing": (
        Words("Dòng đầu không phải là tên cột", "The first line holds no names of columns"),
        Words(f"Thêm dòng tên cột như đã khai báo {_AGAIN.vi}", f"Add the declared names of columns {_AGAIN.en}"),
    ),
    "column_unknown": (
        Words("Cột {column} không có trong khai báo", "The column {column} is not declared"),
        Words(
            f"Bỏ cột này {_AGAIN.vi}; nếu là tên khác của một cột đã khai báo, thêm vào `headers` trong columns.yaml",
            f"Leave it out {_AGAIN.en}; if it is another name of a declared one, add it to `headers` in columns.yaml",
        ),
    ),
    "column_missing": (
        Words("Thiếu cột {column}{others}", "The column {column} is missing{others}"),
        Words(f"Thêm cột này {_AGAIN.vi}", f"Add it {_AGAIN.en}"),
    ),
    "column_twice": (
        Words("Cột {column} có hai lần", "The column {column} stands there twice"),
        Words(f"Chỉ giữ một cột {_AGAIN.vi}", f"Keep one of them {_AGAIN.en}"),
    ),
    "column_type": (
        Words("Cột {column} có kiểu dữ liệu không dùng được", "The column {column} is of a type that cannot be used"),
        Words(
            f"Xuất dạng chữ, hoặc kiểu khai báo (thời điểm phải có múi giờ) {_AGAIN.vi}",
            f"Export it as text, or of the declared type (moments with their zone) {_AGAIN.en}",
        ),
    ),
    "row_unreadable": (
        Words(
            "Dòng không đọc được: thiếu hoặc thừa trường, sai dấu nháy, hoặc không phải UTF-8{others}",
            "The row cannot be read: too few or too many fields, a stray quote, or no UTF-8{others}",
        ),
        Words(f"Sửa dòng đã nêu {_AGAIN.vi}", f"Mend the row {_AGAIN.en}"),
    ),
    "file_unreadable": (
        Words(
            "Tệp hỏng, hoặc ký tự xuống dòng không thống nhất: không đọc được hết",
            "The file is damaged, or its lines end in different ways: it cannot be read to its end",
        ),
        Words("Xuất và gửi lại tệp", "Export and deliver it again"),
    ),
    "value_missing": (
        Words("Thiếu giá trị: phải là {expected}{others}", "The value is missing: it must be {expected}{others}"),
        Words(f"Điền giá trị {_AGAIN.vi}", f"Fill it in {_AGAIN.en}"),
    ),
    "value_unreadable": (
        Words("Giá trị phải là {expected}{others}", "The value must be {expected}{others}"),
        Words(f"Sửa giá trị {_AGAIN.vi}", f"Mend it {_AGAIN.en}"),
    ),
}
# a file whose names of columns were forgotten has somebody's name or number there
_NAME = re.compile(r"(?!.*\d{3})[a-z0-9_]{1,40}", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Place:
    """A file of the feed: who sent it, its path in the feed, and as far as they are known its day and hash."""

    sender: str
    file: str
    delivered_date: date | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class Refusal:
    """One reason why a file was refused. `row` counts from 1, the line of column names included.

    `others` is in how many further rows the same is wrong.
    """

    place: Place
    code: str
    row: int | None = None
    column: str | None = None
    expected: Words = _NOTHING
    others: int = 0

    def message(self) -> Words:
        return self._words(0)

    def remedy(self) -> Words:
        return self._words(1)

    def _words(self, part: int) -> Words:
        vi, en = _CATALOGUE[self.code][part]
        also_vi = f" (và {self.others} dòng khác)" if self.others else ""
        also_en = f" (and in {self.others} more rows)" if self.others else ""
        return Words(
            vi.format(column=self.column, expected=self.expected.vi, others=also_vi),
            en.format(column=self.column, expected=self.expected.en, others=also_en),
        )

    def __str__(self) -> str:
        row = f", row {self.row}" if self.row is not None else ""
        column = f", column {self.column}" if self.column is not None else ""
        return f"{self.place.file}{row}{column}: {self.message().en}. {self.remedy().en}."


def shown(name: str, place: int) -> str:
    """A column's name as it may be told; its place, from 1, for what could be somebody's."""
    return name if _NAME.fullmatch(name) else f"no. {place}"
