"""What the published file says of itself, on a synthetic warehouse: labels, Vietnamese views, dictionary, lineage."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.data_dictionary import data_dictionary
from orchestration.labels import description_en, distinct_labels, label_en, label_vi
from orchestration.lineage_table import Edge, edges_of_derived, edges_of_models, lineage_table
from orchestration.publish import publish
from orchestration.published_tables import Column, PublishError, Table, list_tables
from orchestration.wide_tables import wide_tables

MakeWarehouse = Callable[..., Path]

_OVERVIEW = """
drop table reporting.rpt_index_overview;
create table reporting.rpt_index_overview as
    select 'N1' as index_code, 'Chỉ số thử "nghiệm"' as index_name_vi, 2024 as edition_year, '34' as basis, unit.*,
        null::integer as rank_published, null::integer as ranked_among, 1 as rank_computed, 3 as ranked_among_computed,
        null::varchar as tier, null::integer as previous_edition_year, null::double as score_change,
        null::integer as rank_change, null::boolean as comparable_with_previous, 'Sở Thử' as lead_agency_vi,
        'complete' as coverage, false as is_last_good, 'official' as source_kind, null::varchar as source_url,
        null::date as published_on
    from (values (2, '15-2025', 'Lào Cai', true, 68.25::double), (1, '48-2025', 'Đà Nẵng', false, 2.5),
        (3, '99', '=cmd()', false, null)) as unit(territory_sort_vi, territory_code, territory_name_vi, is_home, score)
    union all by name
    select 'NONE' as index_code, 'Chưa công bố' as index_name_vi, '15-2025' as territory_code;
create table marts.dim_component (index_code varchar, component_code varchar, name_vi varchar, name_en varchar,
    sort_order integer);
insert into marts.dim_component values ('N1', 'total', 'Tổng', 'Total', 0), ('N1', 'tier', 'Tầng', 'Storey', 1),
    ('N1', 'a', 'Thành phần a', 'Part a', 2), ('N1', 'unseen', 'Không có', 'Not there', 3);
drop table marts.fct_index_result;
create table marts.fct_index_result as
    select 'N1' as index_code, 2024 as edition_year, '34' as basis, 'score' as measure, 'a' as version, result.*
    from (values
    ('15-2025', 'total', 9.0, true), ('15-2025', 'tier', 1.5, true), ('15-2025', 'a', 7.25, true),
    ('15-2025', 'a', 6.0, false), ('48-2025', 'a', null, true)
    ) as result(territory_code, component_code, value, is_current);
