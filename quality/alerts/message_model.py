"""What one message says, before any layout: pieces of news grouped as a reader thinks of them.

Belongs here: choosing, grouping, counting and wording. Does not belong here: HTML, mail, or deciding what is news.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from ingest.settings import ZONE
from quality.alerts.config import Config, Recipient
from quality.alerts.message_parts import (
    NEWS_VI,
    ONBOARDING,
    Fall,
    FaultGroup,
    Links,
    Notice,
    Plan,
    fall_part,
    fault_part,
    plan_part,
)
from quality.alerts.message_remarks import (
    Deadline,
    Ended,
    Incident,
    deadline_part,
    eased_part,
    ended_part,
    incident_part,
)
from quality.alerts.office_hours import CADENCES
from quality.numbers_vi import date_vi, number_vi
from quality.text import one_line
from quality.thresholds import SEVERITIES

REMINDER = "reminder"
_OF_FIGURES = ("regression", "data_fault")
_TITLES: dict[str, tuple[str, str]] = {
    ONBOARDING: ("Bản tin mở đầu", "Opening digest: what the archive holds today"),
    "immediate": ("Cảnh báo", "Alert"),
    "daily": ("Bản tin ngày", "Daily digest"),
    "weekly": ("Bản tin tuần", "Weekly digest"),
    REMINDER: ("Nhắc thời hạn báo cáo", "Reminder of a reporting deadline"),
    "test": ("Thư thử", "Test message"),
}


@dataclass(frozen=True)
class Message:
    """All that a message says to one recipient. Empty parts are not shown."""

    title_vi: str
    title_en: str
    home_name: str
    recipient: str
    day: date
    summary_vi: str
    summary_en: str
    deadlines: tuple[Deadline, ...]
    falls: tuple[Fall, ...]
    minor: tuple[Fall, ...]
    minor_names: tuple[str, ...]
    has_predecessors: bool
    plans: tuple[Plan, ...]
    faults: tuple[FaultGroup, ...]
    incidents: tuple[Incident, ...]
    ended: Ended
    eased: Ended
    still_open: int
    counts: tuple[tuple[int, str, str], ...]
    pages: Links
    plain_pages: tuple[str, ...]
    chart_index: str | None

    @property
    def day_vi(self) -> str:
        return date_vi(self.day)

    @property
    def subject(self) -> str:
        """Subject line: sorts by day, says only counts, so that nothing from a source can reach a header."""
        said = [f"{number_vi(count)} {vi}" for count, vi, _ in self.counts if count]
        return " · ".join([f"[Chiso] {self.day:%Y-%m-%d}", self.title_vi, *said])


def build_message(
    notices: Sequence[Notice],
    recipient: Recipient,
    config: Config,
    home_name: str,
    still_open: int,
    now: datetime,
) -> Message:
    """Say the notices of one recipient, one for each incident."""
    news = sorted(notices, key=lambda one: (_gravity(one), one.details.get("subject_vi") or ""))
    current = [one for one in news if one.transition in NEWS_VI]
    regressions = [one for one in current if one.kind == "regression"]
    of_units = [one for one in regressions if one.details["territory_code"] is not None]
    kind = _kind(news)
    # the gravest first; the picture shows the index of the first
    groups = sorted(_grouped(of_units, _edition_place), key=lambda group: min(map(_gravity, group)))
    falls = [fall_part(group) for group in groups if not _is_minor(group)]
    minor = [fall_part(group) for group in groups if _is_minor(group)]
    is_opening = kind == ONBOARDING
    plans = [plan_part(one) for one in regressions if one.details["territory_code"] is None]
    faults = [one for one in current if one.kind == "data_fault"]
    incidents = [incident_part(one, config) for one in current if one.kind == "pipeline"]
    reminders = [one for one in news if one.transition == REMINDER]
    # the nearest day first, then what has none
    deadlines = [deadline_part(one) for one in sorted(reminders, key=lambda one: one.details["due_on"] or "9999")]
    ended = [one for one in news if one.transition == "resolved"]
    eased = [one for one in news if one.transition == "better"]
    counts = (
        (len(falls), "suy giảm", "falls beyond noise"),
        (len(minor), "lượt giảm nhẹ", "editions with falls within noise or of parts"),
        (len(plans), "chỉ tiêu, dịch vụ công, kỳ công bố cần nhắc", "targets, services or publications to watch"),
        (len(faults), "lỗi dữ liệu", "data faults"),
        (len(incidents), "sự cố hệ thống", "faults of the pipeline"),
        (len(deadlines), "thời hạn báo cáo", "reporting deadlines"),
        (len(ended), "đã kết thúc", "over"),
        (len(eased), "đỡ hơn", "eased"),
    )
    return Message(
        title_vi=_TITLES[kind][0],
        title_en=_TITLES[kind][1],
        home_name=one_line(home_name),
        recipient=recipient.name_vi,
        day=now.astimezone(ZONE).date(),
        summary_vi=f"Có {'; '.join(f'{number_vi(count)} {vi}' for count, vi, _ in counts if count)}.",
        summary_en=f"{'; '.join(f'{en}: {count:,}' for count, _, en in counts if count)}.".capitalize(),
        deadlines=tuple(deadlines),
        falls=tuple(falls),
        # the opening digest tells of years: parts and noise are named there, not told
        minor=() if is_opening else tuple(minor),
        minor_names=tuple(fall.title for fall in minor) if is_opening else (),
        has_predecessors=any(
            one.details["is_of_predecessor"] for group in groups if not _is_minor(group) for one in group
        ),
        plans=tuple(plans),
        faults=tuple(fault_part(group) for group in _grouped(faults, _fault_place)),
        incidents=tuple(incidents),
        ended=ended_part(ended),
        eased=eased_part(eased),
        still_open=still_open,
        counts=counts,
        pages=_pages(news, config),
        plain_pages=() if config.data_docs_url else _plain_pages(news),
        chart_index=next((group[0].details["index_code"] for group in groups if not _is_minor(group)), None),
    )


def test_message(recipient: Recipient, home_name: str, now: datetime) -> Message:
    """A message that says only that it arrived."""
    return Message(
        title_vi=_TITLES["test"][0],
        title_en=_TITLES["test"][1],
        home_name=one_line(home_name),
        recipient=recipient.name_vi,
        day=now.astimezone(ZONE).date(),
        summary_vi="Kênh nhận cảnh báo này hoạt động. Không cần làm gì.",
        summary_en="This channel works. Nothing needs to be done.",
        deadlines=(),
        falls=(),
        minor=(),
        minor_names=(),
        has_predecessors=False,
        plans=(),
        faults=(),
        incidents=(),
        ended=Ended((), 0),
        eased=Ended((), 0),
        still_open=0,
        counts=(),
        pages=(),
        plain_pages=(),
        chart_index=None,
    )


def _kind(news: Sequence[Notice]) -> str:
    if any(one.transition == ONBOARDING for one in news):
        return ONBOARDING
    if all(one.transition == REMINDER for one in news):
        return REMINDER
    return min((one.cadence for one in news if one.transition != REMINDER), key=CADENCES.index)


def _gravity(one: Notice) -> int:
    return -SEVERITIES.index(one.details.get("severity", "info"))


def _grouped(notices: Iterable[Notice], place: Callable[[Notice], tuple[Any, ...]]) -> list[list[Notice]]:
    return [list(group) for _, group in groupby(sorted(notices, key=place), key=place)]


def _edition_place(one: Notice) -> tuple[Any, ...]:
    row = one.details
    return (row["index_code"], -row["edition_year"], row["basis"], row["territory_code"])


def _fault_place(one: Notice) -> tuple[Any, ...]:
    row = one.details
    return (
        _gravity(one),
        -(row["edition_year"] or 0),
        row["index_code"] or "",
        row["basis"] or "",
        row["rule_code"],
        row["remedy_vi"] or "",
        one.transition,
    )


def _is_minor(group: list[Notice]) -> bool:
    return all(one.details["severity"] == "info" for one in group)


def _pages(news: Sequence[Notice], config: Config) -> Links:
    """Where to see more: the findings in Dagster, and the Data Docs page of the first rule."""
    found: list[tuple[str, str]] = []
    if config.dagster_url and any(one.kind in _OF_FIGURES for one in news):
        found.append(("Mọi phát hiện trong Dagster", f"{config.dagster_url}/assets/reporting/rpt_finding"))
    if config.data_docs_url and _has_evidence(news):
        page = next((name for one in news if (name := one.details.get("data_docs_page"))), "index.html")
        found.append(("Bằng chứng (Data Docs)", f"{config.data_docs_url}/{page}"))
    return tuple(found)


def _has_evidence(news: Sequence[Notice]) -> bool:
    """The Data Docs have what was judged, and the checks that could not run."""
    return any(one.kind in _OF_FIGURES or one.details.get("data_docs_page") for one in news)


def _plain_pages(news: Sequence[Notice]) -> tuple[str, ...]:
    """Where the Data Docs lie, for readers who have no address for them."""
    if not _has_evidence(news):
        return ()
    return ("Bằng chứng (Data Docs): tệp quality/data_docs/index.html trên máy chủ Chiso",)
