"""What all connectors share: the shape of their steps, the templates of addresses, pages and the links on them."""

import re
from collections.abc import Generator
from typing import Any
from urllib.parse import urljoin

from lxml import etree, html

from ingest.pull.faults import PullRefused
from ingest.pull.request import Answer, Ask

# batches of requests go out, their answers come in
Steps = Generator[list[Ask], list[Answer], None]


def filled(template: str, partition: str, slug: str = "") -> str:
    """An address or a pattern with its {edition} and {slug}. Other braces stay as they are."""
    return template.replace("{edition}", partition).replace("{slug}", slug)


def pattern_for(template: str, partition: str) -> re.Pattern[str]:
    """A pattern of a source's YAML, its {edition} only as a number of its own. Raises PullRefused when it is none."""
    try:
        return re.compile(filled(template, rf"(?<!\d){re.escape(partition)}(?!\d)"), re.IGNORECASE)
    except re.error as error:
        raise PullRefused(f"{template!r} is no regular expression ({error}); mend it in the source's YAML") from error


def page_of(answer: Answer) -> Any:
    """An answer as an HTML document of lxml. Raises PullRefused when it is none."""
    try:
        return html.document_fromstring(answer.read(), base_url=answer.address)
    except (etree.ParserError, ValueError) as error:
        raise PullRefused(f"{answer.address} is not a page ({error}). Open it in a browser") from error


def joined(base: str, link: str) -> str | None:
    """Where a link on a page leads; None when it is no address."""
    try:
        return urljoin(base, link)
    except ValueError:
        return None
