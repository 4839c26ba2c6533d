"""World Bank indicators: one series of one country, all years, page by page."""

from typing import Any

from ingest.pull.connectors.steps import Steps
from ingest.pull.faults import PullRefused
from ingest.pull.request import Answer, Ask
from ingest.pull.source import PullSource

_PER_PAGE = 1000


def steps(source: PullSource, partition: str) -> Steps:
    base = f"{source.options['address']}&per_page={_PER_PAGE}"
    then = "then its further pages, if it has any"
    [first] = yield [Ask(base, part="page-1", suffix=".json", then=then, judge=_pages)]
    pages = _pages(first)
    if pages > 1:
        yield [
            Ask(f"{base}&page={number}", part=f"page-{number}", suffix=".json", judge=_pages)
            for number in range(2, pages + 1)
        ]


def _pages(answer: Answer) -> int:
    """How many pages there are. Raises PullRefused: errors come with status 200, a message and no figures."""
    document: Any = answer.json()
    parts = document if isinstance(document, list) else []
    head = parts[0] if parts and isinstance(parts[0], dict) else {}
    pages = head.get("pages")
    if not isinstance(pages, int) or not 1 <= pages <= 100 or len(parts) < 2 or not isinstance(parts[1], list):
        said = head.get("message", document)
        raise PullRefused(
            f"{answer.address} gives no figures but {str(said)[:300]!r}. Look the indicator's code up and mend the"
            " source"
        )
    return pages
