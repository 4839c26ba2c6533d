"""Targets with their actual figures, and the deadlines of reports."""

from datetime import date

import pytest

from quality.report import Period
from quality.report.model import TargetRow
from tests.unit.quality.report.synthetic import YEAR, Published

START, MIDYEAR, END = date(2031, 1, 1), date(2031, 6, 30), date(2031, 12, 31)


def target(published: Published, **asked: object) -> TargetRow:
    (row,) = published.report(**asked).targets  # type: ignore[arg-type]
    return row


@pytest.mark.parametrize("qualifier", ["target", "forecast"])
def test_a_plan_or_a_forecast_is_no_actual_figure(published: Published, qualifier: str) -> None:
    published.target("online", 80)
    published.metric("online", START, MIDYEAR, 99.0, qualifier=qualifier, is_actual=False)
    row = target(published)
    assert (row.actual, row.status) == (None, "chưa có số liệu")
    kinds = [(gap.kind, gap.subject) for gap in published.report().gaps]
    assert ("Chỉ tiêu chưa có số liệu", "Chỉ tiêu online") in kinds


def test_a_figure_of_a_later_period_gives_way_to_the_one_before_it(published: Published) -> None:
    published.target("online", 80)
    published.metric("online", START, date(2031, 3, 31), 70.5, qualifier="approx")
    published.metric("online", START, date(2031, 7, 31), 90.0)
    half, year = target(published), target(published, period=YEAR)
    assert half.actual is not None
    assert (half.actual.value, half.status, half.actual_qualifier) == (70.5, "chưa đạt", "khoảng")
    assert half.remark == "mới là một phần của năm 2031"
    assert year.actual is not None
    assert (year.actual.value, year.status) == (90.0, "đạt")


def test_a_figure_of_another_year_or_unit_or_province_is_not_taken_for_the_targets(published: Published) -> None:
    published.target("online", 80)
    published.metric("online", date(2030, 1, 1), date(2030, 12, 31), 85.0)
    published.metric("online", START, MIDYEAR, 1.0, unit="dossiers")
    published.metric("online", START, MIDYEAR, 2.0, territory_code="9")
    row = target(published)
    assert row.actual is not None
    assert (row.actual.value, row.remark) == (85.0, "số liệu của năm 2030, chưa phải của năm 2031")


@pytest.mark.parametrize(("unrecorded", "found"), [(0, (75.0, "chưa đạt")), (2, (75.0, "chưa đạt")), (10, None)])
def test_dossiers_measure_a_service_target(
    published: Published, unrecorded: int, found: tuple[float, str] | None
) -> None:
    """Of the months that are over by the day of the report; nothing where what nobody recorded could decide it."""
    published.target("1", 80, target_set="service_quality")
    months = [(date(2031, 2, 1), date(2031, 2, 28), 15, True), (date(2031, 3, 1), date(2031, 3, 31), 15, True)]
    months += [(date(2031, 5, 1), date(2031, 5, 31), 0, False), (date(2031, 8, 1), date(2031, 8, 31), 0, True)]
    for start, end, good, is_over in months:
        published.add(
            "reporting.rpt_service_quality",
            scope="territory",
            period_kind="month",
            target_code="1",
            is_period_over=is_over,
            counted_good=good,
            counted=20,
            unrecorded=unrecorded // 2,
            period_start=start,
            period_end=end,
            recorded_from=date(2031, 2, 10),
        )
    row = target(published)
    assert (row.actual and (row.actual.value, row.status)) == found
    if found:
        assert (row.actual_period, row.remark) == ("2031-02-10/2031-03-31", "mới là một phần của năm 2031")


def test_a_whole_years_figure_is_the_result(published: Published) -> None:
    published.target("online", 80, target_high=90)
    published.metric("online", START, END, 95.0)
    row = target(published, period=YEAR, as_of=END)
    assert (row.status, row.remark, row.target) == ("đạt", "", "từ 80 đến 90%")


def test_another_years_targets_and_deadlines_are_not_this_ones(published: Published) -> None:
    published.target("online", 80, reference_year=2032)
    published.add("reporting.rpt_reporting_deadline", deadline_code="annual_report", due_on=date(2032, 11, 20))
    published.add("reporting.rpt_reporting_deadline", deadline_code="monthly", recurrence="monthly")
    report = published.report()
    assert (report.targets, report.deadlines) == ((), ())


def test_deadlines_are_judged_on_the_reports_last_day(published: Published) -> None:
    for code, due, recurrence in (
        ("six_month_report", date(2031, 5, 25), "once"),
        ("annual_report", date(2031, 11, 20), "once"),
        ("scores", None, "monthly"),
    ):
        published.add(
            "reporting.rpt_reporting_deadline",
            deadline_code=code,
            what_vi=code,
            responsible_vi="Các sở",
            recipient_vi="Sở Tài chính",
            recurrence=recurrence,
            due_on=due,
        )
    rows = published.report().deadlines
    assert [(row.what, row.status, row.is_of_this_report) for row in rows] == [
        ("six_month_report", "đã qua hạn", True),
        ("annual_report", "còn 143 ngày", False),
        ("scores", "định kỳ", False),
    ]
    assert published.report(Period.parse("2031")).due_on == date(2031, 11, 20)
