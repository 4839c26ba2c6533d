"""Tables on a page, or on a family of pages that differ by a slug."""

from ingest.pull.connectors.steps import Steps, filled
from ingest.pull.request import Ask
from ingest.pull.source import PullSource, slugs


def steps(source: PullSource, partition: str) -> Steps:
    template = source.options["address"]
    parts = slugs(source.options)
    if not parts:
        yield [Ask(filled(template, partition))]
        return
    yield [Ask(filled(template, partition, slug), part=slug) for slug in parts]
