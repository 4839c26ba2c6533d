"""Every check of a delivered sheet: once it fires, once it stays silent. All figures are synthetic."""

from typing import Any

import pytest

from .conftest import HEADER, Desk, checks

RATE, POINTS = "Tỷ lệ thử", "Điểm thử"


def rate(value: Any, period: str = "02/2030", unit: str = "%") -> tuple[Any, ...]:
    return (RATE, unit, period, value, "")


def points(value: Any, period: str = "02/2030", unit: str = "điểm") -> tuple[Any, ...]:
    return (POINTS, unit, period, value, "")


@pytest.fixture
def known(desk: Desk) -> Desk:
    """January is on the shelf: 97,5 percent and 50,25 points."""
    desk.shelve([rate("97,5", "01/2030"), points("50,25", "01/2030")])
    return desk


def test_an_ordinary_month_is_accepted(known: Desk) -> None:
    candidate = known.examine([rate("98,1"), points("51,5")], "2030-03-04")
    assert (candidate.outcome, candidate.remarks) == ("accepted", [])


@pytest.mark.parametrize(
    ("rows", "received", "fired"),
    [
        ([rate("100,1"), points("51")], "2030-03-04", {"outside_scale": True}),
        ([rate("-1"), points("51")], "2030-03-04", {"outside_scale": True, "unit_changed": True}),
        ([rate("100"), points("51")], "2030-03-04", {}),
        ([rate("98", unit="điểm"), points("51")], "2030-03-04", {"other_unit": True, "uncompared": False}),
        ([rate("98", unit="‰"), points("51")], "2030-03-04", {"other_unit": True, "uncompared": False}),
        ([rate("98", unit=""), points("51", unit="")], "2030-03-04", {}),
        ([rate("98", "03/2030"), points("51", "03/2030")], "2030-02-20", {"future": True}),
        ([rate("98"), points("51")], "2030-02-20", {"unfinished": False}),
        (
            [rate("98", "2030"), points("51")],
            "2030-03-04",
            {"other_period": True, "unfinished": False, "missing": False},
        ),
        ([rate("98", "2030-02-01"), points("51", "2030-02-01")], "2030-03-04", {"other_period": True}),
        # 0.981 is what a spreadsheet holds where it shows 98.1%
        ([rate("0,981"), points("51")], "2030-03-04", {"fraction": True, "unit_changed": True}),
        ([rate("98"), points("5025")], "2030-03-04", {"unit_changed": True}),
        ([rate("98"), points("510")], "2030-03-04", {"unit_changed": True}),
        ([rate("98"), points("502")], "2030-03-04", {}),
        ([rate("98"), points("5,1")], "2030-03-04", {}),
        ([rate("97,5"), points("50,25")], "2030-03-04", {"repeated": True}),
        ([rate("97,5"), points("50,26")], "2030-03-04", {}),
        ([rate("98")], "2030-03-04", {"missing": False}),
        ([rate("98"), points("")], "2030-03-04", {"missing": False}),
        # blank is not reported, whatever else the row lacks
        ([rate("98"), points("", period="")], "2030-03-04", {"missing": False, "blank": False}),
        ([rate("98"), points("51"), rate("97,6", "01/2030")], "2030-03-04", {"restated": False}),
        ([rate("98"), points("51"), rate("97,50", "01/2030")], "2030-03-04", {}),
    ],
)
def test_a_check_fires_and_stays_silent(known: Desk, rows: list[Any], received: str, fired: dict[str, bool]) -> None:
    assert checks(known.examine(rows, received)) == fired


def test_an_exact_multiple_is_named_as_far_as_it_is_printed(known: Desk) -> None:
    [remark] = known.examine([rate("98"), points("5025")], "2030-03-04").remarks
    assert "đúng bằng ×100" in remark.what.vi
    assert "exactly ×100" in remark.what.en
    assert remark.where.startswith("R3C4")
    [remark] = known.examine([rate("98"), points("5300")], "2030-03-04").remarks
    assert "exactly" not in remark.what.en


def test_a_rank_moves_freely(desk: Desk) -> None:
    label = "Hạng thử"
    desk.layout["metrics"] = {label: {"code": "synthetic_rank", "unit": "rank of 34", "scale": [1, 34]}}
    desk.shelve([(label, "", "01/2030", "1", "")])
    assert desk.examine([(label, "", "02/2030", "30", "")], "2030-03-04").remarks == []


@pytest.mark.parametrize(
    ("total", "fired"), [("7,8", {}), ("7,9", {}), ("8,0", {"sum": True}), ("", {"missing": False})]
)
def test_parts_add_up_as_far_as_they_are_printed(desk: Desk, total: str, fired: dict[str, bool]) -> None:
    labels = ("Tổng", "Một", "Hai")
    desk.layout["metrics"] = {label: {"code": f"synthetic_{at}", "unit": "points"} for at, label in enumerate(labels)}
    desk.layout["sums"] = {"synthetic_0": ["synthetic_1", "synthetic_2"]}
    rows = [(label, "", "01/2030", value, "") for label, value in zip(labels, (total, "4,51", "3,3"), strict=True)]
    # the first figures of a metric can be compared with nothing
    assert checks(desk.examine(rows)) == fired | {"uncompared": False}


