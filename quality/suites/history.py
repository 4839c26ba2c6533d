"""What only earlier figures show: another unit, a slip of a digit, a restated edition."""

from quality.numbers_vi import figure_vi, number_vi
from quality.rules import Row, Rule, Suite, Words, at_most_allowed
from quality.suites.wording import component_en, component_vi, edition_en, edition_vi, place_en, place_vi, subject_vi

SLIP_VI = {
    "decimal_point": "dấu thập phân",
    "transposed": "hai chữ số đổi chỗ",
    "digit": "một chữ số",
}
SLIP_EN = {
    "decimal_point": "the decimal point",
    "transposed": "two digits that changed places",
    "digit": "one digit",
}


def _unit_shift(row: Row) -> Words:
    now, before = figure_vi(row["median_value"]), figure_vi(row["previous_median"])
    what_vi, what_en = ("", "") if row["units"] == 1 else ("trung vị của ", "the median of ")
    return Words(
        subject_vi=subject_vi(row),
        expected=f"cùng cỡ với kỳ {row['previous_edition_year']} ({before})",
        observed=now,
        message_vi=f"{edition_vi(row)}: {what_vi}{component_vi(row)} là {now}, "
        f"kỳ {row['previous_edition_year']} là {before}; có thể đã đổi đơn vị, lệch cột hoặc sai chữ số.",
        message_en=f"{edition_en(row)}: {what_en}{component_en(row)} is {row['median_value']:.6g}, "
        f"{row['previous_edition_year']} had {row['previous_median']:.6g}; a unit, a column or a digit may be wrong.",
    )


def _slip(row: Row) -> Words:
    printed, likely = figure_vi(row["score"]), figure_vi(row["likely_score"])
    expected, times = number_vi(row["expected_score"], 2), number_vi(row["distance"], 1)
    if row["previous_edition_year"] is None:
        measure_vi, measure_en = "trung vị của cột", "the median of the column"
    else:
        measure_vi = f"kỳ {row['previous_edition_year']} cộng thay đổi chung"
        measure_en = f"{row['previous_edition_year']} and the change of the others"
    return Words(
        subject_vi=subject_vi(row),
        expected=f"khoảng {expected} ({measure_vi})",
        observed=printed,
        message_vi=f"{edition_vi(row)}: {component_vi(row)} của {place_vi(row)} là {printed}, cách mức dự kiến "
        f"{expected} ({measure_vi}) {times} lần độ lệch thường gặp; "
        f"có thể sai {SLIP_VI[row['slip']]}: {likely} thì hợp lý.",
        message_en=f"{edition_en(row)}: {component_en(row)} of {place_en(row)} is {row['score']:.6g}, "
        f"{row['distance']:.1f} usual departures from {row['expected_score']:.6g} ({measure_en}); "
        f"{SLIP_EN[row['slip']]} may be wrong: {row['likely_score']:.6g} would be in line.",
    )


def _restated(row: Row) -> Words:
    counts_vi = (
        f"{number_vi(row['revised_cells'])} ô sửa, {number_vi(row['missing_cells'])} ô mất, "
        f"{number_vi(row['added_cells'])} ô thêm"
    )
    largest_vi = largest_en = ""
    if row["largest_territory_name_vi"] is not None:
        place = row["largest_territory_name_vi"]
        before, after = figure_vi(row["largest_before"]), figure_vi(row["largest_after"])
        largest_vi = f"; sửa nhiều nhất: {place} ({row['largest_component_name_vi']}) {before} → {after}"
        largest_en = (
            f"; largest: {place} ({row['largest_component_code']}) "
            f"{row['largest_before']:.6g} to {row['largest_after']:.6g}"
        )
    return Words(
        subject_vi=f"{edition_vi(row)} · phiên bản {row['vintage']}",
        expected=f"như phiên bản {row['vintage_before']}",
        observed=counts_vi,
        message_vi=f"{edition_vi(row)}: phiên bản {row['vintage']} khác phiên bản {row['vintage_before']}: "
        f"{counts_vi}{largest_vi}.",
        message_en=f"{edition_en(row)}: vintage {row['vintage']} differs from vintage {row['vintage_before']}: "
        f"{row['revised_cells']} cells revised, {row['missing_cells']} missing, {row['added_cells']} added"
        f"{largest_en}.",
    )


EDITION = ("index_code", "edition_year", "basis", "vintage")

SUITES = (
    Suite(
        name="unit_shift",
        table="evidence.evd_unit_shift",
        keys=(*EDITION, "component_code", "previous_edition_year"),
        # A factor of 3 up and one of 1/3 down are the same shift; a change of sign has no finite factor.
        sql="""
        select index_code, edition_year, basis, vintage, component_code, 'score' as measure,
            units, median_value, previous_edition_year, previous_median, ratio, is_another_unit,
            case when is_another_unit then 'unit' else 'level' end as judged_by,
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
                rule_code="unit_kept",
                kind="data_fault",
                expectation="in_set",
                arguments={"column": "is_another_unit", "value_set": [False]},
                judged=("is_another_unit",),
                describe=_unit_shift,
            ),
            at_most_allowed("no_unit_shift", "data_fault", "factor", _unit_shift, applies=("judged_by", "level")),
        ),
        compares_editions=True,
    ),
    Suite(
        name="out_of_line",
        table="evidence.evd_out_of_line",
        keys=(*EDITION, "territory_name_vi", "component_code", "score", "likely_score", "source_locator"),
        # A figure that no slip explains may be a surprise, but it is no sign of a fault.
        sql="""
        select index_code, edition_year, basis, vintage, territory_code, territory_name_vi, component_code,
            'score' as measure, slip, previous_edition_year, score, previous_score, expected_score, usual_departure,
            distance, likely_score, source_locator, source_url,
            case when slip is null then 0.0 else distance end as distance_explained,
            threshold_of('figure_in_line', index_code) as allowed
        from evidence.evd_out_of_line
        order by all
        """,
        rules=(at_most_allowed("figure_in_line", "data_fault", "distance_explained", _slip),),
        compares_editions=True,
    ),
    Suite(
        name="restatement",
        table="evidence.evd_restatement",
        keys=(*EDITION, "vintage_before", "revised_cells", "missing_cells", "added_cells"),
        sql="""
        select index_code, edition_year, basis, vintage, vintage_before, changed_cells, revised_cells, missing_cells,
            added_cells, largest_territory_name_vi, largest_component_code, largest_component_name_vi,
            largest_before, largest_after, threshold_of('not_restated', index_code) as allowed
        from evidence.evd_restatement
        order by all
        """,
        rules=(at_most_allowed("not_restated", "data_fault", "changed_cells", _restated, identity=("vintage",)),),
    ),
)
