"""Which editions a report may show: those that were out on its last day, in the version that was out then.

Belongs here: publication days and vintages. Does not belong here: figures.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import duckdb

from quality.report.model import Origin, Publication
from quality.report.period import Period
from quality.report.published import Row, rows
from quality.report.words import published_words

_SHOWN = ("loaded", "last_good_kept")
_EDITIONS = "select * from marts.dim_edition order by index_code, edition_year, basis, vintage"
_CALENDAR = """
select index_code, edition_year, published_on, published_on_precision, published_by
from reporting.rpt_publication_calendar
where edition_year is not null and held
"""

EditionKey = tuple[str, int, str]


@dataclass(frozen=True)
class Edition:
    """One vintage of an edition as the catalog knows it."""

    index_code: str
    year: int
    basis: str
    vintage: int
    publication: Publication
    coverage: str
    load_status: str
    reason: str | None
    territories_published: int | None
    is_current: bool
    origin: Origin

    @property
    def key(self) -> EditionKey:
        return self.index_code, self.year, self.basis

    @property
    def is_shown(self) -> bool:
        return self.load_status in _SHOWN


@dataclass(frozen=True)
class Editions:
    """`shown`: the version of each edition that may be shown; `withheld`: out, without figures; `unsure`: maybe out."""

    shown: dict[EditionKey, Edition]
    withheld: tuple[Edition, ...]
    unsure: tuple[Edition, ...]

    def latest_year(self, index_code: str) -> int | None:
        """The latest edition that was out, with figures or not."""
        out = [*self.shown.values(), *self.withheld]
        return max((edition.year for edition in out if edition.index_code == index_code), default=None)


def read_editions(con: duckdb.DuckDBPyConnection, period: Period, day: date) -> Editions:
    """Sort every edition that the catalog knows by whether it was out on `day`."""
    calendar = {(row["index_code"], row["edition_year"]): row for row in rows(con, _CALENDAR)}
    editions = [_edition(row, calendar) for row in rows(con, _EDITIONS)]
    return sort_editions(editions, period, day)


def sort_editions(editions: Iterable[Edition], period: Period, day: date) -> Editions:
    """The last version that was out counts, in order of vintage; one without figures does not hide one with."""
    shown: dict[EditionKey, Edition] = {}
    withheld: dict[EditionKey, Edition] = {}
    unsure: dict[EditionKey, Edition] = {}
    for edition in editions:
        if edition.publication.is_out(edition.year, period, day):
            (shown if edition.is_shown else withheld)[edition.key] = edition
        elif edition.publication.is_possible_before is not None and edition.publication.is_possible_before <= day:
            unsure[edition.key] = edition
    return Editions(
        shown,
        tuple(withheld.values()),
        tuple(edition for key, edition in unsure.items() if key not in shown and edition.year <= period.year),
    )


def _edition(row: Row, calendar: dict[tuple[str, int], Row]) -> Edition:
    return Edition(
        index_code=row["index_code"],
        year=row["edition_year"],
        basis=row["basis"],
        vintage=row["vintage"],
        publication=_publication(row, calendar.get((row["index_code"], row["edition_year"]))),
        coverage=row["coverage"],
        load_status=row["load_status"],
        reason=row["withheld_reason_vi"],
        territories_published=row["territories_published"],
        is_current=row["is_current"],
        origin=Origin(row["source_url"], row["source_file"], None, row["source_sha256"], row["source_kind"]),
    )


def _publication(row: Row, calendar: Row | None) -> Publication:
    """The edition's own day, else what the calendar knows of its first version."""
    on, precision = row["published_on"], row["published_on_precision"]
    if on is None and calendar is not None and row["vintage"] == 1:
        on, precision = calendar["published_on"], calendar["published_on_precision"]
        return published_words(on, calendar["published_by"], precision)
    return published_words(on, latest_day(on, precision), precision)


def latest_day(on: date | None, precision: str | None) -> date | None:
    """The last day of the month or year that a date stands for."""
    if on is None or precision == "day":
        return on
    if precision == "month":
        return on.replace(day=monthrange(on.year, on.month)[1])
    return on.replace(month=12, day=31)