def test_a_change_unlike_all_before(desk: Desk) -> None:
    values = ("50", "51", "49,5", "50,5", "51,5", "50")
    desk.layout["metrics"] = {POINTS: desk.layout["metrics"][POINTS]}
    for month, value in enumerate(values, start=1):
        label = f"{month:02d}/2030"
        if month == len(values):
            # five values do not say yet what is likely
            assert checks(desk.examine([points("60", label)], "2030-12-31")) == {}
        desk.shelve([points(value, label)], f"2030-{month:02d}-28")
    assert checks(desk.examine([points("60", "07/2030")], "2030-12-31")) == {"unlikely": False}
    assert checks(desk.examine([points("52", "07/2030")], "2030-12-31")) == {}


def test_a_target_may_lie_ahead(desk: Desk) -> None:
    desk.layout = {
        "source": "synthetic_codes",
        "title": "Synthetic codes",
        "columns": {"metric": "Mã", "unit": "Đơn vị", "period": "Kỳ", "value": "Giá trị"},
        "constants": {"territory": "15-2025", "source_kind": "official"},
        "period_marks": {"kế hoạch": "target"},
    }
    header = ("Mã", "Đơn vị", "Kỳ", "Giá trị")
    ahead = desk.examine([("synthetic_code", "units", "2035", "5")], header=header)
    assert checks(ahead) == {"future": True, "new_code": True, "uncompared": False}
    target = desk.examine([("synthetic_code", "units", "Kế hoạch 2035", "5")], header=header)
    assert checks(target) == {"new_code": True}
    assert [cell.qualifier for cell in target.cells] == ["target"]


@pytest.mark.parametrize(
    ("rows", "code", "where"),
    [
        ([rate("98"), ("Chỉ tiêu lạ", "", "02/2030", "1", "")], "metric_unknown", "row 3, column 'Chỉ tiêu'"),
        ([rate("98"), rate("97")], "figure_doubled", "row 3, column 'Giá trị'"),
        ([rate(""), points("")], "no_figure", "bang.csv"),
        ([rate("98.1")], "number_unreadable", "row 2, column 'Giá trị'"),
        ([rate("khoảng 98")], "number_unreadable", "row 2, column 'Giá trị'"),
        ([rate("98", "sau Tết")], "period_unreadable", "row 2, column 'Tháng'"),
        ([rate("98", "")], "period_unreadable", "row 2, column 'Tháng'"),
        ([(RATE, "%", "02/2030", "98")], "row_ragged", "row 2"),
    ],
)
def test_a_bad_row_stops_the_sheet_and_says_where(known: Desk, rows: list[Any], code: str, where: str) -> None:
    candidate = known.examine(rows, "2030-03-04")
    assert candidate.unreadable
    assert [remark.check for remark in candidate.remarks] == [code]
    assert where in candidate.remarks[0].where
    assert candidate.remarks[0].remedy.vi


def test_every_remark_speaks_both_languages_and_gives_a_remedy(known: Desk) -> None:
    rows = [rate("0,5", "2029", "‰"), points("9000", "05/2031"), rate("99", "01/2030")]
    remarks = known.examine(rows, "2030-03-04").remarks
    assert len(remarks) >= 5
    for remark in remarks:
        assert all((*remark.what, *remark.remedy))
        assert "{" not in "".join((*remark.what, *remark.remedy))
    assert [remark.holds for remark in remarks] == sorted((remark.holds for remark in remarks), reverse=True)


def test_an_unknown_column_is_named(known: Desk) -> None:
    candidate = known.examine([(*rate("98"), "x")], "2030-03-04", header=(*HEADER, "Lũy kế"))
    assert [(r.check, r.where) for r in candidate.remarks] == [
        ("sheet_header_unknown", "bang.csv, row 1, column 'Lũy kế'")
    ]


def test_the_same_figures_again_are_no_new_vintage(known: Desk) -> None:
    """Another file, another order, another spelling of the period: the figures are what counts."""
    again = known.examine([points("50,250", "2030-01"), rate("97,5", "Tháng 1 năm 2030")], "2030-02-09")
    assert again.repeats is not None
    assert (again.repeats.key, again.remarks) == ("2030-01", [])
    other = known.examine([rate("97,4", "01/2030"), points("50,25", "01/2030")], "2030-02-09")
    assert (other.repeats, other.delivery.key, checks(other)) == (None, "2030-01_v2", {"restated": False})
