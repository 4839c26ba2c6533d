"""A file at an address, or behind a link on a page."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

import httpx

from ingest.pull.connectors.steps import Steps, filled, page_of
from ingest.pull.faults import PullRefused
from ingest.pull.request import Answer, Ask
from ingest.pull.source import PullSource

_SHOWN = 15


def steps(source: PullSource, partition: str) -> Steps:
    options = source.options
    if "address" in options:
        yield [Ask(filled(options["address"], partition))]
        return
    link = options["link"]
    looked_for = filled(link["pattern"], partition)
    [page] = yield [
        Ask(filled(options["page"], partition), "index", then=f"then the file behind its link that fits {looked_for!r}")
    ]
    yield [Ask(linked_file(page, link, partition))]


def linked_file(page: Answer, link: Mapping[str, Any], partition: str) -> str:
    """The address behind the one link that fits. Raises PullRefused, listing what is there, for none or several.

    A link fits by its text or by the last part of its address: the folders before that often hold the year of the
    upload. A year fits only as a number of its own.
    """
    pattern = re.compile(filled(link["pattern"], rf"(?<!\d){re.escape(partition)}(?!\d)"), re.IGNORECASE)
    links = list(_links(page, link.get("xpath", "//a[@href]")))
    fitting = {
        address: text
        for address, text in links
        if pattern.search(text) or pattern.search(unquote(httpx.URL(address).path.rpartition("/")[2]))
    }
    if len(fitting) == 1:
        return next(iter(fitting))
    found = [f"{text or '(no text)'} → {address}" for address, text in (fitting.items() if fitting else links)]
    more = f"\n  … {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    what = "several links fit" if fitting else "no link fits"
    raise PullRefused(
        f"{page.address}: {what} {pattern.pattern!r}. If the page has the file, mend `link` in the source's YAML; it"
        f" has {'these' if found else 'no links'}" + "".join(f"\n  {line}" for line in found[:_SHOWN]) + more
    )


def _links(page: Answer, xpath: str) -> Iterator[tuple[str, str]]:
    """(whole address, text) of the elements that an XPath finds."""
    document = page_of(page)
    document.make_links_absolute(page.address, resolve_base_href=True, handle_failures="discard")
    for element in document.xpath(xpath):
        address = element.get("href") or element.get("src")
        if address and address.startswith(("http://", "https://")):
            yield str(httpx.URL(address).copy_with(fragment=None)), " ".join(element.text_content().split())
