"""Findings made by hand, worded as the rules word them; every figure and name is made up. Keywords replace columns."""

from dataclasses import fields
from datetime import date
from typing import Any

from quality.findings import Check, Finding

AS_OF = date(2026, 11, 25)
EDITION = "ALPHA 2002 (63 tỉnh, thành)"
PLACE = "Đông Sơn (đến 30/06/2025)"
PAGE = "validations/index_change.html"
RULES = (
    "score_fell",
    "score_fell_within_noise",
    "rank_fell",
    "component_fell",
    "component_drags",
    "publication_late",
    "total_equals_components",
    "sources_agree",
)


def fall(finding_id: str, **columns: Any) -> Finding:
    """The total of the home province's predecessor fell in ALPHA 2002."""
    values: dict[str, Any] = dict.fromkeys(field.name for field in fields(Finding)) | {
        "rule_code": "score_fell",
        "kind": "regression",
        "severity": "warn",
        "title_vi": "Tổng điểm giảm vượt mức nhiễu",
        "title_en": "Total score fell beyond noise",
        "index_code": "ALPHA",
        "index_name_vi": "Chỉ số An-pha",
        "edition_year": 2002,
        "basis": "63",
        "vintage": 1,
        "territory_code": "1",
        "territory_name_vi": "Đông Sơn",
        "territory_label_vi": PLACE,
        "component_code": "total",
        "component_name_vi": "Tổng điểm",
        "measure": "score",
        "subject_vi": f"{EDITION} · {PLACE} · Tổng điểm",
        "expected": "không kém kỳ 2001 (65,25)",
        "observed": "64,10",
        "previous_edition_year": 2001,
        "before_vi": "65,25",
        "after_vi": "64,10",
        "change": -1.15,
        "change_vi": "giảm 1,15 điểm",
        "magnitude": 1.15,
        "rank": 25,
        "is_rank_computed": False,
        "ranked_among": 63,
        "certainty_vi": "Bằng 2,4 lần độ nhiễu.",
        "is_latest_edition": True,
        "is_withheld": False,
        "lead_agency_code": "so_noi_vu",
        "lead_agency_vi": "Sở Nội vụ",
        "legal_basis": "Kế hoạch thử nghiệm, Phụ lục I",
        "message_vi": f"{EDITION}: Tổng điểm của {PLACE} giảm 1,15 điểm so với kỳ 2001 (65,25 → 64,10).",
        "message_en": "ALPHA 2002 (63 provinces): the total fell.",
        "remedy_vi": "Làm rõ nguyên nhân.",
        "source_url": "https://example.org/alpha-2002",
        "evidence": "[]",
        "as_of": AS_OF,
    }
    return Finding(**(values | {"finding_id": finding_id} | columns))


def rank_fall(finding_id: str, **columns: Any) -> Finding:
    return fall(
        finding_id,
        **{
            "rule_code": "rank_fell",
            "measure": "rank",
            "before_vi": "16",
            "after_vi": "25",
            "change": 9.0,
            "change_vi": "tụt 9 bậc",
            "magnitude": 9.0,
            "certainty_vi": "Chưa đủ số liệu của các đơn vị khác.",
            "message_vi": f"{EDITION}: {PLACE} tụt 9 bậc.",
            "remedy_vi": "So sánh với các đơn vị vừa vượt lên.",
        }
        | columns,
    )


def noise(finding_id: str, **columns: Any) -> Finding:
    """The total fell by what noise explains."""
    return fall(
        finding_id,
        **{
            "rule_code": "score_fell_within_noise",
            "severity": "info",
            "title_vi": "Tổng điểm giảm trong mức nhiễu",
            "remedy_vi": "Theo dõi kỳ sau.",
        }
        | columns,
    )


def part(finding_id: str, **columns: Any) -> Finding:
    """A component fell, which is information."""
    name = columns.get("component_name_vi", "Tiếp cận đất đai")
    return fall(
        finding_id,
        **{
            "rule_code": "component_fell",
            "severity": "info",
            "title_vi": "Thành phần giảm điểm",
            "component_code": "land",
            "component_name_vi": name,
            "subject_vi": f"{EDITION} · {PLACE} · {name}",
            "before_vi": "7,12",
            "after_vi": "6,50",
            "change": -0.62,
            "change_vi": "giảm 0,62 điểm",
            "magnitude": 0.62,
            "contribution": -0.31,
            "rank": None,
            "message_vi": f"{EDITION}: {name} giảm 0,62 điểm.",
            "remedy_vi": "Xem cùng tổng điểm.",
        }
        | columns,
    )


def late(finding_id: str, **columns: Any) -> Finding:
    """A publication is late: no territory, no figures."""
    return fall(
        finding_id,
        **{
            "rule_code": "publication_late",
            "title_vi": "Kỳ công bố bị muộn",
            "edition_year": 2003,
            "basis": None,
            "territory_code": None,
            "territory_label_vi": None,
            "component_code": None,
            "subject_vi": "ALPHA 2003",
            "expected": "có trước 30/06/2004",
            "observed": "chưa có sau 12 ngày",
            "magnitude": 12.0,
            "remedy_vi": "Hỏi nơi công bố.",
        }
        | columns,
    )


def fault(finding_id: str, **columns: Any) -> Finding:
    """A total that contradicts its parts, of another province than ours."""
    return fall(
        finding_id,
        **{
            "rule_code": "total_equals_components",
            "kind": "data_fault",
            "title_vi": "Tổng điểm không khớp các thành phần",
            "territory_code": "2",
            "territory_label_vi": "Tây Hồ",
            "subject_vi": f"{EDITION} · Tây Hồ · Tổng điểm",
            "expected": "61,35 (tính từ 10 thành phần)",
            "observed": "61,29 (lệch 0,06)",
            "magnitude": 0.06,
            "remedy_vi": "Đối chiếu bản gốc.",
        }
        | columns,
    )


def check(rule_code: str, **columns: Any) -> Check:
    """A rule that judged a thousand subjects."""
    values: dict[str, Any] = dict.fromkeys(field.name for field in fields(Check)) | {
        "rule_code": rule_code,
        "kind": "regression",
        "title_vi": f"Quy tắc {rule_code}",
        "outcome": "failed",
        "evaluated": 1000,
        "unexpected": 1,
        "data_docs_page": PAGE,
        "as_of": AS_OF,
    }
    return Check(**(values | columns))


def all_checks(**changes: Any) -> list[Check]:
    """Every rule of these findings; `changes` gives other columns to the one that a keyword names."""
    return [check(code, **changes.get(code, {})) for code in RULES]
