"""What a plot of one index shows: the home unit's series, its predecessors', breaks of methodology and the merger.

Belongs here: reading the series, choosing what is drawn and joined, saying it in words. Does not belong here: drawing,
or judging a change.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Literal, NamedTuple

import duckdb

from quality.numbers_vi import date_vi, decimals_of, number_vi
from quality.suites.wording import index_label
from quality.text import one_line

Measure = Literal["score", "rank"]
_DIGITS = 4
_ROWS = """
with pace as (
    select index_code, max(pace_years) as years from reporting.rpt_publication_calendar group by index_code
),

predecessor as (
    select territory_code, row_number() over (order by territory_code) - 1 as slot
    from reporting.rpt_index_series
    where unit_code = $unit and relation = 'predecessor'
    group by territory_code
)

select
    s.edition_year,
    s.territory_code,
    s.territory_name_vi,
    s.relation = 'today' as is_today,
    s.method,
    s.value,
    s.rank,
    s.is_rank_computed,
    s.ranked_among,
    s.comparable_with_previous,
    i.level = 'national' as is_national,
    coalesce(pace.years, 1) as pace_years,
    coalesce(predecessor.slot, 0) as slot,
    t.valid_to
from reporting.rpt_index_series as s
join marts.dim_index as i using (index_code)
left join marts.dim_territory as t using (territory_code)
left join pace using (index_code)
left join predecessor using (territory_code)
where s.index_code = $index and s.component_code = $component and (s.unit_code = $unit or i.level = 'national')
order by s.relation = 'today' desc, s.territory_code, s.edition_year, s.basis
"""
# a unit that missed the first edition of a method meets the break in a later one; it is marked where it came in
_BREAKS = """
select min(edition_year) as edition_year
from reporting.rpt_index_series
where index_code = ? and component_code = ? and not comparable_with_previous
group by break_reason_vi
order by edition_year
"""
_COMPONENT = """
select component_code, case when kind = 'total' then null else name_vi end
from marts.dim_component
where index_code = ? and (component_code = ? or (? is null and kind = 'total'))
"""
_PROVINCIAL = "select index_code from marts.dim_index where level = 'provincial' order by index_code"


@dataclass(frozen=True)
class Point:
    """One edition of one unit. `is_joined`: a line may lead here from the point before it."""

    year: int
    value: float
    is_published: bool
    among: int | None
    is_joined: bool


@dataclass(frozen=True)
class Series:
    """One unit's points, by year. `is_today`: the unit as it is now; else the `slot`-th of those it was made of."""

    name: str
    is_today: bool
    slot: int
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Chart:
    """One index (or component): what is drawn, and its name. `breaks`: editions not comparable with the one before."""

    index_code: str
    subject: str
    place: str
    measure: Measure
    series: tuple[Series, ...]
    breaks: tuple[int, ...]
    mergers: tuple[date, ...]

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(sorted({point.year for series in self.series for point in series.points}))

    @property
    def title(self) -> str:
        return one_line(f"{index_label(self.index_code)} · {self.subject}")

    @property
    def computed_vi(self) -> str:
        """What a point is that nobody published."""
        return "bình quân tỉnh cũ" if self.measure == "score" else "tính từ điểm"

    @property
    def description_vi(self) -> str:
        """What the picture shows, for those who do not see it; of the predecessors' values the first and the last."""
        span = str(self.years[0]) if len(self.years) == 1 else f"{self.years[0]}–{self.years[-1]}"
        said = [f"{self.title}, {self.place}, {span}"]
        for series in self.series:
            points = series.points if series.is_today else tuple(dict.fromkeys((series.points[0], series.points[-1])))
            for is_published, told in groupby(points, lambda point: point.is_published):
                kind = "công bố" if is_published else self.computed_vi
                said.append(f"{self.label(series)}, {kind}: " + "; ".join(map(self._said, told)))
        if self.breaks:
            years = ", ".join(map(str, self.breaks))
            said.append(f"Đổi phương pháp tính từ kỳ {years}: không nối với kỳ trước")
        said.extend(f"Sáp nhập ngày {date_vi(day)}" for day in self.mergers)
        return ". ".join(said) + "."

    def _said(self, point: Point) -> str:
        among = f" trên {number_vi(point.among)}" if self.measure == "rank" and point.among else ""
        return f"{self.text(point.value)}{among} ({point.year})"

    def label(self, series: Series) -> str:
        """'Lào Cai (cũ)' where a predecessor has the name of today's unit."""
        return f"{series.name} (cũ)" if series.name == self.place and not series.is_today else series.name

    def text(self, value: float) -> str:
        """The value in Vietnamese format, at most four significant digits of a score."""
        whole = len(str(int(abs(value)))) if abs(value) >= 1 else 0
        return number_vi(value, min(decimals_of(value), max(0, _DIGITS - whole)))


