"""Figures that stand twice: a table or column of another year, a row of another territory, a run of cells."""

from quality.numbers_vi import number_vi
from quality.rules import Row, Suite, Words, at_most_allowed
from quality.suites.wording import component_en, component_vi, edition_en, edition_vi, place_en, place_vi, subject_vi


def _equal_vi(row: Row) -> str:
    equal, compared = number_vi(row["equal_cells"]), number_vi(row["compared_cells"])
    return f"{equal} trên {compared} ô giống hệt, ngẫu nhiên chỉ khoảng {number_vi(row['expected_cells'], 1)} ô"


def _equal_en(row: Row) -> str:
    return (
        f"{row['equal_cells']} of {row['compared_cells']} cells are equal to the last digit, "
        f"about {row['expected_cells']:.1f} would be by chance"
    )


def _repeat(row: Row) -> Words:
    other_vi, other_en = row["other_component_name_vi"], row["other_component_name_en"] or row["other_component_code"]
    if row["other_edition_year"] == row["edition_year"]:
        source_vi, source_en = f"cột {other_vi} của cùng bảng", f"the column {other_en} of the same table"
    elif row["repeated_columns"] > 1:
        source_vi, source_en = f"bảng kỳ {row['other_edition_year']}", f"the table of {row['other_edition_year']}"
    else:
        source_vi = f"cột {other_vi} kỳ {row['other_edition_year']}"
        source_en = f"the column {other_en} of {row['other_edition_year']}"
    what_vi = f"cột {component_vi(row)}"
    what_en = f"the column {component_en(row)}"
    if row["repeated_columns"] > 1:
        what_vi = f"{number_vi(row['repeated_columns'])} trên {number_vi(row['columns'])} cột"
        what_en = f"{row['repeated_columns']} of {row['columns']} columns"
    return Words(
        subject_vi=subject_vi(row),
        expected="số liệu riêng của kỳ và của cột",
        observed=f"lặp lại {source_vi}",
        message_vi=f"{edition_vi(row)}: {what_vi} lặp lại {source_vi} (cột {component_vi(row)}: {_equal_vi(row)}).",
        message_en=f"{edition_en(row)}: {what_en} repeat {source_en} (column {component_en(row)}: {_equal_en(row)}).",
    )


def _row(row: Row) -> Words:
    counter_vi, counter_en = row["counter_label_vi"], row["counter_label_en"]
    return Words(
        subject_vi=subject_vi(row),
        expected="số liệu riêng của từng đơn vị",
        observed=f"lặp lại dòng của {counter_vi}",
        message_vi=f"{edition_vi(row)}: dòng của {place_vi(row)} và dòng của {counter_vi} là một: {_equal_vi(row)}.",
        message_en=f"{edition_en(row)}: the rows of {place_en(row)} and {counter_en} are the same: {_equal_en(row)}.",
    )


def _run(row: Row) -> Words:
    cells, odds = number_vi(row["run_cells"]), number_vi(row["improbability"], 1)
    first, last = row["first_territory_name_vi"], row["last_territory_name_vi"]
    again_first, again_last = row["again_first_territory_name_vi"], row["again_last_territory_name_vi"]
    return Words(
        subject_vi=subject_vi(row),
        expected="số liệu riêng của từng đơn vị",
        observed=f"{cells} ô liền nhau đứng hai lần",
        message_vi=f"{edition_vi(row)}: cột {component_vi(row)} có {cells} ô liền nhau ({first} đến {last}) đứng "
        f"lại đúng thứ tự ở {again_first} đến {again_last}; khả năng ngẫu nhiên là 1 trên 10 lũy thừa {odds}.",
        message_en=f"{edition_en(row)}: in the column {component_en(row)}, {row['run_cells']} cells in a row "
        f"({first} to {last}) stand again in the same order at {again_first} to {again_last}; "
        f"by chance one in ten to the power of {row['improbability']:.1f}.",
    )


EDITION = ("index_code", "edition_year", "basis", "vintage")

SUITES = (
    Suite(
        name="repeat",
        table="evidence.evd_repeat",
        keys=(
            *EDITION,
            "component_code",
            "other_edition_year",
            "other_component_code",
            "equal_cells",
            "compared_cells",
        ),
        # A table that repeats another is one fault, not one for each of its columns: its plainest column stands for it.
        sql="""
        with judged as (
            select *, threshold_of('not_a_repeat', index_code) as allowed
            from evidence.evd_repeat
        ),
        counted as (
            select *,
                count(*) over (partition by index_code, edition_year, basis, vintage) as columns,
                count(*) filter (where share_beyond_chance > allowed) over repeated_edition as repeated_columns,
                row_number() over (
                    repeated_edition order by share_beyond_chance desc, equal_cells desc, component_code
                ) as plainness
            from judged
            window repeated_edition as (
                partition by index_code, edition_year, basis, vintage, other_edition_year
            )
        )
        select index_code, edition_year, basis, vintage, component_code, 'score' as measure,
            other_edition_year, other_component_code, other_component_name_vi, other_component_name_en,
            columns, repeated_columns, equal_cells, compared_cells, expected_cells, share_beyond_chance, allowed
        from counted
        where plainness = 1 or share_beyond_chance <= allowed
        order by all
        """,
        rules=(
            at_most_allowed(
                "not_a_repeat", "data_fault", "share_beyond_chance", _repeat, identity=("other_edition_year",)
            ),
        ),
        compares_editions=True,
    ),
    Suite(
        name="copied_row",
        table="evidence.evd_copied_row",
        keys=(*EDITION, "territory_name_vi", "counter_territory_name_vi", "equal_cells", "compared_cells"),
        sql="""
        select index_code, edition_year, basis, vintage, territory_code, territory_name_vi, 'score' as measure,
            counter_territory_code, counter_territory_name_vi, equal_cells, compared_cells, expected_cells,
            share_beyond_chance, threshold_of('rows_not_copied', index_code) as allowed
        from evidence.evd_copied_row
        order by all
        """,
        rules=(at_most_allowed("rows_not_copied", "data_fault", "share_beyond_chance", _row),),
    ),
    Suite(
        name="copied_run",
        table="evidence.evd_copied_run",
        keys=(*EDITION, "component_code", "first_territory_name_vi", "again_first_territory_name_vi", "run_cells"),
        sql="""
        select index_code, edition_year, basis, vintage, component_code, 'score' as measure,
            first_territory_name_vi, last_territory_name_vi, again_first_territory_name_vi,
            again_last_territory_name_vi, column_cells, run_cells, improbability,
            threshold_of('cells_not_copied', index_code) as allowed
        from evidence.evd_copied_run
        order by all
        """,
        rules=(at_most_allowed("cells_not_copied", "data_fault", "improbability", _run),),
    ),
)
