"""What got worse for the home province, its predecessors, and the country, between comparable consecutive editions."""

from quality.numbers_vi import difference_vi, figure_vi, number_vi
from quality.rules import Row, Rule, Suite, Words
from quality.suites.wording import component_en, component_vi, edition_en, edition_vi, place_en, place_vi, subject_vi


def _among_vi(row: Row) -> str:
    return f" trên {number_vi(row['ranked_among'])}" if row.get("ranked_among") is not None else ""


def _among_en(row: Row) -> str:
    return f" of {row['ranked_among']:g}" if row.get("ranked_among") is not None else ""


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
        f"so với kỳ {row['previous_edition_year']} ({before} → {after}).",
        message_en=f"{edition_en(row)}: {component_en(row)} of {place_en(row)} got worse by {row['fall']:.3g} points "
        f"since {row['previous_edition_year']} ({row['value_before']:.6g} → {row['value_after']:.6g}).",
        before_vi=before,
        after_vi=after,
        change_vi=change,
    )


def _rank_fell(row: Row) -> Words:
    before, after = number_vi(row["value_before"]), number_vi(row["value_after"])
    change = f"tụt {number_vi(row['fall'])} bậc"
    return Words(
        subject_vi=subject_vi(row),
        expected=f"không kém hạng {before} (kỳ {row['previous_edition_year']})",
        observed=f"hạng {after}{_among_vi(row)}",
        message_vi=f"{edition_vi(row)}: {component_vi(row)} của {place_vi(row)} {change} so với kỳ "
        f"{row['previous_edition_year']} (hạng {before} → {after}{_among_vi(row)}).",
        message_en=f"{edition_en(row)}: {component_en(row)} of {place_en(row)} fell {row['fall']:g} places since "
        f"{row['previous_edition_year']} (rank {row['value_before']:g} → {row['value_after']:g}{_among_en(row)}).",
        before_vi=before,
        after_vi=after,
        change_vi=change,
    )


def _component_fell(row: Row) -> Words:
    return _rank_fell(row) if row["measure"] == "rank" else _score_fell(row)


def _fell(rule_code: str, describe_name: str) -> Rule:
    describe = {"score": _score_fell, "rank": _rank_fell, "component": _component_fell}[describe_name]
    return Rule(
        rule_code=rule_code,
        kind="regression",
        expectation="a_at_least_b",
        arguments={"column_A": "allowed", "column_B": "fall", "or_equal": True},
        judged=("allowed", "fall"),
        describe=describe,
        applies=("rule_code", rule_code),
    )


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
        # Printed precision is not a fall: what is allowed is the larger of the tolerance and the threshold.
        sql="""
        with change as (
            select c.*,
                case
                    when k.kind is distinct from 'total' then 'component_fell'
                    when c.measure = 'rank' then 'rank_fell'
                    else 'score_fell'
                end as rule_code
            from reporting.rpt_index_change as c
            left join marts.dim_component as k using (index_code, component_code)
            where c.is_home and c.is_comparable and c.measure in ('score', 'rank')
        )
        select c.rule_code, c.index_code, c.edition_year, c.basis, c.vintage, c.territory_code, c.territory_name_vi,
            c.component_code, c.measure, c.previous_edition_year, c.value_before, c.value_after, c.change,
            -c.change_in_good_direction as fall, c.ranked_among, c.source_url, c.source_locator,
            before.printed_decimals as decimals_before, after.printed_decimals as decimals_after,
            greatest(c.tolerance, threshold_of(c.rule_code, c.index_code)) as allowed
        from change as c
        left join marts.fct_index_result as before
            on before.is_current and before.index_code = c.index_code and before.edition_year = c.previous_edition_year
                and before.basis = c.basis and before.territory_code = c.territory_code
                and before.component_code = c.component_code and before.measure = c.measure
        left join marts.fct_index_result as after
            on after.is_current and after.index_code = c.index_code and after.edition_year = c.edition_year
                and after.basis = c.basis and after.territory_code = c.territory_code
                and after.component_code = c.component_code and after.measure = c.measure
        order by all
        """,
        rules=(
            _fell("score_fell", "score"),
            _fell("rank_fell", "rank"),
            _fell("component_fell", "component"),
        ),
    ),
)
