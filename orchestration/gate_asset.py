"""The gate: editions with a critical data fault are withheld before anything public is made of their figures.

Each run judges every candidate anew. The figures accepted last stand in for those withheld, where there are any and
they pass themselves; else the edition is not there. A mended file is read, judged and let through like any other.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import dagster as dg
import pyarrow as pa

from ingest.accepted import Withheld, accept
from ingest.catalog import EditionId
from ingest.faults import Words
from ingest.load import load_all
from ingest.report import Loaded
from ingest.settings import Settings
from orchestration import dbt
from orchestration.dbt_assets import GATE, raise_failures
from orchestration.duckdb_resource import read_only
from orchestration.ingest_assets import OWNERS
from orchestration.resources import Home, say
from orchestration.warehouse_state import begin, finish
from quality.gate import Failure, failing_editions
from quality.rules import Suite
from quality.run import DATA_DOCS
from quality.thresholds import SEED
from quality.withheld import FOLDER, judged_rows, write_withheld


def guards(suites: Sequence[Suite]) -> list[Suite]:
    """The suites whose critical rules an edition must pass."""
    return [suite for suite in suites if suite.guards_publication]


def gate_asset(suites: Sequence[Suite], evidence: dbt.Part) -> dg.AssetsDefinition:
    """The step between evidence and public tables; it lays out the evidence again where it withheld something."""

    @dg.asset(
        key=GATE,
        group_name="quality",
        deps=[table.split(".", 1) for table in sorted({SEED, *(suite.table for suite in guards(suites))})],
        kinds={"greatexpectations", "parquet"},
        owners=OWNERS,
        description="Editions with a critical data fault are withheld here: the figures accepted last stay published,"
        " marked as such, until the file is mended. Regressions withhold nothing.",
    )
    def edition_gate(home: Home) -> dg.MaterializeResult:  # type: ignore[type-arg]
        begin(home.settings, "gate")
        withheld = withhold_faulty(home.settings, guards(suites), evidence)
        finish(home.settings, "gate")
        lines = [f"- {one.index} {one.key}: {one.status}. {one.faults[-1].message().en}" for one in withheld]
        return dg.MaterializeResult(
            metadata={
                "editions withheld": len(withheld),
                "which and why": dg.MetadataValue.md("\n".join(lines) or "none"),
            }
        )

    return edition_gate


def withhold_faulty(settings: Settings, suites: Sequence[Suite], evidence: dbt.Part) -> list[Loaded]:
    """Withhold faulty editions until the warehouse has no such fault, then accept what it has. Gives the withheld."""
    withheld: dict[EditionId, Withheld] = {}
    loaded: list[Loaded] = []
    kept: dict[str, list[pa.Table]] = defaultdict(list)
    while True:
        with read_only(settings.warehouse) as con:
            failing = failing_editions(con, suites, settings.as_of, settings.quality / DATA_DOCS)
            if not failing:
                break
            for name, rows in judged_rows(con, suites, failing.keys() - withheld.keys()).items():
                kept[name].append(rows)
        for edition, failures in failing.items():
            withheld[edition] = _withheld(edition, failures, withheld.get(edition))
        report = load_all(settings, say, withheld)
        loaded = [one for one in report.editions if one.id in withheld]
        begin(settings, "evidence")
        raise_failures(dbt.build(settings, evidence, progress=say))
        finish(settings, "evidence")
    write_withheld(settings.quality / FOLDER, {name: pa.concat_tables(tables) for name, tables in kept.items()})
    accept(settings, {one.path for one in loaded})
    return loaded


def _withheld(edition: EditionId, failures: list[Failure], before: Withheld | None) -> Withheld:
    """First the figures accepted last may stand in; where they fail too, nothing does."""
    if before is None:
        vi = "; ".join(f"{one.setting.title_vi} ({one.places} chỗ)" for one in failures)
        en = "; ".join(f"{one.setting.title_en} ({one.places})" for one in failures)
        return Withheld(Words(vi, en), last_good_stands_in=True)
    if not before.last_good_stands_in:
        raise dg.Failure(f"{edition} fails though its figures are gone: {before.why.en}", allow_retries=False)
    return replace(before, last_good_stands_in=False)
