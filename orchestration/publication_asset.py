"""What leaves the pipeline for BI: the published files, and the same in Excel."""

import dagster as dg

from orchestration.ingest_assets import OWNERS
from orchestration.publication import publish_home
from orchestration.publish import whole_file
from orchestration.quality_assets import CHECKS, FINDINGS
from orchestration.resources import Home
from orchestration.workbook import FILE_NAME, write_workbook

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


@dg.asset(
    key=dg.AssetKey(["published", "workbook"]),
    group_name="published",
    deps=[PUBLISHED],
    kinds={"excel"},
    owners=OWNERS,
    description="The reporting and wide tables as one Excel workbook with Vietnamese headings.",
)
def workbook(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """`published/chiso.xlsx`, of the version that stands there."""
    changed = write_workbook(whole_file(home.settings.published), home.settings.published)
    context.log.info("written" if changed else "unchanged")
    return dg.MaterializeResult(
        metadata={"file": dg.MetadataValue.path(str(home.settings.published / FILE_NAME)), "changed": changed}
    )
