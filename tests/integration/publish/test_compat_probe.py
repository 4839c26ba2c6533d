"""`make compat` is only worth something if it would notice: here it must."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from orchestration.publish import publish

MakeWarehouse = Callable[..., Path]
COMPAT = Path(__file__).resolve().parents[2] / "compat"


@pytest.fixture(scope="module")
def compat() -> ModuleType:
    spec = importlib.util.spec_from_file_location("compat", COMPAT / "compat.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _read(folder: Path) -> dict[str, Any]:
    command = [sys.executable, str(COMPAT / "probe.py"), str(folder / "chiso.duckdb"), "--parquet", f"{folder}/parquet"]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def test_notices_a_bit_a_comment_and_a_table(make_warehouse: MakeWarehouse, tmp_path: Path, compat: ModuleType) -> None:
    changes = {
        "same": "",
        "bit": "update reporting.rpt_index_overview set score = 0.3 where territory_name_vi = 'Lào Cai'",
        "comment": "comment on column reporting.rpt_index_overview.score is 'Điểm. Score'",
        "table": "create table marts.dim_more as select 1 as one",
    }
    read = {}
    for name, more in changes.items():
        publish(make_warehouse(tmp_path / f"{name}.duckdb", rows=100, more=more), tmp_path / name, "the same")
        read[name] = _read(tmp_path / name)
        for table, facts in read[name]["tables"].items():
            assert table.startswith("tieng_viet.") or facts["sha256"] == facts["twin_sha256"]
    # differs whenever anything does
    stamp = {"marts.published_version", "tieng_viet.Phiên bản của bộ số liệu"}
    assert compat.differences(read["same"], read["same"]) == {}
    assert compat.differences(read["same"], read["bit"]).keys() == {
        *stamp,
        "reporting.rpt_index_overview",
        "tieng_viet.rpt_index_overview",
    }
    assert "comments 0 / 1" in compat.differences(read["same"], read["comment"])["reporting.rpt_index_overview"]
    assert compat.differences(read["same"], read["table"])["marts.dim_more"].startswith("only with DuckDB")


def test_knows_the_locked_versions(compat: ModuleType) -> None:
    locked = compat.locked_versions(compat.PROJECT / "requirements.lock")
    assert locked["duckdb"] in compat.DRIVERS
    assert {"dbt-core", "dbt-duckdb"} <= locked.keys()
