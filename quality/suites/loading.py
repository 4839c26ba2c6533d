"""Did every edition arrive whole: loaded, all its rows, every territory of its list, every cell, no figure twice."""

from quality.numbers_vi import number_vi
from quality.rules import Row, Rule, Suite, Words, at_most_allowed
from quality.suites.wording import component_en, component_vi, edition_en, edition_vi, place_en, place_vi, subject_vi

KEY = ("index_code", "edition_year", "basis", "territory_code", "component_code", "measure", "vintage")


def _edition_loaded(row: Row) -> Words:
    place = " ".join(
        part
        for part in (
            row.get("file") or "",
            f"dòng {row['fault_row']}" if row.get("fault_row") is not None else "",
            f"cột “{row['column_header']}”" if row.get("column_header") else "",
        )
        if part
    )
    observed = f"ô ghi “{row['cell_text']}”" if row.get("cell_text") else str(row["message_vi"])
    return Words(
        subject_vi=" · ".join(part for part in (edition_vi(row), place) if part),
        expected="nạp được trọn vẹn bảng công bố",
        observed=observed,
        message_vi=f"{edition_vi(row)}: {row['message_vi']}",
        message_en=f"{edition_en(row)}: {row['message_en']}",
    )


def _file_held(row: Row) -> Words:
    of = edition_vi(row) if row.get("index_code") else "Tệp chưa rõ thuộc kỳ nào"
    of_en = edition_en(row) if row.get("index_code") else "A file of no edition yet"
    return Words(
        subject_vi=f"{of} · {row['file']}",
        expected="vào được kho số liệu",
        observed=f"đang bị giữ ở quarantine/{row['held_as']}",
        message_vi=f"{of}, tệp {row['file']}: {row['message_vi']}",
        message_en=f"{of_en}, file {row['file']}: {row['message_en']}",
    )


def _row_count(row: Row) -> Words:
    declared, loaded = number_vi(row["rows_declared"]), number_vi(row["rows_loaded"])
    return Words(
        subject_vi=subject_vi(row),
        expected=f"{declared} dòng như đã ghi trong danh mục",
        observed=f"{loaded} dòng",
        message_vi=f"{edition_vi(row)}: nạp {loaded} dòng, danh mục ghi {declared} dòng.",
        message_en=f"{edition_en(row)}: {row['rows_loaded']} rows loaded, the catalog records {row['rows_declared']}.",
    )


def _territory(row: Row) -> Words:
    expected, published = number_vi(row["expected_count"]), number_vi(row["published_count"])
    if row.get("territory_code") is None:
        return Words(
            subject_vi=subject_vi(row),
            expected=f"{expected} tỉnh, thành",
            observed=f"{published} tỉnh, thành",
            message_vi=f"{edition_vi(row)}: bảng công bố có {published} tỉnh, thành, cần có {expected}.",
            message_en=f"{edition_en(row)}: the published table has {row['published_count']} provinces, "
            f"{row['expected_count']} are expected.",
        )
    return Words(
        subject_vi=subject_vi(row),
        expected="có trong bảng công bố",
        observed="không có trong bảng công bố",
        message_vi=f"{edition_vi(row)}: thiếu {place_vi(row)} (bảng có {published} trên {expected} tỉnh, thành).",
        message_en=f"{edition_en(row)}: {place_en(row)} is missing "
        f"({row['published_count']} of {row['expected_count']} provinces published).",
    )


def _cells(row: Row) -> Words:
    missing, expected = number_vi(row["missing_cells"]), number_vi(row["expected_cells"])
    return Words(
        subject_vi=subject_vi(row),
        expected=f"{expected} ô",
        observed=f"thiếu {missing} ô",
        message_vi=f"{edition_vi(row)}: cột {component_vi(row)} thiếu {missing} trên {expected} ô dù tổng hoặc các "
        f"thành phần liên quan đã công bố; trước hết là {row['missing_territory_name_vi']}.",
        message_en=f"{edition_en(row)}: the column {component_en(row)} lacks {row['missing_cells']} of "
        f"{row['expected_cells']} cells though their total or related components are published; "
        f"first {row['missing_territory_name_vi']}.",
    )


def _key(row: Row) -> Words:
    return Words(
        subject_vi=subject_vi(row),
        expected="một giá trị cho mỗi ô",
        observed=f"{number_vi(row['copies'])} giá trị cho cùng một ô",
        message_vi=f"{subject_vi(row)}: cùng một ô ({row['measure']}) xuất hiện {row['copies']} lần.",
        message_en=f"{edition_en(row)}, {place_en(row)}, {row['component_code']}: "
        f"the same cell ({row['measure']}) stands {row['copies']} times.",
    )


