"""The dbt models as assets: one `dbt build` a run, each table with its rows, columns, lineage and seconds."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, dbt_assets
from dagster_dbt.asset_utils import get_asset_check_key_for_test

from orchestration import dbt
from orchestration.column_lineage import Columns, column_lineage
from orchestration.duckdb_resource import read_only
from orchestration.resources import Home, say
from orchestration.warehouse_state import begin_build

_OK = ("success", "pass", "warn")


class Translator(DagsterDbtTranslator):
    """Tables are named as in the warehouse: marts/fct_index_result."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey([dbt_resource_props["source_name"], dbt_resource_props["name"]])
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])


def model_assets(manifest: dict[str, Any]) -> dg.AssetsDefinition:
    """One step for the whole project.

    A test that fails means that we built a table wrongly: dbt does not build what depends on it, so the step fails
    after everything is reported, nothing is published, and the failed run is told. Figures that look wrong never do
    this; they are findings.
    """
    translator = Translator()

    @dbt_assets(manifest=manifest, name="warehouse_models", dagster_dbt_translator=translator)
    def warehouse_models(
        home: Home,
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:  # type: ignore[type-arg]
        begin_build(home.settings)
        results = dbt.build(home.settings, progress=say)
        built = dbt.read_manifest(home.settings)
        lineage = column_lineage(built, home.settings.dbt / "column_lineage.json")
        rows = _row_counts(home)
        failed = []
        for result in results:
            if result.kind == "test":
                key = get_asset_check_key_for_test(manifest, translator, result.unique_id, None)
                if key is not None and result.status != "skipped":
                    yield _check_result(key, result)
            elif result.status in _OK:
                yield _materialized(built, translator, result, rows, lineage)
            if result.status not in _OK and result.status != "skipped":
                failed.append(f"{result.unique_id}: {result.message}")
        if failed:
            raise dg.Failure("dbt: " + "; ".join(failed), allow_retries=False)

    return warehouse_models


def _row_counts(home: Home) -> dict[dg.AssetKey, int]:
    with read_only(home.settings.warehouse) as connection:
        found = connection.execute("select schema_name, table_name, estimated_size from duckdb_tables()").fetchall()
    return {dg.AssetKey([schema, table]): size for schema, table, size in found}


def _materialized(
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
    return dg.MaterializeResult(asset_key=key, metadata=metadata)


def _check_result(key: dg.AssetCheckKey, result: dbt.NodeResult) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=result.status == "pass",
        severity=dg.AssetCheckSeverity.WARN if result.status == "warn" else dg.AssetCheckSeverity.ERROR,
        metadata={"failing rows": result.failures, "message": result.message},
    )
