"""Pulls in Dagster: a partition brings an edition onto the shelf, network faults are tried again, nothing is rushed."""

import shutil
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from ingest.catalog_reader import load_catalog
from ingest.pull.source import Editions, PullSource, load_sources
from ingest.receipts import Receipts
from ingest.settings import Settings
from orchestration import pull_schedule
from orchestration.pull_assets import pull_assets, pull_key
from orchestration.pull_schedule import due, publication_days, pulls_sensor
from tests.integration.pull import publishers
from tests.integration.pull.publisher_server import Publisher, Reply
from tests.integration.receive.synthetic import pci_2018
from tests.integration.receive.test_pull_through import serve_2018


@pytest.fixture
def settings(tmp_path: Path, site: Publisher, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("CHISO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CHISO_AS_OF", "2026-11-22")
    monkeypatch.setenv("CHISO_PULL_ALLOW_PRIVATE", site.at)
    publishers.declare("pci_data", site, tmp_path / "home")
    return Settings.from_env()


def asset(settings: Settings) -> dg.AssetsDefinition:
    sources, _ = load_sources(settings.shelves)
    [made] = pull_assets(settings, [sources["pci_data"]], retry_after=0.1)
    return made


def pull(settings: Settings, instance: dg.DagsterInstance, partition: str) -> dg.ExecuteInProcessResult:
    return dg.materialize([asset(settings)], partition_key=partition, instance=instance, raise_on_error=False)


def test_a_partition_brings_an_edition_onto_the_shelf_with_what_was_asked_and_what_became_of_it(
    settings: Settings, site: Publisher
) -> None:
    serve_2018(site, pci_2018())
    with dg.DagsterInstance.ephemeral() as instance:
        assert pull(settings, instance, "2018").success
        [event] = instance.fetch_materializations(pull_key("pci_data"), limit=5).records
    metadata = event.asset_materialization.metadata
    assert metadata["files"].value == 1
    assert metadata["requests"].value >= 2
    assert "accepted" in str(metadata["what became of it"].value)
    assert str(metadata["address"].value).endswith("pci_2018.xlsx")
    assert (settings.home / "catalog/pci/editions/2018_63.yaml").exists()


def test_a_network_fault_is_tried_again_and_what_only_a_person_can_mend_is_not(
    settings: Settings, site: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ingest.pull.pulling import Session

    tried: list[str] = []
    once = Session.pull

    def counted(self: Session, source: PullSource, partition: str) -> object:
        tried.append(partition)
        if len(tried) == 2:
            serve_2018(site, pci_2018())
        return once(self, source, partition)

    monkeypatch.setattr(Session, "pull", counted)
    monkeypatch.setattr("ingest.pull.config.PullConfig.from_env", quick(site))
    site.serve("/en/pci-data", Reply(b"", status=503))
    with dg.DagsterInstance.ephemeral() as instance:
        assert pull(settings, instance, "2018").success
        assert tried == ["2018", "2018"]
        tried.clear()
        site.serve("/en/pci-data", Reply(b"", status=404))
        assert not pull(settings, instance, "2017").success
        assert tried == ["2017"]


def quick(site: Publisher) -> object:
    from dataclasses import replace

    from tests.integration.pull.conftest import QUICK

    return classmethod(lambda cls, environ=None: replace(QUICK, tries=1, allow_private=frozenset({site.at})))


def test_all_editions_are_backfilled_partition_by_partition(settings: Settings, site: Publisher) -> None:
    publishers.pci_data(site)
    with dg.DagsterInstance.ephemeral() as instance:
        outcomes = [pull(settings, instance, str(year)).success for year in publishers.PCI_YEARS]
        assert outcomes == [True] * len(publishers.PCI_YEARS)
        done = instance.get_materialized_partitions(pull_key("pci_data"))
    assert done == {str(year) for year in publishers.PCI_YEARS}
    assert not (settings.home / "catalog/pci").exists()  # the archive has these figures already


def source(editions: Editions | None) -> PullSource:
    return PullSource(
        code="synthetic",
        title="synthetic",
        publisher="Nobody",
        publisher_code="NOBODY",
        index="PCI",
        metrics=None,
        kind="official",
        connector="file",
        options={},
        layout={},
        editions=editions,
        hosts=(),
        pause_seconds=0,
        max_bytes=1,
        terms="",
        status="documented",
        notes=None,
        seen_on=None,
        path=Path(),
    )


DAYS = {2023: date(2024, 5, 9), 2024: date(2025, 5, 6)}


@pytest.mark.parametrize(
    ("today", "last", "asked"),
    [
        (date(2026, 2, 1), date(2026, 1, 20), False),  # months before: monthly
        (date(2026, 2, 1), date(2025, 12, 30), True),
        (date(2026, 5, 1), date(2026, 4, 30), True),  # about the expected day: daily
        (date(2026, 5, 1), date(2026, 5, 1), False),
        (date(2026, 9, 1), date(2026, 8, 30), False),  # long overdue: weekly
        (date(2026, 9, 1), date(2026, 8, 25), True),
    ],
)
def test_an_edition_is_asked_for_daily_about_its_day_and_seldom_otherwise(today: date, last: date, asked: bool) -> None:
    wanted = list(due(source(Editions(2023, lag=0)), DAYS, {2023, 2024}, {"2024": today, "2025": last}, today))
    assert ("2025" in wanted) is asked


def test_old_editions_are_left_alone_and_the_newest_is_looked_at_monthly() -> None:
    asked = {"2024": date(2026, 1, 1), "2025": date(2026, 2, 1)}
    assert list(due(source(Editions(2020, lag=1)), DAYS, set(range(2020, 2025)), asked, date(2026, 2, 1))) == ["2024"]


def test_the_sensor_is_off_until_somebody_switches_it_on_and_asks_each_partition_once_a_day(
    settings: Settings,
) -> None:
    sources, _ = load_sources(settings.shelves)
    sensor = pulls_sensor(settings, [one for one in sources.values() if not one.by_hand])
    assert sensor.default_status == dg.DefaultSensorStatus.STOPPED
    with dg.DagsterInstance.ephemeral() as instance, dg.build_sensor_context(instance) as context:
        said = sensor(context)
    assert isinstance(said, dg.SensorResult)
    keys = [request.run_key for request in said.run_requests or ()]
    assert "pci_data 2018 2026-11-22" in keys
    assert len(keys) == len(set(keys))
    assert not Receipts(settings.shelves[-1].archive).last_asked("pci_data")


def code_location(settings: Settings) -> dg.RepositoryDefinition:
    sources = [load_sources(settings.shelves)[0]["pci_data"]]
    sensor = pulls_sensor(settings, sources)
    return dg.Definitions(assets=pull_assets(settings, sources), sensors=[sensor]).get_repository_def()


def asked_on(
    day: date, loaded: dg.RepositoryDefinition, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> set[str]:
    """The partitions that a tick of the sensor asks for, as the daemon evaluates it."""
    monkeypatch.setenv("CHISO_AS_OF", str(day))
    with dg.build_sensor_context(instance, repository_def=loaded) as context:
        requests = loaded.get_sensor_def("pulls").evaluate_tick(context).run_requests or []
    assert [request.run_key for request in requests] == [f"pci_data {one.partition_key} {day}" for one in requests]
    return {str(request.partition_key) for request in requests}


def test_a_code_location_that_stays_loaded_over_new_year_asks_for_what_it_knows(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = code_location(settings)
    with dg.DagsterInstance.ephemeral() as instance:
        newest = max(asked_on(date(2026, 12, 31), loaded, instance, monkeypatch))
        next_year = asked_on(date(2027, 1, 1), loaded, instance, monkeypatch)
        assert max(next_year) == str(int(newest) + 1)
        assert asked_on(date(2028, 1, 1), loaded, instance, monkeypatch) == next_year


def test_what_was_pulled_and_not_taken_in_is_asked_for_again_the_next_day(
    settings: Settings, site: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_2018(site, pci_2018())
    loaded, tomorrow = code_location(settings), date.today() + timedelta(days=1)

    def killed(desk: object, pulled: object) -> None:
        raise KeyboardInterrupt

    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        with monkeypatch.context() as patched:
            patched.setattr("ingest.pulled.receive_pulled", killed)
            assert not pull(settings, instance, "2018").success
        assert Receipts(settings.shelves[-1].archive).completions("pci_data", "2018")
        assert "2018" in asked_on(tomorrow, loaded, instance, monkeypatch)
        # taken in as far as it goes: it is held, and asked for again when the publisher may have mended it
        site.serve("/uploads/pci_2018.xlsx", Reply(b"<h1>Service unavailable</h1>"))
        assert pull(settings, instance, "2018").success
        assert "2018" not in asked_on(tomorrow, loaded, instance, monkeypatch)
        assert "2018" in asked_on(tomorrow + timedelta(days=7), loaded, instance, monkeypatch)
        assert "2018" in asked_on(tomorrow + timedelta(days=40), loaded, instance, monkeypatch)
        monkeypatch.setattr("orchestration.pull_schedule._PAGE", 1)
        assert pull(settings, instance, "2018").success
        assert "2018" not in asked_on(tomorrow, loaded, instance, monkeypatch)


def test_a_publisher_that_asks_for_a_longer_wait_gets_it(
    settings: Settings, site: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float | None] = []
    requested = dg.RetryRequested.__init__

    def noted(self: dg.RetryRequested, max_retries: int, seconds_to_wait: float | None = None) -> None:
        waits.append(seconds_to_wait)
        requested(self, max_retries, 0.0)

    monkeypatch.setattr(dg.RetryRequested, "__init__", noted)
    monkeypatch.setattr("ingest.pull.config.PullConfig.from_env", quick(site))
    site.serve("/en/pci-data", Reply(b"", status=429, headers=(("Retry-After", "600"),)))
    with dg.DagsterInstance.ephemeral() as instance:
        assert not pull(settings, instance, "2018").success
    assert waits
    assert all(590 < (wait or 0) <= 600 for wait in waits)
    assert [one.path for one in site.asked].count("/en/pci-data") == 1
    waits.clear()
    shutil.rmtree(settings.state / "pull")
    site.serve("/en/pci-data", Reply(b"", status=429, headers=(("Retry-After", "7200"),)))
    with dg.DagsterInstance.ephemeral() as instance:
        assert not pull(settings, instance, "2017").success
    assert not waits  # a run that waited for hours would keep all others waiting


def test_the_publication_calendar_knows_when_editions_came(settings: Settings) -> None:
    assert publication_days(load_catalog(settings.shelves))["PCI"][2024] == date(2025, 5, 6)


def test_a_pull_waits_for_its_turn_only_to_take_in_what_came(settings: Settings, site: Publisher) -> None:
    from ingest.home_lock import only_run

    serve_2018(site, pci_2018())
    with dg.DagsterInstance.ephemeral() as instance:
        done = threading.Event()

        def run() -> None:
            pull(settings, instance, "2018")
            done.set()

        with only_run(settings.home):
            pulling = threading.Thread(target=run)
            pulling.start()
            assert not done.wait(3)
            assert list((settings.home / "archive/receipts/pci_data/2018").glob("*_complete.json"))
            assert not (settings.home / "catalog/pci").exists()
        pulling.join(60)
    assert (settings.home / "catalog/pci/editions/2018_63.yaml").exists()


def test_an_edition_that_is_not_out_yet_is_no_failure_and_not_asked_for_again_at_once(
    settings: Settings, site: Publisher
) -> None:
    publishers.pci_data(site)
    with dg.DagsterInstance.ephemeral() as instance:
        assert pull(settings, instance, "2018").success
        assert not instance.get_materialized_partitions(pull_key("pci_data"))
        [seen] = instance.fetch_observations(pull_key("pci_data"), limit=5).records
        assert "no link fits" in str(seen.asset_observation.metadata["not out yet"].value)
        today = datetime.fromtimestamp(seen.timestamp, UTC).astimezone().date()
        assert pull_schedule.asked_on(instance, "pci_data", today) == {"2018": today}
        site.serve("/en/pci-data", publishers.page("", '<a href="a">PCI 2018</a><a href="b">PGI 2018</a>'))
        assert not pull(settings, instance, "2018").success  # several links fit: a person must say which