SUITES = (
    Suite(
        name="editions_loaded",
        table="evidence.evd_ingest_fault",
        keys=("index_code", "edition_year", "basis", "vintage", "file", "fault_row", "column_header", "cell_text"),
        # Editions without a fault are judged too; a fault that names no known edition is kept by the full join.
        sql="""
        select coalesce(f.index_code, e.index_code) as index_code,
            coalesce(f.edition_year, e.edition_year) as edition_year,
            coalesce(f.basis, e.basis) as basis, coalesce(f.vintage, e.vintage) as vintage,
            f.fault_id, case when f.fault_code <> 'file_held' then f.fault_code end as fault_code,
            case when f.fault_code = 'file_held' then f.cell_text end as held_as,
            f.source_file as file, f.source_row as fault_row, f.column_header, f.cell_text,
            f.message_vi, f.message_en, f.remedy_vi as own_remedy_vi, f.remedy_en as own_remedy_en,
            f.source_file as source_locator
        from (select distinct index_code, edition_year, basis, vintage from marts.dim_edition) as e
        full join evidence.evd_ingest_fault as f using (index_code, edition_year, basis, vintage)
        order by all
        """,
        rules=(
            Rule(
                rule_code="edition_loaded",
                kind="data_fault",
                expectation="null",
                arguments={"column": "fault_code"},
                describe=_edition_loaded,
                identity=("fault_code", "file", "fault_row", "column_header", "cell_text"),
            ),
            Rule(
                rule_code="file_held",
                kind="data_fault",
                expectation="null",
                arguments={"column": "held_as"},
                describe=_file_held,
                identity=("held_as",),
            ),
        ),
        of_figures=False,
    ),
    Suite(
        name="rows_loaded",
        table="evidence.evd_row_count",
        keys=("index_code", "edition_year", "basis", "vintage"),
        sql="""
        select index_code, edition_year, basis, vintage, rows_declared, rows_loaded
        from evidence.evd_row_count
        order by all
        """,
        rules=(
            Rule(
                rule_code="row_count_as_recorded",
                kind="data_fault",
                expectation="pair_equal",
                arguments={"column_A": "rows_declared", "column_B": "rows_loaded"},
                judged=("rows_declared", "rows_loaded"),
                describe=_row_count,
            ),
        ),
    ),
    Suite(
        name="territory_coverage",
        table="evidence.evd_territory_coverage",
        keys=("index_code", "edition_year", "basis", "vintage", "territory_code", "territory_name_vi"),
        sql="""
        select index_code, edition_year, basis, vintage, territory_code, territory_name_vi,
            is_published, expected_count, published_count
        from evidence.evd_territory_coverage
        order by all
        """,
        rules=(
            Rule(
                rule_code="territory_set_complete",
                kind="data_fault",
                expectation="in_set",
                arguments={"column": "is_published", "value_set": [True]},
                judged=("is_published",),
                describe=_territory,
            ),
        ),
    ),
    Suite(
        name="missing_cells",
        table="evidence.evd_missing_cell",
        keys=("index_code", "edition_year", "basis", "vintage", "component_code", "missing_territory_name_vi"),
        sql="""
        select index_code, edition_year, basis, vintage, component_code, 'score' as measure, missing_territory_name_vi,
            expected_cells, missing_cells, threshold_of('cells_complete', index_code) as allowed
        from evidence.evd_missing_cell
        order by all
        """,
        rules=(at_most_allowed("cells_complete", "data_fault", "missing_cells", _cells),),
    ),
    Suite(
        name="result_keys",
        table="evidence.evd_key",
        keys=(*KEY, "source_locator"),
        # Figures that are withheld and those that stand in for them are two tables, not one with doubled cells.
        sql=f"""
        select {", ".join(KEY)}, source_locator, count(*) over (partition by {", ".join(KEY)}) as copies,
            false as is_withheld
        from evidence.evd_key
        order by all
        """,
        rules=(
            Rule(
                rule_code="key_unique",
                kind="data_fault",
                expectation="unique",
                arguments={"column_list": [*KEY, "is_withheld"], "ignore_row_if": "never"},
                judged=KEY,
                describe=_key,
            ),
        ),
    ),
)
