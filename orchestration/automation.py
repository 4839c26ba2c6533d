"""When the pipeline runs by itself."""

import hashlib
from pathlib import Path

import dagster as dg

from ingest.dossiers.feed import feed_state
from ingest.inbox import anything_to_take_in
from ingest.settings import Settings
from orchestration.run import HISTORY, fingerprint, last_run

PIPELINE = "pipeline"


daily = dg.ScheduleDefinition(
    name="daily",
    job_name=PIPELINE,
    cron_schedule="30 6 * * *",
    execution_timezone="Asia/Ho_Chi_Minh",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every morning: lateness moves with the date even when no file came.",
)


@dg.sensor(
    name="catalog_and_inbox",
    job_name=PIPELINE,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Runs the pipeline when a file came into the inbox or the dossier feed, something in quarantine was"
    " mended, or an edition, an index or an archived file was added or changed.",
)
def catalog_and_inbox(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    settings = Settings.from_env()
    shelves = [path for shelf in settings.shelves for path in (shelf.catalog, shelf.archive)]
    state = folder_state([*shelves, settings.inbox, settings.quarantine]) + feed_state(settings.dossier_feed)
    if state == context.cursor:
        return dg.SkipReason("nothing new in the catalog, the archive, the inbox or the quarantine")
    first_look = context.cursor is None
    context.update_cursor(state)
    before = last_run(settings)
    as_before = before is not None and before["fingerprint"] == fingerprint(settings)
    if first_look and as_before and not anything_to_take_in(settings):
        return dg.SkipReason("watching from now on; what is there has been run already")
    return dg.RunRequest()  # no run key: what changes back and forth is run each time


def folder_state(folders: list[Path]) -> str:
    """A hash of names, sizes and times below the folders: changes when a file comes, goes or is written.

    Receipts are left out: they say when a publisher was asked, not what there is.
    """
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not HISTORY & set(path.relative_to(folder).parts):
                facts = path.stat()
                digest.update(f"{path.relative_to(folder)} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()
