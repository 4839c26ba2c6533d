"""A part of the dbt project built by Spark, its tables brought home, as `orchestration.dbt.build` does it in DuckDB."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingest.settings import PROJECT_ROOT, Settings
from orchestration import dbt
from orchestration.spark.bring_home import bring_home

_HERE = Path(__file__).resolve().parent


def build(settings: Settings, part: dbt.Part, progress: Callable[[str], None]) -> list[dbt.NodeResult]:
    """Build `part` on the Spark that CHISO_SPARK_MASTER names, and fill the working file with the tables that it made.

    Failing models and tests are results, and then nothing is brought home; DbtFailed only if dbt itself fell.
    `progress` gets a line for each table made.
    """
    target = settings.home / "spark" / "target"
    _run(settings, ["build", *dbt.NOT_IN_A_RUN, *part.selection], target, progress)
    results = [_result(one) for one in json.loads((target / "run_results.json").read_bytes())["results"]]
    if not any(one.has_failed for one in results):
        dbt.lay_out(settings, part)
        made = {one.unique_id for one in results}
        nodes = json.loads((target / "manifest.json").read_bytes())["nodes"]
        tables = [(node["schema"], node["name"]) for uid, node in nodes.items() if uid in made and _is_table(node)]
        progress("bringing the tables home")
        bring_home(settings, tables)
    return results


def python() -> Path:
    """The Python of the environment that `make spark` makes, or of another (CHISO_SPARK_PYTHON)."""
    return Path(os.environ.get("CHISO_SPARK_PYTHON", "").strip() or PROJECT_ROOT / ".venv-spark" / "bin" / "python")


def _run(settings: Settings, arguments: list[str], target: Path, progress: Callable[[str], None]) -> None:
    if not python().is_file():
        raise dbt.DbtFailed(f"there is no {python()}: run `make spark-env`, or leave CHISO_SPARK_MASTER out")
    target.mkdir(parents=True, exist_ok=True)
    log = settings.home / "spark" / "spark.log"
    places = ["--project-dir", dbt.PROJECT, "--profiles-dir", dbt.PROJECT, "--target-path", target]
    environment = {"SPARK_CONF_DIR": str(_HERE / "conf"), **os.environ, **dbt.environment(settings)}
    with (
        log.open("w", encoding="utf-8") as output,
        subprocess.Popen(
            [str(word) for word in (python(), _HERE / "dbt_session.py", *arguments, *places)],
            env=environment,
            cwd=settings.home / "spark",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            progress(line.strip())
    if process.returncode:
        raise dbt.DbtFailed(f"dbt on Spark ended with {process.returncode}: {log.read_text(encoding='utf-8')[-2000:]}")


def _is_table(node: dict[str, Any]) -> bool:
    # seeds are laid out with their rows, views read the same raw files
    return bool(node["resource_type"] == "model" and node["config"]["materialized"] != "view")


def _result(one: dict[str, Any]) -> dbt.NodeResult:
    return dbt.NodeResult(
        unique_id=one["unique_id"],
        kind=one["unique_id"].split(".")[0],
        status=one["status"],
        message=one["message"] or "",
        failures=one["failures"] or 0,
        seconds=one["execution_time"],
        # Spark's planning and dbt's own work are not told apart
        sql_seconds=one["execution_time"],
    )
