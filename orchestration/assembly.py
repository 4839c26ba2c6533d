"""Puts the parts together: assets from publisher to alert, their checks, the daily schedule and the sensors.

Reads the catalog, the prepared manifest and the configuration of the alerts: no parse, no secret, no connection, no
network.
"""

import warnings

import dagster as dg

from ingest.catalog_reader import load_catalog
from ingest.pull.source import load_sources
from ingest.settings import Settings
from orchestration import automation, dbt
from orchestration.alerting import STATE, alerts_sensor, state_asset
from orchestration.dbt_assets import evidence_assets, public_assets
from orchestration.dossier_assets import dossier_feed, one_stop_system
from orchestration.gate_asset import gate_asset, guards
from orchestration.inbox_asset import inbox_asset
from orchestration.ingest_assets import ingest_assets
from orchestration.open_data_asset import open_data_asset
from orchestration.publication_asset import published_asset, workbook
from orchestration.pull_assets import pull_assets
from orchestration.pull_schedule import pulls_sensor
from orchestration.quality_assets import finding_assets, rule_checks
from orchestration.resources import Home, run_logger
from orchestration.site_asset import site_asset
from quality.alerts.tending import load_desk
from quality.suites import SUITES

# the beta parts in use (single-run backfills) are pinned with the library's version
warnings.filterwarnings("ignore", category=dg.BetaWarning)

# separate processes would cost minutes; the whole job runs in one
_EXECUTOR = dg.in_process_executor


def build(settings: Settings) -> dg.Definitions:
    """All definitions for one installation.

    Raises DbtFailed when the manifest has not been prepared, ConfigError when alerts could not be sent as configured.
    """
    load_desk(settings, environ=None)
    catalog = load_catalog(settings.shelves)
    manifest = dbt.read_manifest(settings)
    before_gate, behind_gate = dbt.parts(manifest, [suite.table for suite in guards(SUITES)])
    evidence = evidence_assets(manifest, before_gate)
    public = public_assets(manifest, behind_gate, evidence)
    published = sorted(key for key in evidence.keys | public.keys if key.path[0] in ("marts", "reporting"))
    sources = [source for source in load_sources(settings.shelves)[0].values() if not source.by_hand]
    assets = [
        inbox_asset,
        *pull_assets(settings, sources),
        *ingest_assets(catalog, sources),
        one_stop_system,
        dossier_feed,
        evidence,
        gate_asset(SUITES, before_gate),
        public,
        finding_assets(SUITES),
        published_asset(published),
        workbook,
        open_data_asset,
        site_asset,
        state_asset,
    ]
    partitioned = [
        asset.key for asset in assets if isinstance(asset, dg.AssetsDefinition) and asset.partitions_def is not None
    ]
    job = dg.define_asset_job(
        automation.PIPELINE,
        selection=dg.AssetSelection.all(include_sources=False) - dg.AssetSelection.assets(*partitioned, STATE)
        | dg.AssetSelection.all_asset_checks() - dg.AssetSelection.checks_for_assets(STATE),
        executor_def=_EXECUTOR,
        description="Everything from the archive to the published files; reads only what changed. A sensor tells.",
    )
    return dg.Definitions(
        assets=assets,
        asset_checks=[rule_checks(SUITES)],
        jobs=[job],
        schedules=[automation.daily],
        sensors=[automation.catalog_and_inbox, pulls_sensor(settings, sources), alerts_sensor],
        resources={"home": Home()},
        loggers={"console": run_logger},
        executor=_EXECUTOR,
    )
