"""Every change of a weighted figure is taken apart and the parts add up to it: recomputed from the facts alone."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import pytest

Key = tuple[str, int, str, str, str]  # index, later edition, list, territory, parent


@dataclass(frozen=True)
class Weights:
    """Published weights of one index, in points of the parent for one point of the component."""

    spans: list[tuple[int, int, str, str, float]]

    def of(self, edition_year: int) -> dict[str, dict[str, float]]:
        """Parent -> component -> points."""
        found: dict[str, dict[str, float]] = defaultdict(dict)
        for first, last, parent, component, points in self.spans:
            if first <= edition_year <= last:
                found[parent][component] = points
        return found


@pytest.fixture
def scores(bi: duckdb.DuckDBPyConnection) -> dict[tuple[str, int, str, str], dict[str, float]]:
    """(index, edition, list, territory) -> component -> published score."""
    found: dict[tuple[str, int, str, str], dict[str, float]] = defaultdict(dict)
    for index, year, basis, territory, component, value in bi.execute(
        "select f.index_code, f.edition_year, f.basis, f.territory_code, f.component_code, f.value"
        " from marts.fct_index_result as f join marts.dim_territory as t using (territory_code)"
        " where f.is_current and f.measure = 'score' and f.value is not null and t.kind in ('province', 'city')"
    ).fetchall():
        found[index, year, basis, territory][component] = value
    return found


@pytest.fixture
def weights(bi: duckdb.DuckDBPyConnection) -> dict[str, Weights]:
    spans: dict[str, list[tuple[int, int, str, str, float]]] = defaultdict(list)
    for index, first, last, parent, component, weight, aggregation in bi.execute(
        "select index_code, from_edition, to_edition, parent_component_code, component_code, weight, aggregation"
        " from marts.component_weight where weight is not null"
    ).fetchall():
        spans[index].append(
            (first, last, parent, component, weight * (10 if aggregation == "weighted_mean_x10" else 1))
        )
    return {index: Weights(rows) for index, rows in spans.items()}


def consecutive_complete(
    scores: dict[tuple[str, int, str, str], dict[str, float]], weights: dict[str, Weights]
) -> Iterator[tuple[Key, float]]:
    """Each parent whose own score and whose weighted components are all printed in both editions, and its change."""
    for (index, year, basis, territory), after in scores.items():
        before = scores.get((index, year - 1, basis, territory), {})
        if index not in weights:
            continue
        earlier, later = weights[index].of(year - 1), weights[index].of(year)
        for parent in earlier.keys() & later.keys() & before.keys() & after.keys():
            if earlier[parent].keys() <= before.keys() and later[parent].keys() <= after.keys():
                yield (index, year, basis, territory, parent), after[parent] - before[parent]


def test_the_parts_of_every_change_add_up_to_it(
    bi: duckdb.DuckDBPyConnection,
    scores: dict[tuple[str, int, str, str], dict[str, float]],
    weights: dict[str, Weights],
) -> None:
    summed = {
        (index, year, basis, territory, parent): total
        for index, year, basis, territory, parent, total in bi.execute(
            "select c.index_code, c.edition_year, c.basis, c.territory_code, c.parent_component_code,"
            " sum(c.contribution + c.weight_effect) from reporting.rpt_change_contribution as c"
            " join marts.dim_edition as e on e.is_current and e.index_code = c.index_code"
            " and e.edition_year = c.previous_edition_year and e.basis = c.basis group by all"
        ).fetchall()
    }
    expected = dict(consecutive_complete(scores, weights))
    assert summed.keys() == expected.keys()
    assert len(expected) > 5000
    assert max(abs(summed[key] - change) for key, change in expected.items()) < 1e-9


def test_only_known_inconsistencies_are_left_unexplained(bi: duckdb.DuckDBPyConnection) -> None:
    """A remainder beyond rounding is a total that contradicts its parts in one of the two editions (quality/README)."""
    found = bi.execute(
        "select index_code, edition_year, parent_component_code, count(distinct territory_code)"
        " from reporting.rpt_change_contribution where not is_explained group by all order by all"
    ).fetchall()
    assert found == [
        ("PAPI", 2022, "d1", 1),
        ("PAPI", 2023, "d1", 1),
        ("PCI", 2011, "total", 62),
        ("PCI", 2012, "total", 62),
        ("PCI", 2022, "total", 1),
        ("PCI", 2023, "total", 1),
        ("PCI", 2024, "total", 1),
    ]


def test_weights_act_only_when_they_change(bi: duckdb.DuckDBPyConnection) -> None:
    stray = bi.execute(
        "select * from reporting.rpt_change_contribution where weight_before = weight_after and weight_effect <> 0"
    ).fetchall()
    assert stray == []


def test_contributions_run_down_the_tree(bi: duckdb.DuckDBPyConnection) -> None:
    """In points of the total, the parts of a dimension make up what the dimension does."""
    checked, worst = bi.execute(
        """
        with part as (
            select index_code, edition_year, basis, territory_code, parent_component_code as component_code,
                sum(contribution_to_total) as points, max(abs(weight_effect)) as weight_effect
            from reporting.rpt_change_contribution
            where parent_component_code <> 'total' group by all
        )
        select count(*), max(abs(part.points - whole.contribution_to_total))
        from part join reporting.rpt_change_contribution as whole
            using (index_code, edition_year, basis, territory_code, component_code)
        where whole.parent_component_code = 'total' and part.weight_effect = 0
        """
    ).fetchone() or (0, None)
    assert checked > 3000
    assert worst < 1e-9


def test_a_change_carries_its_contribution(bi: duckdb.DuckDBPyConnection) -> None:
    differing = bi.execute(
        "select * from reporting.rpt_change_contribution as d join reporting.rpt_index_change as c"
        " using (index_code, edition_year, basis, territory_code, component_code)"
        " where c.measure = 'score' and d.weight_before is not null and d.weight_after is not null"
        " and abs(c.contribution - d.contribution_to_total) > 1e-9"
    ).fetchall()
    assert differing == []


def test_old_weights_on_new_components_say_what_performance_did(bi: duckdb.DuckDBPyConnection) -> None:
    """Hải Phòng, PCI 2021 to 2022: the total rose by 0.15; under the old weights it would have lost 2.98."""
    change, at_constant_weights, is_weights_only, reason = bi.execute(
        "select change, change_at_constant_weights, is_weights_only_break, break_reason_en"
        " from reporting.rpt_index_change"
        " where index_code = 'PCI' and edition_year = 2022 and territory_code = '31' and component_code = 'total'"
        " and measure = 'score'"
    ).fetchone() or (0, 0, None, None)
    old = bi.execute(
        """
        select 10 * sum(w.weight * (after.value - before.value))
        from marts.component_weight as w
        join marts.fct_index_result as before using (index_code, component_code)
        join marts.fct_index_result as after using (index_code, component_code, territory_code, measure)
        where index_code = 'PCI' and territory_code = '31' and measure = 'score' and w.from_edition = 2013
            and before.edition_year = 2021 and after.edition_year = 2022
        """
    ).fetchone()
    assert old is not None
    assert change == pytest.approx(70.76 - 70.6093902588)
    assert at_constant_weights == pytest.approx(old[0], abs=1e-9)
    assert at_constant_weights == pytest.approx(-2.9794, abs=1e-4)
    assert is_weights_only is True
    assert reason == "From 2022 the weights of the sub-indices change"


def test_a_break_of_more_than_weights_is_none_of_weights(bi: duckdb.DuckDBPyConnection) -> None:
    breaks = bi.execute(
        "select distinct index_code, edition_year from reporting.rpt_index_change where is_weights_only_break"
        " order by all"
    ).fetchall()
    assert breaks == [("DTI", 2024), ("PCI", 2022)]
