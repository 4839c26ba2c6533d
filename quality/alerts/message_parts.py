"""The parts of a message about figures: falls, targets and publications, data faults.

Belongs here: wording one part from the notices that it is made of. Does not belong here: which parts a message has.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from quality.alerts.office_hours import Cadence
from quality.numbers_vi import date_vi, number_vi
from quality.suites.wording import SEVERITY_VI, SOURCE_KIND_VI, edition_vi
from quality.text import links
from quality.thresholds import SEVERITIES

SHOWN_PER_RULE = 3
COMPONENTS_SHOWN = 5
ONBOARDING = "onboarding"
# the transitions under which an incident is there
NEWS_VI = {"opened": "Mới", "reopened": "Tái diễn", "returned": "Trở lại", "worse": "Nặng hơn", ONBOARDING: ""}
_PRECISION: dict[str, Callable[[date], str]] = {
    "day": date_vi,
    "month": lambda day: f"tháng {day:%m/%Y}",
    "year": lambda day: f"năm {day:%Y}",
}

Links = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Notice:
    """One piece of news for one recipient; a reminder is of no incident."""

    incident_id: str | None
    kind: str
    transition: str
    cadence: Cadence
    details: dict[str, Any]


@dataclass(frozen=True)
class Change:
    """One figure that got worse: 'Tổng điểm: 65,25 → 64,10 (giảm 1,15 điểm)', and how sure it is."""

    what: str
    before: str
    after: str
    change: str
    certainty: str


@dataclass(frozen=True)
class Fall:
    """One index, edition and territory that got worse: totals in `changes`, parts in `components`."""

    news: str
    title: str
    index_name: str
    sentence: str
    previous: str
    standing: str
    changes: tuple[Change, ...]
    components: tuple[Change, ...]
    more_components: int
    lead: str
    legal_basis: str
    remedy: str
    origin: str
    links: Links


@dataclass(frozen=True)
class Plan:
    """A target that is missed or out of reach, or a publication that is late."""

    news: str
    title: str
    subject: str
    expected: str
    observed: str
    lead: str
    legal_basis: str
    remedy: str
    links: Links


@dataclass(frozen=True)
class FaultExample:
    subject: str
    expected: str
    observed: str


@dataclass(frozen=True)
class FaultGroup:
    """Faults of one rule in one edition: how many, the first few, what to do."""

    news: str
    title: str
    rule: str
    severity: str
    count: str
    examples: tuple[FaultExample, ...]
    more: int
    lead: str
    remedy: str
    origin: str
    links: Links


def fall_part(group: list[Notice]) -> Fall:
    rows = [one.details for one in group]
    parts = [row for row in rows if row["severity"] == "info" and row["component_code"] != "total"]
    totals = sorted((row for row in rows if row not in parts), key=_importance)
    named = [row for row in parts if row["is_top_component"]]
    # first what cost the total most, where the weights are known
    shown = sorted(named, key=lambda row: (row["measure"] == "rank", row["contribution"] or 0.0, -abs(row["change"])))
    shown = shown[:COMPONENTS_SHOWN]
    # the gravest says what happened and what to do
    first = min(totals or shown or parts, key=lambda row: -SEVERITIES.index(row["severity"]))
    return Fall(
        news=_news(group),
        title=f"{edition_vi(first)} · {first['territory_label_vi']}",
        index_name=first["index_name_vi"] or "",
        sentence=first["message_vi"],
        previous=str(first["previous_edition_year"]),
        standing=_standing(totals),
        changes=tuple(_change(row) for row in totals),
        components=tuple(_change(row) for row in shown),
        more_components=len(parts) - len(shown),
        lead=first["lead_agency_vi"] or "chưa có phân công",
        legal_basis=first["legal_basis"] or "",
        remedy=first["remedy_vi"] or "",
        origin=_origin(first),
        links=links(*(row["source_url"] for row in rows))[:3],
    )


def _importance(row: dict[str, Any]) -> tuple[Any, ...]:
    """Totals before parts, scores before ranks, the plain fall before what follows from it."""
    return (
        row["component_code"] != "total",
        row["measure"] == "rank",
        not row["rule_code"].startswith("score_fell"),
        row["rule_code"],
    )


def _standing(totals: list[dict[str, Any]]) -> str:
    """The place among how many, published or ours, with its interval; empty where none is known or a change says it."""
    if any(row["measure"] == "rank" and row["component_code"] == "total" for row in totals):
        return ""
    for row in totals:
        if row["rank"] is not None and row["component_code"] == "total":
            among = f" trên {number_vi(row['ranked_among'])}" if row["ranked_among"] is not None else ""
            kind = "tính từ điểm công bố" if row["is_rank_computed"] else "công bố"
            low, high = row["rank_interval_low"], row["rank_interval_high"]
            span = f"; khoảng 90%: {number_vi(low)} đến {number_vi(high)}" if low is not None else ""
            return f"Hạng {number_vi(row['rank'])}{among} ({kind}{span})"
    return ""


def _change(row: dict[str, Any]) -> Change:
    is_rank = row["measure"] == "rank"
    among = f" trên {number_vi(row['ranked_among'])}" if is_rank and row["ranked_among"] is not None else ""
    name = row["component_name_vi"] or row["component_code"]
    return Change(
        what=f"{name}, thứ hạng" if is_rank else name,
        before=row["before_vi"],
        after=f"{row['after_vi']}{among}",
        change=row["change_vi"] + (", trong mức nhiễu" if row["rule_code"].endswith("_within_noise") else ""),
        certainty=row["certainty_vi"] or "",
    )


def plan_part(one: Notice) -> Plan:
    row = one.details
    return Plan(
        news=NEWS_VI[one.transition],
        title=row["title_vi"],
        subject=row["subject_vi"],
        expected=row["expected"],
        observed=row["observed"],
        lead=row["lead_agency_vi"] or "chưa có phân công",
        legal_basis=row["legal_basis"] or "",
        remedy=row["remedy_vi"] or "",
        links=links(row["source_url"]),
    )


def fault_part(group: list[Notice]) -> FaultGroup:
    # the home province's own figures are the first examples
    rows = [one.details for one in sorted(group, key=lambda one: not one.details["is_of_home"])]
    first = rows[0]
    return FaultGroup(
        news=_news(group),
        title=_title(first),
        rule=first["title_vi"],
        severity=SEVERITY_VI[first["severity"]],
        count=f"{number_vi(len(rows))} chỗ",
        examples=tuple(FaultExample(_short(row), row["expected"], row["observed"]) for row in rows[:SHOWN_PER_RULE]),
        more=max(0, len(rows) - SHOWN_PER_RULE),
        lead=first["lead_agency_vi"] or "",
        remedy=first["remedy_vi"] or "",
        origin=_origin(first),
        links=links(*(row["source_url"] for row in rows[:SHOWN_PER_RULE]))[:3],
    )


def _title(row: dict[str, Any]) -> str:
    """The edition; what belongs to none is called by the first part of its subject."""
    return edition_vi(row) if row["index_code"] else str(row["subject_vi"]).partition(" · ")[0]


def _short(row: dict[str, Any]) -> str:
    """The subject without what the group's title says already."""
    return str(row["subject_vi"]).removeprefix(_title(row)).removeprefix(" · ") or _title(row)


def _news(group: list[Notice]) -> str:
    said = {NEWS_VI[one.transition] for one in group}
    return next((words for words in ("Mới", "Tái diễn", "Trở lại", "Nặng hơn") if words in said), "")


def _origin(row: dict[str, Any]) -> str:
    """When the edition came out and how close to the publisher its figures are; empty for what belongs to none."""
    if not row["index_code"]:
        return ""
    said = row.get("published_on")
    when = "chưa rõ ngày công bố"
    if said:
        when = f"công bố {_PRECISION[row['published_on_precision'] or 'day'](date.fromisoformat(said))}"
    kind = SOURCE_KIND_VI.get(row.get("source_kind") or "")
    return f"{when}; nguồn: {kind}" if kind else when
