"""What a publication holds, and when it is left alone."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from orchestration.duckdb_resource import WarehouseError, WarehouseLocked, read_only
from orchestration.publish import VERSION_TABLE, publish, whole_file
from orchestration.published_tables import PublishError

MakeWarehouse = Callable[..., Path]

TABLES = {"marts.dim_edition", "marts.fct_index_result", "reporting.rpt_empty", "reporting.rpt_index_overview"}


def _state(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(p.relative_to(folder)): (p.read_bytes(), p.stat().st_ino, p.stat().st_mtime_ns) for p in files}


def _parquet(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "parquet").iterdir()}


def test_holds_the_public_schemas_and_nothing_else(make_warehouse: MakeWarehouse, tmp_path: Path) -> None:
    working = make_warehouse(tmp_path / "w.duckdb")
    published = publish(working, tmp_path / "published", "run 1")

    assert not published.unchanged
    assert set(published.rows) == TABLES
    assert published.rows["marts.fct_index_result"] == 3_000
    with read_only(published.duckdb) as connection:
        connection.execute(f"attach '{working}' as working (read_only)")
        listed = connection.execute("select schema_name || '.' || table_name from duckdb_tables()"
                                    " where database_name = 'chiso'").fetchall()  # fmt: skip
        assert {name for (name,) in listed} == TABLES | {VERSION_TABLE.full_name}
        views = connection.execute("select distinct schema_name from duckdb_views() where database_name = 'chiso'"
                                   " and not internal").fetchall()  # fmt: skip
        assert views == [("tieng_viet",)]
        for table in TABLES:
            for one, other in ((f"chiso.{table}", f"working.{table}"), (f"working.{table}", f"chiso.{table}")):
                rest = connection.execute(f"select count(*) from (from {one} except all from {other})").fetchone()
                assert rest == (0,), table
    assert {path.name for path in (tmp_path / "published").iterdir()} == {"chiso.duckdb", "parquet", "datapackage.json"}
    assert not stat.S_IMODE(published.duckdb.stat().st_mode) & 0o222


def test_types_comments_and_not_null_travel(make_warehouse: MakeWarehouse, tmp_path: Path) -> None:
    working = make_warehouse(tmp_path / "w.duckdb")
    published = publish(working, tmp_path / "published", "run 1")

    declared = (
        "select schema_name, table_name, column_name, data_type, is_nullable, comment from duckdb_columns()"
        " where not internal and schema_name in ('marts', 'reporting') and table_name <> 'published_version'"
        " order by all"
    )
    tables = "select table_name, comment from duckdb_tables() where comment is not null and table_name like 'fct%'"
    with read_only(working) as before, read_only(published.duckdb) as after:
        assert after.execute(declared).fetchall() == before.execute(declared).fetchall()
        assert after.execute(tables).fetchall() == before.execute(tables).fetchall() != []
    schema = pq.read_schema(tmp_path / "published/parquet/marts.fct_index_result.parquet")
    assert schema.field("value").metadata[b"description"].decode() == 'Giá trị; null khi „không có dữ liệu". Value'
    assert not schema.field("version").nullable
    assert "marts.fct_index_result.vintage" in published.uncommented
    assert "marts.fct_index_result.value" not in published.uncommented
    assert "marts.fct_index_result" not in published.uncommented


def test_parquet_twin_has_the_same_rows(make_warehouse: MakeWarehouse, tmp_path: Path) -> None:
    published = publish(make_warehouse(tmp_path / "w.duckdb"), tmp_path / "published", "run 1")
    with read_only(published.duckdb) as connection:
        for table in TABLES | {VERSION_TABLE.full_name}:
            twin = tmp_path / "published" / "parquet" / f"{table}.parquet"
            rows = [tuple(row.values()) for row in pq.read_table(twin).to_pylist()]
            assert rows == connection.execute(f"from {table}").fetchall(), table  # in the same order, too


def test_same_content_is_left_alone(make_warehouse: MakeWarehouse, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    publish(make_warehouse(tmp_path / "w1.duckdb"), folder, "run 1")
    before = _state(folder)
    again = publish(make_warehouse(tmp_path / "w2.duckdb", shuffle=99), folder, "run 2")
    assert again.unchanged
    assert _state(folder) == before


def test_parquet_is_byte_equal_however_the_rows_lay(make_warehouse: MakeWarehouse, tmp_path: Path) -> None:
    made = []
    for shuffle in range(3):
        working = make_warehouse(tmp_path / f"{shuffle}.duckdb", rows=130_000, shuffle=shuffle)
        publish(working, tmp_path / f"p{shuffle}", "the same")
        made.append(_parquet(tmp_path / f"p{shuffle}"))
    assert made[0] == made[1] == made[2]


@pytest.mark.parametrize(
    "change",
    [
        "update reporting.rpt_index_overview set score = 0.3 where territory_name_vi = 'Lào Cai'",
        "comment on column reporting.rpt_index_overview.score is 'Điểm. Score'",
        "alter table reporting.rpt_index_overview alter version set not null",
    ],
)
def test_a_figure_a_comment_or_a_constraint_is_a_change(
    make_warehouse: MakeWarehouse, tmp_path: Path, change: str
) -> None:
    folder = tmp_path / "published"
    first = publish(make_warehouse(tmp_path / "w1.duckdb"), folder, "run 1")
    second = publish(make_warehouse(tmp_path / "w2.duckdb", more=change), folder, "run 2")
    assert not second.unchanged
    assert second.content_sha256 != first.content_sha256


@pytest.mark.parametrize("damage", ["chiso.duckdb", "parquet/marts.dim_edition.parquet", "datapackage.json"])
@pytest.mark.parametrize("how", ["lost", "cut", "other"])
def test_a_damaged_publication_is_made_again(
    make_warehouse: MakeWarehouse, tmp_path: Path, damage: str, how: str
) -> None:
    folder = tmp_path / "published"
    working = make_warehouse(tmp_path / "w.duckdb", rows=100)
    publish(working, folder, "run 1")
    good = _parquet(folder)
    target = folder / damage
    target.chmod(0o644)
    if how == "lost":
        target.unlink()
    elif how == "cut":
        os.truncate(target, target.stat().st_size // 2)
    else:
        target.write_text('{"chiso:content_sha256": "0", "resources": 7}')
    assert not publish(working, folder, "run 1").unchanged
    assert publish(working, folder, "run 1").unchanged
    assert _parquet(folder) == good


def test_leftovers_go(make_warehouse: MakeWarehouse, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    working = make_warehouse(tmp_path / "w.duckdb")
    publish(working, folder, "run 1")
    (folder / "parquet" / "marts.gone.parquet").write_bytes(b"old")
    (folder / "chiso.duckdb.wal").write_bytes(b"left by someone who opened it for writing")
    (folder / ".being-published" / "parquet").mkdir(parents=True)
    (folder / ".being-published" / "chiso.duckdb").write_bytes(b"half")
    assert not publish(working, folder, "run 1").unchanged
    assert {path.name for path in folder.iterdir()} == {"chiso.duckdb", "parquet", "datapackage.json"}
    assert "marts.gone.parquet" not in _parquet(folder)


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ("create view reporting.rpt_view as select 1 as one", "reporting.rpt_view"),
        ("create table marts.odd (moment timestamptz)", "marts.odd.moment is of type TIMESTAMP WITH TIME ZONE"),
        ("create table marts.odd (list integer[])", "marts.odd.list"),
        ('create table marts."../odd" (one integer)', r"\.\./odd"),
        ('create table marts.odd ("Tỉnh" integer)', "Tỉnh"),
        ("create table marts.published_version (one integer)", "published_version"),
        ("drop table marts.dim_edition", "dim_edition"),
        ("drop schema marts cascade; drop schema reporting cascade", "no table"),
    ],
)
def test_refuses_what_does_not_travel_and_keeps_the_old(
    make_warehouse: MakeWarehouse, tmp_path: Path, more: str, named: str
) -> None:
    folder = tmp_path / "published"
    publish(make_warehouse(tmp_path / "w1.duckdb"), folder, "run 1")
    before = _state(folder)
    bad = make_warehouse(tmp_path / "w2.duckdb", version="b", more=more)
    with pytest.raises(PublishError, match=named):
        publish(bad, folder, "run 2")
    assert _state(folder) == before


def test_working_file_missing_or_broken(make_warehouse: MakeWarehouse, tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="chiso run"):
        publish(tmp_path / "none.duckdb", tmp_path / "published", "run 1")
    (tmp_path / "bad.duckdb").write_bytes(b"no database" * 1000)
    with pytest.raises(WarehouseError, match=r"bad\.duckdb cannot be opened"):
        publish(tmp_path / "bad.duckdb", tmp_path / "published", "run 1")
    assert list((tmp_path / "published").iterdir()) == []


def test_working_file_is_not_written(make_warehouse: MakeWarehouse, tmp_path: Path) -> None:
    working = make_warehouse(tmp_path / "w.duckdb")
    before = working.read_bytes(), sorted(os.listdir(tmp_path))
    publish(working, tmp_path / "published", "run 1")
    assert (working.read_bytes(), sorted(set(os.listdir(tmp_path)) - {"published"})) == before


@pytest.mark.parametrize("name", ["it's; drop table x --", 'quo"te', "tỉnh Lào Cai", "a b%20*[x]", "$HOME {x}", "-rf"])
def test_hostile_folder_names(make_warehouse: MakeWarehouse, tmp_path: Path, name: str) -> None:
    working = make_warehouse(tmp_path / name / "w.duckdb", rows=50)
    first = publish(working, tmp_path / name / "pub", 'it\'s "quoted"')
    assert first.rows["marts.fct_index_result"] == 50
    with read_only(first.duckdb) as connection:
        assert connection.execute("select built_from from marts.published_version").fetchall() == [('it\'s "quoted"',)]
    assert publish(working, tmp_path / name / "pub", "").unchanged


def test_a_folder_that_duckdb_would_cut_is_refused(make_warehouse: MakeWarehouse, tmp_path: Path) -> None:
    working = make_warehouse(tmp_path / "w.duckdb", rows=50)
    with pytest.raises(WarehouseError, match="CHISO_HOME"):
        publish(working, tmp_path / "why?" / "published", "run 1")
    assert not (tmp_path / "why?").exists()


def test_a_relative_folder(make_warehouse: MakeWarehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_warehouse(tmp_path / "w.duckdb", rows=50)
    monkeypatch.chdir(tmp_path)
    assert publish(Path("w.duckdb"), Path("pub"), "").rows["marts.fct_index_result"] == 50
    assert publish(Path("w.duckdb"), Path("pub"), "").unchanged


def test_one_publisher_at_a_time(
    make_warehouse: MakeWarehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    working, folder = make_warehouse(tmp_path / "w.duckdb", rows=50), tmp_path / "published"

    def meanwhile(*_: object) -> None:
        with pytest.raises(WarehouseLocked, match="publishing into"):
            publish(working, folder, "second")
        raise OSError("disk full")

    monkeypatch.setattr("orchestration.publish.write_duckdb", meanwhile)
    with pytest.raises(OSError, match="disk full"):
        publish(working, folder, "first")
    monkeypatch.undo()
    assert list(folder.iterdir()) == []  # a failure leaves nothing behind, and the lock is free again
    assert not publish(working, folder, "third").unchanged


def test_published_file_has_the_old_storage_version(make_warehouse: MakeWarehouse, tmp_path: Path) -> None:
    published = publish(make_warehouse(tmp_path / "w.duckdb"), tmp_path / "published", "run 1")
    with duckdb.connect(published.duckdb, read_only=True) as connection:
        tags = connection.execute("select tags from duckdb_databases() where database_name = 'chiso'").fetchone()
    assert tags is not None
    assert tags[0]["storage_version"].startswith("v1.0.0")


def test_who_passes_figures_on_notices_that_somebody_wrote_to_the_file(
    make_warehouse: MakeWarehouse, tmp_path: Path
) -> None:
    with pytest.raises(WarehouseError, match="chiso run"):
        whole_file(tmp_path / "published")
    published = publish(make_warehouse(tmp_path / "w.duckdb"), tmp_path / "published", "run 1")
    assert whole_file(tmp_path / "published") == published.duckdb
    published.duckdb.chmod(0o644)
    with duckdb.connect(published.duckdb) as connection:
        connection.execute("update marts.fct_index_result set value = 0.99 where value is not null")
    with pytest.raises(PublishError, match="is not as it was published"):
        whole_file(tmp_path / "published")
