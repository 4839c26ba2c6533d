"""Can the figures of one edition be right by themselves: inside their scale, and totals equal to their parts."""

from quality.numbers_vi import compared_vi, difference_vi, figure_vi
from quality.rules import Row, Rule, Suite, Words, at_most_allowed
from quality.suites.wording import component_en, component_vi, edition_en, edition_vi, place_en, place_vi, subject_vi


def _scale(row: Row) -> Words:
    value = figure_vi(row["value"])
    scale = f"{figure_vi(row['scale_min'])} đến {figure_vi(row['scale_max'])}"
    return Words(
        subject_vi=subject_vi(row),
        expected=f"trong thang {scale}",
        observed=value,
        message_vi=f"{edition_vi(row)}: {component_vi(row)} của {place_vi(row)} là {value}, ngoài thang {scale}.",
        message_en=f"{edition_en(row)}: {component_en(row)} of {place_en(row)} is {row['value']}, "
        f"outside the scale {row['scale_min']} to {row['scale_max']}.",
    )


def _total(row: Row) -> Words:
    published, recomputed = compared_vi(row["published"], row["recomputed"])
    gap, allowed = difference_vi(row["absolute_difference"]), difference_vi(row["allowed"])
    return Words(
        subject_vi=subject_vi(row),
        expected=f"{recomputed} (tính từ {row['children']} thành phần; cho phép lệch {allowed})",
        observed=f"{published} (lệch {gap})",
        message_vi=f"{edition_vi(row)}: {component_vi(row)} của {place_vi(row)} công bố là {published}, "
        f"nhưng {row['children']} thành phần cho ra {recomputed}: lệch {gap}, làm tròn chỉ giải thích được {allowed}.",
        message_en=f"{edition_en(row)}: {component_en(row)} of {place_en(row)} is published as {row['published']:.6g}, "
        f"its {row['children']} components give {row['recomputed']:.6g}: "
        f"off by {row['absolute_difference']:.3g}, rounding explains {row['allowed']:.3g}.",
    )


SUITES = (
    Suite(
        name="score_range",
        table="evidence.evd_score_range",
        keys=(
            "index_code",
            "edition_year",
            "basis",
            "vintage",
            "territory_name_vi",
            "component_code",
            "source_locator",
        ),
        sql="""
        select index_code, edition_year, basis, vintage, territory_code, territory_name_vi, component_code,
            'score' as measure, value, scale_min, scale_max, source_locator, source_url,
            greatest(scale_min - value, value - scale_max, 0.0) as beyond_scale,
            threshold_of('score_in_scale', index_code) as allowed
        from evidence.evd_score_range
        order by all
        """,
        rules=(
            Rule(
                rule_code="score_in_scale",
                kind="data_fault",
                expectation="a_at_least_b",
                arguments={"column_A": "allowed", "column_B": "beyond_scale", "or_equal": True},
                judged=("allowed", "value", "beyond_scale"),
                describe=_scale,
            ),
        ),
    ),
    Suite(
        name="total_identity",
        table="evidence.evd_total_identity",
        keys=(
            "index_code",
            "edition_year",
            "basis",
            "vintage",
            "territory_name_vi",
            "component_code",
            "published",
            "recomputed",
            "source_locator",
        ),
        # Sums of doubles differ in their last bits from run to run; nine decimals are far beyond any printed figure.
        sql="""
        select index_code, edition_year, basis, vintage, territory_code, territory_name_vi, component_code,
            'score' as measure, published, round(recomputed, 9) as recomputed,
            round(absolute_difference, 9) as absolute_difference, children, source_locator, source_url,
            round(tolerance * threshold_of('total_equals_components', index_code), 9) as allowed
        from evidence.evd_total_identity
        order by all
        """,
        rules=(at_most_allowed("total_equals_components", "data_fault", "absolute_difference", _total),),
    ),
)
