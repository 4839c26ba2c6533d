"""The dossier feed as assets: what was delivered is loaded before anything is built, and what was refused is shown."""

from collections.abc import Iterator

import dagster as dg

from ingest.dossiers.load import DossierLoad, load_dossiers
from orchestration.ingest_assets import OWNERS
from orchestration.resources import Home, say

_SENDER = dg.AssetKey(["publisher", "one_stop_system"])
_DOSSIER = dg.AssetKey(["raw", "dossier"])
_DELIVERY = dg.AssetKey(["raw", "dossier_delivery"])
_REFUSAL = dg.AssetKey(["raw", "dossier_refusal"])
# so many reasons are shown of all
_MOST = 20


def _spec(key: dg.AssetKey, text: str) -> dg.AssetSpec:
    kinds = {"duckdb", "parquet"}
    return dg.AssetSpec(key, deps=[_SENDER], description=text, group_name="raw", kinds=kinds, owners=OWNERS)


one_stop_system = dg.AssetSpec(
    _SENDER,
    group_name="publisher",
    description="The one-stop system: drops its dossiers into CHISO_DOSSIER_FEED, where Chiso only reads.",
    kinds={"file"},
    owners=OWNERS,
)


@dg.multi_asset(
    name="dossier_feed",
    specs=[
        _spec(_DOSSIER, "Every delivered version of every dossier, by month of receipt; dossier numbers are hashed."),
        _spec(_DELIVERY, "The ledger: each loaded file with its hash, and how many records of which month it had."),
        _spec(_REFUSAL, "The files refused that lie in the feed now: row, column, reason and remedy."),
    ],
    check_specs=[
        dg.AssetCheckSpec(
            "nothing_refused",
            asset=_REFUSAL,
            description="Every file of the feed could be loaded. A faulty one is refused whole and alone.",
        )
    ],
)
def dossier_feed(home: Home) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:  # type: ignore[type-arg]
    """Load what is new in the feed."""
    load = load_dossiers(home.settings, progress=say)
    yield dg.MaterializeResult(
        asset_key=_DOSSIER,
        metadata={
            "dagster/row_count": load.records_in_all,
            "records loaded now": load.records,
            "months": ", ".join(f"{month:%Y-%m}" for month in load.months) or "none",
        },
    )
    yield dg.MaterializeResult(
        asset_key=_DELIVERY,
        metadata={
            "files": load.files_in_all,
            "files loaded now": load.files,
            "written to meanwhile": ", ".join(load.changed) or "none",
        },
    )
    refused = len({row["file"] for row in load.refused})
    yield dg.MaterializeResult(
        asset_key=_REFUSAL, metadata={"dagster/row_count": len(load.refused), "files refused": refused}
    )
    yield dg.AssetCheckResult(
        asset_key=_REFUSAL,
        check_name="nothing_refused",
        passed=not load.refused,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"files refused": refused, "why": dg.MetadataValue.md(_reasons(load))},
    )


def _reasons(load: DossierLoad) -> str:
    lines = [
        f"- `{row['file']}`"
        + (f", row {row['row_no']}" if row["row_no"] is not None else "")
        + (f", column {row['column_name']}" if row["column_name"] is not None else "")
        + f": {row['message_en']}. {row['remedy_en']}."
        for row in load.refused[:_MOST]
    ]
    more = len(load.refused) - _MOST
    return "\n".join([*lines, f"- and {more} more: `chiso dossiers`"] if more > 0 else lines) or "none"
