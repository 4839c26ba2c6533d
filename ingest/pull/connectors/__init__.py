"""What each kind of publisher wants to be asked, and where its answers lead.

A connector is a generator: it yields the requests that can be made now, as one batch, gets their answers in the same
order, and yields the next batch. It opens no connection itself, so the first batch is what a dry run prints. One more
connector: a module here, a line in CONNECTORS, and its options in catalog/_schema/source.schema.json.
"""

from collections.abc import Callable

from ingest.pull.connectors import ckan, drop, file, page_tables, px_web, world_bank
from ingest.pull.connectors.steps import Steps
from ingest.pull.source import PullSource

CONNECTORS: dict[str, Callable[[PullSource, str], Steps]] = {
    "file": file.steps,
    "page_tables": page_tables.steps,
    "px_web": px_web.steps,
    "world_bank": world_bank.steps,
    "ckan": ckan.steps,
    "drop": drop.steps,
}


def steps_of(source: PullSource, partition: str) -> Steps:
    """The requests of one partition of a source."""
    return CONNECTORS[source.connector](source, partition)
