"""What is pulled, as assets: one a source, partitioned by edition; what came is checked and added at once.

A pull asks politely and slowly, and needs nobody else's turn: only taking in what came waits for the home.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from ingest.catalog_reader import load_catalog
from ingest.home_lock import PATIENCE, only_run
from ingest.pull.source import PullSource
from ingest.settings import Settings
from orchestration.ingest_assets import OWNERS

# a network fault is tried again after these seconds, doubled each time
RETRY_AFTER, MOST_RETRIES, LONGEST_WAIT = 120.0, 3, 900.0


def pull_key(source: str) -> dg.AssetKey:
    return dg.AssetKey(["pull", source])


def loaded_partitions(settings: Settings, source: PullSource) -> list[str]:
    """The editions that a code location knows: those of next year too, for it may stay loaded over New Year."""
    return source.partitions(settings.as_of.year + 1)


def pull_assets(
    settings: Settings, sources: Sequence[PullSource], retry_after: float = RETRY_AFTER
) -> list[dg.AssetsDefinition]:
    """One asset a source that can be pulled. Sources asked for by hand come through the inbox."""
    return [_asset(settings, source, retry_after) for source in sources if not source.by_hand]


def _asset(settings: Settings, source: PullSource, retry_after: float) -> dg.AssetsDefinition:
    @dg.asset(
        key=pull_key(source.code),
        group_name="pull",
        deps=[["publisher", source.publisher_code.lower()]],
        partitions_def=dg.StaticPartitionsDefinition(loaded_partitions(settings, source)),
        output_required=False,
        kinds={"http"},
        owners=OWNERS,
        description=f"{source.title} ({source.publisher}). {source.notes or ''}\n\nTerms: {source.terms}",
        metadata={
            "connector": source.connector,
            "hosts": ", ".join(source.hosts),
            "delivers": source.index or source.metrics or "",
            "status": source.status,
        },
    )
    def pulled(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult | dg.AssetObservation]:  # type: ignore[type-arg]
        from ingest.pull.config import PullConfig
        from ingest.pull.faults import NetworkFault, NotThere, PullFault
        from ingest.pull.pulling import Session
        from ingest.pulled import receive_pulled
        from ingest.receive import Desk

        now = Settings.from_env()
        try:
            with Session(now, PullConfig.from_env(), progress=context.log.info) as session:
                brought = session.pull(source, context.partition_key)
        except NetworkFault as error:
            wait = max(retry_after * 2**context.retry_number, error.retry_after or 0.0)
            if wait > LONGEST_WAIT:  # a run that waits keeps all others waiting; the sensor asks again tomorrow
                raise dg.Failure(f"{error}; asked to wait {wait:,.0f} s", allow_retries=False) from error
            raise dg.RetryRequested(max_retries=MOST_RETRIES, seconds_to_wait=wait) from error
        except NotThere as error:
            if not is_awaited(now, source, context.partition_key):
                raise dg.Failure(str(error), allow_retries=False) from error
            # no failure and nothing to alarm anybody with: the edition is not out yet
            said = {"not out yet": dg.MetadataValue.text(str(error))}
            yield dg.AssetObservation(context.asset_key, partition=context.partition_key, metadata=said)
            return
        except PullFault as error:
            raise dg.Failure(str(error), allow_retries=False) from error
        with only_run(now.home, PATIENCE):
            received = receive_pulled(Desk(now), brought)
        became = [f"- {one.name}: {one.outcome} {one.what}" for one in received]
        yield dg.MaterializeResult(
            metadata=_metadata(brought) | {"what became of it": dg.MetadataValue.md("\n".join(became))}
        )

    return pulled


def is_awaited(settings: Settings, source: PullSource, partition: str) -> bool:
    """Whether a partition is an edition that the catalog does not have."""
    held = {str(edition.year) for edition in load_catalog(settings.shelves).editions_of(source.index or "")}
    return source.editions is not None and partition not in held


def _metadata(brought: Any) -> dict[str, Any]:
    tables = brought.tables
    return {
        "files": len(tables),
        "new files": len(brought.new),
        "requests": brought.requests,
        "bytes": brought.bytes,
        "seconds": round(brought.seconds, 1),
        "address": dg.MetadataValue.url(str(tables[0].final_url)),
        "asked at": tables[-1].at,
        "sha256": ", ".join(receipt.sha256[:12] for receipt in tables[:5]) + (" …" if len(tables) > 5 else ""),
        "answer": dg.MetadataValue.json(json.loads(json.dumps(tables[0].headers))),
    }
