"""A small good warehouse with the project's own seed `rule`; tests add the bad rows."""

from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """Path of a writable working warehouse in which every rule holds."""
    path = tmp_path / "chiso.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute((ROOT / "tests/fixtures/quality/good_warehouse.sql").read_text(encoding="utf-8"))
        con.execute("create schema seeds")
        con.execute(
            "create table seeds.rule as select * from read_csv(?, header = true, types = {'threshold': 'double'})",
            [str(ROOT / "dbt_project/seeds/rule.csv")],
        )
    return path
