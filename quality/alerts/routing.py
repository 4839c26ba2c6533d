"""Who is told what, and when: the reviewed table `routes.csv`.

Belongs here: reading and checking the table, and finding the recipients of one piece of news. Does not belong here:
addresses and hours (`config`).
"""

import csv
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from quality.alerts.config import Config, ConfigError
from quality.alerts.office_hours import CADENCES, Cadence
from quality.thresholds import SEVERITIES

ROUTES = Path(__file__).with_name("routes.csv")
LEAD_AGENCY = "@lead_agency"
BOUND = "@bound"
RECEIVING = "@receiving"
ANY = "*"
_PLACEHOLDERS = {"regression": (LEAD_AGENCY,), "data_fault": (LEAD_AGENCY,), "deadline": (BOUND, RECEIVING)}
# what must never fall silent, whatever else the table says
_MUST_BE_TOLD = (
    *(("data_fault", severity) for severity in SEVERITIES),
    *(("regression", severity) for severity in SEVERITIES),
    ("pipeline", "critical"),
    ("deadline", "info"),
)
_COLUMNS = ["kind", "severity", "index_code", "recipient", "cadence", "why"]


@dataclass(frozen=True)
class Route:
    kind: str
    severity: str
    index_code: str
    recipient: str
    cadence: Cadence


class Routes:
    """The table; `of` gives each recipient once, with the most urgent cadence of the rows that fit."""

    def __init__(self, rows: list[Route], recipients: Collection[str]) -> None:
        self._rows = rows
        self._recipients = recipients

    def of(self, kind: str, severity: str, details: Mapping[str, Any]) -> dict[str, Cadence]:
        """Recipients of one piece of news. `details` name the index, the agencies that lead it, or those bound."""
        found: dict[str, Cadence] = {}
        for row in self._rows:
            if (row.kind, row.severity) != (kind, severity) or row.index_code not in (ANY, details.get("index_code")):
                continue
            for recipient in _named(row.recipient, details):
                # every agency of today is a recipient: this one was when the finding was last seen
                if recipient not in self._recipients:
                    continue
                known = found.get(recipient, row.cadence)
                found[recipient] = min(known, row.cadence, key=CADENCES.index)
        return found


def load_routes(config: Config, indices: Collection[str], path: Path = ROUTES) -> Routes:
    """Read the table. Raises ConfigError naming the line of a word that nobody knows, and what nobody would be told."""
    problems, rows = [], []
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != _COLUMNS:
            raise ConfigError(f"{path}: the columns are {', '.join(_COLUMNS)}")
        for line, row in enumerate(reader, start=2):
            kind = row["kind"]
            allowed: dict[str, set[str]] = {
                "kind": {kind for kind, _ in _MUST_BE_TOLD},
                "severity": set(SEVERITIES),
                "index_code": {ANY, *indices},
                "recipient": {*config.recipients, *_PLACEHOLDERS.get(kind, ())},
                "cadence": set(CADENCES),
            }
            for column, words in allowed.items():
                if row[column] not in words:
                    known = ", ".join(sorted(words))
                    problems.append(f"line {line}: unknown {column} {row[column]!r}; one of: {known}")
            cadence = cast(Cadence, row["cadence"])
            rows.append(Route(kind, row["severity"], row["index_code"], row["recipient"], cadence))
    for kind, severity in _MUST_BE_TOLD:
        if not any((row.kind, row.severity, row.index_code) == (kind, severity, ANY) for row in rows):
            problems.append(f"nobody is told of {kind} of severity {severity}; add a row with index_code {ANY}")
    if problems:
        raise ConfigError(f"{path}: " + "; ".join(problems))
    return Routes(rows, config.recipients.keys())


def _named(recipient: str, details: Mapping[str, Any]) -> list[str]:
    """The codes behind a placeholder: an index may have several lead agencies, or none."""
    if recipient == LEAD_AGENCY:
        return [code for code in (details.get("lead_agency_code") or "").split(", ") if code]
    if recipient == BOUND:
        return list(details["bound"])
    if recipient == RECEIVING:
        return [details["recipient_agency_code"]] if details.get("recipient_agency_code") else []
    return [recipient]