"""


@pytest.fixture
def working(make_warehouse: MakeWarehouse, tmp_path: Path) -> Path:
    return make_warehouse(tmp_path / "w.duckdb", more=_OVERVIEW)


def test_labels_are_taken_from_the_comments() -> None:
    column = Column("lead_agency_vi", "VARCHAR", True, "Cơ quan đầu mối; sở. Agency\nthat answers.")
    assert (label_vi(column), description_en(column)) == ("Cơ quan đầu mối", "sở. Agency that answers.")
    assert label_en(column) == "Lead agency (Vietnamese)"
    bare = Column("score", "DOUBLE", True, None)
    assert (label_vi(bare), description_en(bare)) == ("score", None)
    assert label_en(Table("reporting", "rpt_index_overview", None, (), ())) == "Index overview"


def test_labels_that_are_alike_are_told_apart() -> None:
    columns = [Column(name, "DOUBLE", True, comment) for name, comment in
               (("low", "Khoảng. Low."), ("high", "khoảng. High."), ("score", "Điểm. Score."))]  # fmt: skip
    assert distinct_labels(columns) == ["Khoảng (low)", "khoảng (high)", "Điểm"]


def test_every_table_is_there_in_vietnamese_too(make_warehouse: MakeWarehouse, tmp_path: Path) -> None:
    published = publish(make_warehouse(tmp_path / "w.duckdb"), tmp_path / "published", "run 1")
    with duckdb.connect(published.duckdb, read_only=True) as bi:
        assert bi.execute('select count("Giá trị") from tieng_viet."Kết quả chỉ số, đúng như công bố"').fetchone() == (
            bi.execute("select count(value) from marts.fct_index_result").fetchone()
        )
        views = bi.execute("select count(*) from duckdb_views() where schema_name = 'tieng_viet'").fetchone()
        assert views == bi.execute("select count(*) from duckdb_tables() where not internal").fetchone()
        said = bi.execute("select comment from duckdb_columns() where column_name = 'Giá trị'").fetchall()
        assert said == [('value. null khi „không có dữ liệu". Value',)]


def test_an_index_lies_in_one_wide_table_in_vietnamese_order(working: Path) -> None:
    with duckdb.connect(working) as connection:
        (database,) = connection.execute("select current_database()").fetchone() or ("",)
        (wide,) = wide_tables(connection, database, list_tables(connection, database))
    assert wide.table.full_name == "wide.n1"
    rows = wide.rows.to_pylist()
    assert [row["territory_name_vi"] for row in rows] == ["Đà Nẵng", "Lào Cai", "=cmd()"]
    home = rows[1]
    assert home["score"] == 68.25
    assert (home["tier"], home["tier_component"], home["a"]) == (None, 1.5, 7.25)
    assert rows[0]["a"] is None
    assert "unseen" not in home
    assert {column.name: label_vi(column) for column in wide.table.columns}["a"] == "Thành phần a"


def test_component_codes_that_meet_other_names_all_get_a_column(working: Path) -> None:
    with duckdb.connect(working) as connection:
        connection.execute(
            "insert into marts.dim_component values ('N1', 'score', 'Điểm. Phần 1', 'Score', 4),"
            " ('N1', 'score_component', 'Điểm phụ', 'Other', 5);"
            "insert into marts.fct_index_result select 'N1', 2024, '34', 'score', 'a', '15-2025', code, value, true"
            " from (values ('score', 3.5), ('score_component', 4.5)) as made(code, value)"
        )
        (wide,) = wide_tables(connection, "w", list_tables(connection, "w"))
    home = wide.rows.to_pylist()[1]
    assert (home["score"], home["score_component_component"], home["score_component"]) == (68.25, 3.5, 4.5)
    labels = {column.name: label_vi(column) for column in wide.table.columns}
    assert labels["score_component_component"] == "Điểm, Phần 1"


def test_the_wide_tables_refuse_an_overview_that_lacks_columns(make_warehouse: MakeWarehouse, tmp_path: Path) -> None:
    with duckdb.connect(make_warehouse(tmp_path / "w.duckdb")) as connection:
        tables = list_tables(connection, "w")
        with pytest.raises(PublishError, match=r"rpt_index_overview has no column edition_year, .* which the wide"):
            list(wide_tables(connection, "w", tables))


def test_the_dictionary_holds_every_table_and_column_and_itself(working: Path) -> None:
    with duckdb.connect(working) as connection:
        tables = list_tables(connection, "w")
    rows = data_dictionary(tables).rows.to_pylist()
    assert len(rows) == sum(1 + len(table.columns) for table in tables) + 11
    (year,) = (row for row in rows if row["table_name"] == "dim_edition" and row["column_name"] == "edition_year")
    assert (year["position"], year["data_type"], year["is_nullable"], year["is_key"]) == (2, "INTEGER", False, True)
    assert next(row["label_vi"] for row in rows if row["table_name"] == "data_dictionary") == "Từ điển dữ liệu"


def test_lineage_names_columns_where_known_and_tables_else(working: Path) -> None:
    manifest = {
        "sources": {"source.raw": {"schema": "raw", "name": "index_result"}},
        "nodes": {
            "model.seen": {"schema": "marts", "name": "x", "alias": "seen", "depends_on": {"nodes": ["source.raw"]}},
            "model.unread": {"schema": "marts", "name": "unread", "depends_on": {"nodes": ["model.seen"]}},
        },
    }
    columns = {"model.seen": {"value": [["source.raw", "value"]], "made_up_here": []}, "model.unread": {}}
    with duckdb.connect(working) as connection:
        wide = list(wide_tables(connection, "w", list_tables(connection, "w")))
    edges = [*edges_of_models(manifest, columns), *edges_of_derived(wide)]
    rows = [tuple(row.values()) for row in lineage_table([*edges, *edges]).rows.to_pylist()]
    assert Edge("marts", "seen", "value", "raw", "index_result", "value") in rows
    assert Edge("marts", "unread", None, "marts", "seen", None) in rows
    assert Edge("wide", "n1", "a", "marts", "fct_index_result", "value") in rows
    assert len(rows) == len(set(rows))
