"""A CKAN portal: find the package, pick the one resource that is meant, fetch it."""

import re
from collections.abc import Mapping
from typing import Any

import httpx

from ingest.pull.connectors.steps import Steps, filled
from ingest.pull.faults import PullRefused
from ingest.pull.request import Answer, Ask
from ingest.pull.source import PullSource

_ROWS = 100
_SHOWN = 20


def steps(source: PullSource, partition: str) -> Steps:
    options = source.options
    if "package" in options:
        asked = httpx.URL(options["api"] + "package_show", params={"id": options["package"]})
    else:
        asked = httpx.URL(
            options["api"] + "package_search", params={"q": filled(options["search"], partition), "rows": _ROWS}
        )
    [answer] = yield [
        Ask(str(asked), "index", suffix=".json", then="then the resource of its packages that fits `resource`")
    ]
    resource = _the_one(answer, options["resource"], partition)
    format_ = str(resource.get("format", "")).strip(". ").lower()
    yield [Ask(str(resource["url"]), suffix=f".{format_}" if format_.isalnum() else None)]


def _the_one(answer: Answer, wanted: Mapping[str, Any], partition: str) -> dict[str, Any]:
    """The resource whose format, package and name fit. Raises PullRefused, listing what is there, unless it is one."""
    document = answer.json()
    if not isinstance(document, dict) or document.get("success") is not True:
        said = document.get("error", document) if isinstance(document, dict) else document
        raise PullRefused(f"{answer.address} did not do what it was asked: {str(said)[:300]}")
    result = document["result"]
    found = [
        (package, resource)
        for package in result.get("results", [result])
        for resource in package.get("resources", [])
        if resource.get("url")
    ]
    fitting = [(package, resource) for package, resource in found if _fits(package, resource, wanted, partition)]
    if len({resource["url"] for _, resource in fitting}) == 1:
        return dict(fitting[0][1])
    listed = [
        f"{package.get('name')}: {resource.get('name')} [{resource.get('format')}] {resource['url']}"
        for package, resource in (fitting or found)
    ]
    more = f"\n  … {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    raise PullRefused(
        f"{answer.address}: {'several resources fit' if fitting else 'no resource fits'} {dict(wanted)}. Mend `search`"
        f" or `resource` in the source's YAML; there {'are' if listed else 'is nothing'}"
        + "".join(f"\n  {line}" for line in listed[:_SHOWN])
        + more
    )


def _fits(package: dict[str, Any], resource: dict[str, Any], wanted: Mapping[str, Any], partition: str) -> bool:
    formats = [one.lower() for one in wanted.get("formats", ())]
    if formats and str(resource.get("format", "")).strip(". ").lower() not in formats:
        return False
    year = rf"(?<!\d){re.escape(partition)}(?!\d)"
    texts = {"package": f"{package.get('name')} {package.get('title')}", "name": str(resource.get("name"))}
    return all(
        re.search(filled(wanted[key], year), text, re.IGNORECASE) for key, text in texts.items() if key in wanted
    )
