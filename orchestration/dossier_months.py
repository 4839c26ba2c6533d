"""Building tables that are kept by month: a build takes some months, and is repeated until all that came is in them."""

from collections.abc import Callable
from dataclasses import replace

from ingest.settings import Settings
from orchestration import dbt
from orchestration.duckdb_resource import read_only


def build_all_months(
    settings: Settings, part: dbt.Part, by_month: dbt.Part, progress: Callable[[str], None]
) -> list[dbt.NodeResult]:
    """Build `part`, which has the models `by_month`; gives one result a node, its last, with the seconds of all builds.

    Where more came than one build takes, the models by month are built on alone, and `part` again at the end. A build
    that fails ends it: what it left is made by the next run. Raises DbtFailed if dbt itself fell.
    """
    results: dict[str, dbt.NodeResult] = {}

    def build(chosen: dbt.Part) -> int:
        for one in dbt.build(settings, chosen, progress):
            before = results.get(one.unique_id)
            results[one.unique_id] = one if before is None else _together(before, one)
        return 0 if any(one.has_failed for one in results.values()) else months_waiting(settings)

    if waiting := build(part):
        while waiting:
            progress(f"dossiers: {waiting} months to go")
            before, waiting = waiting, build(by_month)
            if waiting == before:
                raise dbt.DbtFailed(f"{waiting} months of dossiers are still to be made after a build of them")
        build(part)
    return list(results.values())


def months_waiting(settings: Settings) -> int:
    """Months of which the tables are not made of the last load, or not by the models that made the earliest month.

    Stale months are made earliest first: the earliest is always made by the models of today.
    """
    with read_only(settings.warehouse) as connection:
        found = connection.execute(
            """
            select count(*)
            from (
                select received_month, max(load_no) as load_no
                from staging.stg_raw__dossier_delivery
                group by received_month
            ) as delivered
            left join records.dossier_month as made using (received_month)
            where
                made.load_no is distinct from delivered.load_no
                or made.made_by <> (select made_by from records.dossier_month order by received_month limit 1)
            """
        ).fetchone()
    assert found is not None
    return int(found[0])


def _together(before: dbt.NodeResult, later: dbt.NodeResult) -> dbt.NodeResult:
    return replace(later, seconds=before.seconds + later.seconds, sql_seconds=before.sql_seconds + later.sql_seconds)
