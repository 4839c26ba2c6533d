"""What no program can ask for: a person does, and drops the file into the inbox."""

from ingest.pull.connectors.steps import Steps
from ingest.pull.faults import PullRefused
from ingest.pull.source import PullSource


def steps(source: PullSource, partition: str) -> Steps:
    yield from _nothing(source)


def _nothing(source: PullSource) -> Steps:
    options = source.options
    raise PullRefused(
        f"{source.code} comes by hand. Ask for: {options['ask_for']}. Where: {options['where']}. Then drop the file"
        " into the inbox"
    )
