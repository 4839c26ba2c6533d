"""Each check of the preflight on small synthetic tables: it fires where it should and stays silent where it should."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.catalog import Component, Composition, Edition, Index, Weight
from ingest.preflight import Inspected, Preflight, preflight
from ingest.reader import Cell
from ingest.settings import Shelf
from ingest.territory import Gazetteer, gazetteer

YEAR = 2020
PARTS = ("first", "second", "third", "fourth")
# all different but the last two, whose cells no sum can tell apart
WEIGHTS = {"first": "0.1", "second": "0.2", "third": "0.35", "fourth": "0.35"}
Figures = dict[str, dict[str, float | str | None]]


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    return gazetteer()


def _component(code: str, scale: tuple[float, float]) -> Component:
    return Component(code, None if code == "total" else "total", "part", code, code, scale, {}, ())


def _span(first: int, last: int) -> Composition:
    weights = tuple(Weight(code, share, None) for code, share in WEIGHTS.items())
    return Composition("total", first, last, "weighted_mean", weights, None, None, None)


def an_index(spans: tuple[Composition, ...] = (_span(2000, 2030),)) -> Index:
    components = (_component("total", (0, 10)), *(_component(code, (0, 10)) for code in PARTS))
    return Index(
        code="SYNTHETIC",
        level="provincial",
        name_vi="",
        name_en="",
        publisher="",
        publisher_code="",
        scale=(0, 10),
        higher_is_better=True,
        in_plan=False,
        publishes_rank=True,
        zero_is_no_data=False,
        citation="",
        passing_on="ask",
        terms="",
        successor=None,
        note=None,
        components=components,
        compositions=spans,
        path=Path("index.yaml"),
    )


def an_edition(year: int = YEAR, coverage: str = "complete") -> Edition:
    return Edition(
        index="SYNTHETIC",
        year=year,
        basis="63",
        vintage=1,
        title="synthetic",
        published_on=None,
        accessed_on=None,
        coverage=coverage,
        territories_expected=None,
        absent=frozenset(),
        no_data=frozenset(),
        notes=None,
        corrections=(),
        tables=(),
        path=Path("edition.yaml"),
        shelf=Shelf(Path("catalog"), Path("archive")),
    )


def _profiles(places: Gazetteer) -> dict[str, list[float]]:
    """What each of the 63 units is like, on each part: kept from year to year."""
    draw = random.Random(1)
    codes = [one.code for one in places.territories.values() if one.is_listed("63", YEAR)]
    return {code: [draw.gauss(3 + at, 0.8) for at in range(len(PARTS))] for code in codes}


def figures(places: Gazetteer, year: int) -> Figures:
    """Territory -> column -> figure, sorted by the total; columns named "first" or "total.rank"."""
    draw = random.Random(year)
    table: Figures = {}
    for code, profile in _profiles(places).items():
        scores = {
            part: round(min(9.9, max(0.1, at + draw.gauss(0, 0.15))), 2)
            for part, at in zip(PARTS, profile, strict=True)
        }
        total = round(sum(float(WEIGHTS[part]) * score for part, score in scores.items()), 2)
        table[code] = {**scores, "total": total, "total.ci_low": total - 0.3, "total.ci_high": total + 0.3}
    ordered = sorted(table.items(), key=lambda item: -float(item[1]["total"] or 0))
    for place, (_, row) in enumerate(ordered, start=1):
        row["total.rank"] = place
        row["total.tier"] = "high" if place <= 20 else "low"
    return dict(ordered)


def cells_of(table: Figures) -> list[Cell]:
    cells = []
    for line, (code, row) in enumerate(table.items(), start=2):
        for column, (name, value) in enumerate(row.items(), start=2):
            component, _, measure = name.partition(".")
            number = value if isinstance(value, int | float) else None
            text = str(round(value, 2)) if isinstance(value, float) else str(value or "")
            status = "no_data" if value is None else "number" if number is not None else "text"
            if text.endswith("%"):
                number, status = float(text[:-1]), "number"
            cells.append(
                Cell(
                    table_no=1,
                    territory_code=code,
                    territory_text=code,
                    component_code=component,
                    measure=measure or "score",
                    value=number,
                    value_text=text,
                    value_status=status,
                    printed_decimals=len(text.partition(".")[2]),
                    qualifier=None,
                    ranked_among=None,
                    note=None,
                    source_url=None,
                    source_kind="official",
                    source_file="table.csv",
                    source_sha256="0",
                    source_row=line,
                    source_column=column,
                    source_header=name,
                    source_locator=f"table.csv#R{line}C{column}",
                )
            )
    return cells


class Bench:
    """A table of 2020 beside the one of 2019, both in order until a test spoils one."""

    def __init__(self, places: Gazetteer) -> None:
        self.places, self.index = places, an_index()
        self.now, self.then = figures(places, YEAR), figures(places, YEAR - 1)
        self.edition, self.before = an_edition(), an_edition(YEAR - 1)
        self.others: list[tuple[Edition, list[Cell]]] = []

    @property
    def codes(self) -> list[str]:
        return list(self.now)

    def column(self, name: str) -> list[Any]:
        return [row[name] for row in self.now.values()]

    def fill(self, name: str, values: list[Any]) -> None:
        for row, value in zip(self.now.values(), values, strict=True):
            row[name] = value

    def run(self) -> Preflight:
        seen = Inspected(self.edition, self.index, cells_of(self.now), self.before, cells_of(self.then), self.others)
        return preflight(seen, self.places)

    def held(self) -> set[str]:
        return {remark.check for remark in self.run().remarks if remark.holds}

    def warned(self) -> set[str]:
        return {remark.check for remark in self.run().remarks if not remark.holds}


@pytest.fixture
def bench(places: Gazetteer) -> Bench:
    return Bench(places)


def test_a_table_in_order_is_not_held(bench: Bench) -> None:
    assert bench.held() == set()
    # its groups and its confidence intervals are what nothing can prove
    assert bench.warned() == {"unproved"}


def _drop_row(bench: Bench) -> None:
    del bench.now[bench.codes[5]]


def _out_of_scale(bench: Bench) -> None:
    bench.now[bench.codes[5]]["first"] = 11.0


def _sign(bench: Bench) -> None:
    bench.now[bench.codes[5]]["first"] = f"{bench.now[bench.codes[5]]['first']}%"


def _blank(bench: Bench) -> None:
    bench.now[bench.codes[5]]["first"] = None


def _copy_row(bench: Bench) -> None:
    bench.now[bench.codes[5]].update(bench.now[bench.codes[6]])


def _rank(bench: Bench) -> None:
    bench.now[bench.codes[5]]["total.rank"] = 40


def _exchange_rows(bench: Bench) -> None:
    one, other = bench.codes[5], bench.codes[40]
    bench.now[one], bench.now[other] = bench.now[other], bench.now[one]


def _tier(bench: Bench) -> None:
    bench.now[bench.codes[5]]["total.tier"] = "low"


def _one_part(bench: Bench) -> None:
    bench.now[bench.codes[5]]["first"] = 9.0


def _interval(bench: Bench) -> None:
    bench.now[bench.codes[5]]["total.ci_low"] = 9.9


def _last_year(bench: Bench) -> None:
    for code, row in bench.now.items():
        row["first"] = bench.then[code]["first"]


def _unit(bench: Bench) -> None:
    for name in (*PARTS, "total"):
        bench.fill(name, [value / 10 for value in bench.column(name)])


def _exchange_columns(bench: Bench) -> None:
    third, fourth = bench.column("third"), bench.column("fourth")
    bench.fill("third", fourth)
    bench.fill("fourth", third)


def _move_names(bench: Bench) -> None:
    codes, rows = bench.codes, list(bench.now.values())
    bench.now = dict(zip([*codes[1:], codes[0]], rows, strict=True))


def _move_column(bench: Bench) -> None:
    values = bench.column("first")
    bench.fill("first", [*values[1:], values[0]])


def _methodology_without(bench: Bench) -> None:
    spans = (
        replace(_span(2000, 2030), weights=tuple(one for one in _span(2000, 2030).weights if one.component != "first")),
    )
    bench.index = an_index(spans)


def _published_before(bench: Bench) -> None:
    bench.edition = replace(bench.edition, published_on=f"{YEAR - 1}-05-01")


@pytest.mark.parametrize(
    ("check", "spoil"),
    [
        ("not_of_this_edition", _methodology_without),
        ("published_in_time", _published_before),
        ("territories", _drop_row),
        ("in_scale", _out_of_scale),
        ("signs", _sign),
        ("blanks", _blank),
        ("rows_copied", _copy_row),
        ("ranks", _rank),
        ("order", _exchange_rows),
        ("tier_order", _tier),
        ("composite", _one_part),
        ("intervals", _interval),
        ("repeat", _last_year),
        ("unit", _unit),
        ("columns", _exchange_columns),
        ("rows", _move_names),
        ("rows", _move_column),
    ],
)
def test_a_spoilt_table_is_held(bench: Bench, check: str, spoil: Callable[[Bench], None]) -> None:
    spoil(bench)
    assert check in bench.held()


def test_a_part_of_a_table_may_lack_rows(bench: Bench) -> None:
    _drop_row(bench)
    bench.edition = an_edition(coverage="partial")
    assert "territories" not in bench.held()


def test_blanks_that_the_index_has_had_before_only_warn(bench: Bench) -> None:
    _blank(bench)
    bench.then[bench.codes[9]]["first"] = None
    assert "blanks" in bench.warned()
    assert "blanks" not in bench.held()


def test_ranks_of_scores_that_print_alike_may_stand_either_way(bench: Bench) -> None:
    one, other = bench.codes[5:7]
    bench.now[one]["total"] = bench.now[other]["total"]
    bench.now[one]["total.rank"], bench.now[other]["total.rank"] = 7, 6
    assert "ranks" not in bench.held()


def test_a_row_of_the_country_is_told(bench: Bench) -> None:
    bench.now["VN"] = {name: value for name, value in bench.now[bench.codes[30]].items() if name in PARTS}
    bench.now["VN"]["total"] = 9.9
    assert "above" in bench.warned()
    assert "ranks" not in bench.held()


def test_a_group_of_a_new_name_is_told(bench: Bench) -> None:
    bench.now[bench.codes[-1]]["total.tier"] = "lowest"
    assert "tier_names" in bench.warned()


def test_figures_of_any_other_year_are_found_though_rounded(bench: Bench, places: Gazetteer) -> None:
    other = figures(places, YEAR - 5)
    bench.others = [(an_edition(YEAR - 5), cells_of(other))]
    assert "repeat" not in bench.held()
    bench.fill("second", [round(float(other[code]["second"] or 0), 1) for code in bench.codes])
    assert "repeat" in bench.held()


def test_a_column_full_of_full_scores_is_no_repeat(bench: Bench) -> None:
    for table in (bench.now, bench.then):
        for place, row in enumerate(table.values()):
            row["fifth"] = 10.0 if place % 8 else 9.0 + place / 100
    assert "repeat" not in bench.held()


def test_weights_of_the_last_methodology_are_tried_where_the_years_own_are_unknown(bench: Bench) -> None:
    bench.index = an_index((_span(2000, YEAR - 1),))
    assert ("first", "score") in bench.run().precision
    _one_part(bench)
    assert "composite" in bench.held()


def test_other_weights_are_told_and_do_not_hold(bench: Bench) -> None:
    bench.index = an_index((_span(2000, YEAR - 1),))
    bench.fill("total", [round(value + 0.5, 2) for value in bench.column("total")])
    assert "composite" not in bench.held()
    assert "weights" in bench.warned()


def test_a_part_that_is_measured_anew_is_no_change_of_unit(bench: Bench) -> None:
    before, now = replace(_span(2000, YEAR - 1), break_en="measured anew"), _span(YEAR, 2030)
    bench.index = an_index((before, now))
    _unit(bench)
    assert "unit" in bench.warned()
    assert "unit" not in bench.held()


def test_one_part_of_a_row_far_from_its_past_is_told(bench: Bench) -> None:
    _one_part(bench)
    assert "out_of_line" in bench.warned()


def test_rows_that_fit_each_others_past_are_told_where_no_order_shows_it(bench: Bench) -> None:
    for table in (bench.now, bench.then):
        for row in table.values():
            del row["total.rank"], row["total.tier"]
    bench.now = dict(sorted(bench.now.items()))
    assert "rows_exchanged" not in bench.warned()
    codes = bench.codes
    one, other = (
        codes[0],
        max(
            codes, key=lambda code: abs(float(bench.now[code]["total"] or 0) - float(bench.now[codes[0]]["total"] or 0))
        ),
    )
    bench.now[one], bench.now[other] = bench.now[other], bench.now[one]
    assert "rows_exchanged" in bench.warned()


def test_cells_of_one_row_that_fit_each_others_column_are_told(bench: Bench) -> None:
    assert "cells_exchanged" not in bench.warned()
    row = bench.now[bench.codes[5]]
    row["third"], row["fourth"] = row["fourth"], row["third"]
    assert "cells_exchanged" in bench.warned()
    assert bench.run().same_weight == [[("third", "score"), ("fourth", "score")]]


def test_columns_that_nothing_tells_apart_are_named(bench: Bench) -> None:
    draw = random.Random(3)
    for table in (bench.now, bench.then):
        for row in table.values():
            row["fifth"], row["sixth"] = round(draw.gauss(5, 1), 2), round(draw.gauss(5, 1), 2)
    alike = next(remark for remark in bench.run().remarks if remark.check == "columns_alike")
    assert "fifth/sixth" in alike.what.en


def test_a_table_of_totals_alone_cannot_say_that_its_rows_stand_right(bench: Bench) -> None:
    draw = random.Random(4)
    for table, noise in ((bench.now, 0), (bench.then, 1)):
        for code in table:
            table[code] = {"total": round(float(table[code]["total"] or 0) + noise * draw.gauss(0, 1), 2)}
    assert {"unproved", "rows_unproved"} <= bench.warned()


def test_components_and_cells_that_are_gone_are_told(bench: Bench) -> None:
    for row in bench.now.values():
        del row["first"]
    for code in bench.codes[:40]:
        bench.now[code]["second"] = bench.now[code]["third"] = None
    assert {"components_gone", "coverage"} <= bench.warned()


def test_the_precision_that_is_stated_is_the_one_that_holds(bench: Bench) -> None:
    """An error of the stated size is sure to be held, in every row of every part."""
    least = bench.run().precision
    for part in PARTS:
        for code in bench.codes[::10]:
            right = bench.now[code][part]
            bench.now[code][part] = float(right or 0) + least[part, "score"] + 1e-6
            assert "composite" in bench.held()
            bench.now[code][part] = right


def test_without_a_past_that_is_said(bench: Bench, places: Gazetteer) -> None:
    found = preflight(Inspected(bench.edition, bench.index, cells_of(bench.now), None, []), places)
    assert any("no earlier edition" in fact.en for fact in found.facts)
    assert "rows_unproved" in {remark.check for remark in found.remarks}


def test_numbers_are_written_as_each_language_writes_them(bench: Bench) -> None:
    _unit(bench)
    unit = next(remark for remark in bench.run().remarks if remark.check == "unit")
    assert "0,3" in unit.what.vi
    assert "0.3" in unit.what.en
