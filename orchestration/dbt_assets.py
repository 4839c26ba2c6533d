"""The dbt models as assets: one build on each side of the gate, each table with rows, columns, lineage and seconds."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject, dbt_assets
from dagster_dbt.asset_utils import get_asset_check_key_for_test

from orchestration import dbt
from orchestration.column_lineage import Columns, column_lineage
from orchestration.duckdb_resource import read_only
from orchestration.plot_metadata import plot_metadata
from orchestration.resources import Home, say
from orchestration.warehouse_state import begin, finish

GATE = dg.AssetKey(["quality", "edition_gate"])
_CHANGES = dg.AssetKey(["reporting", "rpt_index_change"])
_OK = ("success", "pass", "warn")
_Event = dg.MaterializeResult | dg.AssetCheckResult  # type: ignore[type-arg]


class Translator(DagsterDbtTranslator):
    """Tables are named as in the warehouse: marts/fct_index_result. What reads one of `gated` waits for the gate."""

    def __init__(self, gated: Collection[dg.AssetKey] = ()) -> None:
        super().__init__()
        self._gated = gated

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        return spec.merge_attributes(deps=[GATE]) if any(d.asset_key in self._gated for d in spec.deps) else spec

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey([dbt_resource_props["source_name"], dbt_resource_props["name"]])
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])


def evidence_assets(manifest: dict[str, Any], part: dbt.Part) -> dg.AssetsDefinition:
    """What the figures are judged by, and all that it is made of: built of every candidate, before the gate."""
    translator = Translator()

    @dbt_assets(
        manifest=manifest,
        name="evidence_models",
        select=part.select,
        exclude=part.exclude,
        dagster_dbt_translator=translator,
    )
    def evidence_models(home: Home) -> Iterator[_Event]:
        begin(home.settings, "evidence")
        yield from _told(manifest, translator, home, dbt.build(home.settings, part, progress=say))
        finish(home.settings, "evidence")

    return evidence_models


def public_assets(manifest: dict[str, Any], part: dbt.Part, evidence: dg.AssetsDefinition) -> dg.AssetsDefinition:
    """What people read, and what only they need: built of the figures that the gate let pass."""
    translator = Translator(gated={key for key in evidence.keys if key.path[0] != "seeds"})

    @dbt_assets(manifest=manifest, name="public_models", select=part.select, dagster_dbt_translator=translator)
    def public_models(home: Home) -> Iterator[_Event]:
        begin(home.settings, "public")
        yield from _told(manifest, translator, home, dbt.build(home.settings, part, progress=say))
        finish(home.settings, "public")

    return public_models


def raise_failures(results: list[dbt.NodeResult]) -> None:
    """Fail the step where a model or test failed.

    A test that fails means that we built a table wrongly: dbt does not build what depends on it, nothing is published,
    and the failed run is told. Figures that look wrong never do this; they are findings.
    """
    failed = [f"{one.unique_id}: {one.message}" for one in results if one.has_failed]
    if failed:
        raise dg.Failure("dbt: " + "; ".join(failed), allow_retries=False)


def _told(
    manifest: dict[str, Any], translator: Translator, home: Home, results: list[dbt.NodeResult]
) -> Iterator[_Event]:
    """Every table and test as an event of its own, then the failure if there is one."""
    built = dbt.read_manifest(home.settings)
    lineage = column_lineage(built, home.settings.column_lineage)
    rows = _row_counts(home)
    for result in results:
        if result.kind == "test":
            key = get_asset_check_key_for_test(manifest, translator, result.unique_id, None)
            if key is not None and result.status != "skipped":
                yield _check_result(key, result)
        elif result.status in _OK:
            yield _materialized(home, built, translator, result, rows, lineage)
    raise_failures(results)


def _row_counts(home: Home) -> dict[dg.AssetKey, int]:
    with read_only(home.settings.warehouse) as connection:
        found = connection.execute("select schema_name, table_name, estimated_size from duckdb_tables()").fetchall()
    return {dg.AssetKey([schema, table]): size for schema, table, size in found}


def _materialized(
    home: Home,
    manifest: dict[str, Any],
    translator: Translator,
    result: dbt.NodeResult,
    rows: dict[dg.AssetKey, int],
    lineage: dict[str, Columns],
) -> dg.MaterializeResult:  # type: ignore[type-arg]
    node = manifest["nodes"][result.unique_id]
    key = translator.get_asset_key(node)
    metadata: dict[str, Any] = {
        "seconds in SQL": round(result.sql_seconds, 4),
        "seconds in all": round(result.seconds, 4),
    }
    if key in rows:
        metadata["dagster/row_count"] = rows[key]
    columns = lineage.get(result.unique_id)
    if columns:
        parents = {**manifest["sources"], **manifest["nodes"]}
        metadata["dagster/column_lineage"] = dg.TableColumnLineage(
            {
                column: [
                    dg.TableColumnDep(asset_key=translator.get_asset_key(parents[uid]), column_name=name)
                    for uid, name in origins
                ]
                for column, origins in columns.items()
            }
        )
    if key == _CHANGES:
        metadata |= plot_metadata(home.settings)
    return dg.MaterializeResult(asset_key=key, metadata=metadata)


def _check_result(key: dg.AssetCheckKey, result: dbt.NodeResult) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=result.status == "pass",
        severity=dg.AssetCheckSeverity.WARN if result.status == "warn" else dg.AssetCheckSeverity.ERROR,
        metadata={"failing rows": result.failures, "message": result.message},
    )
