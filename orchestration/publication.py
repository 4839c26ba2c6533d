"""What is published of this installation: the public tables, and what is derived from them for people and BI tools."""

from collections.abc import Iterator

import duckdb

from ingest.settings import Settings
from orchestration import dbt
from orchestration.column_lineage import column_lineage
from orchestration.data_dictionary import data_dictionary
from orchestration.lineage_table import LINEAGE, Edge, edges_of_derived, edges_of_models, lineage_table
from orchestration.publish import VERSION_TABLE, Publication, publish
from orchestration.published_tables import DerivedTable, Table
from orchestration.warehouse_state import require_built
from orchestration.wide_tables import wide_tables
from quality.findings import CHECK_TABLE, FINDING_TABLE
from quality.suites import SUITES


def publish_home(settings: Settings) -> Publication:
    """Publish the working warehouse of this home.

    Raises NotBuilt when it is half built, and whatever `publish` raises.
    """
    require_built(settings)
    manifest = dbt.read_manifest(settings)
    models = list(edges_of_models(manifest, column_lineage(manifest, settings.column_lineage)))

    def derive(connection: duckdb.DuckDBPyConnection, database: str, tables: list[Table]) -> list[DerivedTable]:
        wide = list(wide_tables(connection, database, tables))
        lineage = lineage_table([*models, *_edges_of_findings(), *edges_of_derived(wide)])
        described = [*tables, *(derived.table for derived in wide), LINEAGE, VERSION_TABLE]
        return [*wide, lineage, data_dictionary(described)]

    return publish(settings.warehouse, settings.published, f"run of {settings.as_of}", derive)


def _edges_of_findings() -> Iterator[Edge]:
    """Findings and checks are judged in Python: which tables are judged is known, which columns is not."""
    for suite in SUITES:
        parent_schema, parent_table = suite.table.split(".")
        for table in (FINDING_TABLE, CHECK_TABLE):
            yield Edge("reporting", table, None, parent_schema, parent_table, None)
