"""One run of the whole pipeline from the command line: skipped when nothing changed, recorded when done."""

import hashlib
import importlib.metadata
import json
import logging
import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from ingest.dossiers.feed import feed_state
from ingest.home_lock import AnotherRun, only_run
from ingest.inbox import anything_to_take_in, take_in
from ingest.receive import Received
from ingest.settings import PROJECT_ROOT, Settings, SettingsError
from ingest.store import replace_text
from ingest.territory import gazetteer
from orchestration import dbt
from orchestration.resources import BY_COMMAND_LINE, RUN_LOGGER
from quality.alerts.incidents import RunEnd
from quality.alerts.judgement import FILE as JUDGEMENT
from quality.alerts.store import utc_now
from quality.alerts.tending import Round, load_desk, tend

# folders that say when something was asked for, not what there is
HISTORY = {"receipts", ".incoming"}
# what the outcome of a run depends on beside the home's own catalog and archive
_CODE = ("ingest", "dbt_project", "quality", "orchestration")
_ONLY_TO_READ = ("README.md", "BACKTEST.md")
# how long to wait for another process that is delivering alerts
_PATIENCE = 60.0
_PACKAGES = ("duckdb", "dbt-core", "dbt-duckdb", "great_expectations", "pandas", "pyarrow", "dagster")


