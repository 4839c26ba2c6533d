"""A reader that is opened as orchestration/bi/CONNECT.md says can read the tables and do nothing else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.conftest import ROOT, Installation

REFUSED = [
    "select * from read_csv('/etc/passwd')",
    "select * from read_text('/etc/passwd')",
    "select * from '/etc/passwd'",
    "select * from read_parquet('{file}')",
    "from glob('/etc/*')",
    "select * from read_csv('http://127.0.0.1:1/x.csv')",
    "copy (select 1) to '{file}'",
    "export database '{file}'",
    "attach '{file}'",
    "attach ':memory:' as beside",
    "install httpfs",
    "load httpfs",
    "set enable_external_access = true",
    "reset enable_external_access",
    "set lock_configuration = false",
    "set temp_directory = '/tmp'",
    "pragma profiling_output = '{file}'",
    "create table marts.mine as select 1",
    "create schema mine",
    "create view mine as select 1",
    "insert into marts.dim_index select * from marts.dim_index",
    "update marts.dim_index set name_vi = ''",
    "delete from marts.dim_index",
    "drop table marts.dim_index",
]


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    """The settings as the page prints them."""
    page = (ROOT / "orchestration" / "bi" / "CONNECT.md").read_text(encoding="utf-8")
    printed = re.search(r"^locked = (\{.*?^\})", page, re.MULTILINE | re.DOTALL)
    assert printed
    found: dict[str, str] = ast.literal_eval(printed[1])
    return found


@pytest.fixture(scope="module")
def reader(installation: Installation, settings: dict[str, str]) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(installation.published), read_only=True, config=settings) as connection:
        yield connection


def test_reads(reader: duckdb.DuckDBPyConnection) -> None:
    assert reader.execute("select count(*) > 1000 from reporting.rpt_index_overview").fetchone() == (True,)


@pytest.mark.parametrize("statement", REFUSED)
def test_refuses(reader: duckdb.DuckDBPyConnection, statement: str, tmp_path: Path) -> None:
    with pytest.raises((duckdb.PermissionException, duckdb.InvalidInputException, duckdb.CatalogException)):
        reader.execute(statement.format(file=tmp_path / "escaped"))
    assert not list(tmp_path.iterdir())


def test_does_not_spill_beside_the_published_file(reader: duckdb.DuckDBPyConnection) -> None:
    assert reader.execute("select current_setting('temp_directory')").fetchone() == ("",)
