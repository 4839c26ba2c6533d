"""The plots: what is joined, marked and said, on made-up series; asserted on what is drawn, not on pixels."""

import io
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.lines import Line2D
from matplotlib.text import Annotation, Text

from ingest.settings import Settings
from orchestration.plot_metadata import plot_metadata
from quality.plot_model import Chart, read_chart, read_charts
from quality.plots import NOTHING_VI, Picture, draw, home_picture, index_picture

HOME = "1-2025"
HOSTILE = "Tây $\\frac{1}{0$ $x_1$ ](javascript:alert(1)) <b>\r\n_&\u202e"
_TABLES = """
create schema marts;
create schema reporting;
create table marts.dim_index (index_code varchar, level varchar);
insert into marts.dim_index values ('ALPHA', 'provincial'), ('BETA', 'provincial'), ('WORLD', 'national');
create table marts.dim_component (index_code varchar, component_code varchar, kind varchar, name_vi varchar);
insert into marts.dim_component values
    ('ALPHA', 'total', 'total', 'Chỉ số An-pha'), ('ALPHA', 'land', 'component', 'Tiếp cận đất đai'),
    ('BETA', 'total', 'total', 'Chỉ số Bê-ta'), ('WORLD', 'total', 'total', 'Chỉ số thế giới');
create table marts.dim_territory (territory_code varchar, name_vi varchar, valid_to date);
insert into marts.dim_territory values
    ('1-2025', 'Đông Sơn', null), ('1', 'Đông Sơn', '2025-06-30'), ('2', 'Tây Sơn', '2025-06-30'),
    ('VN', 'Việt Nam', null);
create table reporting.rpt_publication_calendar (index_code varchar, pace_years integer);
insert into reporting.rpt_publication_calendar values ('ALPHA', 1), ('ALPHA', 1), ('WORLD', 2);
create table reporting.rpt_index_series (
    index_code varchar, component_code varchar, edition_year integer, basis varchar, territory_code varchar,
    unit_code varchar, relation varchar, territory_name_vi varchar, value double, method varchar, rank integer,
    is_rank_computed boolean, ranked_among integer, comparable_with_previous boolean, break_reason_vi varchar
);
"""


@pytest.fixture
def empty() -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables that plots read, without a single figure."""
    with duckdb.connect() as con:
        con.execute(_TABLES)
        yield con


@pytest.fixture
def con(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """ALPHA 2018–2021 and 2023–2025: method changed in 2020, 2022 unknown, published on today's list from 2025 on."""
    for year, old, other in ((2018, 50.0, 52.0), (2019, 51.0, 53.5), (2020, 60.0, 62.0), (2021, 61.0, 60.0)):
        comparable = None if year == 2018 else year != 2020
        add(empty, year, "1", old, comparable, rank=year - 2010)
        add(empty, year, "2", other, comparable, rank=year - 2008)
        add(empty, year, HOME, (old + other) / 2, comparable, method="backcast_mean")
    add(empty, 2023, HOME, 63.25, None, method="backcast_mean")
    add(empty, 2024, HOME, 64.0, True, method="backcast_mean")
    add(empty, 2025, HOME, 65.125, True, basis="34", rank=7, among=34)
    add(empty, 2026, HOME, 66.0, True, basis="34", rank=5, among=34)
    return empty


def add(
    con: duckdb.DuckDBPyConnection,
    year: int,
    territory: str,
    value: float | None,
    comparable: bool | None,
    *,
    index: str = "ALPHA",
    component: str = "total",
    basis: str = "63",
    method: str = "published",
    rank: int | None = None,
    is_rank_computed: bool | None = None,
    among: int = 63,
) -> None:
    unit, relation = (territory, "today") if territory in (HOME, "VN") else (HOME, "predecessor")
    (name,) = con.execute(
        "select name_vi from marts.dim_territory where territory_code = ?", [territory]
    ).fetchone() or ("",)
    row = [index, component, year, basis, territory, unit, relation, name, value, method, rank, is_rank_computed, among]
    reason = None if comparable or comparable is None else "Cách tính thay đổi"
    con.execute(f"insert into reporting.rpt_index_series values ({', '.join('?' * 15)})", [*row, comparable, reason])


def chart_of(con: duckdb.DuckDBPyConnection, *arguments: Any, **options: Any) -> Chart:
    chart = read_chart(con, *arguments, **options)
    assert chart is not None
    return chart


def lines(axes: Axes, gid: str) -> list[Line2D]:
    return [line for line in axes.get_lines() if line.get_gid() == gid]


def spans(axes: Axes) -> set[tuple[int, int]]:
    """From which year to which a line leads."""
    return {(int(line.get_xdata()[0]), int(line.get_xdata()[-1])) for line in lines(axes, "segment")}


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text)]