@dataclass
class Outcome:
    """What a run came to. `stages` are (name, seconds); `problems` are failures of ours, empty when all went well."""

    unchanged: bool
    stages: list[tuple[str, float]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    run_id: str = ""
    alerts: Round | None = None
    received: list[Received] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return sum(seconds for _, seconds in self.stages)


def prepare(settings: Settings) -> None:
    """Make the home ready for Dagster: its instance configuration, its manifest, the edition partitions."""
    from dagster import DagsterInstance

    from ingest.catalog_reader import load_catalog
    from orchestration.ingest_assets import register_partitions

    with only_run(settings.home):
        _configure(settings)
        dbt.prepare(settings)
        with DagsterInstance.get() as instance:
            _bury_the_dead(instance)
            register_partitions(instance, load_catalog(settings.shelves))


def run(settings: Settings, progress: Callable[[str], None], force: bool = False) -> Outcome:
    """Run the pipeline unless everything it depends on is as it was at the last good run, and its output still stands.

    Raises AnotherRun when a run is going on in the same home, ConfigError when alerts could not be sent as configured.
    Failures of single steps are in the outcome. Alerts are looked after at the end, however the run came out.
    """
    clock = _Clock()
    _check_home_territory(settings)
    desk = load_desk(settings, os.environ)
    received = []
    if anything_to_take_in(settings):
        with only_run(settings.home):
            received = take_in(settings, progress)
        clock.lap("take files in")
    made_from = fingerprint(settings)
    if not force and _as_it_was(settings, made_from):
        clock.lap("compare with the last run")
        _configure(settings)
        return Outcome(True, clock.laps, alerts=_tell(settings), received=received)
    from dagster import DagsterInstance

    from orchestration import assembly
    from orchestration.automation import PIPELINE

    progress("preparing")
    try:
        with only_run(settings.home):
            _configure(settings)
            dbt.prepare(settings)
            with DagsterInstance.get() as instance:
                _bury_the_dead(instance)
        clock.lap("prepare the models")
        job = assembly.build(settings).resolve_job_def(PIPELINE)
        clock.lap("load the definitions")
    except AnotherRun:
        raise
    except Exception as error:
        # no run of Dagster's has begun, so it will not tell
        tend(settings, desk, utc_now, [RunEnd(uuid4().hex, PIPELINE, time.time(), True, "prepare", str(error))])
        raise
    with DagsterInstance.get() as instance:
        with _reporting(progress):
            result = job.execute_in_process(
                run_config={"loggers": {"console": {}}},
                instance=instance,
                raise_on_error=False,
                tags=BY_COMMAND_LINE,
            )
        clock.lap("run")
        outcome = Outcome(
            False,
            [*clock.laps[:-1], *_steps(result, clock.laps[-1][1])],
            _failures(result),
            result.run_id,
            received=received,
        )
    if not outcome.problems:
        _record(settings, made_from, outcome)
    progress("alerts")
    outcome.alerts = _tell(settings)
    clock.lap("alerts")
    outcome.stages.append(clock.laps[-1])
    return outcome


def _tell(settings: Settings) -> Round:
    """Look after the alerts: perhaps no daemon watches this home, and nobody else would tell."""
    from dagster import DagsterInstance

    from orchestration.alerting import look_after, report_state

    with DagsterInstance.get() as instance:
        done = look_after(settings, instance, _PATIENCE)
        report_state(settings, instance, done)
    return done


def fingerprint(settings: Settings) -> str:
    """A hash of all that a run depends on: code, models, seeds, catalog, archive, feed, settings, library versions."""
    digest = hashlib.sha256()
    roots = [PROJECT_ROOT / name for name in _CODE]
    roots += [settings.home / "catalog", settings.home / "archive", settings.quarantine]
    for root in roots:
        for path in sorted(root.rglob("*")):
            if (
                path.is_file()
                and path.suffix != ".pyc"
                and path.name not in _ONLY_TO_READ
                and not (HISTORY & set(path.relative_to(root).parts))
            ):
                digest.update(str(path.relative_to(root.parent)).encode() + b"\0" + _told_by(path))
    for name in _PACKAGES:
        digest.update(f"{name} {importlib.metadata.version(name)}\n".encode())
    excluded, released = sorted(settings.excluded_publishers), sorted(settings.released_publishers or ())
    digest.update(
        f"{settings.territory} {excluded} {settings.as_of} {released} {settings.open_data_publisher}".encode()
    )
    digest.update(feed_state(settings.dossier_feed).encode())
    return digest.hexdigest()


def _told_by(path: Path) -> bytes:
    """A file's bytes; where its name is their hash and nobody writes to it, its size and time."""
    facts = path.stat()
    return f"{facts.st_size} {facts.st_mtime_ns}".encode() if path.parent.parent.name == "sha256" else path.read_bytes()


def last_run(settings: Settings) -> dict[str, Any] | None:
    """What the last good run recorded, or None before the first."""
    path = settings.state / "last_run.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _as_it_was(settings: Settings, made_from: str) -> bool:
    before = last_run(settings)
    if before is None or before["fingerprint"] != made_from:
        return False
    outputs = {settings.home / path: sha for path, sha in before["outputs"].items()}
    return all(path.exists() and _sha256(path) == sha for path, sha in outputs.items())


def _record(settings: Settings, made_from: str, outcome: Outcome) -> None:
    folders = (settings.published, settings.site, settings.open_data)
    outputs = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    outputs += [settings.quality / "data_docs" / "index.html", settings.quality / JUDGEMENT]
    record = {
        "fingerprint": made_from,
        "as_of": settings.as_of.isoformat(),
        "run_id": outcome.run_id,
        "stages": [{"name": name, "seconds": round(seconds, 3)} for name, seconds in outcome.stages],
        "total_seconds": round(outcome.seconds, 3),
        "peak_memory_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "outputs": {str(path.relative_to(settings.home)): _sha256(path) for path in outputs},
    }
    replace_text(settings.state / "last_run.json", json.dumps(record, indent=2))


def _check_home_territory(settings: Settings) -> None:
    place = gazetteer().territories.get(settings.territory)
    if place is None or place.kind in ("region", "country") or place.valid_to is not None:
        raise SettingsError(
            f"CHISO_TERRITORY is {settings.territory!r}, which is no territory code of a present province; "
            "the codes are in marts.dim_territory, for example 15-2025"
        )


def _bury_the_dead(instance: Any) -> None:
    """Mark runs of the command line that were killed as failed: Dagster would count them as going on for ever.

    Called before this process starts a run of its own in a home that no other run holds.
    """
    from dagster import DagsterRunStatus, RunsFilter

    going_on = RunsFilter(statuses=[DagsterRunStatus.STARTED, DagsterRunStatus.STARTING], tags=BY_COMMAND_LINE)
    for run in instance.get_runs(going_on):
        instance.report_run_failed(run, "the process was killed")


def _configure(settings: Settings) -> None:
    settings.dagster.mkdir(parents=True, exist_ok=True)
    settings.inbox.mkdir(parents=True, exist_ok=True)
    config = (PROJECT_ROOT / "orchestration" / "dagster.yaml").read_bytes()
    target = settings.dagster / "dagster.yaml"
    if not target.exists() or target.read_bytes() != config:
        target.write_bytes(config)
    os.environ["DAGSTER_HOME"] = str(settings.dagster)
    os.environ.update(dbt.environment(settings))


@contextmanager
def _reporting(progress: Callable[[str], None]) -> Iterator[None]:
    """Pass what the steps say on to the person who waits."""

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said = getattr(record, "dagster_meta", {})
            progress(f"{said.get('step_key') or ''} {said.get('orig_message') or record.getMessage()}".strip())

    handler = Handler(logging.INFO)
    logger = logging.getLogger(RUN_LOGGER)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


def _steps(result: Any, total: float) -> list[tuple[str, float]]:
    """Seconds of each step as Dagster timed them, and what was left between them."""
    steps = [
        (event.step_key, event.event_specific_data.duration_ms / 1000)
        for event in result.all_events
        if event.event_type_value == "STEP_SUCCESS"
    ]
    return [*steps, ("between the steps", total - sum(seconds for _, seconds in steps))]


def _failures(result: Any) -> list[str]:
    failures = []
    for event in result.all_events:
        if event.event_type_value == "STEP_FAILURE":
            error = event.event_specific_data.error
            while error.cause is not None:
                error = error.cause
            failures.append(f"{event.step_key}: {error.message.strip()}")
    return failures or ([] if result.success else ["the run failed before any step; see the Dagster UI"])


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Clock:
    """Seconds between laps."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self.laps: list[tuple[str, float]] = []

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps.append((name, now - self._last))
        self._last = now
