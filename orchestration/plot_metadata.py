"""The home unit's series as a picture on the pages of the tables that judge them."""

import os

import dagster as dg
import duckdb

from ingest.settings import Settings
from orchestration.duckdb_resource import read_only


def plot_metadata(settings: Settings) -> dict[str, dg.MetadataValue]:
    """Draw what the warehouse holds now; takes about half a second, and half a second more the first time.

    Nothing where the series were not built: dbt says why.
    """
    # matplotlib lists the fonts once and keeps the list
    os.environ.setdefault("MPLCONFIGDIR", str(settings.state / "matplotlib"))
    # a second to import, so only where a picture is drawn
    from quality.plots import home_picture

    with read_only(settings.warehouse) as connection:
        try:
            picture = home_picture(connection, settings.territory)
        except duckdb.CatalogException:
            return {}
    return {"series": dg.MetadataValue.md(picture.markdown)}
