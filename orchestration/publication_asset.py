"""What leaves the pipeline for BI: the published files."""

import dagster as dg

from orchestration.ingest_assets import OWNERS
from orchestration.publication import publish_home
from orchestration.quality_assets import CHECKS, FINDINGS
from orchestration.resources import Home

PUBLISHED = dg.AssetKey(["published", "chiso"])


def published_asset(public_tables: list[dg.AssetKey]) -> dg.AssetsDefinition:
    """Depends on tables, never on checks: figures that look wrong are news, not a reason to publish none."""

    @dg.asset(
        key=PUBLISHED,
        group_name="published",
        deps=[*public_tables, FINDINGS, CHECKS],
        kinds={"duckdb", "parquet"},
        owners=OWNERS,
        description="The read-only DuckDB file, its Parquet twin and datapackage.json, swapped in whole.",
    )
    def published(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:  # type: ignore[type-arg]
        publication = publish_home(home.settings)
        context.log.info("unchanged" if publication.unchanged else f"published {len(publication.rows)} tables")
        return dg.MaterializeResult(
            metadata={
                "file": dg.MetadataValue.path(str(publication.duckdb)),
                "content sha256": publication.content_sha256,
                "changed": not publication.unchanged,
                "tables": len(publication.rows),
                "dagster/row_count": sum(publication.rows.values()),
            }
        )

    return published
