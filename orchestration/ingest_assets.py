"""Publisher, archive and raw: one pair of assets an index, partitioned by edition, and the raw tables that dbt reads.

A run of the whole pipeline reads what changed in one step and reports each edition to its own partition; the
partitioned assets are for looking at one edition, and for reading single ones again.
"""

from collections.abc import Iterator, Sequence

import dagster as dg

from ingest.archive import find_archived
from ingest.catalog import Catalog, Edition
from ingest.catalog_reader import load_catalog
from ingest.load import load_all, load_edition
from ingest.pull.source import PullSource
from ingest.report import Loaded
from ingest.territory import gazetteer
from orchestration.resources import Home, say

OWNERS = ["team:data"]
# the raw tables beside index_result, by the name that the dbt source gives them
_TABLES = {
    "provincial_metric": "Every published figure of provincial metrics, with unit, period, qualifier and origin.",
    "index": "The catalog of indices.",
    "component": "The components of each index.",
    "methodology": "How composites are made of their components, by span of editions.",
    "component_weight": "Weights of the components, by span of editions.",
    "edition": "Every edition and vintage that the catalog knows, also those that were stopped.",
    "edition_source": "Where the tables of each edition were taken from.",
    "ingest_fault": "What stopped an edition on its way in.",
    "territory": "Every province, region and the country, in the boundaries of its period.",
    "territory_alias": "Spellings of territory names in publications.",
    "territory_predecessor": "Which earlier units each present unit was made of.",
    "calendar_day": "Every day of the years around the run's date, with the country's public holidays.",
}
INDEX_RESULT = dg.AssetKey(["raw", "index_result"])
INBOX = dg.AssetKey(["archive", "inbox"])


def partitions_name(index: str) -> str:
    return f"editions_{index.lower()}"


def register_partitions(instance: dg.DagsterInstance, catalog: Catalog) -> None:
    """Make the instance's edition partitions those of the catalog: new ones added, gone ones taken away."""
    for index in catalog.indices:
        wanted = {edition.key for edition in catalog.editions_of(index)}
        known = set(instance.get_dynamic_partitions(partitions_name(index)))
        if wanted - known:
            instance.add_dynamic_partitions(partitions_name(index), sorted(wanted - known))
        for gone in known - wanted:
            instance.delete_dynamic_partition(partitions_name(index), gone)


def ingest_assets(catalog: Catalog, sources: Sequence[PullSource]) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """Everything left of dbt in the lineage. Indices without an edition have a publisher and nothing to archive."""
    with_editions = [code for code in catalog.indices if catalog.editions_of(code)]
    publishers = {source.publisher_code: source.publisher for source in sources}
    publishers |= {catalog.indices[code].publisher_code: catalog.indices[code].publisher for code in with_editions}
    assets: list[dg.AssetsDefinition | dg.AssetSpec] = [
        dg.AssetSpec(
            ["publisher", code.lower()],
            group_name="publisher",
            description=f"{name}: publishes outside; its files are brought into the archive.",
            kinds={"file"},
            owners=OWNERS,
        )
        for code, name in sorted(publishers.items())
    ]
    for code in with_editions:
        pulls = [source.code for source in sources if source.index == code]
        assets += [_archive_asset(catalog, code, pulls), _raw_asset(catalog, code)]
    return [*assets, _raw_tables(with_editions, [source.code for source in sources if source.metrics])]


def _archive_asset(catalog: Catalog, code: str, pulls: Sequence[str]) -> dg.AssetsDefinition:
    index = catalog.indices[code]

    @dg.asset(
        key=["archive", code.lower()],
        group_name="archive",
        deps=[["publisher", index.publisher_code.lower()], INBOX, *(["pull", source] for source in pulls)],
        partitions_def=dg.DynamicPartitionsDefinition(name=partitions_name(code)),
        backfill_policy=dg.BackfillPolicy.single_run(),
        kinds={"csv"},
        owners=OWNERS,
        description=f"{index.name_en}: the publisher's files as they came, checked against their recorded hash.",
    )
    def archive(context: dg.AssetExecutionContext, home: Home) -> None:
        for edition in _chosen(context, home, code):
            for table in edition.tables:
                find_archived(edition.shelf, table.file, table.sha256)
            context.add_asset_metadata(archive_metadata(edition), partition_key=edition.key)

    return archive


