"""Plots of the home unit's indices as small PNG pictures with an alternative text, for Dagster and for messages.

Belongs here: drawing and layout. Does not belong here: choosing what is drawn, or its words (`plot_model`).
Import it where a picture is made: matplotlib takes a second to load.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from itertools import combinations, pairwise
from typing import Any

import duckdb
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator
from PIL import Image

from quality.numbers_vi import decimals_of, number_vi
from quality.plot_model import Chart, Measure, Series, read_chart, read_charts

NOTHING_VI = "Chưa có số liệu để vẽ biểu đồ."
_TODAY = "#111111"
# told apart by marker too: a copy in grey and a colour-blind reader lose nothing
_PREDECESSORS = (("#c84f00", "^"), ("#0072b2", "s"), ("#7a5195", "D"), ("#4d7c0f", "v"))
_MARK = "#555555"
_BREAK = (0, (1, 2))
_MERGER = (0, (7, 3))
_COLOURS = 64
_LABEL_SHARE = 0.13
_TITLE_LENGTH = 50
_NAME_LENGTH = 26
_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    # a name with '$' is a name, not a formula
    "text.parse_math": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#888888",
    "figure.dpi": 72,  # a point is a pixel
}


@dataclass(frozen=True)
class Picture:
    """PNG bytes and what they show. `png` is None when there is nothing to draw; `alt_vi` then says so."""

    png: bytes | None
    alt_vi: str

    @property
    def markdown(self) -> str:
        """The picture as Markdown that needs no other file; no name in it can be read as markup."""
        if self.png is None:
            return self.alt_vi
        alt = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", self.alt_vi)
        return f"![{alt}](data:image/png;base64,{base64.b64encode(self.png).decode('ascii')})"


@dataclass(frozen=True)
class _Look:
    """Pixels of one plot: its place, the room around the axes (left, right, top, bottom), the size of letters."""

    width: int
    height: int
    room: tuple[int, int, int, int]
    letters: int


_ALONE = _Look(640, 300, (80, 16, 58, 32), 20)
_ONE_OF_MANY = _Look(470, 230, (62, 24, 46, 26), 14)


def index_picture(
    con: duckdb.DuckDBPyConnection,
    index_code: str,
    unit: str,
    component_code: str | None = None,
    measure: Measure | None = None,
) -> Picture:
    """Draw one index (its total, or one component) for today's `unit` and its predecessors, 640 pixels wide."""
    chart = read_chart(con, index_code, unit, component_code, measure)
    return Picture(None, NOTHING_VI) if chart is None else Picture(_png(draw([chart])), chart.description_vi)


def home_picture(con: duckdb.DuckDBPyConnection, unit: str) -> Picture:
    """Draw every provincial index that has two editions or more for `unit` or its predecessors, side by side."""
    charts = read_charts(con, unit)
    if not charts:
        return Picture(None, NOTHING_VI)
    return Picture(_png(draw(charts)), " ".join(chart.description_vi for chart in charts))


