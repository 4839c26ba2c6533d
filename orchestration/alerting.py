"""The alerts as Dagster sees them: runs that ended, the state as an asset with a check, the sensor that looks after it.

Belongs here: reading the instance and reporting to it. Does not belong here: what is news, or how it is delivered
(`quality/alerts`).
"""

import json
import os
from dataclasses import asdict, replace
from datetime import UTC, datetime

import dagster as dg

from ingest.settings import Settings
from orchestration.automation import PIPELINE
from orchestration.ingest_assets import OWNERS
from orchestration.quality_assets import CHECKS, FINDINGS
from orchestration.resources import Home
from quality.alerts.incidents import RunEnd
from quality.alerts.overview import AlertState
from quality.alerts.store import changing, fact, open_store, set_fact, utc_now
from quality.alerts.tending import Round, load_desk, tend

STATE = dg.AssetKey(["alert", "state"])
DELIVERED = "every_message_delivered"
# a run may be stored a little later than it ended
_OVERLAP = 3600.0
_ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]
_LONGEST_ERROR = 2000
# partitions and steps picked by hand
_CHOICE_TAGS = ("dagster/partition", "dagster/asset_partition_range", "dagster/step_selection")


def look_after(settings: Settings, instance: dg.DagsterInstance, patience: float = 0) -> Round:
    """One round for the home that `instance` belongs to: see `quality.alerts.tending`.

    Raises ConfigError when the configuration of the alerts cannot be used.
    """
    desk = load_desk(settings, os.environ)
    with open_store(settings.alerts) as con:
        [seen] = con.execute("select max(ended_at) from run_seen").fetchone()
    # a clock that once was ahead must not hide what ends today
    since = min(seen or 0, utc_now().timestamp()) - _OVERLAP
    runs = [
        replace(run, error=desk.config.mask(run.error or "")[:_LONGEST_ERROR])
        for run in ended_runs(instance, max(since, 0))
    ]
    return tend(settings, desk, utc_now, runs, patience)


def ended_runs(instance: dg.DagsterInstance, since: float) -> list[RunEnd]:
    """Runs of any job that ended after `since` (seconds since 1970), with step and error of those that failed."""
    records = instance.get_run_records(
        dg.RunsFilter(statuses=_ENDED, updated_after=datetime.fromtimestamp(since, UTC)),
        order_by="update_timestamp",
        ascending=True,
    )
    found = []
    for record in records:
        run = record.dagster_run
        is_failure = run.status == dg.DagsterRunStatus.FAILURE
        step, error = _failure(instance, run.run_id) if is_failure else (None, None)
        ended_at = record.end_time or record.update_timestamp.timestamp()
        is_whole = run.job_name == PIPELINE and not _chosen(run)
        found.append(RunEnd(run.run_id, _job(run), ended_at, is_failure, step, error, is_whole))
    return found


def report_state(settings: Settings, instance: dg.DagsterInstance, done: Round) -> None:
    """Tell Dagster the counts by state, and whether somebody was not told; nothing when it knows that already."""
    said = json.dumps([asdict(done.state), done.unwritten], default=str, sort_keys=True)
    with open_store(settings.alerts) as con:
        if fact(con, "reported") == said and instance.get_latest_materialization_event(STATE) is not None:
            return
        result = delivered_result(done)
        instance.report_runless_asset_event(dg.AssetMaterialization(STATE, metadata=state_metadata(done.state)))
        instance.report_runless_asset_event(
            dg.AssetCheckEvaluation(
                asset_key=STATE,
                check_name=DELIVERED,
                passed=result.passed,
                metadata=result.metadata,
                severity=result.severity,
            )
        )
        with changing(con):
            set_fact(con, "reported", said)


def state_metadata(state: AlertState) -> dict[str, dg.MetadataValue]:
    return {
        **{f"incidents {name}": dg.MetadataValue.int(count) for name, count in state.incidents.items()},
        **{f"messages {name}": dg.MetadataValue.int(count) for name, count in state.deliveries.items()},
        "news waiting for a digest": dg.MetadataValue.int(state.waiting),
    }


def delivered_result(done: Round) -> dg.AssetCheckResult:
    """Failed while a message is given up or cannot be written: somebody was not told."""
    given_up = [
        f"{line.recipient} by {line.channel}: {line.subject} ({line.last_error});"
        f" `chiso alerts retry {line.delivery_id}`"
        for line in done.state.dead
    ]
    lines = [f"- {said}" for said in (*given_up, *done.unwritten)]
    return dg.AssetCheckResult(
        asset_key=STATE,
        check_name=DELIVERED,
        passed=not lines,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "given up": len(given_up),
            "could not be written": len(done.unwritten),
            "which and why": dg.MetadataValue.md("\n".join(lines) or "none"),
        },
    )


@dg.asset(
    key=STATE,
    group_name="alert",
    deps=[FINDINGS, CHECKS],
    kinds={"sqlite", "email"},
    owners=OWNERS,
    check_specs=[
        dg.AssetCheckSpec(
            DELIVERED,
            asset=STATE,
            description="No message was given up or could not be written: everybody who should know was told.",
        )
    ],
    description="Incidents and messages by state. The sensor `alerts` looks after them; materializing does the same"
    " now. It is in no job: alerts must go out when a run fails.",
)
def state_asset(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:  # type: ignore[type-arg]
    done = look_after(home.settings, context.instance)
    for line in done.log:
        context.log.info(line)
    return dg.MaterializeResult(metadata=state_metadata(done.state), check_results=[delivered_result(done)])


@dg.sensor(
    name="alerts",
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Turns new findings and failed runs into alerts after each run, sends what is due, and says what became"
    " of it on the asset alert/state.",
)
def alerts_sensor(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    settings = Settings.from_env()
    done = look_after(settings, context.instance)
    report_state(settings, context.instance, done)
    for line in done.log:
        context.log.info(line)
    result = done.delivered
    return dg.SkipReason(
        f"{done.news} news, {done.messages} messages written; {result.sent} sent, {result.filed} filed,"
        f" {result.dead} given up" + (f"; {'; '.join(done.log)}" if done.log else "")
    )


def _job(run: dg.DagsterRun) -> str:
    """The job, and what of it was run: assets or partitions picked by hand in the UI are all of one job."""
    return f"{run.job_name} ({'; '.join(_chosen(run))})" if _chosen(run) else run.job_name


def _chosen(run: dg.DagsterRun) -> list[str]:
    """What of the job was run, where it was not all of it."""
    assets = sorted(key.to_user_string() for key in run.asset_selection or ())
    checks = sorted(key.to_user_string() for key in run.asset_check_selection or ()) if not assets else []
    chosen = [value for name, value in sorted(run.tags.items()) if name.startswith(_CHOICE_TAGS)]
    return [*assets, *checks, *chosen]


def _failure(instance: dg.DagsterInstance, run_id: str) -> tuple[str | None, str | None]:
    """The first step that failed and its innermost error; what the run itself says where no step failed."""
    for record in instance.all_logs(run_id, of_type=dg.DagsterEventType.STEP_FAILURE):
        event = record.dagster_event
        if event is None or event.step_failure_data.error is None:
            continue
        error = event.step_failure_data.error
        while error.cause is not None:
            error = error.cause
        return event.step_key, error.message.strip()
    for record in instance.all_logs(run_id, of_type=dg.DagsterEventType.RUN_FAILURE):
        return None, record.dagster_event.message if record.dagster_event else None
    return None, None
