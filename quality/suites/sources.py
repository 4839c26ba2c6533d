"""Do two published sources of the same figure agree."""

from quality.numbers_vi import compared_vi, difference_vi
from quality.rules import Row, Suite, Words, at_most_allowed
from quality.suites.wording import component_en, component_vi, edition_en, edition_vi, place_en, place_vi, subject_vi


def _sources(row: Row) -> Words:
    one, other = compared_vi(row["index_value"], row["metric_value"])
    gap = difference_vi(row["absolute_difference"])
    return Words(
        subject_vi=subject_vi(row),
        expected=f"{one} (bảng kết quả chỉ số)",
        observed=f"{other} (số liệu của tỉnh, {row['metric_code']})",
        message_vi=f"{edition_vi(row)}: {component_vi(row)} của {place_vi(row)} là {one} trong bảng kết quả "
        f"nhưng {other} trong nguồn khác (lệch {gap}).",
        message_en=f"{edition_en(row)}: {component_en(row)} of {place_en(row)} is {row['index_value']:.6g} in the "
        f"results but {row['metric_value']:.6g} in another source (off by {row['absolute_difference']:.3g}).",
    )


SUITES = (
    Suite(
        name="cross_source",
        table="evidence.evd_cross_source",
        keys=("index_code", "edition_year", "basis", "territory_name_vi", "component_code", "measure", "metric_code"),
        sql="""
        select index_code, edition_year, basis, vintage, territory_code, territory_name_vi, component_code, measure,
            metric_code, index_value, metric_value, abs(difference) as absolute_difference,
            tolerance * threshold_of('sources_agree', index_code) as allowed,
            concat_ws(' ; ', index_source_url, metric_source_url) as source_url, source_locator, metric_source_locator
        from evidence.evd_cross_source
        order by all
        """,
        rules=(
            at_most_allowed(
                "sources_agree",
                "data_fault",
                "absolute_difference",
                _sources,
                identity=("metric_code", "metric_source_locator"),
            ),
        ),
    ),
)
