"""What the rules found in the editions that the report shows, and in those that they are compared with.

Belongs here: choosing, counting and grouping findings. Does not belong here: deciding what is a finding; targets and
late publications, which the report works out as of its own last day (`plan`, `publication_calendar`).
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from typing import Any

import duckdb

from quality.report.editions import EditionKey, Editions
from quality.report.model import FallRow, FaultRow, IndexRow, Lead, MinorRow, Origin
from quality.report.published import Row, rows
from quality.suites.wording import SEVERITY_VI, edition_vi

SHOWN, COMPARED, WITHHELD = "kỳ báo cáo", "kỳ so sánh", "kỳ bị giữ lại"
NO_CERTAINTY = "chưa đánh giá được"
_SEVERITIES = tuple(SEVERITY_VI)
_ROLES = (SHOWN, COMPARED, WITHHELD)
_FINDINGS = "select * from reporting.rpt_finding where edition_year is not null order by finding_id"
_FILES = """
select source_file, min(source_sha256) as sha256
from (
    select distinct source_file, source_sha256 from marts.edition_source
    union
    select distinct source_file, source_sha256 from marts.dim_edition
)
group by source_file
having count(distinct source_sha256) = 1
"""

Findings = tuple[tuple[FallRow, ...], tuple[MinorRow, ...], tuple[FaultRow, ...]]


def read_findings(
    con: duckdb.DuckDBPyConnection, shown: Iterable[IndexRow], editions: Editions, leads: dict[str, Lead]
) -> Findings:
    """Falls, the count of minor ones, and data faults of the editions shown."""
    indices = [row for row in shown if row.edition_year is not None and row.basis is not None]
    units = {_subject(row): place for place, row in enumerate(indices)}
    roles = _roles(indices, editions)
    hashes = {row["source_file"]: row["sha256"] for row in rows(con, _FILES)}
    found = [row for row in rows(con, _FINDINGS) if _is_of_its_version(row, editions)]
    regressions = [row for row in found if row["kind"] == "regression" and _finding_subject(row) in units]
    regressions.sort(key=lambda row: (units[_finding_subject(row)], _importance(row)))
    faults = [row for row in found if row["kind"] == "data_fault" and _edition(row) in roles]
    return (
        tuple(_fall(row, leads, hashes) for row in regressions if row["severity"] != "info"),
        _minor([row for row in regressions if row["severity"] == "info"], leads, hashes),
        _faults(faults, roles, {row.territory_code for row in indices}, leads, hashes),
    )


def _roles(indices: list[IndexRow], editions: Editions) -> dict[EditionKey, str]:
    """What each edition is in this report; the first role that it has."""
    roles: dict[EditionKey, str] = {}
    for row in indices:
        roles.setdefault((row.index_code, row.edition_year or 0, row.basis or ""), SHOWN)
    for row in indices:
        if row.previous_year is not None:
            roles.setdefault((row.index_code, row.previous_year, row.basis or ""), COMPARED)
    for edition in editions.withheld:
        roles.setdefault(edition.key, WITHHELD)
    return roles


def _is_of_its_version(row: Row, editions: Editions) -> bool:
    """A finding about a version that came after the one shown is news of a later day."""
    edition = editions.shown.get(_edition(row))
    return edition is None or row["vintage"] is None or row["vintage"] <= edition.vintage


def _fall(row: Row, leads: dict[str, Lead], hashes: dict[str, str]) -> FallRow:
    return FallRow(
        edition=edition_vi(row),
        unit=row["territory_label_vi"] or row["territory_code"],
        severity=SEVERITY_VI[row["severity"]],
        title=row["title_vi"],
        message=row["message_vi"],
        certainty=row["certainty_vi"] or NO_CERTAINTY,
        remedy=row["remedy_vi"] or "",
        lead=leads.get(row["index_code"]),
        origins=_origins([row], hashes),
    )


def _minor(found: list[Row], leads: dict[str, Lead], hashes: dict[str, str]) -> tuple[MinorRow, ...]:
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in found:
        groups[(*_finding_subject(row), row["title_vi"])].append(row)
    return tuple(
        MinorRow(
            edition=edition_vi(own[0]),
            unit=own[0]["territory_label_vi"] or own[0]["territory_code"],
            title=own[0]["title_vi"],
            count=len(own),
            lead=leads.get(own[0]["index_code"]),
            origins=_origins(own, hashes),
        )
        for own in groups.values()
    )


def _faults(
    found: list[Row], roles: dict[EditionKey, str], home: set[str], leads: dict[str, Lead], hashes: dict[str, str]
) -> tuple[FaultRow, ...]:
    def place(row: Row) -> tuple[Any, ...]:
        return (
            _SEVERITIES.index(row["severity"]),
            _ROLES.index(roles[_edition(row)]),
            row["index_code"],
            -row["edition_year"],
            row["basis"] or "",
            row["rule_code"],
        )

    # the home province's own figures are the example, if it is concerned
    ordered = sorted(found, key=lambda row: (place(row), row["territory_code"] not in home, row["finding_id"]))
    groups = [list(own) for _, own in groupby(ordered, key=place)]
    return tuple(
        FaultRow(
            edition=edition_vi(own[0]),
            role=roles[_edition(own[0])],
            severity=SEVERITY_VI[own[0]["severity"]],
            title=own[0]["title_vi"],
            count=len(own),
            example=own[0]["message_vi"],
            remedy=own[0]["remedy_vi"] or "",
            lead=leads.get(own[0]["index_code"]),
            origins=_origins(own[:1], hashes),
        )
        for own in groups
    )


def _origins(found: list[Row], hashes: dict[str, str]) -> tuple[Origin, ...]:
    """Where the judged figures stood. The kind of the source is not known of a finding."""
    places = dict.fromkeys((row["source_url"], row["source_locator"]) for row in found)
    made = []
    for url, locator in places:
        file = locator.split("#", 1)[0] if locator else None
        if url or locator:
            made.append(Origin(url, file, locator, hashes.get(file or ""), None))
    return tuple(made)


def _importance(row: Row) -> tuple[Any, ...]:
    return (
        _SEVERITIES.index(row["severity"]),
        row["component_code"] or "",
        row["measure"] != "score",
        row["rule_code"],
        row["finding_id"],
    )


def _edition(row: Row) -> EditionKey:
    return row["index_code"], row["edition_year"], row["basis"] or ""


def _finding_subject(row: Row) -> tuple[str, int, str, str | None]:
    return (*_edition(row), row["territory_code"])


def _subject(row: IndexRow) -> tuple[str, int, str, str | None]:
    return row.index_code, row.edition_year or 0, row.basis or "", row.territory_code
