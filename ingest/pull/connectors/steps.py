"""What all connectors share: the shape of their steps, and the templates of addresses."""

from collections.abc import Generator
from typing import Any

from lxml import etree, html

from ingest.pull.faults import PullRefused
from ingest.pull.request import Answer, Ask

# batches of requests go out, their answers come in
Steps = Generator[list[Ask], list[Answer], None]


def filled(template: str, partition: str, slug: str = "") -> str:
    """An address or a pattern with its {edition} and {slug}. Other braces stay as they are."""
    return template.replace("{edition}", partition).replace("{slug}", slug)


def page_of(answer: Answer) -> Any:
    """An answer as an HTML document of lxml. Raises PullRefused when it is none."""
    try:
        return html.document_fromstring(answer.read(), base_url=answer.address)
    except etree.ParserError as error:
        raise PullRefused(f"{answer.address} is not a page ({error}). Open it in a browser") from error
