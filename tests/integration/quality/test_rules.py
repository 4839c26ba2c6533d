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

FALL = "update reporting.rpt_index_change set is_worse = true, value_after ="
TOTAL = "index_code = 'ALPHA' and component_code = 'total' and measure = 'score' and is_home"

# rule -> the bad row (or the change) that it must catch, and a piece of the Vietnamese message that shows the figures
BAD_ROWS: dict[str, tuple[str, str]] = {
    "edition_loaded": (
        "insert into evidence.evd_ingest_fault values"
        " ('f1', 'ALPHA', 2003, '63', 1, 'unreadable_number', 'alpha_2003.csv', 7, 'Điểm', '6l,2',"
        " 'không đọc được số ở dòng 7', 'unreadable number in row 7', 'Sửa ô này.', 'Mend this cell.')",
        "ALPHA 2003 (63 tỉnh, thành): không đọc được số ở dòng 7",
    ),
    "file_held": (
        "insert into evidence.evd_ingest_fault values"
        " ('f2', 'ALPHA', null, null, null, 'file_held', 'alpha_2004.xlsx', null, null, 'alpha_2004_0a1b2c3d',"
        " 'Tệp đang bị giữ lại, chưa nạp: 2 đơn vị thiếu', 'The file is held back: 2 units', 'Đọc.', 'Read.')",
        "ALPHA, tệp alpha_2004.xlsx: Tệp đang bị giữ lại, chưa nạp: 2 đơn vị thiếu",
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
    "cells_complete": (
        "insert into evidence.evd_missing_cell values ('ALPHA', 2001, '63', 1, 'land', 'Tây Hồ', 63, 2)",
        "cột Tiếp cận đất đai thiếu 2 trên 63 ô dù tổng hoặc các thành phần liên quan đã công bố; trước hết là Tây Hồ",
    ),
    "rank_is_a_place": (
        "insert into evidence.evd_rank_place values"
        " ('ALPHA', 2002, '63', 1, '2', 'Tây Hồ', 'total', null, 64, 63, false, 'alpha_2002.csv#R3C4', null)",
        "Tây Hồ hạng 64, không phải là một hạng từ 1 đến 63",
    ),
    "unit_kept": (
        "insert into evidence.evd_unit_shift values ('ALPHA', 2003, '63', 1, 'land', 63, 0.65, 2002, 6.5, 0.1, true)",
        "trung vị của Tiếp cận đất đai là 0,65, kỳ 2002 là 6,5",
    ),
    "no_unit_shift": (
        "insert into evidence.evd_unit_shift values ('ALPHA', 2003, '63', 1, 'land', 63, 2.6, 2002, 6.5, 0.4, false)",
        "trung vị của Tiếp cận đất đai là 2,6, kỳ 2002 là 6,5",
    ),
    "columns_in_place": (
        "insert into evidence.evd_component_match values ('ALPHA', 2003, '63', 1, 'land', 'time', 'Chi phí thời gian',"
        " 'Time costs', 2002, 63, 0.12, 0.63, 2.1, 0.15, 1.4)",
        "cột Tiếp cận đất đai và cột Chi phí thời gian có thể đã đổi chỗ cho nhau. Tương quan với các kỳ trước: 0,12"
        " với cột cùng tên, 0,63 với cột kia; trung vị cách kỳ 2002 2,10 lần độ lệch chuẩn ở cột cùng tên, 0,15 lần ở",
    ),
    "territories_in_place": (
        "insert into evidence.evd_territory_match values"
        " ('ALPHA', 2003, '63', 1, '1', 'Đông Sơn', '2', 'Tây Hồ', 2002, 10, 1.9, 0.6, 12.3)",
        "dòng của Đông Sơn (đến 30/06/2025) và dòng của Tây Hồ có thể đã đổi chỗ cho nhau. Xét 10 thành phần, dòng này"
        " lệch 1,90 lần độ lệch chuẩn so với các kỳ trước của chính nó, 0,60 lần so với các kỳ trước của Tây Hồ",
    ),
    "rows_not_slipped": (
        "insert into evidence.evd_slipped_rows values ('ALPHA', 2003, '63', 1, 'Đông Sơn', 'Tây Hồ', 1, 20, 51.5)",
        "20 dòng liền nhau (Đông Sơn đến Tây Hồ) có thể lệch một dòng so với tên",
    ),
    "figure_in_line": (
        "insert into evidence.evd_out_of_line values ('ALPHA', 2002, '63', 1, '2', 'Tây Hồ', 'total', 'transposed',"
        " 'alpha_2002.csv#R3C3', null, 2001, 26.95, 62.4, 62.9, 1.2, 29.9583, 62.95)",
        "Tổng điểm của Tây Hồ là 26,95, cách mức dự kiến 62,90 (kỳ 2001 cộng thay đổi chung) 30,0 lần độ lệch thường"
        " gặp; có thể sai hai chữ số đổi chỗ: 62,95 thì hợp lý",
    ),
    "not_restated": (
        "insert into evidence.evd_restatement values"
        " ('ALPHA', 2002, '63', 2, 1, 4, 2, 1, 1, 'Tây Hồ', 'land', 'Tiếp cận đất đai', 6.5, 8.0)",
        "phiên bản 2 khác phiên bản 1: 2 ô sửa, 1 ô mất, 1 ô thêm; sửa nhiều nhất: Tây Hồ (Tiếp cận đất đai) 6,5 → 8",
    ),
    "not_a_repeat": (
        "insert into evidence.evd_repeat values"
        " ('ALPHA', 2003, '63', 1, 'land', 2002, 'land', 'Tiếp cận đất đai', 'Access to land', 63, 63, 0.2, 1.0),"
        " ('ALPHA', 2003, '63', 1, 'total', 2002, 'total', 'Tổng điểm', 'Total score', 62, 63, 0.0, 0.9841)",
        "2 trên 2 cột lặp lại bảng kỳ 2002 (cột Tiếp cận đất đai: 63 trên 63 ô giống hệt, ngẫu nhiên chỉ khoảng 0,2 ô)",
    ),
    "rows_not_copied": (
        "insert into evidence.evd_copied_row values"
        " ('ALPHA', 2003, '63', 1, '2', 'Tây Hồ', '1', 'Đông Sơn', 10, 11, 0.0, 0.9091)",
        "dòng của Tây Hồ và dòng của Đông Sơn (đến 30/06/2025) là một: 10 trên 11 ô giống hệt",
    ),
    "cells_not_copied": (
        "insert into evidence.evd_copied_run values"
        " ('ALPHA', 2003, '63', 1, 'land', 'Đông Sơn', 'Sông Cầu', 'Tây Hồ', 'Bến Nghé', 63, 4, 6.0)",
        "có 4 ô liền nhau (Đông Sơn đến Sông Cầu) đứng lại đúng thứ tự ở Tây Hồ đến Bến Nghé",
    ),
    "sources_agree": (
        "insert into evidence.evd_cross_source values ('ALPHA', 2002, '63', 1, '1', 'Đông Sơn', 'total', 'score',"
        " 'alpha_score', 65.25, 62.25, 3.0, 0.01,"
        " 'https://example.org/a', 'https://example.org/b', null, 'metrics.csv#R8C4')",
        "là 65,25 trong bảng kết quả nhưng 62,25 trong nguồn khác (lệch 3,00)",
    ),
    "score_fell": (
        f"{FALL} 59.40, change = -1.10, change_in_good_direction = -1.10, z = -2.4 where {TOTAL}",
        "Tổng điểm của Đông Sơn (đến 30/06/2025) giảm 1,10 điểm so với kỳ 2001 (60,50 → 59,40)."
        " Kéo giảm nhiều nhất: Tiếp cận đất đai −0,02 điểm.",
    ),
    "score_fell_within_noise": (
        f"{FALL} 59.80, change = -0.70, change_in_good_direction = -0.70, z = -1.6 where {TOTAL}",
        "Tổng điểm của Đông Sơn (đến 30/06/2025) giảm 0,70 điểm so với kỳ 2001 (60,50 → 59,80)",
    ),
    "rank_fell": (
        f"{FALL} 9, change = 7, change_in_good_direction = -7, rank_interval_low = 5, rank_interval_high = 14"
        " where measure = 'rank'",
        "Tổng điểm của Đông Sơn (đến 30/06/2025) tụt 7 bậc so với kỳ 2001 (hạng 2 → 9 trên 63)",
    ),
    "rank_fell_within_noise": (
        f"{FALL} 4, change = 2, change_in_good_direction = -2, rank_interval_low = 1, rank_interval_high = 9"
        " where measure = 'rank'",
        "Tổng điểm của Đông Sơn (đến 30/06/2025) tụt 2 bậc so với kỳ 2001 (hạng 2 → 4 trên 63)",
    ),
    "falls_in_row": (
        f"update reporting.rpt_index_change set falls_in_row = 3, change_over_falls = -4.25 where {TOTAL}",
        "Tổng điểm của Đông Sơn (đến 30/06/2025) giảm 3 kỳ liên tiếp, tổng cộng 4,25 điểm",
    ),
    "component_drags": (
        f"{FALL} 5.20, change = -0.80, change_in_good_direction = -0.80, z = -4 where component_code = 'land'",
        "giảm 0,80 điểm so với kỳ 2001 (6,00 → 5,20), kéo tổng điểm −0,02 điểm, trong khi tổng điểm không giảm",
    ),
    "component_fell": (
        f"{FALL} 5.70, change = -0.30, change_in_good_direction = -0.30 where component_code = 'land'",
        "Tiếp cận đất đai của Đông Sơn (đến 30/06/2025) giảm 0,30 điểm",
    ),
    "fell_below_national_median": (
        "update evidence.evd_median_position set lead_after = -0.6, value_after = 60.7 where scope = 'national'",
        "xuống dưới trung vị cả nước: 60,7 so với 61,30 (62 đơn vị khác), kém 0,60 điểm; kỳ 2001 còn hơn 0,50 điểm",
    ),
    "fell_below_regional_median": (
        "update evidence.evd_median_position set lead_before = 1.0 where scope = 'regional'",
        "xuống dưới trung vị vùng Đông Bắc: 61 so với 66,00 (9 đơn vị khác)",
    ),
    "tier_fell": (
        "update evidence.evd_tier_change set position_after = 4, tier_after = 'Trung bình'"
        " where comparable_with_previous",
        "Đông Sơn (đến 30/06/2025) xuống nhóm “Trung bình”, kỳ 2001 ở nhóm “Khá”",
    ),
    "target_missed": (
        "update reporting.rpt_target_progress set actual_value = 71.5, shortfall = 8.5 where target_code = 'reached'",
        "Tỷ lệ đã đạt: 71,5% (kỳ 2002), mục tiêu 80% đã đến hạn 31/12/2002; còn thiếu 8,5%",
    ),
    "target_out_of_reach": (
        "update reporting.rpt_target_progress set projected_value = 75, projected_shortfall = 5"
        " where target_code = 'on_the_way'",
        "theo nhịp hiện nay (65% kỳ 2001 → 70% kỳ 2002), đến 31/12/2030 chỉ đạt khoảng 75%; mục tiêu 80%",
    ),
    "publication_late": (
        "update reporting.rpt_publication_calendar set status = 'overdue', expected_by = '2004-06-30',"
        " days_overdue = 12 where edition_label = '2003'",
        "ALPHA 2003: chưa có kết quả trong kho, muộn 12 ngày so với 30/06/2004",
    ),
    "dossier_file_loaded": (
        "insert into evidence.evd_dossier_file values"
        " ('column_unknown', 'ho_ten', 'Cột ho_ten không có trong khai báo', 'The column ho_ten is not declared',"
        " 'Bỏ cột này.', 'Leave it out.', 1, 'u/2002-05-03.csv', null)",
        "Tệp hồ sơ u/2002-05-03.csv chưa nạp được: Cột ho_ten không có trong khai báo.",
    ),
    "dossier_times_possible": (
        "update evidence.evd_dossier_fault set faulty = 3, delivery_no = 1 where fault_code = 'after_delivery'",
        "Tháng 5/2002: 3 trên 40 hồ sơ có thời gian sau ngày nộp tệp, ở 1 đơn vị; nhiều nhất là Xã Mới (3).",
    ),
    "dossier_unit_known": (
        "insert into evidence.evd_dossier_fault"
        " values ('1-2025', 'commune', '00000', 'unit_unknown', 1, 1200, 1200, '2002-05-01')",
        "Tháng 5/2002: 1.200 trên 1.240 hồ sơ ghi đơn vị không có trong danh mục, ở 1 đơn vị; nhiều nhất là đơn vị"
        " 00000 (1.200).",
    ),
    "dossier_version_single": (
        "update evidence.evd_dossier_fault set faulty = 1, delivery_no = 1 where fault_code = 'version_in_conflict'",
        "Tháng 5/2002: 1 trên 40 hồ sơ có hai nội dung cho cùng một phiên bản",
    ),
    "dossier_day_delivered": (
        "insert into evidence.evd_dossier_day"
        " values ('1-2025', 'commune', 'u', 'Xã Mới', 0, 20.5, false, '2002-05-03', null)",
        "Xã Mới: ngày làm việc 03/05/2002 không có hồ sơ nào, thường ngày có khoảng 20",
    ),
    "dossier_overdue": (
        "update evidence.evd_dossier_overdue set overdue = 30, share_overdue = 7.5, is_beyond = true"
        " where unit_code = 'u'",
        "Ở 1 đơn vị, 30 hồ sơ nhận trong 12 tháng gần nhất đã quá hạn mà chưa có kết quả, theo tin mới nhất của đơn vị"
        " (đến 14/06/2002); tỷ lệ cao nhất: Xã Mới (30 trên 400).",
    ),
    "service_rate_fell": (
        "update evidence.evd_service_quality_change set value = 90.125, fall = 8.875, falls_in_noise = 7.4",
        "Tỷ lệ đúng hạn, Xã Mới: tháng 5/2002 là 90,12% (trên 400), tháng 2–4/2002 là 99%; giảm 8,88 điểm %",
    ),
    "service_target_behind": (
        "update reporting.rpt_service_quality set status = 'not_met', value = 94.999, shortfall = 0.001"
        " where scope = 'territory'",
        "Tỷ lệ điện tử, Toàn tỉnh: dưới 95% tính đến 14/06/2002 (trên 900), chỉ tiêu năm 2002 là 95%;"
        " còn thiếu 0,001 điểm %. Thấp nhất: Xã Khác (90%), đơn vị v (94,5%).",
    ),
}


def _findings(warehouse: Path, docs: Path, rule_code: str) -> tuple[dict[str, str], list[Finding]]:
    suite = next(s for s in SUITES if any(r.rule_code == rule_code for r in s.rules))
    with duckdb.connect(str(warehouse), read_only=True) as con:
        checks, findings, _ = judge(con, GxRunner(docs, AS_OF), [suite], AS_OF, "1-2025")
    return {c.rule_code: c.outcome for c in checks}, findings


def test_all_rules_are_silent_on_good_rows(warehouse: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as con:
        checks, findings, _ = judge(con, GxRunner(tmp_path / "docs", AS_OF), SUITES, AS_OF, "1-2025")
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
    assert {outcomes[sibling] for sibling in siblings} <= {"passed", "not_judged"}
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
    assert (finding.value_before, finding.value_after, finding.change) == (60.5, 59.4, -1.1)
    assert (finding.z, finding.noise, finding.noise_source) == (-2.4, 0.5, "spread_of_changes")
    assert (finding.rank, finding.is_rank_computed, finding.ranked_among) == (1, True, 63)
    assert finding.certainty_vi == (
        "So với thay đổi chung của 62 đơn vị khác: kém 2,4 lần độ lệch chuẩn giữa các đơn vị."
    )
    assert finding.previous_source_url == "https://example.org/alpha-2001"
    assert finding.is_latest_edition


def test_threshold_and_severity_of_one_index_override_the_default(warehouse: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(warehouse)) as con:
        con.execute(BAD_ROWS["score_fell"][0])
        con.execute(
            "insert into seeds.rule (rule_code, index_code, severity, threshold)"
            " values ('score_fell', 'ALPHA', 'critical', 1.5)"
        )
    (finding,) = _findings(warehouse, tmp_path / "docs", "score_fell")[1]
    assert (finding.severity, finding.title_vi) == ("critical", "Tổng điểm giảm vượt mức nhiễu")
    with duckdb.connect(str(warehouse)) as con:
        con.execute("update seeds.rule set threshold = 3.0 where rule_code = 'score_fell' and index_code = 'ALPHA'")
    outcomes, findings = _findings(warehouse, tmp_path / "docs", "score_fell")
    assert outcomes["score_fell"] == "passed"
    assert [(f.rule_code, f.severity) for f in findings] == [("score_fell_within_noise", "info")]


def test_a_feed_that_stopped_is_told_with_its_days(warehouse: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(warehouse)) as con:
        con.execute(
            "insert into evidence.evd_dossier_day"
            " values ('1-2025', null, null, null, 0, 1020.5, false, '2002-05-03', '2002-05-08')"
        )
    (finding,) = _findings(warehouse, tmp_path / "docs", "dossier_day_delivered")[1]
    assert "không nhận được hồ sơ nào từ 03/05/2002 đến 08/05/2002, thường ngày có khoảng 1.020" in finding.message_vi


def test_a_fall_is_told_once(warehouse: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(warehouse)) as con:
        con.execute(BAD_ROWS["component_drags"][0])
        con.execute(BAD_ROWS["score_fell"][0])
    # the total fell too, so nothing drags in secret: its part is information
    found = _findings(warehouse, tmp_path / "docs", "score_fell")[1]
    assert sorted(f.rule_code for f in found) == ["component_fell", "score_fell"]


def test_unknown_noise_explains_nothing(warehouse: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(warehouse)) as con:
        con.execute(BAD_ROWS["score_fell_within_noise"][0])
        con.execute("update reporting.rpt_index_change set noise = null, z = null, noise_source = 'unknown'")
    (finding,) = _findings(warehouse, tmp_path / "docs", "score_fell")[1]
    assert (finding.rule_code, finding.severity) == ("score_fell", "warn")
    assert finding.certainty_vi == "Chưa đủ số liệu của các đơn vị khác để đánh giá mức nhiễu."


def test_a_target_names_its_own_agency_and_source(warehouse: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(warehouse)) as con:
        con.execute(BAD_ROWS["target_missed"][0])
    (finding,) = _findings(warehouse, tmp_path / "docs", "target_missed")[1]
    assert (finding.lead_agency_vi, finding.legal_basis) == ("Sở Công Thương", "Kế hoạch, II.2")


def test_a_change_of_sign_is_a_unit_shift(warehouse: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(warehouse)) as con:
        con.execute(
            "insert into evidence.evd_unit_shift values ('ALPHA', 2003, '63', 1, 'land', 63, -6.5, 2002, 6.5, -1, true)"
        )
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
