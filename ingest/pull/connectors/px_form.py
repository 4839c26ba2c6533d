"""The web form of PX-Web, for when its API does not answer: all values of all variables, posted as a browser would."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ingest.pull.connectors.px_split import Variable, split
from ingest.pull.connectors.px_stat import data_sets
from ingest.pull.connectors.steps import Steps, joined, page_of
from ingest.pull.faults import PullRefused
from ingest.pull.request import Answer, Ask

if TYPE_CHECKING:
    from ingest.pull.connectors.px_web import Place

_FORMAT = ("OutputFormat", "FileTypeJsonStat")
_FORM = (("Content-Type", "application/x-www-form-urlencoded"),)


def steps(options: Mapping[str, Any], places: "list[Place]") -> Steps:
    for place in places:
        address = options["form"]
        for name, value in (("language", place.language), ("database", place.database), ("table", place.table)):
            address = address.replace(f"{{{name}}}", value)
        [page] = yield [
            Ask(
                address,
                "index",
                part=f"form-{place.language}",
                then="then the form posted with all values and OutputFormat=FileTypeJsonStat",
                may_be_missing=True,
            )
        ]
        if page.missing:
            continue
        yield _posts(page, options)
        return
    raise PullRefused(
        f"{options['api']} answers 404 to the question for figures, and there is no form at {options['form']} for"
        f" {', '.join(f'{place.database}/{place.table}' for place in places)}. Look the table up in a browser, then"
        " mend `tables` in the source's YAML, or drop its file into the inbox"
    )


def _posts(page: Answer, options: Mapping[str, Any]) -> list[Ask]:
    """The form as a browser would send it, once for each part of the table."""
    form = _form(page)
    fixed, variables, button = [], [], None
    format_name = _FORMAT[0]
    for field in form.xpath(".//input[@name] | .//select[@name]"):
        name, kind = field.get("name"), (field.get("type") or "text").lower()
        if field.tag == "select":
            values = tuple(option.get("value", option.text_content()) for option in field.xpath(".//option"))
            if _FORMAT[0] in name:
                format_name = name
            elif "multiple" in field.attrib and values:
                variables.append(Variable(name, values))
            elif values:
                chosen = field.xpath("string((.//option[@selected] | .//option)[1]/@value)")
                fixed.append((name, str(chosen)))
        elif kind == "submit":
            button = button or (name, field.get("value") or "")
        elif kind in ("hidden", "text") or (kind in ("checkbox", "radio") and "checked" in field.attrib):
            fixed.append((name, field.get("value") or ""))
    if not variables:
        raise PullRefused(f"{page.address} has a form without variables to choose. Open it in a browser")
    fixed += [(format_name, _FORMAT[1]), *([button] if button else [])]
    target = joined(page.address, form.get("action") or "")
    if target is None:
        raise PullRefused(
            f"{page.address} has a form that leads nowhere ({form.get('action')!r}). Open it in a browser"
        )
    selections = split(variables, options.get("max_cells", 100_000), options.get("max_columns"))
    return [
        Ask(
            target,
            part=f"query-{number}" if len(selections) > 1 else None,
            method="POST",
            headers=_FORM,
            body=urlencode([*fixed, *((one.code, value) for one in selection for value in one.values)]),
            suffix=".json",
            judge=data_sets,
        )
        for number, selection in enumerate(selections, start=1)
    ]


def _form(page: Answer) -> Any:
    document = page_of(page)
    forms = [form for form in document.xpath("//form") if form.xpath(".//select[@multiple]")] or document.xpath(
        "//form"
    )
    if not forms:
        raise PullRefused(
            f"{page.address} has no form. Open it in a browser; the publisher may have changed the service"
        )
    return forms[0]
