"""PX-Web of a statistics office: the whole of one table as JSON-stat2, through its API or else through its web form.

The table may be published in several languages under several names, its database may be unknown, and the API may
answer 404 to the question for figures though it lists the table. So: the declared places first, then the API's own
lists, then the form.
"""

import json
import math
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

from ingest.pull.connectors import px_form
from ingest.pull.connectors.px_split import Variable, split
from ingest.pull.connectors.px_stat import data_sets
from ingest.pull.connectors.steps import Steps
from ingest.pull.faults import PullRefused
from ingest.pull.request import Answer, Ask
from ingest.pull.source import PullSource

_MOST_DATABASES = 40
_JSON = (("Content-Type", "application/json"),)


@dataclass(frozen=True)
class Place:
    """Where a table stands: address parts of the API and of the form."""

    language: str
    database: str
    table: str


def steps(source: PullSource, partition: str) -> Steps:
    options = source.options
    tables: Mapping[str, Mapping[str, str]] = options["tables"]
    declared = [Place(language, one["database"], one["table"]) for language, one in tables.items() if "database" in one]
    found = yield from _first_with_metadata(options, declared)
    if found is None:
        searched = yield from _search(options)
        found = yield from _first_with_metadata(options, searched)
        declared += searched
    if found is not None:
        place, variables = found
        answered = yield from _query(options, place, variables)
        if answered:
            return
    if "form" not in options or not declared:
        raise PullRefused(
            f"{options['api']}: {' or '.join(one['table'] for one in tables.values())} is in no database. Look"
            " it up in a browser, then mend `tables` in the source's YAML"
        )
    yield from px_form.steps(options, declared)


def _first_with_metadata(
    options: Mapping[str, Any], places: list[Place]
) -> Generator[list[Ask], list[Answer], tuple[Place, list[Variable]] | None]:
    for place in places:
        [answer] = yield [
            Ask(
                _api(options, place),
                "index",
                part=f"metadata-{place.language}",
                suffix=".json",
                then="then the figures by POST to the same address, as JSON-stat2; the lists and the form on 404",
                may_be_missing=True,
                judge=_variables,
            )
        ]
        if not answer.missing:
            return place, _variables(answer)
    return None


def _search(options: Mapping[str, Any]) -> Generator[list[Ask], list[Answer], list[Place]]:
    """Look through the lists of databases, language by language, until one holds the table."""
    for language, one in options["tables"].items():
        root = options["api"].replace("{language}", language)
        [answer] = yield [
            Ask(
                root,
                "index",
                part=f"databases-{language}",
                suffix=".json",
                then="then the list of each database, until one holds the table",
                may_be_missing=True,
            )
        ]
        if answer.missing:
            continue
        for database in _ids(answer, "dbid", "id")[:_MOST_DATABASES]:
            [listed] = yield [
                Ask(
                    f"{root}{database}/",
                    "index",
                    part=f"tables-{language}-{database}",
                    suffix=".json",
                    may_be_missing=True,
                )
            ]
            if not listed.missing and one["table"] in _ids(listed, "id"):
                return [Place(language, database, one["table"])]
    return []


def _query(
    options: Mapping[str, Any], place: Place, variables: list[Variable]
) -> Generator[list[Ask], list[Answer], bool]:
    """Ask for all cells; False when the service has no such function (404)."""
    selections = split(variables, options.get("max_cells", 100_000), options.get("max_columns"))
    asks = [
        Ask(
            _api(options, place),
            part=f"query-{number}" if len(selections) > 1 else None,
            method="POST",
            headers=_JSON,
            body=_body(selection),
            suffix=".json",
            may_be_missing=number == 1,
            judge=data_sets,
        )
        for number, selection in enumerate(selections, start=1)
    ]
    [first] = yield asks[:1]
    if first.missing:
        return False
    if asks[1:]:
        yield asks[1:]
    return True


def _body(selection: list[Variable]) -> str:
    query = [{"code": one.code, "selection": {"filter": "item", "values": list(one.values)}} for one in selection]
    return json.dumps({"query": query, "response": {"format": "json-stat2"}}, ensure_ascii=False)


def _variables(answer: Answer) -> list[Variable]:
    document = answer.json()
    try:
        variables = [Variable(one["code"], tuple(one["values"])) for one in document["variables"]]
    except (KeyError, TypeError) as error:
        raise PullRefused(f"{answer.address} describes no table: {str(document)[:300]}") from error
    if not variables or math.prod(len(one.values) for one in variables) == 0:
        raise PullRefused(f"{answer.address} describes a table without cells")
    return variables


def _ids(answer: Answer, *names: str) -> list[str]:
    document = answer.json()
    items = [item for item in document if isinstance(item, dict)] if isinstance(document, list) else []
    return [str(next(item[name] for name in names if name in item)) for item in items if set(names) & set(item)]


def _api(options: Mapping[str, Any], place: Place) -> str:
    return f"{options['api'].replace('{language}', place.language)}{place.database}/{place.table}/"
