"""dbt inside our own process: one parse when the project changed, a build a part, what they did as typed results.

In process because starting dbt costs more than all its SQL. The manifest is prepared here, by the command line or by
`make`, and never while a code location loads.
"""

import hashlib
import importlib.metadata
import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.settings import PROJECT_ROOT, Settings

PROJECT = PROJECT_ROOT / "dbt_project"
# unit tests prove the models' logic on made-up rows: they belong to `make test`, not to a run
NOT_IN_A_RUN = ("--exclude-resource-type", "unit_test")


class DbtFailed(RuntimeError):
    """dbt could not do what was asked; the message holds its own words."""


@dataclass(frozen=True)
class Part:
    """A part of the project that is built by itself, as dbt selects it: `select` without `exclude`."""

    select: str
    exclude: str = ""

    @property
    def selection(self) -> list[str]:
        return ["--select", *self.select.split(), *(["--exclude", *self.exclude.split()] if self.exclude else [])]


@dataclass(frozen=True)
class NodeResult:
    """One seed, model or test of a build. Times in seconds; `sql_seconds` is what DuckDB itself took."""

    unique_id: str
    kind: str
    status: str
    message: str
    failures: int
    seconds: float
    sql_seconds: float

    @property
    def has_failed(self) -> bool:
        return self.status not in ("success", "pass", "warn", "skipped")


def manifest_path(settings: Settings) -> Path:
    return settings.dbt / "target" / "manifest.json"


def environment(settings: Settings) -> dict[str, str]:
    """The settings as the project's profiles and macros read them."""
    return {
        "CHISO_HOME": str(settings.home),
        "CHISO_TERRITORY": settings.territory,
        "CHISO_AS_OF": settings.as_of.isoformat(),
        "CHISO_MEMORY": settings.memory,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


def prepare(settings: Settings) -> Path:
    """Parse the project into the manifest that the code location reads, unless it was made from just these files."""
    manifest = manifest_path(settings)
    made_from = settings.dbt / "manifest.made_from"
    digest = hashlib.sha256(importlib.metadata.version("dbt-core").encode())
    for path in sorted(PROJECT.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(PROJECT)).encode() + b"\0" + path.read_bytes())
    if not (manifest.exists() and made_from.exists() and made_from.read_text() == digest.hexdigest()):
        settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
        _invoke(settings, ["parse"], on_event=lambda event: None)
        made_from.write_text(digest.hexdigest())
    return manifest


def parts(manifest: dict[str, Any], tables: Iterable[str]) -> tuple[Part, Part]:
    """What `tables` ("schema.name") are made of, with them and all seeds; and the rest, with every test over both."""
    nodes = {uid: node for uid, node in manifest["nodes"].items() if node["resource_type"] in ("seed", "model")}
    named = {f"{node['schema']}.{node['name']}": uid for uid, node in nodes.items()}
    first: set[str] = {uid for uid, node in nodes.items() if node["resource_type"] == "seed"}
    pending = [named[table] for table in tables]
    while pending:
        uid = pending.pop()
        if uid in nodes and uid not in first:
            first.add(uid)
            pending += manifest["parent_map"][uid]
    early, late = (" ".join(sorted(nodes[uid]["name"] for uid in uids)) for uids in (first, nodes.keys() - first))
    return Part(early, exclude=late), Part(late)


def build(settings: Settings, part: Part, progress: Callable[[str], None]) -> list[NodeResult]:
    """Run a part of the project into the working file. Failing tests are results; DbtFailed only if dbt itself fell.

    `progress` gets a line for each table made. With CHISO_SPARK_MASTER, Spark makes them and they are brought home.
    """
    if settings.spark_master:
        from orchestration.spark.build import build as build_on_spark

        return build_on_spark(settings, part, progress)
    sql_seconds: dict[str, float] = defaultdict(float)
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)

    def on_event(event: Any) -> None:
        name = event.info.name
        if name == "SQLQueryStatus":
            sql_seconds[event.data.node_info.unique_id] += event.data.elapsed
        elif name == "JinjaLogInfo":
            progress(event.data.msg)
        elif name == "LogModelResult":
            progress(f"{event.data.node_info.node_relation.schema}.{event.data.node_info.node_name}")

    outcome = _invoke(settings, ["build", *NOT_IN_A_RUN, *part.selection], on_event)
    return [
        NodeResult(
            unique_id=result.node.unique_id,
            kind=str(result.node.resource_type),
            status=str(result.status),
            message=result.message or "",
            failures=result.failures or 0,
            seconds=result.execution_time,
            sql_seconds=sql_seconds[result.node.unique_id],
        )
        for result in outcome.results
    ]


def lay_out(settings: Settings, part: Part) -> None:
    """Make the tables of a part in the working file as a build would, but without rows; seeds and views are whole."""
    for arguments in (
        ["seed", *part.selection],
        ["run", "--empty", "--full-refresh", *part.selection],
        ["run", "--select", *(f"{name},config.materialized:view" for name in part.select.split())],
        # the lineage of columns is read from the SQL that a build compiles, not from that of an empty one
        ["compile", *part.selection],
    ):
        for result in _invoke(settings, arguments, on_event=lambda event: None).results:
            if str(result.status) not in ("success", "pass"):
                raise DbtFailed(f"{result.node.unique_id} could not be laid out: {result.message}")


def _invoke(settings: Settings, arguments: list[str], on_event: Callable[[Any], None]) -> Any:
    # seconds to import, so only where dbt runs
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    common = [
        "--project-dir",
        str(PROJECT),
        "--profiles-dir",
        str(PROJECT),
        "--target-path",
        str(settings.dbt / "target"),
    ]
    quiet = ["--log-path", str(settings.dbt / "logs"), "--log-level", "none"]
    with _set(environment(settings)):
        try:
            outcome = dbtRunner(callbacks=[on_event]).invoke([*arguments, *common, *quiet])
        finally:
            # dbt keeps the file open for as long as the process lives
            DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    if outcome.exception is not None:
        raise DbtFailed(str(outcome.exception)) from outcome.exception
    if outcome.result is None:
        raise DbtFailed(f"dbt {arguments[0]} gave no result; see {settings.dbt / 'logs' / 'dbt.log'}")
    return outcome.result


@contextmanager
def _set(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


def read_manifest(settings: Settings) -> dict[str, Any]:
    """The manifest that `prepare` wrote. Raises DbtFailed saying how to make it."""
    path = manifest_path(settings)
    if not path.exists():
        raise DbtFailed(f"{path} is missing: run `chiso prepare` (or `make ui`, which does) before loading Dagster")
    return dict(json.loads(path.read_text(encoding="utf-8")))
