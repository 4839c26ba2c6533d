"""Vietnamese words for the codes of the published file, and for figures and their places.

Belongs here: phrases that several sections share. Does not belong here: choosing what is said.
"""

from collections.abc import Iterable
from datetime import date

from quality.numbers_vi import MOST_DECIMALS_IN_PROSE, date_vi, difference_vi, number_vi
from quality.report.model import Change, Number, Origin, Publication
from quality.suites.wording import SOURCE_KIND_VI

NO_FIGURE = "chưa có số liệu"
NO_LEAD = "chưa có phân công"
UNKNOWN_DAY = "chưa rõ ngày công bố"
KEPT = "số liệu chấp nhận lần trước"
LEVEL_VI = {"national": "quốc gia", "provincial": "cấp tỉnh"}
COVERAGE_VI = {"complete": "đầy đủ", "partial": "một phần"}
KIND_OF_UNIT_VI = {"province": "tỉnh", "city": "thành phố"}
CALENDAR_VI = {
    "published": "đã công bố trong kỳ",
    "not_held": "đã công bố trong kỳ, kho chưa có",
    "unknown_day": "đã công bố, chưa rõ ngày",
    "late": "muộn",
    "expected": "dự kiến",
}
_QUALIFIER_VI = {
    "exact": "",
    "over": "trên",
    "approx": "khoảng",
    "estimate": "ước tính",
    "preliminary": "sơ bộ",
    "average": "bình quân",
    "implied": "suy ra từ lời của nguồn",
    "doubtful": "nguồn chưa chắc chắn",
    "reported": "theo nguồn dẫn lại",
    "inferred edition": "năm của kỳ do suy luận",
    "backcast": "nơi công bố tính lại cho kỳ cũ",
}
_UNIT_VI = {"percent": "%", "enterprises": "doanh nghiệp", "projects": "dự án"}


def qualifier_vi(code: str | None) -> str:
    """How the figure is meant; empty when plain, the code itself when there is no word for it."""
    return _QUALIFIER_VI.get(code, code) if code else ""


def source_kind_vi(code: str | None) -> str:
    return SOURCE_KIND_VI.get(code or "", code or "")


def unit_vi(code: str | None) -> str:
    return _UNIT_VI.get(code or "", code or "")


def figure(number: Number) -> str:
    """A figure in Vietnamese format, with its printed decimals up to four."""
    if not number.is_grouped:
        return f"{number.value:.0f}"
    return number_vi(number.value, min(number.decimals, MOST_DECIMALS_IN_PROSE))


def change_vi(change: Change, what: str, previous_year: int | None, is_rank: bool) -> str:
    """'Điểm giảm 1,57 so với 90,60 (kỳ 2023)': a rank that grew in number fell."""
    difference = change.difference.value
    size = number_vi(abs(difference), 0) if is_rank else difference_vi(difference)
    before = f"{'hạng ' if is_rank else ''}{figure(change.before)}"
    computed = ", tự tính" if change.is_computed else ""
    if not difference:
        return f"{what} giữ nguyên so với {before} (kỳ {previous_year}{computed})"
    verb = ("tụt" if is_rank else "tăng") if difference > 0 else ("lên" if is_rank else "giảm")
    return f"{what} {verb} {size}{' bậc' if is_rank else ''} so với {before} (kỳ {previous_year}{computed})"


def published_words(on: date | None, by: date | None, precision: str | None) -> Publication:
    """Say what is known of the day of publication; `by` is the latest day it can have been."""
    if precision == "day" and on is not None:
        return Publication(on, on, True, date_vi(on))
    if by is None:
        return Publication(None, None, False, UNKNOWN_DAY)
    if precision == "month":
        return Publication(None, by, True, f"tháng {by:%m/%Y}", by.replace(day=1))
    if precision == "year":
        return Publication(None, by, True, f"năm {by:%Y}", by.replace(month=1, day=1))
    return Publication(None, by, False, f"{UNKNOWN_DAY} (chậm nhất {date_vi(by)})", date.min)


def listed(parts: Iterable[str | None], between: str = "; ") -> str:
    """Join what is said, each once."""
    return between.join(dict.fromkeys(part for part in parts if part))


def urls(origins: Iterable[Origin]) -> str:
    return listed((origin.url for origin in origins), " ; ")


def files(origins: Iterable[Origin]) -> str:
    return listed(origin.file for origin in origins)


def locators(origins: Iterable[Origin]) -> str:
    return listed(origin.locator for origin in origins)


def hashes(origins: Iterable[Origin]) -> str:
    return listed(origin.sha256 for origin in origins)
