"""A file at an address, or behind a link on a page."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from lxml import etree

from ingest.pull.address import is_url, url_of
from ingest.pull.connectors.steps import Steps, filled, joined, page_of, pattern_for
from ingest.pull.faults import NotThere, PullRefused
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
    pattern = pattern_for(link["pattern"], partition)
    links = list(_links(page, link.get("xpath", "//a[@href]")))
    fitting = {address: text for address, text in links if pattern.search(text) or pattern.search(_last_part(address))}
    if len(fitting) == 1:
        return _sound(page, *next(iter(fitting.items())))
    found = [f"{text or '(no text)'} → {address}" for address, text in (fitting.items() if fitting else links)]
    more = f"\n  … {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    what = "several links fit" if fitting else "no link fits"
    raise (PullRefused if fitting else NotThere)(
        f"{page.address}: {what} {pattern.pattern!r}. If the page has the file, mend `link` in the source's YAML; it"
        f" has {'these' if found else 'no links'}" + "".join(f"\n  {line}" for line in found[:_SHOWN]) + more
    )


def _sound(page: Answer, address: str, text: str) -> str:
    if not is_url(address):
        raise PullRefused(
            f"{page.address}: its link {text!r} leads to {address!r}, which is no address. Ask the publisher, or get"
            " the file by hand and drop it into the inbox"
        )
    return address


def _links(page: Answer, xpath: str) -> Iterator[tuple[str, str]]:
    """(whole address, text) of the elements that an XPath finds; an address that is none stays as it is written."""
    document = page_of(page)
    base = _base(page, document)
    for element in _elements(page, document, xpath):
        written = re.sub(r"[\t\r\n]", "", element.get("href") or element.get("src") or "").strip()
        address = joined(base, written) or written
        if written and address.startswith(("http://", "https://")):
            yield _without_fragment(address), " ".join(element.text_content().split())


def _elements(page: Answer, document: Any, xpath: str) -> list[Any]:
    try:
        found = document.xpath(xpath)
    except etree.XPathError as error:
        raise PullRefused(f"`link.xpath` {xpath!r} is no XPath ({error}); mend it in the source's YAML") from error
    if not isinstance(found, list) or not all(isinstance(one, etree.ElementBase) for one in found):
        raise PullRefused(f"{page.address}: `link.xpath` {xpath!r} must find elements; mend it in the source's YAML")
    return found


def _base(page: Answer, document: Any) -> str:
    """What links on a page are relative to. Raises PullRefused when the page names something that is no address."""
    for element in document.xpath("//base[@href]"):
        written = element.get("href").strip()
        base = joined(page.address, written)
        if base is None or not is_url(base):
            raise PullRefused(f"{page.address}: its <base> {written!r} is no address. Ask the publisher")
        return base
    return page.address


def _without_fragment(address: str) -> str:
    return str(url_of(address).copy_with(fragment=None)) if is_url(address) else address


def _last_part(address: str) -> str:
    return unquote(address.partition("?")[0].rpartition("/")[2])
