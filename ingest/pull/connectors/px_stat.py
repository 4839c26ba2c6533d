"""Whether PX-Web answered with figures: it reports some of its errors with status 200."""

from typing import Any

from ingest.formats import json_text
from ingest.pull.faults import PullRefused
from ingest.pull.request import Answer


def data_sets(answer: Answer) -> list[dict[str, Any]]:
    """The data sets of JSON-stat in an answer. Raises PullRefused when there are none."""
    document = answer.json()
    found = json_text.datasets(document)
    if not found or not all(isinstance(one.get("value"), list | dict) and one["value"] for one in found):
        raise PullRefused(
            f"{answer.address} gives no figures but {str(document)[:300]!r}. Try it again later; if it stays so, look"
            " the table up in a browser and mend the source's YAML"
        )
    return found
