"""What got worse for the home province, its predecessors, and the country, between comparable consecutive editions.

A fall beyond printed precision is either beyond the noise of its edition or explained by it: the first is a warning,
the second information, and each fall is told once.
"""

from collections.abc import Callable

from quality.numbers_vi import difference_vi, figure_vi, number_vi
from quality.rules import Row, Rule, Suite, Words, at_most_allowed
from quality.suites.certainty import certainty_en, certainty_vi
from quality.suites.wording import (
    among_en,
    among_vi,
    component_en,
    component_vi,
    edition_en,
    edition_vi,
    place_en,
    place_vi,
    subject_vi,
)


def _score_fell(row: Row) -> Words:
    before = figure_vi(row["value_before"], row.get("decimals_before"))
    after = figure_vi(row["value_after"], row.get("decimals_after"))
    size = difference_vi(row["change"])
    # The direction that is bad is the index's own: on some scales more is worse.
    change = f"giảm {size} điểm" if row["change"] < 0 else f"tăng {size} điểm, tức là kém đi"
    return Words(
        subject_vi=subject_vi(row),
        expected=f"không kém kỳ {row['previous_edition_year']} ({before})",
        observed=after,
        message_vi=f"{edition_vi(row)}: {component_vi(row)} của {place_vi(row)} {change} "
        f"so với kỳ {row['previous_edition_year']} ({before} → {after}){_backcast_vi(row)}."
        f"{_broken_vi(row)}{_drivers_vi(row)}",
        message_en=f"{edition_en(row)}: {component_en(row)} of {place_en(row)} got worse by {row['fall']:.3g} points "
        f"since {row['previous_edition_year']} ({row['value_before']:.6g} → {row['value_after']:.6g})"
        f"{_backcast_en(row)}.{_broken_en(row)}{_drivers_en(row)}",
        before_vi=before,
        after_vi=after,
        change_vi=change,
        certainty_vi=certainty_vi(row),
        certainty_en=certainty_en(row),
    )


def _rank_fell(row: Row) -> Words:
    before, after = number_vi(row["value_before"]), number_vi(row["value_after"])
    change = f"tụt {number_vi(row['fall'])} bậc"
    computed_vi = " (hạng tự tính từ điểm công bố)" if row.get("is_rank_computed") else ""
    computed_en = " (rank computed from published scores)" if row.get("is_rank_computed") else ""
    return Words(
        subject_vi=subject_vi(row),
        expected=f"không kém hạng {before} (kỳ {row['previous_edition_year']})",
        observed=f"hạng {after}{among_vi(row)}",
        message_vi=f"{edition_vi(row)}: {component_vi(row)} của {place_vi(row)} {change} so với kỳ "
        f"{row['previous_edition_year']} (hạng {before} → {after}{among_vi(row)}){computed_vi}.",
        message_en=f"{edition_en(row)}: {component_en(row)} of {place_en(row)} fell {row['fall']:g} places since "
        f"{row['previous_edition_year']} (rank {row['value_before']:g} → {row['value_after']:g}{among_en(row)})"
        f"{computed_en}.",
        before_vi=before,
        after_vi=after,
        change_vi=change,
        certainty_vi=certainty_vi(row),
        certainty_en=certainty_en(row),
    )


def _component_fell(row: Row) -> Words:
    return _rank_fell(row) if row["measure"] == "rank" else _score_fell(row)


def _component_drags(row: Row) -> Words:
    fell = _score_fell(row)
    contribution = row.get("contribution")
    share_vi = f", kéo tổng điểm {_signed_vi(contribution)}" if contribution is not None else ""
    share_en = f", {contribution:+.2g} points of the total" if contribution is not None else ""
    return Words(
        subject_vi=fell.subject_vi,
        expected=fell.expected,
        observed=fell.observed,
        message_vi=f"{edition_vi(row)}: {component_vi(row)} của {place_vi(row)} {fell.change_vi} so với kỳ "
        f"{row['previous_edition_year']} ({fell.before_vi} → {fell.after_vi}){share_vi}, "
        "trong khi tổng điểm không giảm.",
        message_en=f"{edition_en(row)}: {component_en(row)} of {place_en(row)} got worse by {row['fall']:.3g} points "
        f"since {row['previous_edition_year']} ({row['value_before']:.6g} → {row['value_after']:.6g}){share_en}, "
        "while the total did not fall.",
        before_vi=fell.before_vi,
        after_vi=fell.after_vi,
        change_vi=fell.change_vi,
        certainty_vi=fell.certainty_vi,
        certainty_en=fell.certainty_en,
    )


