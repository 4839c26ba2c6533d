"""Alerts in Dagster: failed runs are told, the state is an asset with a check, nothing blocks them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.events import DagsterEvent, DagsterEventType

from ingest.settings import Settings
from orchestration.alerting import DELIVERED, STATE, alerts_sensor, ended_runs
from orchestration.run import BY_COMMAND_LINE
from quality.alerts.store import FILE, changing, open_store
from tests.conftest import ROOT, Installation
from tests.integration.alerts.house import SECRETS, House, fault, mailing
from tests.integration.alerts.mail_server import PASSWORD, MailServer, mail_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with mail_server(tmp_path_factory.mktemp("mail")) as running:
        yield running


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


@pytest.fixture
def house(tmp_path: Path, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> House:
    """A home whose sensor runs on the real clock; its alerts go out at any hour."""
    server.plan()
    monkeypatch.setenv("CHISO_HOME", str(tmp_path))
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    return House(tmp_path, mailing(server))


def tick(instance: dg.DagsterInstance) -> str:
    said = alerts_sensor(dg.build_sensor_context(instance=instance))
    assert isinstance(said, dg.SkipReason)
    return str(said.skip_message)


def run_job(instance: dg.DagsterInstance, fails: bool, name: str = "synthetic") -> str:
    @dg.op(name="opens_the_table")
    def step() -> None:
        if fails:
            raise ValueError(f"bảng không mở được, mật khẩu {PASSWORD}")

    @dg.job(name=name)
    def job() -> None:
        step()

    return job.execute_in_process(instance=instance, raise_on_error=False).run_id


def report_success(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    instance.report_dagster_event(DagsterEvent(DagsterEventType.RUN_SUCCESS.value, run.job_name), run.run_id)


def latest_state(instance: dg.DagsterInstance) -> dict[str, object]:
    event = instance.get_latest_materialization_event(STATE)
    assert event is not None
    assert event.asset_materialization is not None
    return {name: value.value for name, value in event.asset_materialization.metadata.items()}


def latest_check(instance: dg.DagsterInstance) -> bool:
    [record] = instance.event_log_storage.get_asset_check_execution_history(dg.AssetCheckKey(STATE, DELIVERED), limit=1)
    assert record.event is not None
    assert record.event.dagster_event is not None
    return record.event.dagster_event.asset_check_evaluation_data.passed


def test_a_failed_run_is_told_once_to_the_data_team_with_step_error_and_link(
    house: House, server: MailServer, instance: dg.DagsterInstance
) -> None:
    run_id = run_job(instance, fails=True)
    tick(instance)
    tick(instance)
    [taken] = server.taken
    assert taken.recipient == "data_team@example.org"
    assert "opens_the_table" in taken.text
    assert "bảng không mở được" in taken.text
    assert f"http://127.0.0.1:3000/runs/{run_id}" in taken.text
    assert PASSWORD not in taken.text
    assert PASSWORD.encode() not in (house.folder / FILE).read_bytes()


def test_the_same_step_failing_again_is_not_news_and_a_good_run_ends_it(
    house: House, server: MailServer, instance: dg.DagsterInstance
) -> None:
    for _ in range(2):
        run_job(instance, fails=True)
        tick(instance)
    run_job(instance, fails=False, name="another")
    tick(instance)
    assert len(server.taken) == 1
    run_job(instance, fails=False)
    tick(instance)
    assert "đã được khắc phục" in server.taken[1].text
    assert len(server.taken) == 2


def test_a_run_killed_on_the_command_line_is_told_when_it_is_found_dead(
    house: House, server: MailServer, instance: dg.DagsterInstance
) -> None:
    run = instance.create_run_for_job(dg.GraphDefinition("synthetic").to_job(), tags=BY_COMMAND_LINE)
    instance.report_run_failed(run, "the process was killed")
    tick(instance)
    [taken] = server.taken
    assert "the process was killed" in taken.text


def test_findings_are_told_though_the_run_that_judged_them_failed_later(
    house: House, server: MailServer, instance: dg.DagsterInstance
) -> None:
    house.judge([])
    tick(instance)
    house.judge([fault("ALPHA-FAULT", 2010)])
    run_job(instance, fails=True)
    tick(instance)
    told = {one.recipient: one.text for one in server.taken}
    assert "ALPHA-FAULT" in told["so_tai_chinh@example.org"]
    assert "ALPHA-FAULT" in told["data_team@example.org"]
    assert "opens_the_table" in told["data_team@example.org"]


def test_the_state_is_an_asset_with_counts_reported_when_they_change(
    house: House, server: MailServer, instance: dg.DagsterInstance
) -> None:
    house.judge([fault("ALPHA-FAULT", 2010), fault("BETA-FAULT", 2011)])
    tick(instance)
    state = latest_state(instance)
    assert (state["incidents open"], state["incidents resolved"]) == (2, 0)
    assert (state["messages sent"], state["messages dead"]) == (2, 0)
    assert latest_check(instance)
    before = instance.fetch_materializations(STATE, limit=10).records
    tick(instance)
    assert len(instance.fetch_materializations(STATE, limit=10).records) == len(before)
    house.judge([fault("ALPHA-FAULT", 2010)])
    tick(instance)
    assert latest_state(instance)["incidents resolved"] == 1


def test_a_message_given_up_fails_the_check_until_it_is_delivered(
    house: House, server: MailServer, instance: dg.DagsterInstance, caplog: pytest.LogCaptureFixture
) -> None:
    from quality.alerts.delivery import retry

    caplog.set_level(0)
    house.judge([fault("ALPHA-FAULT", 2010)])
    server.plan("permanent_at_rcpt")
    said = tick(instance)
    assert "550" in said
    assert not latest_check(instance)
    assert latest_state(instance)["messages dead"] == 1
    with open_store(house.folder) as con, changing(con):
        retry(con, house.desk.config, [1], house.now)
    tick(instance)
    assert latest_check(instance)
    assert PASSWORD not in caplog.text


def test_runs_are_read_from_where_the_last_round_stopped(instance: dg.DagsterInstance) -> None:
    run_job(instance, fails=True)
    [run] = ended_runs(instance, 0)
    assert (run.job, run.step, run.is_failure) == ("synthetic", "opens_the_table", True)
    assert ended_runs(instance, run.ended_at + 7200) == []


def test_a_part_that_went_well_does_not_end_what_failed_elsewhere(
    house: House, server: MailServer, instance: dg.DagsterInstance
) -> None:
    """Another partition of the same job, and a single step of the pipeline."""
    job = dg.GraphDefinition("synthetic").to_job()
    failed = instance.create_run_for_job(job, tags={"dagster/partition": "2024_63"})
    instance.report_run_failed(failed, "no such file")
    whole = dg.GraphDefinition("pipeline").to_job()
    for name, tags in ((job, {"dagster/partition": "2023_63"}), (whole, {"dagster/step_selection": "findings"})):
        run = instance.create_run_for_job(name, tags=tags)
        report_success(instance, run)
    tick(instance)
    tick(instance)
    assert len(server.taken) == 1
    run = instance.create_run_for_job(whole)
    report_success(instance, run)
    tick(instance)
    assert "đã được khắc phục" in server.taken[1].text


def test_a_clock_that_was_once_ahead_hides_nothing(
    house: House, server: MailServer, instance: dg.DagsterInstance
) -> None:
    with open_store(house.folder) as con, changing(con):
        con.execute("insert into run_seen values ('future', 'another', 0, 4102444800, 0)")
    run_job(instance, fails=True)
    tick(instance)
    assert len(server.taken) == 1


def test_alerts_are_in_no_job_and_wait_for_no_check(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration import assembly

    monkeypatch.setenv("CHISO_HOME", str(installation.home))
    graph = assembly.build(Settings.from_env())
    assert STATE not in set(graph.resolve_job_def("pipeline").asset_layer.selected_asset_keys)
    [sensor] = [one for one in graph.sensors or () if one.name == "alerts"]
    assert isinstance(sensor, dg.SensorDefinition)
    assert sensor.default_status == dg.DefaultSensorStatus.RUNNING
    assert (sensor.minimum_interval_seconds or 0) <= 60


def test_a_run_of_the_command_line_reports_its_state(installation: Installation) -> None:
    with dg.DagsterInstance.from_config(str(installation.home / "dagster")) as opened:
        state = latest_state(opened)
        assert latest_check(opened)
    assert state["messages filed"] == 4
    assert int(str(state["incidents open"])) > 100


def test_a_mistake_in_the_configuration_stops_the_code_location_when_it_loads(
    installation: Installation, tmp_path: Path
) -> None:
    own = tmp_path / "alerts" / "alerts.yaml"
    own.parent.mkdir()
    own.write_text("recipients: {so_tai_chinh: {send: [{channel: thư}]}}\n", encoding="utf-8")
    (tmp_path / "dbt").symlink_to(installation.home / "dbt")
    env = {**os.environ, "CHISO_HOME": str(tmp_path)}
    said = subprocess.run(
        [sys.executable, "-c", "import orchestration.definitions"], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert said.returncode != 0
    assert str(own) in said.stderr
    assert "unknown channel 'thư'" in said.stderr
