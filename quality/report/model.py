"""What a report says, before any layout: one dataclass for each kind of row, with its sources.

Belongs here: the shapes that readers fill and both files are made of. Does not belong here: queries, columns, words.
"""

from dataclasses import dataclass
from datetime import date

from quality.report.period import Period


@dataclass(frozen=True)
class Number:
    """A figure and the decimals that it was printed with. A year is not grouped."""

    value: float
    decimals: int = 0
    is_grouped: bool = True


@dataclass(frozen=True)
class Origin:
    """Where a figure stood: address, archived file with its hash, place in the file. Empty where the file says none."""

    url: str | None
    file: str | None
    locator: str | None
    sha256: str | None
    kind: str | None

    @property
    def source(self) -> tuple[str, str, str]:
        """What makes two places parts of one source."""
        return self.url or "", self.file or "", self.sha256 or ""


@dataclass(frozen=True)
class Publication:
    """What is known of the day: `on` when the day is, `by` the day on which it was certainly out, `words` as known."""

    on: date | None
    by: date | None
    is_day_known: bool
    words: str
    is_possible_before: date | None = None

    def is_out(self, edition_year: int, period: Period, day: date) -> bool:
        """Whether an edition counts as published on `day`; without any date only when its year lies before."""
        return self.by <= day if self.by is not None else edition_year < period.year


@dataclass(frozen=True)
class Lead:
    """Who answers for an index on the report's last day, and by which document."""

    agency: str
    legal_basis: str
    origins: tuple[Origin, ...]


@dataclass(frozen=True)
class Change:
    """A figure beside that of the edition before. `is_comparable` is None where there is nothing to compare."""

    before: Number
    difference: Number
    is_comparable: bool
    is_computed: bool
    break_reason: str | None


@dataclass(frozen=True)
class IndexRow:
    """One unit's figures in one edition, or the statement that there are none (`score` and `rank` empty)."""

    index_code: str
    index_name: str
    level: str
    in_plan: bool
    territory_code: str
    unit: str
    edition_year: int | None
    edition: str
    basis: str | None
    score: Number | None
    score_text: str | None
    rank: int | None
    ranked_among: int | None
    is_rank_computed: bool
    tier: str | None
    previous_year: int | None
    score_change: Change | None
    rank_change: Change | None
    publication: Publication | None
    source_kind: str | None
    coverage: str | None
    territories_published: int | None
    is_last_good: bool
    remarks: tuple[str, ...]
    lead: Lead | None
    origins: tuple[Origin, ...]
    before_origins: tuple[Origin, ...]

    @property
    def has_figure(self) -> bool:
        return self.score is not None or self.rank is not None or self.tier is not None


@dataclass(frozen=True)
class FallRow:
    """One regression of severity warn or critical."""

    edition: str
    unit: str
    severity: str
    title: str
    message: str
    certainty: str
    remedy: str
    lead: Lead | None
    origins: tuple[Origin, ...]


@dataclass(frozen=True)
class MinorRow:
    """How many regressions of severity info one rule found in one edition and unit."""

    edition: str
    unit: str
    title: str
    count: int
    lead: Lead | None
    origins: tuple[Origin, ...]


@dataclass(frozen=True)
class FaultRow:
    """The data faults of one rule in one edition: how many, an example, what to do. `role`: what the edition is for."""

    edition: str
    role: str
    severity: str
    title: str
    count: int
    example: str
    remedy: str
    lead: Lead | None
    origins: tuple[Origin, ...]


@dataclass(frozen=True)
class TargetRow:
    """A target of the plan and the latest actual figure up to the report's last day, if there is any."""

    is_service_quality: bool
    name: str
    unit: str
    target: str
    target_low: Number
    target_high: Number | None
    reference_year: int
    due_on: date | None
    actual: Number | None
    actual_qualifier: str
    actual_period: str | None
    status: str
    remark: str
    lead: str
    section: str
    plan_origins: tuple[Origin, ...]
    origins: tuple[Origin, ...]


@dataclass(frozen=True)
class CalendarRow:
    """One edition in the calendar as it stood on the report's last day. `state` is a key of `words.CALENDAR_VI`."""

    state: str
    edition: str
    name: str
    published_on: date | None
    published: str
    expected_by: date | None
    days_late: int | None
    lead: str
    origins: tuple[Origin, ...]


@dataclass(frozen=True)
class DeadlineRow:
    """A report that the plan asks for. `due_on` is empty for one that recurs."""

    what: str
    due_on: date | None
    recurrence: str
    responsible: str
    recipient: str
    section: str
    status: str
    is_of_this_report: bool
    origins: tuple[Origin, ...]


@dataclass(frozen=True)
class Gap:
    """Something that the report cannot say, or not surely."""

    kind: str
    subject: str
    text: str
    origins: tuple[Origin, ...]


@dataclass(frozen=True)
class Source:
    """One numbered source with the places in it that the report's figures stood in."""

    number: int
    kind: str
    url: str | None
    file: str | None
    sha256: str | None
    locators: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """All that a report says. `day` is the last day it knows of; `judged_on` the day its findings were made as of.

    `drawn` names the editions that a picture may show: index, edition year, basis.
    """

    period: Period
    as_of: date
    day: date
    home_name: str
    home_name_en: str
    recipient: str
    due_on: date | None
    judged_on: date | None
    content_sha256: str | None
    indices: tuple[IndexRow, ...]
    falls: tuple[FallRow, ...]
    minor: tuple[MinorRow, ...]
    faults: tuple[FaultRow, ...]
    targets: tuple[TargetRow, ...]
    calendar: tuple[CalendarRow, ...]
    deadlines: tuple[DeadlineRow, ...]
    gaps: tuple[Gap, ...]
    sources: tuple[Source, ...]
    drawn: tuple[tuple[str, int, str], ...]