def test_no_line_crosses_a_break_or_a_missing_year(con: duckdb.DuckDBPyConnection) -> None:
    (axes,) = draw([chart_of(con, "ALPHA", HOME)]).axes
    assert spans(axes) == {(2018, 2019), (2020, 2021), (2023, 2024), (2024, 2025), (2025, 2026)}
    assert [line.get_xdata()[0] for line in lines(axes, "break")] == [2019.5]
    assert "2020" in [note.get_text() for note in axes.findobj(Annotation)]


def test_a_break_is_marked_where_it_came_in_not_where_a_unit_returned(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("delete from reporting.rpt_index_series where territory_code = '2' and edition_year = 2020")
    con.execute(
        "update reporting.rpt_index_series set comparable_with_previous = false, break_reason_vi = 'Cách tính thay đổi'"
        " where territory_code = '2' and edition_year = 2021"
    )
    assert chart_of(con, "ALPHA", HOME).breaks == (2020,)


def test_the_merger_is_marked_on_its_day(con: duckdb.DuckDBPyConnection) -> None:
    chart = chart_of(con, "ALPHA", HOME)
    figure = draw([chart])
    (merger,) = lines(figure.axes[0], "merger")
    assert chart.mergers == (date(2025, 7, 1),)
    assert merger.get_xdata()[0] == pytest.approx(2025, abs=0.01)
    assert {"sáp nhập 1/7/2025", "đổi phương pháp tính"} <= set(texts(figure))


def test_what_was_computed_looks_unlike_what_was_published(con: duckdb.DuckDBPyConnection) -> None:
    figure = draw([chart_of(con, "ALPHA", HOME)])
    (axes,) = figure.axes
    computed, published = lines(axes, "computed"), lines(axes, "published")
    assert [list(line.get_xdata()) for line in computed] == [[2018, 2019, 2020, 2021, 2023, 2024]]
    assert {line.get_markerfacecolor() for line in computed} == {"white"}
    assert "white" not in {line.get_markerfacecolor() for line in published}
    # today's unit and its two predecessors, each with a marker of its own
    assert len({line.get_marker() for line in published}) == 3
    solid = {
        int(line.get_xdata()[1]) for line in lines(axes, "segment") if line.get_linewidth() > 2 and dash(line) == "-"
    }
    assert solid == {2026}
    assert {"Đông Sơn", "Đông Sơn, bình quân tỉnh cũ", "Đông Sơn (cũ)", "Tây Sơn"} <= set(texts(figure))


def dash(line: Line2D) -> str:
    return line.get_linestyle()


def test_an_index_of_every_second_year_is_joined_at_its_own_pace(empty: duckdb.DuckDBPyConnection) -> None:
    for year, value in ((2010, 0.4), (2012, 0.5), (2016, 0.6), (2018, 0.7)):
        add(empty, year, "VN", value, None, index="WORLD", basis="VN")
    chart = chart_of(empty, "WORLD", HOME)
    assert spans(draw([chart]).axes[0]) == {(2010, 2012), (2016, 2018)}
    assert (chart.place, chart.mergers) == ("Việt Nam", ())


def test_ranks_are_of_one_list_and_better_is_higher(con: duckdb.DuckDBPyConnection) -> None:
    chart = chart_of(con, "ALPHA", HOME, measure="rank")
    figure = draw([chart])
    (axes,) = figure.axes
    bottom, top = axes.get_ylim()
    assert bottom > top
    assert chart.title == "ALPHA · thứ hạng trong 34 tỉnh, thành"
    assert chart.years == (2025, 2026)
    assert spans(axes) == {(2025, 2026)}
    assert all(tick >= 1 for tick in axes.get_yticks())


def test_the_old_list_is_drawn_while_the_new_one_has_no_two_editions(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("delete from reporting.rpt_index_series where edition_year = 2026")
    chart = chart_of(con, "ALPHA", HOME, measure="rank")
    assert chart.title == "ALPHA · thứ hạng trong 63 tỉnh, thành"
    assert chart.years == (2018, 2019, 2020, 2021)
    assert not any(series.is_today for series in chart.series)


def test_a_rank_stands_in_where_no_score_is_printed(empty: duckdb.DuckDBPyConnection) -> None:
    for year, rank, among in ((2019, 60, 140), (2021, 52, 117)):
        add(empty, year, "VN", None, None, index="WORLD", basis="VN", rank=rank, among=among)
    chart = chart_of(empty, "WORLD", HOME)
    assert (chart.title, chart.measure) == ("WORLD · thứ hạng", "rank")
    # a country's field changes from edition to edition, and the rank is still one series
    assert spans(draw([chart]).axes[0]) == {(2019, 2021)}
    assert "60 trên 140 (2019); 52 trên 117 (2021)" in chart.description_vi


def test_the_alternative_text_says_what_is_shown(con: duckdb.DuckDBPyConnection) -> None:
    assert chart_of(con, "ALPHA", HOME).description_vi == (
        "ALPHA · tổng điểm, Đông Sơn, 2018–2026. "
        "Đông Sơn, bình quân tỉnh cũ: 51 (2018); 52,25 (2019); 61 (2020); 60,5 (2021); 63,25 (2023); 64 (2024). "
        "Đông Sơn, công bố: 65,12 (2025); 66 (2026). "
        "Đông Sơn (cũ), công bố: 50 (2018); 61 (2021). "
        "Tây Sơn, công bố: 52 (2018); 60 (2021). "
        "Đổi phương pháp tính từ kỳ 2020: không nối với kỳ trước. "
        "Sáp nhập ngày 01/07/2025."
    )


def test_axes_are_in_vietnamese_format(empty: duckdb.DuckDBPyConnection) -> None:
    for year, value in ((2020, 0.55), (2021, 0.7)):
        add(empty, year, HOME, value, True)
    (axes,) = draw([chart_of(empty, "ALPHA", HOME)]).axes
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert "0,60" in labels
    assert not any("." in label for label in labels)


def test_a_component_is_named(con: duckdb.DuckDBPyConnection) -> None:
    add(con, 2020, HOME, 5.5, None, component="land")
    assert chart_of(con, "ALPHA", HOME, "land").title == "ALPHA · Tiếp cận đất đai"
    assert index_picture(con, "ALPHA", HOME, "unknown").alt_vi == NOTHING_VI


def test_side_by_side_stand_the_provincial_indices_with_two_editions(con: duckdb.DuckDBPyConnection) -> None:
    add(con, 2020, "1", 1.0, None, index="BETA")
    add(con, 2020, "VN", 1.0, None, index="WORLD", basis="VN")
    add(con, 2022, "VN", 2.0, None, index="WORLD", basis="VN")
    assert [chart.index_code for chart in read_charts(con, HOME)] == ["ALPHA"]
    add(con, 2021, "2", 2.0, True, index="BETA")
    charts = read_charts(con, HOME)
    assert [chart.index_code for chart in charts] == ["ALPHA", "BETA"]
    assert len(draw(charts).axes) == 2


def test_the_same_figures_give_the_same_bytes(con: duckdb.DuckDBPyConnection) -> None:
    one, other = index_picture(con, "ALPHA", HOME), index_picture(con, "ALPHA", HOME)
    assert one == other
    assert one.png is not None
    assert len(one.markdown) < 40_000
    assert imread(io.BytesIO(one.png)).shape[1] == 640
    assert home_picture(con, HOME) == home_picture(con, HOME)


def test_without_figures_there_is_a_plain_sentence(empty: duckdb.DuckDBPyConnection) -> None:
    for picture in (home_picture(empty, HOME), index_picture(empty, "ALPHA", HOME), index_picture(empty, "NONE", HOME)):
        assert picture == Picture(None, NOTHING_VI)
        assert picture.markdown == NOTHING_VI


def test_one_point_is_drawn(empty: duckdb.DuckDBPyConnection) -> None:
    add(empty, 2020, HOME, 0.0, None)
    picture = index_picture(empty, "ALPHA", HOME)
    assert picture.png is not None
    assert picture.alt_vi == "ALPHA · tổng điểm, Đông Sơn, 2020. Đông Sơn, công bố: 0 (2020)."


def test_a_hostile_name_is_only_a_name(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update reporting.rpt_index_series set territory_name_vi = ? where territory_code = '2'", [HOSTILE])
    con.execute("insert into marts.dim_component values ('BETA', 'evil', 'component', ?)", [HOSTILE])
    add(con, 2020, "2", 1.0, None, index="BETA", component="evil")
    for picture in (index_picture(con, "BETA", HOME, "evil"), index_picture(con, "ALPHA", HOME)):
        assert picture.png is not None
        assert not {"\r", "\n", "\u202e"} & set(picture.alt_vi)
        assert "\\]\\(javascript\\:" in picture.markdown
        # the one that ends the alternative text
        assert picture.markdown.count("](") == 1
    drawn = [text for text in draw([chart_of(con, "BETA", HOME, "evil")]).findobj(Text) if "$" in text.get_text()]
    assert drawn
    assert not any(text.get_parse_math() for text in drawn)


def test_the_asset_pages_show_the_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path))
    settings = Settings(tmp_path, HOME, frozenset(), date(2026, 11, 22))
    settings.warehouse.parent.mkdir()
    with duckdb.connect(settings.warehouse) as con:
        con.execute("create table anything (i integer)")
    assert plot_metadata(settings) == {}
    with duckdb.connect(settings.warehouse) as con:
        con.execute(_TABLES)
        for year in (2020, 2021):
            add(con, year, HOME, 1.0, True)
    shown = plot_metadata(settings)["series"].value
    assert str(shown).startswith("![ALPHA · tổng điểm\\, Đông Sơn")
    assert "](data:image/png;base64," in str(shown)


def test_the_code_location_loads_without_matplotlib() -> None:
    script = "import sys, orchestration.assembly; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
