"""Where the province stands among the others: tiers that fell, and totals that crossed a median downwards."""

from quality.numbers_vi import difference_vi, figure_vi, number_vi
from quality.rules import Row, Rule, Suite, Words, at_most_allowed
from quality.suites.wording import component_en, component_vi, edition_en, edition_vi, place_en, place_vi, subject_vi


def _tier_fell(row: Row) -> Words:
    before, after = row["tier_before"], row["tier_after"]
    return Words(
        subject_vi=subject_vi(row),
        expected=f"không thấp hơn nhóm “{before}” (kỳ {row['previous_edition_year']})",
        observed=f"nhóm “{after}”",
        message_vi=f"{edition_vi(row)}: {place_vi(row)} xuống nhóm “{after}”, kỳ {row['previous_edition_year']} ở nhóm "
        f"“{before}”.",
        message_en=f"{edition_en(row)}: {place_en(row)} fell to the tier “{after}” from “{before}” in "
        f"{row['previous_edition_year']}.",
        before_vi=f"nhóm “{before}”",
        after_vi=f"nhóm “{after}”",
        change_vi=f"xuống {number_vi(row['fall'])} nhóm",
    )


def _below_median(row: Row) -> Words:
    whose_vi = "cả nước" if row["scope"] == "national" else f"vùng {row['region_vi']}"
    whose_en = "country" if row["scope"] == "national" else "region"
    before, after = figure_vi(row["value_before"]), figure_vi(row["value_after"])
    median, short = figure_vi(row["median_after"], 2), difference_vi(row["fall"])
    return Words(
        subject_vi=subject_vi(row),
        expected=f"không dưới trung vị {whose_vi} ({median})",
        observed=after,
        message_vi=f"{edition_vi(row)}: {component_vi(row)} của {place_vi(row)} xuống dưới trung vị {whose_vi}: "
        f"{after} so với {median} ({number_vi(row['others'])} đơn vị khác), kém {short} điểm; "
        f"kỳ {row['previous_edition_year']} còn hơn {difference_vi(row['lead_before'])} điểm.",
        message_en=f"{edition_en(row)}: {component_en(row)} of {place_en(row)} fell below the median of the "
        f"{whose_en}: {row['value_after']:.6g} against {row['median_after']:.6g} ({row['others']} other units); "
        f"{row['previous_edition_year']} it was {row['lead_before']:.3g} above.",
        before_vi=before,
        after_vi=after,
        change_vi=f"xuống dưới trung vị {whose_vi} ({median})",
    )


def _median_rule(rule_code: str, scope: str) -> Rule:
    return at_most_allowed(rule_code, "regression", "fall", _below_median, applies=("scope", scope))


SUITES = (
    Suite(
        name="median_position",
        table="evidence.evd_median_position",
        keys=(
            "index_code",
            "edition_year",
            "previous_edition_year",
            "basis",
            "territory_name_vi",
            "component_code",
            "scope",
            "value_before",
            "value_after",
            "median_before",
            "median_after",
        ),
        # Just below the middle is no news: what noise explains is allowed.
        sql="""
        with crossed as (
            select *, 'score' as measure,
                case when lead_before >= 0 then greatest(-lead_after, 0.0) else 0.0 end as fall,
                'fell_below_' || scope || '_median' as rule_code
            from evidence.evd_median_position
            where is_home
        )
        select index_code, edition_year, basis, vintage, territory_code, territory_name_vi, component_code, measure,
            scope, region_vi, previous_edition_year, others, value_before, value_after,
            value_after - value_before as change, median_before, median_after, lead_before, lead_after, noise,
            noise_source, source_url, source_locator, fall,
            greatest(tolerance, coalesce(threshold_of(rule_code, index_code) * noise, 0.0)) as allowed
        from crossed
        order by all
        """,
        rules=(
            _median_rule("fell_below_national_median", "national"),
            _median_rule("fell_below_regional_median", "regional"),
        ),
    ),
    Suite(
        name="tier_change",
        table="evidence.evd_tier_change",
        keys=(
            "index_code",
            "edition_year",
            "previous_edition_year",
            "basis",
            "territory_name_vi",
            "tier_before",
            "tier_after",
        ),
        sql="""
        select index_code, edition_year, basis, vintage, territory_code, territory_name_vi, component_code,
            'tier' as measure, previous_edition_year, tier_before, tier_after, source_url,
            greatest(position_after - position_before, 0) as fall, threshold_of('tier_fell', index_code) as allowed
        from evidence.evd_tier_change
        where is_home and comparable_with_previous and position_before is not null and position_after is not null
        order by all
        """,
        rules=(at_most_allowed("tier_fell", "regression", "fall", _tier_fell),),
    ),
)
