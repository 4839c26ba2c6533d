"""A small good warehouse, and findings made by hand: nothing here needs Great Expectations."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from quality.findings import Check, Finding

ROOT = Path(__file__).parents[3]
AS_OF = date(2026, 11, 22)


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """Path of a writable working warehouse without findings; territory 1-2025 is the home province."""
    path = tmp_path / "chiso.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute((ROOT / "tests/fixtures/quality/good_warehouse.sql").read_text(encoding="utf-8"))
    return path


@pytest.fixture
def finding() -> Callable[..., Finding]:
    """Make a regression of the home province's predecessor; keyword arguments replace columns."""

    def make(finding_id: str, **columns: Any) -> Finding:
        values: dict[str, Any] = {
            "rule_code": "score_fell",
            "kind": "regression",
            "severity": "warn",
            "title_vi": "Tổng điểm giảm",
            "title_en": "Total score fell",
            "index_code": "ALPHA",
            "index_name_vi": "Chỉ số An-pha",
            "edition_year": 2002,
            "basis": "63",
            "vintage": 1,
            "territory_code": "1",
            "territory_name_vi": "Đông Sơn",
            "territory_label_vi": "Đông Sơn (đến 30/06/2025)",
            "component_code": "total",
            "component_name_vi": "Tổng điểm",
            "measure": "score",
            "subject_vi": "ALPHA 2002 (63 tỉnh, thành) · Đông Sơn (đến 30/06/2025) · Tổng điểm",
            "expected": "không kém kỳ 2001 (65,25)",
            "observed": "64,10",
            "previous_edition_year": 2001,
            "value_before": 65.25,
            "value_after": 64.1,
            "change": -1.15,
            "before_vi": "65,25",
            "after_vi": "64,10",
            "change_vi": "giảm 1,15 điểm",
            "magnitude": 1.15,
            "noise": 0.5,
            "noise_source": "spread_of_changes",
            "z": -2.4,
            "contribution": None,
            "rank": None,
            "is_rank_computed": None,
            "ranked_among": None,
            "rank_interval_low": None,
            "rank_interval_high": None,
            "certainty_vi": "Bằng 2,4 lần độ nhiễu.",
            "certainty_en": "2.4 times the noise.",
            "is_latest_edition": True,
            "is_withheld": False,
            "lead_agency_code": "finance",
            "lead_agency_vi": "Sở Tài chính",
            "legal_basis": "Kế hoạch mới, Phụ lục I",
            "message_vi": "ALPHA 2002: giảm",
            "message_en": "ALPHA 2002: fell",
            "remedy_vi": "Làm rõ nguyên nhân.",
            "remedy_en": "Say why.",
            "source_url": "https://example.org/alpha-2002",
            "previous_source_url": None,
            "source_locator": "alpha_2002.csv#R2C3",
            "evidence": "[]",
            "as_of": AS_OF,
        }
        return Finding(finding_id=finding_id, **(values | columns))

    return make


@pytest.fixture
def fault(finding: Callable[..., Finding]) -> Callable[..., Finding]:
    """Make a data fault; keyword arguments replace columns."""

    def make(finding_id: str, **columns: Any) -> Finding:
        values: dict[str, Any] = {
            "rule_code": "total_equals_components",
            "kind": "data_fault",
            "title_vi": "Tổng điểm không khớp các thành phần",
            "territory_code": "2",
            "territory_label_vi": "Tây Hồ",
            "subject_vi": "ALPHA 2002 (63 tỉnh, thành) · Tây Hồ · Tổng điểm",
            "expected": "61,35 (tính từ 10 thành phần)",
            "observed": "61,29 (lệch 0,06)",
            "remedy_vi": "Đối chiếu bản gốc.",
        }
        return finding(finding_id, **(values | columns))

    return make


@pytest.fixture
def check() -> Callable[..., Check]:
    """Make a check that passed on a hundred subjects; keyword arguments replace columns."""

    def make(rule_code: str, **columns: Any) -> Check:
        values: dict[str, Any] = {
            "kind": "data_fault",
            "title_vi": "Tổng điểm khớp các thành phần",
            "title_en": "Totals equal their components",
            "suite": "total_identity",
            "table_name": "evidence.evd_total_identity",
            "outcome": "passed",
            "evaluated": 1200,
            "unexpected": 0,
            "error_text": None,
            "data_docs_page": None,
            "as_of": AS_OF,
        }
        return Check(rule_code=rule_code, **(values | columns))

    return make
