"""Cells that several sections share: cited text, who leads, where a row stood.

Belongs here: small pure functions from a row to a cell. Does not belong here: a section.
"""

from collections.abc import Callable, Sequence
from typing import Any

from quality.report import words
from quality.report.layout import Column, Value
from quality.report.model import FallRow, FaultRow, MinorRow, Number, Origin
from quality.report.sources import Numbers, cited

YES_VI, NO_VI = "có", "không"


def traced(of: Callable[[Any], Sequence[Origin]], known: Numbers) -> list[Column[Any]]:
    """Where each row of a workbook stood: it may be filtered, copied and sent without the rest."""
    return [
        Column("Số nguồn", lambda r: cited(of(r), known), workbook=10),
        Column("source_url", lambda r: words.urls(of(r)), workbook=50, role="trace"),
        Column("source_file", lambda r: words.files(of(r)), workbook=28, role="trace"),
        Column("source_locator", lambda r: words.locators(of(r)), workbook=34, role="trace"),
        Column("source_sha256", lambda r: words.hashes(of(r)), workbook=68, role="trace"),
    ]


def lead_columns(width: float) -> list[Column[Any]]:
    def agency(row: FallRow | MinorRow | FaultRow) -> Value:
        return row.lead.agency if row.lead else words.NO_LEAD

    return [
        Column("Cơ quan đầu mối", agency, document=width, workbook=24),
        Column("Căn cứ", lambda r: r.lead.legal_basis if r.lead else None, workbook=34, role="detail"),
    ]


def cited_text(said: str, origins: Sequence[Origin], known: Numbers) -> str:
    return f"{said} {cited(origins, known)}".strip() if said else ""


def yes(value: bool) -> str:
    return YES_VI if value else NO_VI


def count(value: int | None) -> Number | None:
    return None if value is None else Number(value)


def year(value: int | None) -> Number | None:
    return None if value is None else Number(value, is_grouped=False)