def _falls_in_row(row: Row) -> Words:
    falls, lost = number_vi(row["fall"]), difference_vi(row["change_over_falls"])
    return Words(
        subject_vi=subject_vi(row),
        expected=f"không giảm quá {number_vi(row['allowed'])} kỳ liên tiếp",
        observed=f"giảm {falls} kỳ liên tiếp, tổng cộng {lost} điểm",
        message_vi=f"{edition_vi(row)}: {component_vi(row)} của {place_vi(row)} giảm {falls} kỳ liên tiếp, "
        f"tổng cộng {lost} điểm.",
        message_en=f"{edition_en(row)}: {component_en(row)} of {place_en(row)} fell in {row['fall']:g} consecutive "
        f"editions, {abs(row['change_over_falls']):.3g} points in all.",
        before_vi=figure_vi(row["value_before"], row.get("decimals_before")),
        after_vi=figure_vi(row["value_after"], row.get("decimals_after")),
        change_vi=f"giảm {falls} kỳ liên tiếp, tổng cộng {lost} điểm",
    )


def _backcast_vi(row: Row) -> str:
    return (
        "; điểm kỳ trước là trung bình các tỉnh trước sáp nhập" if row.get("before_method") == "backcast_mean" else ""
    )


def _backcast_en(row: Row) -> str:
    return "; the earlier figure is the mean of the predecessors" if row.get("before_method") == "backcast_mean" else ""


def _broken_vi(row: Row) -> str:
    return " Một phần của điểm này đã đổi cách đo từ kỳ này." if row.get("broken_parts") else ""


def _broken_en(row: Row) -> str:
    return " A part of it is measured in a new way from this edition on." if row.get("broken_parts") else ""


def _drivers_vi(row: Row) -> str:
    drivers = row.get("drivers") or []
    named = "; ".join(f"{one['name_vi']} {_signed_vi(one['points'])}" for one in drivers)
    return f" Kéo giảm nhiều nhất: {named}." if named else ""


def _drivers_en(row: Row) -> str:
    drivers = row.get("drivers") or []
    named = "; ".join(f"{one['name_en']} {one['points']:+.2g}" for one in drivers)
    return f" Most of it: {named}." if named else ""


def _signed_vi(points: float) -> str:
    return f"{'−' if points < 0 else '+'}{difference_vi(points)} điểm"


def _rule(rule_code: str, describe: Callable[[Row], Words]) -> Rule:
    return at_most_allowed(rule_code, "regression", "fall", describe, applies=("rule_code", rule_code))


DRIVERS_NAMED = 3
# What noise explains: a fall of less than the threshold's number of standard deviations, counted from what the others
# did; for ranks with intervals, all of a fall between intervals that have a place in common (the old rank is as unsure
# as the new one). Unknown noise explains nothing.
_EXPLAINED = """
        case
            when c.measure = 'rank' and c.rank_interval_low > c.rank_interval_high_before then 0.0
            when c.measure = 'rank' and c.rank_interval_low <= c.rank_interval_high_before then abs(c.change)
            else greatest(c.tolerance, coalesce(threshold_of({rule}, c.index_code) * c.noise - c.baseline_change, 0.0))
        end"""
_COLUMNS = """c.index_code, c.edition_year, c.basis, c.vintage, c.territory_code, c.territory_name_vi, c.component_code,
            c.measure, c.previous_edition_year, c.value_before, c.value_after, c.change, c.tolerance, c.before_method,
            c.decimals_before, c.decimals_after, c.is_rank_computed, c.noise, c.noise_source, c.baseline_change, c.z,
            c.peers, c.contribution, c.change_over_falls, c.rank_interval_low, c.rank_interval_high,
            c.rank_interval_low_before, c.rank_interval_high_before, c.broken_parts, c.source_url, c.source_locator"""