def _raw_asset(catalog: Catalog, code: str) -> dg.AssetsDefinition:
    index = catalog.indices[code]

    @dg.asset(
        key=["raw", "index_result", code.lower()],
        group_name="raw",
        deps=[["archive", code.lower()]],
        partitions_def=dg.DynamicPartitionsDefinition(name=partitions_name(code)),
        backfill_policy=dg.BackfillPolicy.single_run(),
        kinds={"python", "parquet"},
        owners=OWNERS,
        description=f"{index.name_en}: one row a published cell, with the file, row and column that it stood in.",
    )
    def raw_editions(context: dg.AssetExecutionContext, home: Home) -> None:
        now = load_catalog(home.settings.shelves)
        for edition in _chosen(context, home, code):
            loaded = load_edition(edition, now, gazetteer(), home.settings)
            if loaded.faults:
                raise dg.Failure("\n".join(map(str, loaded.faults)), allow_retries=False)
            context.add_asset_metadata(raw_metadata(loaded), partition_key=edition.key)

    return raw_editions


def _chosen(context: dg.AssetExecutionContext, home: Home, code: str) -> list[Edition]:
    by_key = {edition.key: edition for edition in load_catalog(home.settings.shelves).editions_of(code)}
    return [by_key[key] for key in context.partition_keys]


def _raw_tables(with_editions: list[str], metric_pulls: list[str]) -> dg.AssetsDefinition:
    editions = [dg.AssetKey(["raw", "index_result", code.lower()]) for code in with_editions]
    editions.append(INBOX)
    deliveries = [INBOX, *(dg.AssetKey(["pull", code]) for code in metric_pulls)]

    def spec(key: dg.AssetKey, text: str, deps: Sequence[dg.AssetKey] = ()) -> dg.AssetSpec:
        kinds = {"python", "parquet"}
        return dg.AssetSpec(key, deps=deps, description=text, group_name="raw", kinds=kinds, owners=OWNERS)

    description = "Every published cell of every edition: reads each edition whose file or description changed."

    @dg.multi_asset(
        name="raw_tables",
        specs=[
            spec(INDEX_RESULT, description, editions),
            *(
                spec(dg.AssetKey(["raw", name]), text, deliveries if name == "provincial_metric" else [INBOX])
                for name, text in _TABLES.items()
            ),
        ],
        check_specs=[
            dg.AssetCheckSpec(
                "editions_loaded",
                asset=INDEX_RESULT,
                description="Every edition of the catalog could be read. A faulty one stops alone, with its reason.",
            )
        ],
    )
    def raw_tables(
        context: dg.AssetExecutionContext, home: Home
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:  # type: ignore[type-arg]
        report = load_all(home.settings, say)
        register_partitions(context.instance, report.catalog)
        changed = [loaded for loaded in report.editions if loaded.changed and loaded.edition]
        for loaded in changed:
            report_edition(context, loaded)
        yield dg.MaterializeResult(
            asset_key=INDEX_RESULT,
            metadata={
                "editions": len(report.editions),
                "editions read now": len(changed),
                "dagster/row_count": sum(loaded.cells for loaded in report.editions),
                "faults": len(report.faults),
            },
        )
        for name in _TABLES:
            yield dg.MaterializeResult(asset_key=["raw", name])
        yield dg.AssetCheckResult(
            asset_key=INDEX_RESULT,
            check_name="editions_loaded",
            passed=not report.faults,
            metadata={"faults": dg.MetadataValue.md("\n".join(f"- {fault}" for _, fault in report.faults) or "none")},
        )

    return raw_tables


def report_edition(context: dg.AssetExecutionContext, loaded: Loaded) -> None:
    """Report one edition to its own partition of the archive and the raw asset."""
    if loaded.edition is None:
        return
    where = loaded.index.lower()
    for key, metadata in (
        (["archive", where], archive_metadata(loaded.edition)),
        (["raw", "index_result", where], raw_metadata(loaded)),
    ):
        context.log_event(dg.AssetMaterialization(asset_key=key, partition=loaded.key, metadata=metadata))


def archive_metadata(edition: Edition) -> dict[str, dg.MetadataValue]:
    source = edition.tables[0].sources[0]
    return {
        "sha256": dg.MetadataValue.text(edition.tables[0].sha256),
        "files": dg.MetadataValue.text(", ".join(table.file for table in edition.tables)),
        "source address": _address(source.url),
        "source kind": dg.MetadataValue.text(source.kind),
        "published on": dg.MetadataValue.text(edition.published_on or "not known"),
        "coverage": dg.MetadataValue.text(edition.coverage),
    }


def raw_metadata(loaded: Loaded) -> dict[str, dg.MetadataValue]:
    return {
        "dagster/partition_row_count": dg.MetadataValue.int(loaded.cells),
        "rows of the file": dg.MetadataValue.int(loaded.described["rows_loaded"]),
        "territories": dg.MetadataValue.int(loaded.described["territories_published"]),
        "coverage": dg.MetadataValue.text(loaded.described["coverage"]),
    }


def _address(url: str | None) -> dg.MetadataValue:
    return dg.MetadataValue.url(url) if url and " " not in url else dg.MetadataValue.text(url or "named row by row")
