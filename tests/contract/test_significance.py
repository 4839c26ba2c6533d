"""How much a change means: recomputed here with plain Python from the published tables."""

from collections import defaultdict
from math import sqrt
from statistics import median

import duckdb
import numpy as np
import pytest

MIN_PEERS = 8


def test_every_yardstick_leaves_the_judged_unit_out(bi: duckdb.DuckDBPyConnection) -> None:
    """Median and median absolute deviation of the others, one by one, for each column of changes."""
    columns = defaultdict(list)
    for index, year, basis, component, measure, change, baseline, noise, source, tolerance in bi.execute(
        "select index_code, edition_year, basis, component_code, measure, change_in_good_direction, baseline_change,"
        " noise, noise_source, tolerance from reporting.rpt_index_change where change is not null"
    ).fetchall():
        columns[index, year, basis, component, measure].append((change, baseline, noise, source, tolerance))
    judged = 0
    for rows in columns.values():
        for place, (_, baseline, noise, source, tolerance) in enumerate(rows):
            others = [row[0] for number, row in enumerate(rows) if number != place]
            if source == "spread_of_changes":
                assert len(others) >= MIN_PEERS
                middle = median(others)
                spread = 1.4826 * median(abs(change - middle) for change in others)
                assert baseline == pytest.approx(middle, abs=1e-9)
                # the tolerance holds both half units, so their noise is no more than it over the root of three
                assert spread - 1e-9 <= noise <= sqrt(spread**2 + tolerance**2 / 3) + 1e-9
                judged += 1
    assert judged > 30000


def test_z_is_the_change_beyond_the_baseline_over_the_noise(bi: duckdb.DuckDBPyConnection) -> None:
    wrong = bi.execute(
        "select * from reporting.rpt_index_change "
        "where (z is null) <> (noise_source in ('printed_precision', 'unknown'))"
        " or (noise is null) <> (noise_source = 'unknown')"
        " or abs(z - (change_in_good_direction - baseline_change) / noise) > 1e-6 * abs(z) + 1e-9"
    ).fetchall()
    assert wrong == []


def test_nothing_is_judged_across_a_break(bi: duckdb.DuckDBPyConnection) -> None:
    judged = bi.execute("select * from reporting.rpt_index_change where not is_comparable and z is not null").fetchall()
    assert judged == []


def test_the_published_intervals_hold_ninety_percent(bi: duckdb.DuckDBPyConnection) -> None:
    """PAPI 2019 prints both standard errors and intervals: each is the score plus and minus 1.645 standard errors."""
    ratios = bi.execute(
        """
        with printed as (
            select component_code, territory_code,
                max(value) filter (measure = 'ci_high') - max(value) filter (measure = 'ci_low') as width,
                max(value) filter (measure = 'standard_error') as error
            from marts.fct_index_result where index_code = 'PAPI' and edition_year = 2019 group by all
        )
        select count(*), min(width / 2 / error), max(width / 2 / error) from printed where error is not null
        """
    ).fetchone()
    assert ratios is not None
    assert ratios[0] == 126
    assert ratios[1] == pytest.approx(1.645, abs=1e-3)
    assert ratios[2] == pytest.approx(1.645, abs=1e-3)


@pytest.mark.parametrize(("component", "error"), [("d1", sqrt(0.005800906103104353)), ("total", 0.24464483559131622)])
@pytest.mark.parametrize("edition_year", [2019, 2020])
def test_a_published_error_stands_for_both_editions(
    bi: duckdb.DuckDBPyConnection, edition_year: int, component: str, error: float
) -> None:
    """Lào Cai: 2019 is the one edition with errors, and 2018 to 2019 as well as 2019 to 2020 are judged by it."""
    noise, source = bi.execute(
        "select noise, noise_source from reporting.rpt_index_change where index_code = 'PAPI' and edition_year = ?"
        " and territory_code = '10' and component_code = ? and measure = 'score'",
        [edition_year, component],
    ).fetchone() or (None, None)
    assert source == "published_error"
    assert noise == pytest.approx(sqrt(2) * error, rel=1e-6)


def test_a_part_measured_anew_is_no_fall_of_the_whole(bi: duckdb.DuckDBPyConnection) -> None:
    """PAPI 2020 lowers d8 in all provinces by one point: the totals are judged against what all of them lost."""
    rows = bi.execute(
        "select broken_parts, count(*), min(baseline_change), max(baseline_change)"
        " from reporting.rpt_index_change where index_code = 'PAPI'"
        " and edition_year = 2020 and component_code = 'total' and noise_source = 'published_error' group by all"
    ).fetchall()
    assert rows == [("d8", 63, pytest.approx(-1, abs=0.06), pytest.approx(-1, abs=0.06))]


def test_each_computed_rank_has_an_interval_around_it(bi: duckdb.DuckDBPyConnection) -> None:
    outside = bi.execute(
        "select * from reporting.rpt_index_change where is_rank_computed and is_comparable"
        " and (rank_interval_low is null"
        " or value_after not between rank_interval_low and rank_interval_high"
        " or rank_interval_low < 1 or rank_interval_high > ranked_among)"
    ).fetchall()
    assert outside == []


def test_the_intervals_are_those_of_another_simulation(bi: duckdb.DuckDBPyConnection) -> None:
    """PAPI 2019, totals: twenty thousand draws of numpy's own generator over the published standard errors."""
    rows = bi.execute(
        """
        with printed as (
            select territory_code, max(value) filter (measure = 'score') as score,
                max(value) filter (measure = 'standard_error') as error
            from marts.fct_index_result
            where index_code = 'PAPI' and edition_year = 2019 and component_code = 'total' group by all
        )
        select p.score, p.error, s.rank_interval_low, s.rank_interval_high
        from printed as p join reporting.rpt_index_series as s using (territory_code)
        where s.index_code = 'PAPI' and s.edition_year = 2019 and s.component_code = 'total'
            and s.method <> 'backcast_mean'
        """
    ).fetchall()
    score, error, low, high = np.array(rows).T
    drawn = score + error * np.random.default_rng(1).standard_normal((20_000, len(rows)))
    ranks = (-drawn).argsort(axis=1).argsort(axis=1) + 1
    best, worst = np.percentile(ranks, [5, 95], axis=0)
    assert len(rows) == 63
    for ours, theirs in ((low, best), (high, worst)):
        assert abs(ours - theirs).max() <= 5  # two hundred draws against twenty thousand
        assert abs((ours - theirs).mean()) < 0.5
