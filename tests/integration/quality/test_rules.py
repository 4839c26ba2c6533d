"""Every rule is silent on good rows and fires on a row that is known to be bad."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from quality.findings import Finding
from quality.gx_runner import GxRunner
from quality.rules import Rule
from quality.run import judge
from quality.suites import RULES, SUITES

AS_OF = date(2026, 11, 22)

# rule -> the bad row (or the change) that it must catch, and a piece of the Vietnamese message that shows the figures
BAD_ROWS: dict[str, tuple[str, str]] = {
    "edition_loaded": (
        "insert into evidence.evd_ingest_fault values"
        " ('f1', 'ALPHA', 2003, '63', 1, 'unreadable_number', 'alpha_2003.csv', 7, 'Điểm', '6l,2',"
        " 'không đọc được số ở dòng 7', 'unreadable number in row 7', 'Sửa ô này.', 'Mend this cell.')",
        "ALPHA 2003 (63 tỉnh, thành): không đọc được số ở dòng 7",
    ),
    "row_count_as_recorded": (
        "insert into evidence.evd_row_count values ('ALPHA', 2001, '63', 1, 63, 62)",
        "nạp 62 dòng, danh mục ghi 63 dòng",
    ),
    "territory_set_complete": (
        "insert into evidence.evd_territory_coverage values ('ALPHA', 2001, '63', 1, '2', 'Tây Hồ', false, 2, 1)",
        "thiếu Tây Hồ (bảng có 1 trên 2 tỉnh, thành)",
    ),
    "key_unique": (
        "insert into evidence.evd_key values ('ALPHA', 2002, '63', '2', 'total', 'score', 1, 'alpha_2002.csv#R9C3')",
        "cùng một ô (score) xuất hiện 2 lần",
    ),
    "score_in_scale": (
        "insert into evidence.evd_score_range values"
        " ('ALPHA', 2002, '63', 1, '1', 'Đông Sơn', 'land', 10.01, 1, 10, 'alpha_2002.csv#R4C5', null)",
        "Tiếp cận đất đai của Đông Sơn (đến 30/06/2025) là 10,01, ngoài thang 1 đến 10",
    ),
    "total_equals_components": (
        "insert into evidence.evd_total_identity values ('ALPHA', 2002, '63', 1, '2', 'Tây Hồ', 'total',"
        " 61.29, 61.35, -0.06, 0.06, 0.055, 10, 'alpha_2002.csv#R3C3', null)",
        "công bố là 61,29, nhưng 10 thành phần cho ra 61,35: lệch 0,06, làm tròn chỉ giải thích được 0,055",
    ),
    "rank_order_consistent": (
        "insert into evidence.evd_rank_order values ('ALPHA', 2002, '63', 1, '2', 'Tây Hồ', 'total', 6, 88.76, 1, 5,"
        " '1', 'Đông Sơn', 5, 88.09, false, 'alpha_2002.csv#R3C4', null)",
        "Tây Hồ ở hạng 6 với 88,76 điểm, còn Đông Sơn (đến 30/06/2025) ở hạng 5 với 88,09 điểm",
    ),
    "list_position_consistent": (
        "insert into evidence.evd_list_position values ('ALPHA', 2002, '63', 1, '2', 'Tây Hồ', 'total', 6, 88.76, 1, 5,"
        " '1', 'Đông Sơn', 5, 88.09, false, 'alpha_2002.csv#R3C4', null)",
        "Tây Hồ ở vị trí 6 với 88,76 điểm",
    ),
    "no_unit_shift": (
        "insert into evidence.evd_unit_shift values ('ALPHA', 2003, '63', 1, 'land', 0.65, 2002, 6.5, 0.1)",
        "trung vị của Tiếp cận đất đai là 0,65, kỳ 2002 là 6,5",
    ),
    "sources_agree": (
        "insert into evidence.evd_cross_source values ('ALPHA', 2002, '63', 1, '1', 'Đông Sơn', 'total', 'score',"
        " 'alpha_score', 65.25, 62.25, 3.0, 0.01,"
        " 'https://example.org/a', 'https://example.org/b', null, 'metrics.csv#R8C4')",
        "là 65,25 trong bảng kết quả nhưng 62,25 trong nguồn khác (lệch 3,00)",
    ),
    "score_fell": (
        "update reporting.rpt_index_change set value_after = 59.60, change = -0.90, change_in_good_direction = -0.90"
        " where index_code = 'ALPHA' and component_code = 'total' and measure = 'score' and is_home",
        "Tổng điểm của Đông Sơn (đến 30/06/2025) giảm 0,90 điểm so với kỳ 2001 (60,50 → 59,60)",
    ),
    "rank_fell": (
        "update reporting.rpt_index_change"
        " set value_after = 5, change = 3, change_in_good_direction = -3, ranked_among = 63 where measure = 'rank'",
        "Tổng điểm của Đông Sơn (đến 30/06/2025) tụt 3 bậc so với kỳ 2001 (hạng 2 → 5 trên 63)",
    ),
    "component_fell": (
        "update reporting.rpt_index_change set value_after = 5.98, change = -0.02, change_in_good_direction = -0.02"
        " where component_code = 'land'",
        "Tiếp cận đất đai của Đông Sơn (đến 30/06/2025) giảm 0,02 điểm",
    ),
}


def _findings(warehouse: Path, docs: Path, rule_code: str) -> tuple[dict[str, str], list[Finding]]:
    suite = next(s for s in SUITES if any(r.rule_code == rule_code for r in s.rules))
    with duckdb.connect(str(warehouse), read_only=True) as con:
        checks, findings = judge(con, GxRunner(docs, AS_OF), [suite], AS_OF, "1-2025")
    return {c.rule_code: c.outcome for c in checks}, findings


def test_all_rules_are_silent_on_good_rows(warehouse: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as con:
        checks, findings = judge(con, GxRunner(tmp_path / "docs", AS_OF), SUITES, AS_OF, "1-2025")
    assert [(c.rule_code, c.outcome, c.error_text) for c in checks] == [(r.rule_code, "passed", None) for r in RULES]
    assert all(check.evaluated > 0 for check in checks)
    assert findings == []


def test_every_rule_has_a_bad_row() -> None:
    assert set(BAD_ROWS) == {rule.rule_code for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule_code)
def test_rule_fires_on_its_bad_row_and_on_no_other(rule: Rule, warehouse: Path, tmp_path: Path) -> None:
    statement, text = BAD_ROWS[rule.rule_code]
    with duckdb.connect(str(warehouse)) as con:
        con.execute(statement)
    outcomes, findings = _findings(warehouse, tmp_path / "docs", rule.rule_code)
    siblings = {r.rule_code for s in SUITES if rule in s.rules for r in s.rules} - {rule.rule_code}
    assert outcomes[rule.rule_code] == "failed"
    assert {outcomes[sibling] for sibling in siblings} <= {"passed"}
    assert [f.rule_code for f in findings] == [rule.rule_code]
    assert text in findings[0].message_vi
    assert findings[0].kind == rule.kind
    assert findings[0].message_en
    assert findings[0].remedy_vi
    assert findings[0].evidence


def test_copies_of_a_key_are_one_finding_with_all_copies_as_evidence(warehouse: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(warehouse)) as con:
        con.execute(BAD_ROWS["key_unique"][0])
    (finding,) = _findings(warehouse, tmp_path / "docs", "key_unique")[1]
    assert "alpha_2002.csv#R3C3" in finding.evidence
    assert "alpha_2002.csv#R9C3" in finding.evidence


def test_a_fault_of_ingest_brings_its_own_remedy(warehouse: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(warehouse)) as con:
        con.execute(BAD_ROWS["edition_loaded"][0])
    (finding,) = _findings(warehouse, tmp_path / "docs", "edition_loaded")[1]
    assert (finding.remedy_vi, finding.severity) == ("Sửa ô này.", "critical")
    assert finding.subject_vi == "ALPHA 2003 (63 tỉnh, thành) · alpha_2003.csv dòng 7 cột “Điểm”"


def test_finding_carries_agency_of_the_date_and_source_of_the_edition(warehouse: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(warehouse)) as con:
        con.execute(BAD_ROWS["score_fell"][0])
    (finding,) = _findings(warehouse, tmp_path / "docs", "score_fell")[1]
    assert (finding.lead_agency_code, finding.lead_agency_vi) == ("finance", "Sở Tài chính")
    assert finding.legal_basis == "Kế hoạch mới, Phụ lục I"
    assert finding.source_url == "https://example.org/alpha-2002"
    assert finding.source_locator == "alpha_2002.csv#R2C3"
    assert (finding.value_before, finding.value_after, finding.change) == (60.5, 59.6, -0.9)
    assert finding.is_latest_edition


def test_threshold_and_severity_of_one_index_override_the_default(warehouse: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(warehouse)) as con:
        con.execute(BAD_ROWS["score_fell"][0])
        con.execute(
            "insert into seeds.rule (rule_code, index_code, severity, threshold)"
            " values ('score_fell', 'ALPHA', 'critical', 0.5)"
        )
    (finding,) = _findings(warehouse, tmp_path / "docs", "score_fell")[1]
    assert (finding.severity, finding.title_vi) == ("critical", "Tổng điểm giảm")
    with duckdb.connect(str(warehouse)) as con:
        con.execute("update seeds.rule set threshold = 1.0 where rule_code = 'score_fell' and index_code = 'ALPHA'")
    outcomes, findings = _findings(warehouse, tmp_path / "docs", "score_fell")
    assert (outcomes["score_fell"], findings) == ("passed", [])


def test_a_change_of_sign_is_a_unit_shift(warehouse: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(warehouse)) as con:
        con.execute("insert into evidence.evd_unit_shift values ('ALPHA', 2003, '63', 1, 'land', -6.5, 2002, 6.5, -1)")
    (finding,) = _findings(warehouse, tmp_path / "docs", "no_unit_shift")[1]
    assert '"factor": "inf"' in finding.evidence


def test_a_fault_that_names_no_index_is_still_a_finding(warehouse: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(warehouse)) as con:
        con.execute(
            "insert into evidence.evd_ingest_fault (fault_id, fault_code, source_file, message_vi, message_en)"
            " values ('f', 'unreadable_catalog', 'x.yaml', 'không đọc được danh mục', 'catalog cannot be read')"
        )
    (finding,) = _findings(warehouse, tmp_path / "docs", "edition_loaded")[1]
    assert (finding.index_code, finding.message_vi) == (None, "không rõ chỉ số: không đọc được danh mục")