class _Row(NamedTuple):
    year: int
    territory: str
    name: str
    is_today: bool
    method: str
    score: float | None
    rank: int | None
    is_rank_computed: bool | None
    among: int | None
    is_comparable: bool | None
    is_national: bool
    pace: int
    slot: int
    valid_to: date | None

    @property
    def ranked_list(self) -> tuple[bool, int | None]:
        """Which ranks share an axis: a country's always do, a province's among one number of provinces."""
        return self.is_today, None if self.is_national else self.among

    def point(self, measure: Measure, is_joined: bool) -> Point:
        if measure == "rank" and self.rank is not None:
            return Point(self.year, self.rank, not self.is_rank_computed, self.among, is_joined)
        if measure == "score" and self.score is not None:
            return Point(self.year, self.score, self.method.startswith("published"), None, is_joined)
        raise ValueError(f"no {measure} in {self.year}")


def read_chart(
    con: duckdb.DuckDBPyConnection,
    index_code: str,
    unit: str,
    component_code: str | None = None,
    measure: Measure | None = None,
) -> Chart | None:
    """Give what can be drawn of an index for today's `unit` and its predecessors, or None when nothing is on record.

    Without `component_code` it is the total. Without `measure` it is the score, unless that is known in fewer than two
    editions and the rank in more. Ranks are of one list only: of those with two editions or more, the one ranked last.
    """
    component = con.execute(_COMPONENT, [index_code, component_code, component_code]).fetchone()
    if component is None:
        return None
    code, name = component
    found = con.execute(_ROWS, {"index": index_code, "component": code, "unit": unit}).fetchall()
    rows = [_Row(*row) for row in found]
    breaks = tuple(year for (year,) in con.execute(_BREAKS, [index_code, code]).fetchall())
    scored = [row for row in rows if row.score is not None]
    ranked = _of_one_list([row for row in rows if row.rank is not None])
    if measure is None:
        measure = "score" if _editions(scored) >= min(2, _editions(ranked)) else "rank"
    drawn = scored if measure == "score" else ranked
    if not drawn:
        return None
    first, last = min(row.year for row in drawn), max(row.year for row in drawn)
    return Chart(
        index_code=index_code,
        subject=_subject(name, measure, drawn[0]),
        place=_place(con, unit, drawn[0]),
        measure=measure,
        series=tuple(
            _series(list(own), breaks, measure) for _, own in groupby(drawn, lambda row: (row.is_today, row.territory))
        ),
        breaks=tuple(year for year in breaks if first < year <= last),
        mergers=tuple(sorted({r.valid_to + timedelta(days=1) for r in rows if not r.is_today and r.valid_to})),
    )


def read_charts(con: duckdb.DuckDBPyConnection, unit: str) -> list[Chart]:
    """Give the provincial indices that have two editions or more to draw, by code."""
    charts = (read_chart(con, code, unit) for (code,) in con.execute(_PROVINCIAL).fetchall())
    return [chart for chart in charts if chart is not None and len(chart.years) >= 2]


def _series(rows: list[_Row], breaks: tuple[int, ...], measure: Measure) -> Series:
    """Join a point to the one before where that is the edition before and no break lies between them."""

    def is_joined(before: _Row, row: _Row) -> bool:
        is_next = row.year - before.year == row.pace and row.is_comparable is not False
        return is_next and not any(before.year < year <= row.year for year in breaks)

    first = rows[0]
    joined = (False, *(is_joined(before, row) for before, row in pairwise(rows)))
    points = tuple(row.point(measure, is_joined) for row, is_joined in zip(rows, joined, strict=True))
    return Series(one_line(first.name), first.is_today, first.slot, points)


def _of_one_list(rows: list[_Row]) -> list[_Row]:
    """Keep one list of units: a rank among 63 and a rank among 34 share no axis."""
    lists: dict[tuple[bool, int | None], list[_Row]] = {}
    for row in rows:
        lists.setdefault(row.ranked_list, []).append(row)
    return max(
        lists.values(),
        key=lambda own: (_editions(own) >= 2, max(row.year for row in own), own[0].is_today),
        default=[],
    )


def _editions(rows: Iterable[_Row]) -> int:
    return len({row.year for row in rows})


def _subject(component: str | None, measure: Measure, row: _Row) -> str:
    if measure == "score":
        return component or "tổng điểm"
    among = "" if row.is_national or row.among is None else f" trong {number_vi(row.among)} tỉnh, thành"
    return f"{component}, thứ hạng{among}" if component else f"thứ hạng{among}"


def _place(con: duckdb.DuckDBPyConnection, unit: str, row: _Row) -> str:
    """The name of the unit, or of the country where the index is a country's."""
    code = row.territory if row.is_national else unit
    found = con.execute("select name_vi from marts.dim_territory where territory_code = ?", [code]).fetchone()
    return one_line(found[0]) if found else code
