"""Which columns each column of a model is made of, read from the compiled SQL once per version of it."""

import hashlib
import json
from pathlib import Path
from typing import Any

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.lineage import lineage
from sqlglot.schema import MappingSchema

# column -> [[unique id of the parent, its column], ...]
Columns = dict[str, list[list[str]]]


def column_lineage(manifest: dict[str, Any], cache: Path) -> dict[str, Columns]:
    """Model -> column -> parent columns, for every compiled model of the manifest. Unreadable SQL gives no columns.

    `cache` is a JSON file that keeps each model's answer beside the hash of its SQL and of the columns that it may
    name: only what changed is read again.
    """
    known = json.loads(cache.read_text(encoding="utf-8")) if cache.exists() else {}
    nodes = {**manifest["sources"], **manifest["nodes"]}
    relations = {
        (node["schema"].lower(), _table_name(node).lower()): uid for uid, node in nodes.items() if "schema" in node
    }
    tables: dict[str, dict[str, dict[str, str]]] = {}
    for node in nodes.values():
        if node.get("columns"):
            columns = {name: column.get("data_type") or "text" for name, column in node["columns"].items()}
            tables.setdefault(node["schema"], {})[_table_name(node)] = columns
    mapping = MappingSchema({**tables}, dialect="duckdb")
    # a build of one part compiles its own models only; what is known of the others stays
    answers = {uid: known[uid] for uid in manifest["nodes"] if uid in known}
    for uid, node in manifest["nodes"].items():
        sql = node.get("compiled_code")
        if node["resource_type"] != "model" or not sql:
            continue
        parents = [sorted(nodes[parent].get("columns", ())) for parent in node["depends_on"]["nodes"]]
        key = hashlib.sha256(f"{sql}{sorted(node['columns'])}{parents}".encode()).hexdigest()
        answer = known.get(uid)
        if answer is None or answer["sql"] != key:
            # a source compiles to a file path, which names no table: the model's one source is meant
            sources = [parent for parent in node["depends_on"]["nodes"] if parent.startswith("source.")]
            only_source = sources[0] if len(sources) == 1 else None
            answer = {"sql": key, "columns": _read(sql, mapping, relations, only_source)}
        answers[uid] = answer
    if answers != known:
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_text(json.dumps(answers), encoding="utf-8")
    return {uid: answer["columns"] for uid, answer in answers.items()}


def _table_name(node: dict[str, Any]) -> str:
    return str(node.get("alias") or node["name"])


def _read(
    sql: str,
    schema: MappingSchema,
    relations: dict[tuple[str, str], str],
    only_source: str | None,
) -> Columns:
    try:
        trees = lineage(None, sql, schema, dialect="duckdb", trim_selects=False, copy=False)
    except SqlglotError:
        return {}
    answer: Columns = {}
    for column, tree in trees.items():
        parents = set()
        for step in tree.walk():
            table = step.expression.find(exp.Table)
            if only_source and any(origin.name == "*" for origin in step.downstream):
                parents.add((only_source, exp.to_column(step.name).name.lower()))
            elif not step.downstream and table is not None and step.name != "*":
                uid = relations.get((table.db.lower(), table.name.lower()))
                if uid:
                    parents.add((uid, exp.to_column(step.name).name.lower()))
        answer[column.lower()] = [list(parent) for parent in sorted(parents)]
    return answer
