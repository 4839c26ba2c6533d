"""What a report says of each index, for which unit."""

from datetime import date

import pytest

from quality.report.model import IndexRow
from quality.report.words import change_vi
from tests.unit.quality.report.synthetic import HOME, YEAR, Published


def alpha(published: Published, **asked: object) -> list[IndexRow]:
    rows = published.report(**asked).indices  # type: ignore[arg-type]
    return [row for row in rows if row.index_code == "ALPHA"]


def test_the_units_that_home_was_made_of_stand_each_for_itself_while_home_has_nothing(published: Published) -> None:
    rows = alpha(published)
    assert [row.unit for row in rows] == ["Đông Sơn (đến 30/06/2025)", "Tây Sơn (đến 30/06/2025)"]
    assert [(row.score.value if row.score else None, row.rank, row.ranked_among) for row in rows] == [
        (64.1, 12, 63),
        (61.0, 28, 63),
    ]


def test_home_stands_alone_once_it_has_a_figure_as_new_as_theirs(published: Published) -> None:
    published.edition("ALPHA", 2030, date(2031, 5, 1), basis="34", territories_published=34)
    published.figure("ALPHA", 2030, HOME, 62.5, 20, basis="34", ranked_among=34)
    (row,) = alpha(published)
    assert (row.unit, row.rank, row.ranked_among, row.basis) == ("Đông Sơn", 20, 34, "34")


def test_where_the_latest_edition_has_nothing_of_home_it_is_said(published: Published) -> None:
    published.edition("ALPHA", 2031, date(2031, 6, 1), basis="34", coverage="partial", territories_published=4)
    first, *others = alpha(published)
    assert (first.unit, first.edition, first.has_figure) == ("Đông Sơn", "ALPHA 2031 (34 tỉnh, thành)", False)
    assert first.remarks == ("trong kho chưa có số liệu của tỉnh ở kỳ này", "bảng một phần (4 trên 34 đơn vị)")
    assert [row.edition_year for row in others] == [2030, 2030]
    gaps = [(gap.kind, gap.subject) for gap in published.report().gaps]
    assert ("Chưa có số liệu của tỉnh", "ALPHA · Đông Sơn") in gaps


def test_an_index_without_editions_is_there_and_is_a_gap(published: Published) -> None:
    report = published.report()
    (beta,) = (row for row in report.indices if row.index_code == "BETA")
    assert (beta.edition, beta.has_figure, beta.unit) == ("chưa có số liệu", False, "Đông Sơn")
    assert ("Chỉ số chưa có kỳ công bố", "BETA") in [(gap.kind, gap.subject) for gap in report.gaps]


def test_an_index_that_runs_all_the_time_shows_its_latest_figure_of_the_period(published: Published) -> None:
    for day, rank in ((date(2031, 3, 31), 15.0), (date(2031, 9, 30), 2.0)):
        published.metric("index_beta_rank", day, day, rank, unit="rank of 34", period_label=f"{day}")
    (beta,) = (row for row in published.report().indices if row.index_code == "BETA")
    assert (beta.rank, beta.ranked_among, beta.edition) == (15, 34, "BETA, số liệu 2031-03-31")


def test_a_computed_rank_is_called_computed_and_a_missing_one_is_no_rank(published: Published) -> None:
    published.change("delete from marts.fct_index_result where measure = 'rank'")
    published.change("""
        update reporting.rpt_index_overview set rank_computed = 11, ranked_among_computed = 60
        where territory_code = '1' and edition_year = 2030
    """)
    computed, missing = alpha(published)
    assert (computed.rank, computed.ranked_among, computed.is_rank_computed) == (11, 60, True)
    assert "hạng tự tính từ điểm công bố" in computed.remarks
    assert (missing.rank, missing.ranked_among, missing.is_rank_computed) == (None, None, False)


def test_a_break_of_method_is_given_with_its_reason(published: Published) -> None:
    published.change("update reporting.rpt_index_change set is_comparable = false, break_reason_vi = 'đổi trọng số'")
    row = alpha(published)[0]
    assert row.score_change is not None
    assert (row.score_change.is_comparable, row.score_change.break_reason) == (False, "đổi trọng số")


def test_a_back_cast_is_called_computed_and_leads_to_the_cells_it_was_made_of(published: Published) -> None:
    published.edition("ALPHA", 2030, date(2031, 5, 1), basis="34", territories_published=34)
    published.figure("ALPHA", 2030, HOME, 63.5, basis="34")
    published.moved("ALPHA", 2030, HOME, 62.875, 63.5, basis="34", before_method="backcast_mean", decimals_before=None)
    (row,) = alpha(published)
    assert row.score_change is not None
    said = change_vi(row.score_change, "Điểm", row.previous_year, is_rank=False)
    assert said == "Điểm tăng 0,62 so với 62,875 (kỳ 2029, tự tính)"
    assert {origin.locator for origin in row.before_origins if origin.locator and origin.locator.endswith("C2")} == {
        "alpha_2029.csv#R49C2",
        "alpha_2029.csv#R50C2",
    }


def test_a_score_that_was_printed_as_none_is_not_zero(published: Published) -> None:
    published.change("""
        update marts.fct_index_result set value = null, value_text = 'N/A', value_status = 'no_data'
        where edition_year = 2030 and territory_code = '1'
    """)
    row = alpha(published)[0]
    assert (row.edition_year, row.score, row.score_text, row.rank) == (2030, None, "N/A", None)
    assert "nơi công bố không ghi điểm (N/A)" in row.remarks


@pytest.mark.parametrize(("day", "agency"), [("2031-06-30", "Sở Tài chính"), ("2031-07-01", None)])
def test_an_agency_leads_from_its_assignment_on(published: Published, day: str, agency: str | None) -> None:
    published.change(f"update marts.bridge_lead_agency set valid_from = '{day}'")
    row = alpha(published)[0]
    assert (row.lead.agency if row.lead else None) == agency


def test_every_figure_names_the_cell_that_it_stood_in(published: Published) -> None:
    row = alpha(published)[0]
    assert [origin.locator for origin in row.origins] == ["alpha_2030.csv#R49C2", "alpha_2030.csv#R49C3"]
    assert {origin.locator for origin in row.before_origins} == {"alpha_2029.csv#R49C2", "alpha_2029.csv#R49C3"}
    assert all(origin.url and origin.sha256 for origin in row.origins)


def test_without_an_edition_before_there_is_no_change(published: Published) -> None:
    published.change("delete from reporting.rpt_index_change")
    row = alpha(published, period=YEAR)[0]
    assert (row.score_change, row.rank_change, row.before_origins) == (None, None, ())


def test_an_unknown_home_is_refused(published: Published) -> None:
    with pytest.raises(ValueError, match="no territory '77'"):
        published.report(home="77")
