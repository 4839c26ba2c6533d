"""The parts of a message that are not about figures: faults of the pipeline, deadlines, what is over or eased.

Belongs here: wording one part from the notices that it is made of. Does not belong here: which parts a message has.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from quality.alerts.config import Config
from quality.alerts.message_parts import NEWS_VI, SHOWN_PER_RULE, Links, Notice
from quality.numbers_vi import date_vi, number_vi
from quality.suites.wording import edition_vi
from quality.text import one_line

ENDED_SHOWN = 20
_END_VI = {
    "mended": "đã được khắc phục",
    "replaced": "nay được báo ở mục khác của cùng đối tượng",
    "superseded": "đã có kỳ công bố mới hơn",
    "withdrawn": "không còn được xét; chưa phải là đã khắc phục",
}


@dataclass(frozen=True)
class Incident:
    """A fault of the pipeline: a run that failed, a check that could not run."""

    news: str
    title: str
    subject: str
    sentence: str
    error: str
    remedy: str
    links: Links


@dataclass(frozen=True)
class Deadline:
    """A report that the plan asks for, and for when."""

    what: str
    when: str
    who: str
    to: str
    basis: str


@dataclass(frozen=True)
class Ended:
    """What is over or less than it was, in one line each, and how many more."""

    lines: tuple[str, ...]
    more: int


def incident_part(one: Notice, config: Config) -> Incident:
    row = one.details
    run = row.get("run_id")
    page = (
        ((f"Dagster, lượt chạy {run[:8]}", f"{config.dagster_url}/runs/{run}"),) if run and config.dagster_url else ()
    )
    return Incident(
        news=NEWS_VI[one.transition],
        title=row["title_vi"],
        subject=row["subject_vi"],
        sentence=row["message_vi"],
        error=config.mask(one_line(row["observed"])),
        remedy=row["remedy_vi"],
        links=page,
    )


def deadline_part(one: Notice) -> Deadline:
    row = one.details
    if row["due_on"] is None:
        when = f"tháng {row['month']}; kế hoạch không nêu ngày"
    else:
        when = f"chậm nhất ngày {date_vi(date.fromisoformat(row['due_on']))}"
    basis = f"Kế hoạch triển khai Nghị quyết 02/NQ-CP, mục {row['section']}" if row["section"] else ""
    return Deadline(row["what_vi"], when, row["responsible_vi"], row["recipient_vi"] or "", basis)


def ended_part(notices: list[Notice]) -> Ended:
    """What is over, and why. Those of one rule in one edition are counted when they are many."""
    groups: dict[tuple[str, ...], list[Notice]] = {}
    for one in notices:
        row = one.details
        groups.setdefault((row["title_vi"], _whole(one), _END_VI[row["end_reason"]]), []).append(one)
    said: list[str] = []
    for (title, whole, reason), group in groups.items():
        if len(group) > SHOWN_PER_RULE:
            said.append(f"{title} · {whole}: {number_vi(len(group))} mục {reason}")
        else:
            said += [f"{_name(one)}: {reason}" for one in group]
    return _lines(said)


def eased_part(notices: list[Notice]) -> Ended:
    """What is less than it was."""
    return _lines(f"{_name(one)}: nay {one.details['observed']}" for one in notices)


def _lines(said: Iterable[str]) -> Ended:
    lines = list(dict.fromkeys(said))
    return Ended(tuple(lines[:ENDED_SHOWN]), max(0, len(lines) - ENDED_SHOWN))


def _whole(one: Notice) -> str:
    """What an incident is one of many in: the edition, for a fall that of its territory; else the incident itself."""
    row = one.details
    if one.kind == "data_fault":
        return edition_vi(row)
    if one.kind == "regression" and row["territory_code"] is not None:
        return f"{edition_vi(row)} · {row['territory_label_vi']}"
    return str(row["subject_vi"])


def _name(one: Notice) -> str:
    return f"{one.details['title_vi']} · {one.details['subject_vi']}"
