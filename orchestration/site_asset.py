"""The static site, made from the published file whenever that is."""

import dagster as dg

from orchestration.bi.site import build_site
from orchestration.ingest_assets import OWNERS
from orchestration.publication_asset import PUBLISHED
from orchestration.publish import whole_file
from orchestration.resources import Home


@dg.asset(
    key=dg.AssetKey(["published", "site"]),
    group_name="published",
    deps=[PUBLISHED],
    kinds={"html"},
    owners=OWNERS,
    description="The dashboard that needs no tool: pages that open from disk, for use inside the house.",
)
def site_asset(home: Home) -> dg.MaterializeResult:  # type: ignore[type-arg]
    site = build_site(whole_file(home.settings.published), home.settings.site)
    return dg.MaterializeResult(
        metadata={
            "page": dg.MetadataValue.path(str(site.folder / site.pages[0])),
            "content sha256": site.content_sha256,
            "pages": len(site.pages),
            "bytes": site.bytes,
        }
    )
