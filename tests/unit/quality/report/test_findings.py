"""Which findings a report repeats."""

from datetime import date

from tests.unit.quality.report.synthetic import Published


def test_falls_to_look_at_stand_in_full_and_minor_ones_are_counted(published: Published) -> None:
    published.finding("a")
    published.finding("b", severity="critical", territory_code="2", territory_label_vi="Tây Sơn")
    for name in "cde":
        published.finding(name, severity="info", title_vi="Thành phần giảm điểm", component_code=name)
    report = published.report()
    assert [(fall.unit, fall.severity) for fall in report.falls] == [
        ("Đông Sơn (đến 30/06/2025)", "cần xem"),
        ("Tây Sơn", "nghiêm trọng"),
    ]
    fall = report.falls[0]
    assert (fall.message, fall.certainty) == ("ALPHA 2030: giảm 1,15 điểm.", "Bằng 2,4 lần độ nhiễu.")
    assert (fall.remedy, fall.lead.agency if fall.lead else None) == ("Làm rõ nguyên nhân.", "Sở Tài chính")
    assert [(row.title, row.count) for row in report.minor] == [("Thành phần giảm điểm", 3)]


def test_falls_of_editions_or_units_that_the_report_does_not_show_are_left_out(published: Published) -> None:
    published.finding("a", edition_year=2029)
    published.finding("b", territory_code="9")
    published.finding("c", rule_code="publication_late", territory_code=None, basis=None)
    assert published.report().falls == ()


def test_faults_are_counted_by_rule_and_edition_also_those_of_the_edition_compared_with(published: Published) -> None:
    for name, year, territory in (("a", 2030, "9"), ("b", 2030, "1"), ("c", 2029, "9"), ("d", 2028, "9")):
        published.finding(
            name,
            kind="data_fault",
            rule_code="total_equals_components",
            title_vi="Tổng không khớp",
            edition_year=year,
            territory_code=territory,
            message_vi=f"lỗi {name}",
        )
    faults = published.report().faults
    assert [(fault.edition[:10], fault.role, fault.count, fault.example) for fault in faults] == [
        ("ALPHA 2030", "kỳ báo cáo", 2, "lỗi b"),
        ("ALPHA 2029", "kỳ so sánh", 1, "lỗi c"),
    ]


def test_the_faults_that_withheld_an_edition_are_told(published: Published) -> None:
    published.edition("ALPHA", 2031, date(2031, 5, 1), load_status="withheld")
    published.finding("a", kind="data_fault", severity="critical", edition_year=2031)
    (fault,) = published.report().faults
    # the row that names the edition stands in the report, hence its role
    assert (fault.severity, fault.role, fault.count) == ("nghiêm trọng", "kỳ báo cáo", 1)
