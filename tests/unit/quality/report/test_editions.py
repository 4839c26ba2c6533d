"""Which editions a report shows, and in which version."""

from datetime import date

import pytest

from tests.unit.quality.report.synthetic import HALF, YEAR, Published


def shown(published: Published, **asked: object) -> dict[str, str]:
    """What stands for each unit in ALPHA, by unit code."""
    rows = published.report(**asked).indices  # type: ignore[arg-type]
    return {row.territory_code: row.edition for row in rows if row.index_code == "ALPHA"}


def test_an_edition_of_july_is_in_the_years_report_and_not_in_the_half_years(published: Published) -> None:
    published.edition("ALPHA", 2031, date(2031, 7, 1))
    published.figure("ALPHA", 2031, "1", 70.0)
    published.figure("ALPHA", 2031, "2", 71.0)
    assert shown(published) == dict.fromkeys("12", "ALPHA 2030 (63 tỉnh, thành)")
    assert shown(published, period=YEAR) == dict.fromkeys("12", "ALPHA 2031 (63 tỉnh, thành)")


def test_the_day_of_publication_counts_as_published(published: Published) -> None:
    assert "2030" in shown(published, as_of=date(2031, 4, 10))["1"]
    assert "2029" in shown(published, as_of=date(2031, 4, 9))["1"]


@pytest.mark.parametrize(("day", "year"), [(date(2031, 6, 30), "2031"), (date(2031, 6, 29), "2030")])
def test_a_month_counts_when_it_is_over_and_is_a_gap_until_then(published: Published, day: date, year: str) -> None:
    published.edition("ALPHA", 2031, date(2031, 6, 1), published_on_precision="month")
    published.figure("ALPHA", 2031, "1", 70.0)
    assert year in shown(published, as_of=day)["1"]
    gaps = [gap.subject for gap in published.report(as_of=day).gaps if gap.kind == "Chưa rõ đã công bố hay chưa"]
    assert gaps == ([] if year == "2031" else ["ALPHA 2031 (63 tỉnh, thành)"])


def test_without_a_day_only_editions_of_earlier_years_are_shown_and_marked(published: Published) -> None:
    published.edition("WORLD", 2031, None, basis="VN")
    published.figure("WORLD", 2031, "VN", 99.0, 1, basis="VN")
    report = published.report(period=YEAR)
    (world,) = (row for row in report.indices if row.index_code == "WORLD")
    assert (world.edition_year, world.remarks) == (2030, ("chưa rõ ngày công bố",))
    assert ("Chưa rõ ngày công bố", "WORLD 2030") in [(gap.kind, gap.subject) for gap in report.gaps]


@pytest.mark.parametrize(("by", "is_shown"), [(date(2031, 6, 30), True), (date(2031, 7, 1), False)])
def test_the_calendar_may_know_by_when_an_edition_was_out(published: Published, by: date, is_shown: bool) -> None:
    published.edition("ALPHA", 2031, None, territories_published=9, coverage="partial")
    published.figure("ALPHA", 2031, "1", 70.0)
    published.expect("ALPHA", 2031, status="held", held=True, published_on_precision="by", published_by=by)
    assert ("2031" in shown(published)["1"]) is is_shown


def test_a_restatement_of_a_later_day_leaves_the_report_with_the_figures_of_its_time(published: Published) -> None:
    published.change(
        "update marts.dim_edition set is_current = false where index_code = 'ALPHA' and edition_year = 2030"
    )
    published.edition("ALPHA", 2030, date(2031, 9, 1), vintage=2)
    published.figure("ALPHA", 2030, "1", 99.9, 1, vintage=2, no_overview=True)
    published.change("update reporting.rpt_index_overview set vintage = 2 where edition_year = 2030")
    published.finding("a", vintage=2, message_vi="nói về phiên bản sau")
    report = published.report()
    old = next(row for row in report.indices if row.territory_code == "1")
    assert old.score is not None
    assert (old.score.value, old.rank) == (64.1, 12)
    assert any("sau đó nơi công bố đã sửa" in remark for remark in old.remarks)
    assert report.falls == ()
    new = next(row for row in published.report(period=YEAR).indices if row.territory_code == "1")
    assert new.score is not None
    assert (new.score.value, new.rank) == (99.9, 1)


def test_a_withheld_edition_is_named_with_its_reason_beside_the_last_one_with_figures(published: Published) -> None:
    published.edition("ALPHA", 2031, date(2031, 5, 1), load_status="withheld", withheld_reason_vi="ba ô ngoài thang")
    report = published.report()
    first, second, _ = (row for row in report.indices if row.index_code == "ALPHA")
    assert (first.edition_year, first.has_figure) == (2031, False)
    assert first.remarks == ("số liệu của kỳ này bị giữ lại: ba ô ngoài thang",)
    assert second.edition_year == 2030
    assert ("Số liệu bị giữ lại", "ba ô ngoài thang") in [(gap.kind, gap.text) for gap in report.gaps]


def test_figures_accepted_before_are_said_to_be_so(published: Published) -> None:
    published.change("""
        update reporting.rpt_index_overview set is_last_good = true, withheld_reason_vi = 'tệp mới sai'
        where edition_year = 2030 and territory_code = '1'
    """)
    report = published.report(period=HALF)
    (row,) = (row for row in report.indices if row.territory_code == "1")
    assert "số liệu chấp nhận lần trước; tệp mới đang bị giữ lại: tệp mới sai" in row.remarks
    assert "Dùng số liệu chấp nhận lần trước" in [gap.kind for gap in report.gaps]
