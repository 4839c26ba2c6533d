"""Vietnamese figures: comma for decimals, point for thousands, printed decimals kept."""

from datetime import date

import pytest

from quality.numbers_vi import compared_vi, date_vi, decimals_of, difference_vi, figure_vi, number_vi


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (71664, None, "71.664"),
        (6.05, None, "6,05"),
        (6.05, 3, "6,050"),
        (1234567.891, 2, "1.234.567,89"),
        (-0.5, None, "-0,5"),
        (-0.001, 2, "0,00"),
        (1e-7, None, "0,0000001"),
        (1e15, None, "1.000.000.000.000.000"),
        (0, None, "0"),
    ],
)
def test_number(value: float, decimals: int | None, text: str) -> None:
    assert number_vi(value, decimals) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_a_figure_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not a figure"):
        number_vi(value)


@pytest.mark.parametrize(
    ("value", "printed", "text"),
    [
        (90.6, 2, "90,60"),
        (43.774715423583984, 15, "43,7747"),
        (43.774715423583984, None, "43,7747"),
        (57.0, None, "57"),
        (None, None, "không có số liệu"),
    ],
)
def test_figure_keeps_printed_decimals_up_to_four(value: float | None, printed: int | None, text: str) -> None:
    assert figure_vi(value, printed) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-0.86, "0,86"),
        (0.1, "0,10"),
        (10.45, "10,45"),
        (3.0, "3,00"),
        (0.0057, "0,0057"),
        (0.005, "0,005"),
        (0, "0,00"),
    ],
)
def test_difference_has_no_sign_and_two_significant_digits(value: float, text: str) -> None:
    assert difference_vi(value) == text


@pytest.mark.parametrize(
    ("one", "other", "texts"),
    [
        (62.22, 61.77802, ("62,22", "61,78")),
        (42.490760803, 42.4909, ("42,4908", "42,4909")),
        (57.0, 56.6068, ("57,0", "56,6")),
        (5.0, 5.0, ("5", "5")),
    ],
)
def test_compared_figures_show_where_they_part(one: float, other: float, texts: tuple[str, str]) -> None:
    assert compared_vi(one, other) == texts


def test_decimals_and_dates() -> None:
    assert [decimals_of(v) for v in (65.0, 6.05, 1e-7)] == [0, 2, 7]
    assert date_vi(date(2026, 3, 6)) == "06/03/2026"
