"""Figures and names in both languages, for the parts of the pages that are written here and not by the scripts.

Numbers follow the language: 71.664 and 6,05 in Vietnamese, 71,664 and 6.05 in English.
"""

from typing import Any, NamedTuple

from quality.numbers_vi import MOST_DECIMALS_IN_PROSE, date_vi, decimals_of, number_vi
from quality.report.published import Row

_MINUS = "\u2212"
_TO_ENGLISH = str.maketrans(",.", ".,")


class Said(NamedTuple):
    """One thing in Vietnamese and in English."""

    vi: str
    en: str


def figure(value: float | None, printed_decimals: int | None) -> Said | None:
    """A figure with its printed decimals, at most four; without them as many as it needs. None stays None."""
    if value is None:
        return None
    if printed_decimals is None:
        text = number_vi(value, min(decimals_of(value), MOST_DECIMALS_IN_PROSE))
        vi = text.rstrip("0").rstrip(",") if "," in text else text
    else:
        vi = number_vi(value, min(printed_decimals, MOST_DECIMALS_IN_PROSE))
    return Said(vi, vi.translate(_TO_ENGLISH))


def change(difference: float | None, printed_decimals: int | None) -> Said | None:
    """A difference with its sign, in points."""
    if difference is None:
        return None
    size = figure(abs(difference), printed_decimals)
    assert size is not None  # a difference was given
    sign = "+" if difference > 0 else _MINUS if difference < 0 else "±"
    return Said(f"{sign}{size.vi}", f"{sign}{size.en}")


def rank_change(difference: float | None) -> Said | None:
    """How many places a rank moved; a rank that grew in number fell."""
    if difference is None:
        return None
    places = int(abs(difference))
    if difference > 0:
        return Said(f"tụt {places} bậc", f"down {places}")
    if difference < 0:
        return Said(f"lên {places} bậc", f"up {places}")
    return Said("giữ hạng", "rank unchanged")


def unit_label(unit: Row) -> Said:
    """The unit's name, with the day until which it was, where a unit of today bears the same name."""
    if not unit["needs_date"]:
        return Said(unit["name_vi"], unit["name_en"])
    until = unit["valid_to"]
    return Said(f"{unit['name_vi']} (đến {date_vi(until)})", f"{unit['name_en']} (until {until:%-d %b %Y})")


# what the codes of the published file are called; the scripts read them too
WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "source_kind": {
        "official": ("nơi công bố", "official"),
        "mirror": ("bản chép lại", "mirror copy"),
        "repository": ("kho dữ liệu mở", "open repository"),
        "news": ("báo chí", "press"),
        "press": ("báo chí", "press"),
        "provincial portal": ("cổng của tỉnh", "provincial portal"),
        "ministry portal": ("cổng của bộ", "ministry portal"),
        "plan": ("kế hoạch", "plan"),
        "compiled": ("tổng hợp", "compiled"),
    },
    "coverage": {"complete": ("đầy đủ", "complete"), "partial": ("một phần", "partial")},
    "severity": {
        "critical": ("Nghiêm trọng", "Critical"),
        "warn": ("Cần xem", "Warning"),
        "info": ("Để biết", "For information"),
    },
    "finding_kind": {
        "data_fault": ("Lỗi dữ liệu", "Data fault"),
        "regression": ("Suy giảm", "Regression"),
        "reminder": ("Chậm, chưa đạt", "Late or missed"),
    },
    "calendar": {
        "held": ("đã có", "held"),
        "published_not_held": ("đã công bố, chưa có trong kho", "published, not held"),
        "overdue": ("quá hạn dự kiến", "overdue"),
        "expected": ("dự kiến", "expected"),
    },
    "load_status": {
        "loaded": ("đã nạp", "loaded"),
        "last_good_kept": ("dùng số chấp nhận lần trước", "figures accepted last"),
        "stopped": ("không đọc được", "unreadable"),
        "withheld": ("đang giữ lại", "withheld"),
        "excluded": ("không dùng theo cài đặt", "left out by setting"),
    },
    "qualifier": {
        "exact": ("", ""),
        "approx": ("khoảng", "about"),
        "average": ("bình quân", "average"),
        "doubtful": ("chưa chắc chắn", "doubtful"),
        "estimate": ("ước tính", "estimate"),
        "implied": ("suy ra", "implied"),
        "over": ("trên", "over"),
        "preliminary": ("sơ bộ", "preliminary"),
    },
    "target_status": {
        "met": ("đạt", "met"),
        "not_met": ("chưa đạt", "not met"),
        "no_data": ("chưa có số liệu", "no figure yet"),
    },
    "target_set": {
        "plan": ("Chỉ tiêu của Kế hoạch", "Targets of the plan"),
        "service_quality": ("Phụ lục II: chất lượng phục vụ", "Annex II: service quality"),
    },
    "unit": {"percent": ("%", "%"), "enterprises": ("doanh nghiệp", "enterprises"), "projects": ("dự án", "projects")},
    "recurrence": {"once": ("một lần", "once"), "monthly": ("hằng tháng", "monthly")},
    "level": {"provincial": ("Cấp tỉnh", "Provincial"), "national": ("Quốc gia", "National")},
}


def word(kind: str, code: Any) -> Said:
    """What a code is called; a code without a word stands for itself, nothing for nothing."""
    plain = "" if code is None else str(code)
    return Said(*WORDS[kind].get(plain, (plain, plain)))
