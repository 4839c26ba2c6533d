"""Why an incident that is no longer found is over, or that nobody can know yet.

Belongs here: telling mended from replaced, superseded, withdrawn and not checked. Nothing here changes anything.
"""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any, Literal

from quality.alerts.judgement import Edition, Judgement
from quality.findings import SUBJECT, finding_id, subject_id

EndReason = Literal["mended", "replaced", "superseded", "withdrawn", "home_changed"]
CHECK_ERROR = "check_error"
# figures of such an edition were judged: its own, or those accepted last
_JUDGED = ("loaded", "last_good_kept")
_NOT_HELD = ("excluded",)


def end_reason(
    row: sqlite3.Row, judgement: Judgement, still_found: set[str], opening: set[tuple[Any, ...] | None]
) -> EndReason | None:
    """Why an incident that is no longer among the findings is over, or None where nobody can know.

    It is mended only where the rule judged the same subject again. What could not be checked stays open; what is not
    there to be checked is withdrawn; a fall that another rule begins to tell (`opening`) is replaced.
    """
    if row["incident_id"] in still_found:
        return "superseded"
    details = json.loads(row["details"])
    if row["kind"] == "pipeline":
        known = {finding_id(CHECK_ERROR, rule_code) for rule_code in judgement.outcomes}
        return "mended" if row["incident_id"] in known else "withdrawn"
    outcome = judgement.outcomes.get(row["rule_code"])
    if outcome == "error":
        return None
    if outcome is None or (details["index_code"] or "") not in judgement.indices | {""}:
        return "withdrawn"
    if details["basis"] is not None:
        # what was withheld is judged again when it is let in: figures that stand in for it say nothing about it
        needed = [(_own_vintage(details, judgement), ("loaded",) if details["is_withheld"] else _JUDGED)]
        if details["previous_edition_year"] is not None:
            needed.append((_edition_before(details, judgement), _JUDGED))
        for vintages, judged in needed:
            held = [one for one in vintages if one.load_status not in _NOT_HELD]
            if not held:
                return "withdrawn"
            if not any(one.load_status in judged for one in held):
                return None
    if row["kind"] == "regression" and subject_of(details) in opening:
        return "replaced"
    is_judged = {row["incident_id"], subject_id(row["rule_code"], details)} & judgement.judged
    return "mended" if is_judged else "withdrawn"


def subject_of(row: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """What a fall is of; None for a target or a publication, which have rules of their own."""
    return tuple(row[key] for key in SUBJECT) if row["territory_code"] is not None else None


def _own_vintage(details: Mapping[str, Any], judgement: Judgement) -> tuple[Edition, ...]:
    """The vintage that the finding was about; the others where that one is gone."""
    vintages = judgement.edition(details)
    return tuple(one for one in vintages if one.vintage == details["vintage"]) or vintages


def _edition_before(details: Mapping[str, Any], judgement: Judgement) -> tuple[Edition, ...]:
    """The vintages of the edition that it was compared with: on the same list, else on another one."""
    year = details["index_code"], details["previous_edition_year"]
    found = tuple(one for one in judgement.editions if (one.index_code, one.edition_year) == year)
    return tuple(one for one in found if one.basis == details["basis"]) or found


def is_of_another_home(row: sqlite3.Row, judgement: Judgement) -> bool:
    """Whether it is about the home province, or a part of it, of an earlier judgement."""
    details = json.loads(row["details"])
    return details["is_of_home"] and details["territory_code"] not in judgement.merged | {judgement.territory}
