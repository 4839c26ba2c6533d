"""The project's compiled models, to be run on another database than the one they were compiled for.

Belongs here: reading dbt's manifest and the SQL that dbt compiled beside it. Nothing here starts dbt.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from quality.backtest import BacktestFailed


class NotCompiled(BacktestFailed):
    """dbt has a model but its SQL is not there."""


@dataclass(frozen=True)
class Model:
    """One relation of the project. `name` is schema.table; `sql` is None for a seed; parents are names too."""

    name: str
    sql: str | None
    is_view: bool
    parents: tuple[str, ...]


@dataclass(frozen=True)
class Project:
    """All models and seeds by name, the raw sources (table name → the relation dbt reads) and the catalog's name."""

    catalog: str
    models: Mapping[str, Model]
    sources: Mapping[str, str]

    def needed_for(self, texts: Iterable[str]) -> list[Model]:
        """Give the models that SQL texts name, and all they are built from, parents first."""
        words = set(re.findall(r"\b\w+\.\w+\b", " ".join(texts)))
        ordered: dict[str, Model] = {}
        for name in sorted(words & self.models.keys()):
            self._visit(name, ordered)
        return list(ordered.values())

    def _visit(self, name: str, ordered: dict[str, Model]) -> None:
        if name not in ordered:
            for parent in self.models[name].parents:
                self._visit(parent, ordered)
            ordered[name] = self.models[name]


def load_project(manifest: Path) -> Project:
    """Read the manifest and the SQL compiled beside it, reading raw from tables `raw.<source>` of the scratch database.

    Raises NotCompiled naming the model when dbt has not compiled it.
    """
    told = json.loads(manifest.read_text(encoding="utf-8"))
    sources = {source["name"]: source["relation_name"] for source in told["sources"].values()}
    nodes = {uid: node for uid, node in told["nodes"].items() if node["resource_type"] in ("model", "seed")}
    names = {uid: f"{node['schema']}.{node['name']}" for uid, node in nodes.items()}
    models = {}
    for uid, node in nodes.items():
        sql = None
        if node["resource_type"] == "model":
            compiled = manifest.parent / "compiled" / node["package_name"] / node["original_file_path"]
            if not compiled.exists():
                raise NotCompiled(f"{names[uid]} is not compiled ({compiled} is missing); run `chiso run` first")
            sql = compiled.read_text(encoding="utf-8")
            for name, relation in sources.items():
                sql = sql.replace(relation, f"raw.{name}")
        parents = tuple(names[parent] for parent in node["depends_on"].get("nodes", []) if parent in names)
        models[names[uid]] = Model(names[uid], sql, node["config"]["materialized"] == "view", parents)
    (catalog,) = {node["database"] for node in nodes.values()}
    return Project(catalog, models, sources)


def build(con: duckdb.DuckDBPyConnection, models: Iterable[Model], overrides: Mapping[str, str] | None = None) -> None:
    """Make the models anew, in the order given. `overrides` replaces columns: {'schema.table': 'true as column'}."""
    for model in models:
        if model.sql is None:
            continue
        column = (overrides or {}).get(model.name)
        sql = f"select * replace ({column}) from (\n{model.sql}\n)" if column else model.sql
        con.execute(f"create or replace {'view' if model.is_view else 'table'} {model.name} as {sql}")
