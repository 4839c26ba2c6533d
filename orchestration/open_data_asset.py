"""What may leave the house, made from the published file whenever that is."""

import dagster as dg

from orchestration.bi.open_data.package import make_package
from orchestration.ingest_assets import OWNERS
from orchestration.publication_asset import PUBLISHED
from orchestration.resources import Home


@dg.asset(
    key=dg.AssetKey(["published", "open_data"]),
    group_name="published",
    deps=[PUBLISHED],
    kinds={"csv", "parquet"},
    owners=OWNERS,
    description="CSV and Parquet of the tables that may leave the house, of publishers who allow it; Frictionless and"
    " DCAT descriptions beside them.",
)
def open_data_asset(home: Home) -> dg.MaterializeResult:  # type: ignore[type-arg]
    package = make_package(home.settings, home.settings.open_data)
    return dg.MaterializeResult(
        metadata={
            "folder": dg.MetadataValue.path(str(package.folder)),
            "content sha256": package.content_sha256,
            "changed": not package.unchanged,
            "tables": len(package.rows),
            "dagster/row_count": sum(package.rows.values()),
            "left out": ", ".join(package.withheld) or "nothing",
        }
    )
