"""The code location and what a run left in the instance: lineage, partitions, metadata, checks."""

import os
import subprocess
import sys
from collections.abc import Iterator

import dagster as dg
import pytest

from ingest.catalog_reader import load_catalog
from ingest.settings import Settings
from orchestration import assembly, dbt
from orchestration.dbt_assets import GATE
from quality.suites import SUITES
from tests.conftest import AS_OF, ROOT, Installation


@pytest.fixture(scope="module")
def settings(installation: Installation) -> Settings:
    return Settings.from_env({"CHISO_HOME": str(installation.home), "CHISO_AS_OF": AS_OF})


@pytest.fixture(scope="module")
def graph(settings: Settings) -> dg.Definitions:
    return assembly.build(settings)


@pytest.fixture(scope="module")
def instance(installation: Installation) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(str(installation.home / "dagster")) as opened:
        yield opened


def latest(instance: dg.DagsterInstance, *key: str) -> dg.AssetMaterialization:
    event = instance.get_latest_materialization_event(dg.AssetKey(key))
    assert event is not None
    materialization = event.asset_materialization
    assert materialization is not None
    return materialization


def test_every_asset_is_grouped_owned_described_and_of_a_kind(graph: dg.Definitions) -> None:
    for spec in graph.resolve_all_asset_specs():
        assert spec.group_name not in (None, "default"), spec.key
        assert spec.owners, spec.key
        assert spec.description, spec.key
        assert spec.kinds or spec.key.path[0] == "seeds", spec.key


def test_the_way_from_publisher_to_alert_is_one_line(graph: dg.Definitions) -> None:
    upstream = {spec.key: {dep.asset_key for dep in spec.deps} for spec in graph.resolve_all_asset_specs()}

    def above(key: dg.AssetKey) -> set[dg.AssetKey]:
        found: set[dg.AssetKey] = set()
        pending = [key]
        while pending:
            for parent in upstream.get(pending.pop(), set()) - found:
                found.add(parent)
                pending.append(parent)
        return found

    for leaf in (["published", "chiso"], ["alert", "state"]):
        groups = {key.path[0] for key in above(dg.AssetKey(leaf))}
        assert {"publisher", "archive", "raw", "staging", "intermediate", "evidence", "marts", "reporting"} <= groups
    public = {key for key in upstream if key.path[0] in ("marts", "reporting")}
    assert public <= above(dg.AssetKey(["published", "chiso"]))


def test_everything_public_is_behind_the_gate(graph: dg.Definitions) -> None:
    """No figure that was judged reaches a public table but through it; the gate itself reads nothing public."""
    deps = {spec.key: {dep.asset_key for dep in spec.deps} for spec in graph.resolve_all_asset_specs()}

    def reachable(target: dg.AssetKey, without: dg.AssetKey | None = None) -> set[dg.AssetKey]:
        found, pending = {target}, [target]
        while pending:
            for parent in deps[pending.pop()] - found - {without}:
                found.add(parent)
                pending.append(parent)
        return found

    before = {key for key in reachable(GATE) if key.path[0] in ("staging", "intermediate", "evidence")}
    assert {key.path[0] for key in reachable(GATE)}.isdisjoint({"marts", "reporting"})
    assert {dg.AssetKey(suite.table.split(".")) for suite in SUITES if suite.guards_publication} <= before
    for key in deps:
        if key.path[0] in ("marts", "reporting"):
            assert GATE in reachable(key) or not reachable(key) & before, key
    steps = {asset.op.name: asset for asset in graph.assets or () if isinstance(asset, dg.AssetsDefinition)}
    assert before <= set(steps["evidence_models"].keys)


def test_every_test_of_the_models_is_a_check_of_one_build(graph: dg.Definitions, settings: Settings) -> None:
    """Each is run by the build that makes the last of the tables it reads."""
    manifest = dbt.read_manifest(settings)
    early, late = dbt.parts(manifest, [suite.table for suite in SUITES if suite.guards_publication])
    assert set(early.select.split()).isdisjoint(late.select.split())
    builds = [a for a in graph.assets or () if isinstance(a, dg.AssetsDefinition) and a.op.name.endswith("_models")]
    checks = [key for build in builds for key in build.check_keys]
    tests = [uid for uid, node in manifest["nodes"].items() if node["resource_type"] == "test"]
    assert len(checks) == len(set(checks)) == len(tests)


def test_what_leaves_the_house_depends_on_no_check(graph: dg.Definitions) -> None:
    """A blocking check behind them would silence the alert when it is needed most."""
    blocking = {
        key.asset_key
        for asset in graph.assets or ()
        if isinstance(asset, dg.AssetsDefinition)
        for key in asset.check_keys
        if asset.get_spec_for_check_key(key).blocking and key.asset_key.path[0] in ("published", "alert")
    }
    assert blocking == set()


