"""When publishers are asked: daily around the day that an edition is expected, seldom otherwise.

Expected is the day of the year on which the edition before came out (publication calendar and catalog). Off until
somebody switches the sensor `pulls` on: no installation asks the outside by itself unless it was told to.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

import dagster as dg

from ingest.catalog import Catalog
from ingest.catalog_reader import load_catalog
from ingest.period import parse_published_on
from ingest.pull.source import PullSource, load_sources
from ingest.settings import PROJECT_ROOT, Settings
from orchestration.pull_assets import loaded_partitions, pull_key

_CALENDAR = PROJECT_ROOT / "dbt_project" / "seeds" / "publication_calendar.csv"
# days before and after the expected day that are watched closely
_EARLY, _LATE = 21, 90
# days between two looks: at the time, past it, and when nothing is expected or restated
_DENSE, _OVERDUE, _SPARSE = 1, 7, 30
_PAGE = 1000


def publication_days(catalog: Catalog) -> dict[str, dict[int, date]]:
    """Day on which each known edition came out, by index and reference year; only where the day or month is known."""
    days: dict[str, dict[int, date]] = defaultdict(dict)
    with _CALENDAR.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["edition_year"] and row["published_by"]:
                days[row["index_code"]][int(row["edition_year"])] = date.fromisoformat(row["published_by"])
    for edition in catalog.editions:
        day, precision = parse_published_on(edition.published_on)
        if day is not None and precision != "year":
            days[edition.index].setdefault(edition.year, day)
    return days


def due(
    source: PullSource, days: Mapping[int, date], held: set[int], asked: Mapping[str, date], today: date
) -> Iterator[str]:
    """The partitions of a source to ask for today.

    `days` are the publication days of its index, `held` the reference years that the catalog has, `asked` the day on
    which what came of each partition was taken in last.
    """
    for partition in source.partitions(today.year):
        wait = _wait(partition, days, held, today)
        last = asked.get(partition)
        if wait is not None and (last is None or (today - last).days >= wait):
            yield partition


def _wait(partition: str, days: Mapping[int, date], held: set[int], today: date) -> int | None:
    """Days between two looks at a partition; None for an old edition that nobody waits for."""
    newest = max(held | set(days), default=None)
    if not partition.isdigit():
        return _around(_expected(newest + 1, days), today) if newest is not None else _OVERDUE
    year = int(partition)
    if year in held:
        return _SPARSE if year == newest else None  # the newest may still be restated
    return _around(_expected(year, days), today)


def _expected(year: int, days: Mapping[int, date]) -> date | None:
    before = max((known for known in days if known < year), default=None)
    return None if before is None else days[before] + timedelta(days=round(365.25 * (year - before)))


def _around(expected: date | None, today: date) -> int:
    if expected is None:
        return _OVERDUE
    if today < expected - timedelta(days=_EARLY):
        return _SPARSE
    return _DENSE if today <= expected + timedelta(days=_LATE) else _OVERDUE


def asked_on(instance: dg.DagsterInstance, source: str, today: date) -> dict[str, date]:
    """The day on which each partition was last pulled and taken in, or found not to be out yet.

    A pull whose run ended before what came was taken in does not count: it is asked for again. Days so long ago that
    the partition is due anyway are left out.
    """
    since = datetime.combine(today - timedelta(days=_SPARSE), time.min).timestamp()
    wanted = dg.AssetRecordsFilter(pull_key(source), after_timestamp=since)
    days: dict[str, date] = {}
    for fetch in (instance.fetch_materializations, instance.fetch_observations):
        cursor = None
        while True:
            found = fetch(wanted, limit=_PAGE, cursor=cursor, ascending=True)
            for record in found.records:
                if record.partition_key is not None:
                    day = datetime.fromtimestamp(record.timestamp, UTC).astimezone().date()
                    days[record.partition_key] = max(day, days.get(record.partition_key, day))
            if not found.has_more:
                break
            cursor = found.cursor
    return days


def pulls_sensor(settings: Settings, sources: list[PullSource]) -> dg.SensorDefinition:
    """Asks for what is due, each partition at most once a day, of those that the assets were loaded with."""
    loaded = {source.code: frozenset(loaded_partitions(settings, source)) for source in sources}

    @dg.sensor(
        name="pulls",
        asset_selection=[pull_key(source.code) for source in sources],
        minimum_interval_seconds=1800,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="Asks publishers for editions that are due: daily around the expected day, weekly once overdue,"
        " monthly otherwise. Off until somebody switches it on; nothing is asked from outside before.",
    )
    def pulls(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        settings = Settings.from_env()
        catalog = load_catalog(settings.shelves)
        days = publication_days(catalog)
        now, _ = load_sources(settings.shelves)
        requests = []
        for source in sources:
            if source.code not in now or source.publisher_code in settings.excluded_publishers:
                continue
            index = source.index or ""
            held = {edition.year for edition in catalog.editions_of(index)}
            asked = asked_on(context.instance, source.code, settings.as_of)
            requests += [
                dg.RunRequest(
                    run_key=f"{source.code} {partition} {settings.as_of}",
                    asset_selection=[pull_key(source.code)],
                    partition_key=partition,
                )
                for partition in due(source, days.get(index, {}), held, asked, settings.as_of)
                if partition in loaded[source.code]
            ]
        return dg.SensorResult(run_requests=requests, skip_reason=None if requests else "nothing is due today")

    return pulls
