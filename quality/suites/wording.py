"""Phrases that rules, alerts and reports share. A row here is already completed with names (see `quality.context`)."""

from quality.numbers_vi import number_vi
from quality.rules import Row

# most serious first
SEVERITY_VI = {"critical": "nghiêm trọng", "warn": "cần xem", "info": "để biết"}
SOURCE_KIND_VI = {
    "official": "nơi công bố",
    "mirror": "bản chép lại",
    "repository": "kho dữ liệu mở",
    "news": "báo chí",
    "press": "báo chí",
    "press (machine translation)": "báo chí (dịch máy)",
    "provincial portal": "cổng của tỉnh",
    "ministry portal": "cổng của bộ",
    "compiled": "tổng hợp",
    "plan": "kế hoạch",
}


def index_label(index_code: str) -> str:
    """The code as people write it: 'PAR INDEX', not 'PAR_INDEX'."""
    return index_code.replace("_", " ")


def edition_vi(row: Row) -> str:
    """'DTI 2024 (34 tỉnh, thành)'; the basis is left out for the country and the year when it is not known."""
    return _edition(row, "tỉnh, thành", "không rõ chỉ số")


def edition_en(row: Row) -> str:
    return _edition(row, "provinces", "unknown index")


def _edition(row: Row, units: str, unknown: str) -> str:
    year = f" {row['edition_year']}" if row.get("edition_year") is not None else ""
    basis = row.get("basis") or ""
    return index_label(row.get("index_code") or unknown) + year + (f" ({basis} {units})" if basis.isdigit() else "")


def component_vi(row: Row) -> str:
    return str(row.get("component_name_vi") or row.get("component_code") or "")


def component_en(row: Row) -> str:
    return str(row.get("component_name_en") or row.get("component_code") or "")


def place_vi(row: Row) -> str:
    return str(row.get("territory_label_vi") or row.get("territory_code") or "")


def place_en(row: Row) -> str:
    return str(row.get("territory_label_en") or row.get("territory_code") or "")


def subject_vi(row: Row) -> str:
    """'PCI 2021 (63 tỉnh, thành) · Lào Cai · Tiếp cận đất đai': what the finding is about, most general first."""
    return " · ".join(part for part in (edition_vi(row), place_vi(row), component_vi(row)) if part)


def among_vi(row: Row) -> str:
    """' trên 63': among how many a rank is, where it is known."""
    return f" trên {number_vi(row['ranked_among'])}" if row.get("ranked_among") is not None else ""


def among_en(row: Row) -> str:
    return f" of {row['ranked_among']:g}" if row.get("ranked_among") is not None else ""
