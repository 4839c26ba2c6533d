"""The calendar as it stood on the report's last day."""

from datetime import date

from tests.unit.quality.report.synthetic import YEAR, Published


def states(published: Published, **asked: object) -> list[tuple[str, str, int | None]]:
    rows = published.report(**asked).calendar  # type: ignore[arg-type]
    return [(row.state, row.edition, row.days_late) for row in rows]


def test_what_came_out_after_the_period_was_still_awaited_in_it(published: Published) -> None:
    day = date(2031, 8, 15)
    out = {"published_on_precision": "day", "published_on": day, "published_by": day}
    published.expect("ALPHA", 2030, status="held", held=True, **out)
    published.expect("ALPHA", 2031, expected_by=date(2032, 5, 1))
    assert states(published) == [("expected", "ALPHA 2030", None)]
    assert published.report().calendar[0].published == ""
    assert states(published, period=YEAR) == [("published", "ALPHA 2030", None), ("expected", "ALPHA 2031", None)]


def test_late_is_late_on_the_reports_day_and_not_on_the_runs(published: Published) -> None:
    published.expect("ALPHA", 2030, status="overdue", expected_by=date(2031, 6, 20))
    published.expect("BETA", 2030, status="overdue", expected_by=date(2031, 9, 1))
    assert states(published) == [("late", "ALPHA 2030", 10), ("expected", "BETA 2030", None)]
    assert [gap.subject for gap in published.report().gaps if gap.kind == "Kỳ công bố muộn"] == ["ALPHA 2030"]


def test_publications_of_earlier_years_are_history_and_those_we_lack_are_gaps(published: Published) -> None:
    for year, status in ((2028, "held"), (2030, "published_not_held")):
        day = date(year + 1, 3, 1)
        out = {"published_on_precision": "day", "published_on": day, "published_by": day}
        published.expect("ALPHA", year, status=status, held=status == "held", **out)
    assert states(published) == [("not_held", "ALPHA 2030", None)]
    assert ("Đã công bố, kho chưa có", "ALPHA 2030") in [(g.kind, g.subject) for g in published.report().gaps]


def test_of_unknown_days_only_the_last_editions_are_named(published: Published) -> None:
    for year in (2029, 2030):
        published.expect("WORLD", year, status="held", held=True, published_on_precision="unknown")
    published.expect("BETA", 2030, status="held", held=True, published_on_precision="continuous")
    assert states(published) == [("unknown_day", "WORLD 2030", None)]