SUITES = (
    Suite(
        name="index_change",
        table="reporting.rpt_index_change",
        keys=(
            "index_code",
            "edition_year",
            "previous_edition_year",
            "basis",
            "territory_name_vi",
            "component_code",
            "measure",
            "value_before",
            "value_after",
        ),
        sql=f"""
        with comparable as (
            select * from reporting.rpt_index_change
            where is_home and is_comparable
        ),
        total as (
            select index_code, edition_year, basis, territory_code, is_worse as total_is_worse
            from comparable
            where component_code = 'total' and measure = 'score'
        ),
        change as (
            select c.*, k.kind is not distinct from 'total' as is_total,
                case when c.is_worse then -c.change_in_good_direction else 0.0 end as fall,
                -- a part drags when it weighs in the total directly, its noise is known, and the total holds
                coalesce(
                    k.parent_component_code = 'total' and c.measure = 'score' and not t.total_is_worse
                    and c.noise_source in ('published_error', 'spread_of_changes'),
                    false
                ) as may_drag
            from comparable as c
            left join marts.dim_component as k using (index_code, component_code)
            left join total as t using (index_code, edition_year, basis, territory_code)
        ),
        judged as (
            select 'score_fell' as rule_code, {_COLUMNS}, c.fall,{_EXPLAINED.format(rule="'score_fell'")} as allowed
            from change as c
            where c.is_total and c.measure = 'score'
            union all
            select 'rank_fell' as rule_code, {_COLUMNS}, c.fall,{_EXPLAINED.format(rule="'rank_fell'")} as allowed
            from change as c
            where c.is_total and c.measure = 'rank'
            union all
            select 'component_drags' as rule_code, {_COLUMNS}, c.fall,
                {_EXPLAINED.format(rule="'component_drags'")} as allowed
            from change as c
            where c.may_drag
            union all
            select 'falls_in_row' as rule_code, {_COLUMNS}, c.falls_in_row as fall,
                threshold_of('falls_in_row', c.index_code) as allowed
            from change as c
            where c.is_total and c.measure = 'score'
        ),
        -- what a warning tells is not told again as information
        milder as (
            select case when c.is_total then c.measure || '_fell_within_noise' else 'component_fell' end as rule_code,
                {_COLUMNS}, case when loud.fall > loud.allowed then 0.0 else c.fall end as fall, c.tolerance as allowed
            from change as c
            left join judged as loud
                on loud.rule_code <> 'falls_in_row' and loud.index_code = c.index_code
                    and loud.edition_year = c.edition_year and loud.basis = c.basis
                    and loud.territory_code = c.territory_code and loud.component_code = c.component_code
                    and loud.measure = c.measure
            -- a computed rank of a part says no more than its score
            where c.is_total or c.measure = 'score' or not c.is_rank_computed
        ),
        driver as (
            select d.index_code, d.edition_year, d.basis, d.territory_code, k.name_vi, k.name_en,
                d.contribution_to_total as points,
                row_number() over (
                    partition by d.index_code, d.edition_year, d.basis, d.territory_code
                    order by d.contribution_to_total, d.component_code
                ) as place
            from reporting.rpt_change_contribution as d
            inner join marts.dim_component as k using (index_code, component_code)
            where d.parent_component_code = 'total' and d.contribution_to_total < 0 and d.is_comparable
        ),
        drivers as (
            select index_code, edition_year, basis, territory_code,
                list({{'name_vi': name_vi, 'name_en': name_en, 'points': points}} order by place) as drivers
            from driver
            where place <= {DRIVERS_NAMED}
            group by all
        ),
        everything as (
            select * from judged
            union all
            select * from milder
        )
        select e.*, s.rank, s.is_rank_computed as rank_is_computed, s.ranked_among,
            coalesce(b.source_url, o.source_url) as previous_source_url,
            case when e.component_code = 'total' and e.measure = 'score' then d.drivers end as drivers
        from everything as e
        left join reporting.rpt_index_series as s
            on s.index_code = e.index_code and s.edition_year = e.edition_year and s.basis = e.basis
                and s.territory_code = e.territory_code and s.component_code = e.component_code
                and s.method is distinct from 'backcast_mean'
        left join drivers as d
            on d.index_code = e.index_code and d.edition_year = e.edition_year and d.basis = e.basis
                and d.territory_code = e.territory_code
        left join marts.dim_edition as b
            on b.is_current and b.index_code = e.index_code and b.edition_year = e.previous_edition_year
                and b.basis = e.basis
        left join marts.dim_edition as o
            on o.is_current and o.index_code = e.index_code and o.edition_year = e.previous_edition_year
                and o.basis <> e.basis and e.before_method <> 'published'
        order by all
        """,
        rules=(
            _rule("score_fell", _score_fell),
            _rule("score_fell_within_noise", _score_fell),
            _rule("rank_fell", _rank_fell),
            _rule("rank_fell_within_noise", _rank_fell),
            _rule("falls_in_row", _falls_in_row),
            _rule("component_drags", _component_drags),
            _rule("component_fell", _component_fell),
        ),
    ),
)
