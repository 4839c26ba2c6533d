"""A CKAN portal: find the package, pick the one resource that is meant, fetch it."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from ingest.pull.connectors.steps import Steps, filled, pattern_for
from ingest.pull.faults import PullRefused
from ingest.pull.request import Answer, Ask
from ingest.pull.source import PullSource

_ROWS = 100
_SHOWN = 20
_TOP = 4096
Offered = tuple[dict[str, Any], dict[str, Any]]


def steps(source: PullSource, partition: str) -> Steps:
    options = source.options
    if "package" in options:
        asked = options["api"] + "package_show?" + urlencode({"id": options["package"]})
    else:
        sought = {"q": filled(options["search"], partition), "rows": _ROWS}
        asked = options["api"] + "package_search?" + urlencode(sought)
    then = "then the resource of its packages that fits `resource`"
    [answer] = yield [Ask(asked, "index", suffix=".json", then=then, judge=_offered)]
    resource = _the_one(answer, options["resource"], partition)
    format_ = _format(resource)
    suffix = f".{format_}" if format_.isalnum() else None
    yield [Ask(resource["url"], suffix=suffix, judge=_judge_json if format_ == "json" else _judge)]


def _the_one(answer: Answer, wanted: Mapping[str, Any], partition: str) -> dict[str, Any]:
    """The resource whose format, package and name fit. Raises PullRefused, listing what is there, unless it is one."""
    found = _offered(answer)
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
    if formats and _format(resource) not in formats:
        return False
    texts = {"package": f"{package.get('name')} {package.get('title')}", "name": str(resource.get("name"))}
    return all(pattern_for(wanted[key], partition).search(text) for key, text in texts.items() if key in wanted)


def _format(resource: dict[str, Any]) -> str:
    return str(resource.get("format") or "").strip(". ").lower()


def _offered(answer: Answer) -> list[Offered]:
    """(package, resource) of all that has an address. Raises PullRefused: an error, or not the shape that CKAN has."""
    document = answer.json()
    if not isinstance(document, dict) or document.get("success") is not True:
        said = document.get("error", document) if isinstance(document, dict) else document
        raise PullRefused(f"{answer.address} did not do what it was asked: {str(said)[:300]!r}")
    result = _expected(answer, document.get("result"), dict, "result")
    several = "results" in result
    packages = _expected(answer, result["results"], list, "result.results") if several else [result]
    found = []
    for number, package in enumerate(packages):
        place = f"result.results[{number}]" if several else "result"
        resources = _expected(answer, package, dict, place).get("resources")
        for at, resource in enumerate(_expected(answer, resources, list, f"{place}.resources")):
            one = _expected(answer, resource, dict, f"{place}.resources[{at}]")
            if one.get("url"):
                _expected(answer, one["url"], str, f"{place}.resources[{at}].url")
                found.append((package, one))
    return found


def _expected(answer: Answer, value: Any, kind: type, place: str) -> Any:
    if not isinstance(value, kind):
        named = {"dict": "an object", "list": "a list", "str": "a text"}[kind.__name__]
        raise PullRefused(
            f"{answer.address}: `{place}` is {str(value)[:80]!r} and should be {named}. Open it in a browser; if the"
            " portal changed, drop the file into the inbox"
        )
    return value


def _judge(answer: Answer) -> None:
    """Raises PullRefused for what a portal says instead of a file: a page without a table, or an error in JSON."""
    top = answer.read()[:_TOP].lstrip(b"\xef\xbb\xbf \t\r\n")
    page = re.match(rb"<(!doctype html|html|head|body)\b", top, re.IGNORECASE) is not None
    if page and not re.search(rb"<table\b", answer.read(), re.IGNORECASE):
        raise _no_file(answer, "a page")
    if top.startswith(b"{"):
        try:
            document = answer.json()
        except PullRefused:
            return
        _refuse_error(answer, document)


def _judge_json(answer: Answer) -> None:
    _refuse_error(answer, answer.json())


def _refuse_error(answer: Answer, document: Any) -> None:
    if isinstance(document, dict) and (document.get("success") is False or "error" in document):
        raise _no_file(answer, repr(str(document.get("error", document))[:300]))


def _no_file(answer: Answer, what: str) -> PullRefused:
    return PullRefused(
        f"{answer.address} gives {what} instead of a file. Try it again later; if it stays so, get the file by hand and"
        " drop it into the inbox"
    )
