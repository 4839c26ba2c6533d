"""The README's recipe for a new index, followed word for word."""

import os
import re
import subprocess
from pathlib import Path

import duckdb

from ingest.settings import PROJECT_ROOT


def test_the_recipe_for_a_new_index_ends_in_the_published_file(tmp_path: Path) -> None:
    section = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8").partition("### A new index")[2]
    [table] = re.findall(r"```csv\n(.*?)```", section.partition("## Map")[0], re.DOTALL)
    [commands] = re.findall(r"```bash\n(.*?)```", section.partition("## Map")[0], re.DOTALL)
    (tmp_path / ".venv").symlink_to(PROJECT_ROOT / ".venv")
    (tmp_path / "example_2025.csv").write_text(table, encoding="utf-8")
    env = {**os.environ, "CHISO_HOME": str(tmp_path / "data"), "CHISO_AS_OF": "2026-11-22"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=500
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with duckdb.connect(str(tmp_path / "data/published/chiso.duckdb"), read_only=True) as bi:
        scores = bi.execute(
            "select territory_code, component_code, value from marts.fct_index_result where index_code = 'EXAMPLE'"
        ).fetchall()
    assert set(scores) == {
        ("01", "total", 75.1),
        ("01", "environment", 38.0),
        ("01", "infrastructure", 37.1),
        ("15-2025", "total", 68.25),
        ("15-2025", "environment", 33.15),
        ("15-2025", "infrastructure", 35.1),
        ("48-2025", "total", 77.4),
        ("48-2025", "environment", 39.2),
        ("48-2025", "infrastructure", 38.2),
    }