def draw(charts: Sequence[Chart]) -> Figure:
    """Lay out one plot, or several in two columns, above one legend. At least one chart."""
    look = _ALONE if len(charts) == 1 else _ONE_OF_MANY
    columns = min(2, len(charts))
    with rc_context(_STYLE):
        entries = _legend_entries(charts)
        legend_height = round(1.5 * look.letters) * -(-len(entries) // (2 * columns)) + 12
        width, height = columns * look.width, -(-len(charts) // columns) * look.height + legend_height
        figure = Figure(figsize=(width / 72, height / 72))
        for place, chart in enumerate(charts):
            row, column = divmod(place, columns)
            left, right, top, bottom = look.room
            axes = figure.add_axes(
                (
                    (column * look.width + left) / width,
                    (height - (row + 1) * look.height + bottom) / height,
                    (look.width - left - right) / width,
                    (look.height - top - bottom) / height,
                )
            )
            _plot(axes, chart, look)
        figure.legend(
            handles=list(entries.values()),
            labels=list(entries),
            loc="lower left",
            ncols=2 * columns,
            fontsize=look.letters - 1,
            frameon=False,
            handlelength=1.8,
            handletextpad=0.5,
            columnspacing=1.2,
            borderaxespad=0.2,
            labelspacing=0.3,
        )
    return figure


def _plot(axes: Axes, chart: Chart, look: _Look) -> None:
    _scale(axes, chart, look)
    for year in chart.breaks:
        axes.axvline(year - 0.5, gid="break", color=_MARK, linestyle=_BREAK, linewidth=1.6, zorder=1)
        axes.annotate(
            str(year),
            (year - 0.5, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 2),
            textcoords="offset points",
            ha="center",
            fontsize=look.letters - 3,
            color=_MARK,
        )
    for day in chart.mergers:
        axes.axvline(_on_axis(day), gid="merger", color=_MARK, linestyle=_MERGER, linewidth=1.6, zorder=1)
    # today's unit is drawn last, above those that it was made of
    for series in reversed(chart.series):
        _draw_series(axes, series)
    _label_last(axes, chart, look)
    axes.annotate(
        _cut(chart.title, _TITLE_LENGTH),
        (0, 1),
        xycoords="axes fraction",
        xytext=(-look.room[0] + 6, look.letters + 6),
        textcoords="offset points",
        fontsize=look.letters,
        fontweight="bold",
        annotation_clip=False,
    )


def _draw_series(axes: Axes, series: Series) -> None:
    colour, marker = _colour_and_marker(series)
    width, size, above = (2.6, 8.5, 4) if series.is_today else (1.3, 6, 2)
    for before, after in pairwise(series.points):
        if after.is_joined:
            axes.plot(
                [before.year, after.year],
                [before.value, after.value],
                color=colour,
                linewidth=width,
                linestyle="-" if before.is_published and after.is_published else (0, (3, 1.5)),
                gid="segment",
                zorder=above,
            )
    for is_published in (True, False):
        points = [point for point in series.points if point.is_published == is_published]
        if points:
            axes.plot(
                [point.year for point in points],
                [point.value for point in points],
                linestyle="none",
                marker=marker,
                markersize=size,
                markeredgecolor=colour,
                markerfacecolor=colour if is_published else "white",
                markeredgewidth=1.8 if series.is_today else 1,
                gid="published" if is_published else "computed",
                zorder=above + 1,
                clip_on=False,
            )


def _scale(axes: Axes, chart: Chart, look: _Look) -> None:
    """Set the limits and the ticks: years below, figures in Vietnamese format at the side, a better rank higher."""
    is_rank = chart.measure == "rank"
    ends = [*chart.years, *map(_on_axis, chart.mergers)]
    first, last = min(ends) - 0.6, max(ends) + 0.6
    # the last values are written to the right of their points
    last = max(last, chart.years[-1] + _LABEL_SHARE / (1 - _LABEL_SHARE) * (chart.years[-1] - first))
    axes.set_xlim(first, last)
    years = MaxNLocator(6, integer=True).tick_values(min(ends), max(ends))
    axes.set_xticks([round(year) for year in years if first <= year <= max(ends) + 0.5])
    values = [point.value for series in chart.series for point in series.points]
    low, high = min(values), max(values)
    room = max(0.1 * (high - low), 1) if is_rank else 0.1 * (high - low) or 0.02 * abs(high) or 1
    locator = MaxNLocator(5, integer=is_rank, steps=[1, 2, 2.5, 5, 10])
    ticks = [round(float(tick), 9) for tick in locator.tick_values(low, high)]
    ticks = [tick for tick in ticks if low - room <= tick <= high + room and (tick >= 1 or not is_rank)]
    decimals = max(map(decimals_of, ticks), default=0)
    axes.set_yticks(ticks, labels=[number_vi(tick, decimals) for tick in ticks])
    axes.set_ylim((high + room, low - room) if is_rank else (low - room, high + room))
    axes.tick_params(labelsize=look.letters - 2, colors="#333333", length=4)
    axes.grid(axis="y", color="#e2e2e2", linewidth=0.8)
    axes.set_axisbelow(True)


def _label_last(axes: Axes, chart: Chart, look: _Look) -> None:
    """Write each series' last value beside it; values that would cover each other are moved apart."""
    ends = [(float(series.points[-1].year), series.points[-1].value) for series in chart.series]
    places = [(float(x), float(y)) for x, y in axes.transData.transform(ends)]
    for series, moved, (_, height) in zip(chart.series, _apart(places, look.letters), places, strict=True):
        last = series.points[-1]
        axes.annotate(
            chart.text(last.value),
            (last.year, last.value),
            xytext=(9, moved - height),
            textcoords="offset points",
            va="center",
            fontsize=look.letters - 2,
            fontweight="bold" if series.is_today else "normal",
            color=_colour_and_marker(series)[0],
            path_effects=[withStroke(linewidth=4, foreground="white")],
            annotation_clip=False,
            zorder=9,
        )


def _apart(places: list[tuple[float, float]], letters: int) -> list[float]:
    """Give the heights of texts at `places` (pixels) such that none covers another: neighbours give way equally."""
    heights = [height for _, height in places]
    order = sorted(range(len(places)), key=lambda place: (heights[place], place))
    for _ in range(4 * len(places)):
        for lower, upper in combinations(order, 2):
            short = letters - (heights[upper] - heights[lower])
            if short > 0 and abs(places[upper][0] - places[lower][0]) < 4 * letters:
                heights[lower] -= short / 2
                heights[upper] += short / 2
    return heights


def _legend_entries(charts: Sequence[Chart]) -> dict[str, Line2D]:
    """What occurs in the charts, by its words: units first, then the marks; each once."""
    drawn = [(chart, series) for chart in charts for series in chart.series]
    entries: dict[str, Line2D] = {}
    for chart, series in sorted(drawn, key=lambda pair: (not pair[1].is_today, pair[1].slot)):
        colour, marker = _colour_and_marker(series)
        name = _cut(chart.label(series), _NAME_LENGTH)
        for is_published in sorted({point.is_published for point in series.points}, reverse=True):
            entries[name if is_published else f"{name}, {chart.computed_vi}"] = Line2D(
                [],
                [],
                color=colour,
                linestyle="-" if is_published else (0, (2, 1)),
                linewidth=2.4 if series.is_today else 1.3,
                marker=marker,
                markersize=8 if series.is_today else 6,
                markerfacecolor=colour if is_published else "white",
            )
    if any(chart.breaks for chart in charts):
        entries["đổi phương pháp tính"] = Line2D([], [], color=_MARK, linestyle=_BREAK, linewidth=1.6)
    for day in sorted({day for chart in charts for day in chart.mergers}):
        words = f"sáp nhập {day.day}/{day.month}/{day.year}"
        entries[words] = Line2D([], [], color=_MARK, linestyle=_MERGER, linewidth=1.6)
    return entries


def _colour_and_marker(series: Series) -> tuple[str, str]:
    return (_TODAY, "o") if series.is_today else _PREDECESSORS[series.slot % len(_PREDECESSORS)]


def _on_axis(day: date) -> float:
    """Where a day stands: a year's figure stands at its middle."""
    return day.year - 0.5 + (day.timetuple().tm_yday - 1) / 365


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _png(figure: Figure) -> bytes:
    """Same bytes for the same figure, a quarter of what all colours would take: nobody sees the difference."""
    pixels, out = BytesIO(), BytesIO()
    with rc_context(_STYLE):
        figure.savefig(pixels, format="rgba")
    size = round(figure.bbox.width), round(figure.bbox.height)
    image = Image.frombytes("RGBA", size, pixels.getvalue()).convert("RGB")
    image.quantize(_COLOURS, dither=Image.Dither.NONE).save(out, format="PNG", optimize=True)
    return out.getvalue()
