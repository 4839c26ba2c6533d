"""What only the edition before shows: figures that changed their unit."""

from quality.numbers_vi import figure_vi
from quality.rules import Row, Rule, Suite, Words
from quality.suites.wording import component_en, component_vi, edition_en, edition_vi, subject_vi


def _unit_shift(row: Row) -> Words:
    now, before = figure_vi(row["median_value"]), figure_vi(row["previous_median"])
    return Words(
        subject_vi=subject_vi(row),
        expected=f"trung vị cùng cỡ với kỳ {row['previous_edition_year']} ({before})",
        observed=f"trung vị {now}",
        message_vi=f"{edition_vi(row)}: trung vị của {component_vi(row)} là {now}, "
        f"kỳ {row['previous_edition_year']} là {before}; có thể đã đổi đơn vị hoặc lệch cột.",
        message_en=f"{edition_en(row)}: the median of {component_en(row)} is {row['median_value']:.6g}, "
        f"{row['previous_edition_year']} had {row['previous_median']:.6g}; a unit or a column may have shifted.",
    )


SUITES = (
    Suite(
        name="unit_shift",
        table="evidence.evd_unit_shift",
        keys=("index_code", "edition_year", "basis", "vintage", "component_code", "previous_edition_year"),
        # A factor of 3 up and one of 1/3 down are the same shift; a change of sign has no finite factor.
        sql="""
        select index_code, edition_year, basis, vintage, component_code, 'score' as measure,
            median_value, previous_edition_year, previous_median, ratio,
            case
                when median_value = previous_median then 1.0
                when ratio is null or ratio <= 0 then 'infinity'::double
                else greatest(ratio, 1 / ratio)
            end as factor,
            threshold_of('no_unit_shift', index_code) as allowed
        from evidence.evd_unit_shift
        order by all
        """,
        rules=(
            Rule(
                rule_code="no_unit_shift",
                kind="data_fault",
                expectation="a_at_least_b",
                arguments={"column_A": "allowed", "column_B": "factor", "or_equal": True},
                judged=("allowed", "factor"),
                describe=_unit_shift,
            ),
        ),
    ),
)