def test_only_what_comes_in_is_partitioned_by_editions(
    graph: dg.Definitions, instance: dg.DagsterInstance, settings: Settings
) -> None:
    partitioned = {s.key for s in graph.resolve_all_asset_specs() if s.partitions_def is not None}
    assert {key.path[0] for key in partitioned} == {"pull", "archive", "raw"}
    catalog = load_catalog(settings.shelves)
    for index in catalog.indices:
        keys = {edition.key for edition in catalog.editions_of(index)}
        assert set(instance.get_dynamic_partitions(f"editions_{index.lower()}")) == keys
        if keys:
            done = instance.get_materialized_partitions(dg.AssetKey(["raw", "index_result", index.lower()]))
            assert done == keys, index


def test_an_edition_says_where_it_came_from(instance: dg.DagsterInstance) -> None:
    [record] = instance.fetch_materializations(
        dg.AssetRecordsFilter(asset_key=dg.AssetKey(["archive", "dti"]), asset_partitions=["2024_34"]), limit=1
    ).records
    assert record.asset_materialization is not None
    metadata = {name: value.value for name, value in record.asset_materialization.metadata.items()}
    assert len(str(metadata["sha256"])) == 64
    assert str(metadata["source address"]).startswith("https://")
    assert (metadata["published on"], metadata["coverage"]) == ("2025-10-21", "complete")


def test_a_table_says_its_rows_seconds_and_columns(instance: dg.DagsterInstance) -> None:
    metadata = latest(instance, "reporting", "rpt_index_overview").metadata
    assert int(str(metadata["dagster/row_count"].value)) > 2000
    assert 0 < float(str(metadata["seconds in SQL"].value)) <= float(str(metadata["seconds in all"].value))
    lineage = metadata["dagster/column_lineage"].value
    assert isinstance(lineage, dg.TableColumnLineage)
    assert lineage.deps_by_column["legal_basis"]


def test_a_failed_rule_shows_its_rows(instance: dg.DagsterInstance) -> None:
    key = dg.AssetCheckKey(dg.AssetKey(["marts", "fct_index_result"]), "rank_order_consistent")
    [record] = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)
    assert record.event is not None
    assert record.event.dagster_event is not None
    evaluation = record.event.dagster_event.asset_check_evaluation_data
    assert not evaluation.passed
    table = evaluation.metadata["failing rows"]
    assert isinstance(table, dg.TableMetadataValue)
    assert any("Lào Cai" in str(row.data["territory_label_vi"]) for row in table.records)


def test_editions_can_be_read_again_from_the_ui(
    graph: dg.Definitions, instance: dg.DagsterInstance, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backfill of several editions is one run, and each edition gets its own event."""
    monkeypatch.setenv("CHISO_HOME", str(installation.home))
    keys = [dg.AssetKey(["archive", "dti"]), dg.AssetKey(["raw", "index_result", "dti"])]
    raw = installation.home / "raw" / "index_result" / "DTI"
    before = {path.name: path.read_bytes() for path in raw.iterdir()}
    result = graph.resolve_implicit_global_asset_job_def().execute_in_process(
        instance=instance,
        asset_selection=keys,
        tags={"dagster/asset_partition_range_start": "2020_63", "dagster/asset_partition_range_end": "2022_63"},
    )
    assert result.success
    told = {
        (event.asset_key.path[0], event.partition)
        for event in result.get_asset_materialization_events()
        if event.asset_key is not None
    }
    assert told == {(layer, f"{year}_63") for layer in ("archive", "raw") for year in (2020, 2021, 2022)}
    assert {path.name: path.read_bytes() for path in raw.iterdir()} == before


def test_the_code_location_does_not_load_without_a_manifest(tmp_path_factory: pytest.TempPathFactory) -> None:
    """It must not parse, connect or guess while it loads: it says what to run."""
    env = {**os.environ, "CHISO_HOME": str(tmp_path_factory.mktemp("none"))}
    said = subprocess.run(
        [sys.executable, "-c", "import orchestration.definitions"], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert said.returncode != 0
    assert "run `chiso prepare`" in said.stderr


def test_loading_imports_no_great_expectations_and_no_dbt_command(installation: Installation) -> None:
    heavy = ("great_expectations", "dbt.cli.main")
    code = f"import sys, orchestration.definitions; print([m for m in {heavy} if m in sys.modules])"
    env = {**os.environ, "CHISO_HOME": str(installation.home)}
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
