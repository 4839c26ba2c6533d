"""What the digest says, before any layout: read from `rpt_finding` and `rpt_check`, grouped for a reader.

Belongs here: choosing, grouping and counting. Does not belong here: HTML, mail, or deciding what is a finding.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from quality.numbers_vi import date_vi, number_vi
from quality.suites.wording import edition_vi, index_label

SHOWN_PER_RULE = 3
COMPONENTS_SHOWN = 5
LINK_LABEL = 40
_URL = re.compile(r"https?://[^\s;,\"'<>()]+")
# Line breaks and other control characters from a source must not start a line of their own in a message.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
# A dimension and its own parts would say the same fall twice: only what the total is made of is named.
_TOP_COMPONENTS = """
select c.index_code, c.component_code
from marts.dim_component as c
join marts.dim_component as p on p.index_code = c.index_code and p.component_code = c.parent_component_code
where p.kind = 'total'
"""
_MERGED = """
select predecessor_code
from marts.territory_predecessor
where territory_code = ? and relation = 'merged'
"""
SEVERITY_VI = {"critical": "nghiêm trọng", "warn": "cần xem", "info": "để biết"}


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
    """One index, edition and territory that got worse beyond noise: totals in `changes`, parts in `components`."""

    title: str
    index_name: str
    previous: str
    changes: tuple[Change, ...]
    components: tuple[Change, ...]
    more_components: int
    lead: str
    legal_basis: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Reminder:
    """A target that is missed or out of reach, or a publication that is late."""

    title: str
    subject: str
    expected: str
    observed: str
    lead: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FaultExample:
    subject: str
    expected: str
    observed: str


@dataclass(frozen=True)
class FaultGroup:
    """Faults of one rule in one edition: how many, the first few, what to do."""

    title: str
    rule: str
    severity: str
    count: str
    examples: tuple[FaultExample, ...]
    more: int
    remedy: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Broken:
    """A check that could not run: a fault of the pipeline."""

    rule: str
    text: str


@dataclass(frozen=True)
class Digest:
    """All that a digest says. `falls` are of the latest editions only; what is older is counted in `older`.

    `minor` names the editions in which only parts fell, or only within noise.
    """

    home_name: str
    as_of: date
    day: str
    summary_vi: str
    summary_en: str
    falls: tuple[Fall, ...]
    has_predecessors: bool
    minor: tuple[str, ...]
    reminders: tuple[Reminder, ...]
    older: tuple[str, ...]
    older_count: int
    faults: tuple[FaultGroup, ...]
    fault_count: int
    broken: tuple[Broken, ...]
    rules_run: str
    subjects_judged: str

    @property
    def subject(self) -> str:
        """Subject line: sorts by date, says only counts, so nothing from a source can reach a header."""
        parts = [
            f"{len(self.falls)} suy giảm" if self.falls else "",
            f"{len(self.reminders)} nhắc việc" if self.reminders else "",
            f"{self.fault_count} lỗi dữ liệu" if self.fault_count else "",
            f"{len(self.broken)} kiểm tra không chạy được" if self.broken else "",
        ]
        said = " · ".join(part for part in parts if part) or "không có phát hiện mới"
        return f"[Chiso] {self.as_of:%Y-%m-%d} · {said}"


def read_digest(warehouse: Path, as_of: date, home_territory: str) -> Digest:
    """Build the digest from the working or published file. Raises duckdb.Error when findings were never written."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        findings = _rows(con, "select * from reporting.rpt_finding order by finding_id")
        checks = _rows(con, "select * from reporting.rpt_check order by rule_code")
        top = set(con.execute(_TOP_COMPONENTS).fetchall())
        merged = {code for (code,) in con.execute(_MERGED, [home_territory]).fetchall()}
        home = con.execute(
            "select name_vi from marts.dim_territory where territory_code = ?", [home_territory]
        ).fetchone()
    faults = [f for f in findings if f["kind"] == "data_fault"]
    reminders = [f for f in findings if f["kind"] == "regression" and f["territory_code"] is None]
    regressions = [f for f in findings if f["kind"] == "regression" and f["territory_code"] is not None]
    latest = _by_edition([f for f in regressions if f["is_latest_edition"]])
    falls = tuple(_fall(group, top) for group in latest if not _is_minor(group))
    minor = tuple(_title(group[0]) for group in latest if _is_minor(group))
    older = [f for f in regressions if not f["is_latest_edition"] and f["severity"] != "info"]
    broken = [Broken(c["title_vi"] or c["rule_code"], c["error_text"] or "") for c in checks if c["outcome"] == "error"]
    ran = [c for c in checks if c["outcome"] in ("passed", "failed")]
    return Digest(
        home_name=home[0] if home else home_territory,
        as_of=as_of,
        day=date_vi(as_of),
        summary_vi=_summary_vi(len(falls), len(reminders), len(faults), len(broken)),
        summary_en=_summary_en(len(falls), len(reminders), len(faults), len(broken)),
        falls=falls,
        minor=minor,
        reminders=tuple(_reminder(f) for f in sorted(reminders, key=lambda f: (f["rule_code"], f["subject_vi"]))),
        has_predecessors=any(f["territory_code"] in merged for f in regressions if f["is_latest_edition"]),
        older=_older(older),
        older_count=len(older),
        faults=_faults(faults, merged | {home_territory}),
        fault_count=len(faults),
        broken=tuple(broken),
        rules_run=number_vi(len(ran)),
        subjects_judged=number_vi(sum(c["evaluated"] for c in ran)),
    )


def one_line(text: str) -> str:
    """Give the text as one line: control characters, line breaks and direction marks become a space."""
    return " ".join(_CONTROL.sub(" ", text).split())


def links(*sources: str | None) -> tuple[tuple[str, str], ...]:
    """Give (label, address) for each http(s) address in the texts, in order, each once; nothing else can be a link."""
    found = dict.fromkeys(url.rstrip(".") for source in sources for url in _URL.findall(source or ""))
    return tuple((_link_label(url), url) for url in found)


def _link_label(url: str) -> str:
    """Host and the beginning of the path: enough to tell two pages of one site apart."""
    label = url.split("//", 1)[1].removeprefix("www.").rstrip("/")
    return label if len(label) <= LINK_LABEL else label[: LINK_LABEL - 1] + "…"


def _rows(con: duckdb.DuckDBPyConnection, statement: str) -> list[dict[str, Any]]:
    rows = con.execute(statement).to_arrow_table().to_pylist()
    return [{name: one_line(value) if isinstance(value, str) else value for name, value in row.items()} for row in rows]


def _by_edition(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    def place(row: dict[str, Any]) -> tuple[Any, ...]:
        return (row["index_code"], -row["edition_year"], row["basis"], row["territory_code"])

    return [list(group) for _, group in groupby(sorted(rows, key=place), key=place)]


def _is_minor(rows: list[dict[str, Any]]) -> bool:
    return all(row["severity"] == "info" for row in rows)


def _title(row: dict[str, Any]) -> str:
    return f"{edition_vi(row)} · {row['territory_label_vi']}"


def _fall(rows: list[dict[str, Any]], top: set[tuple[str, str]]) -> Fall:
    first = rows[0]
    parts = [r for r in rows if r["severity"] == "info" and r["component_code"] != "total"]
    totals = [r for r in rows if r not in parts]
    named = [r for r in parts if (r["index_code"], r["component_code"]) in top]
    # first what cost the total most, where the weights are known
    shown = sorted(named, key=lambda r: (r["measure"] == "rank", r["contribution"] or 0.0, -abs(r["change"])))
    shown = shown[:COMPONENTS_SHOWN]
    return Fall(
        title=_title(first),
        index_name=first["index_name_vi"] or "",
        previous=str(first["previous_edition_year"]),
        changes=tuple(_change(r) for r in sorted(totals, key=_importance)),
        components=tuple(_change(r) for r in shown),
        more_components=len(parts) - len(shown),
        lead=first["lead_agency_vi"] or "chưa có phân công",
        legal_basis=first["legal_basis"] or "",
        links=links(*(r["source_url"] for r in rows))[:3],
    )


def _importance(row: dict[str, Any]) -> tuple[Any, ...]:
    """Totals before parts, scores before ranks, the plain fall before what follows from it."""
    return (
        row["component_code"] != "total",
        row["measure"] == "rank",
        not row["rule_code"].startswith("score_fell"),
        row["rule_code"],
    )


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


def _reminder(row: dict[str, Any]) -> Reminder:
    # No count of days: it grows every day, and a digest is written when something changed.
    late = row["rule_code"] == "publication_late"
    return Reminder(
        title=row["title_vi"],
        subject=row["subject_vi"],
        expected=row["expected"],
        observed="chưa có" if late else row["observed"],
        lead=row["lead_agency_vi"] or "chưa có phân công",
        links=links(row["source_url"]),
    )


def _older(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    counts: dict[str, list[int]] = {}
    for row in rows:
        counts.setdefault(row["index_code"], []).append(row["edition_year"])
    return tuple(f"{index_label(code)}: {len(years)} ({_span(years)})" for code, years in sorted(counts.items()))


def _span(years: list[int]) -> str:
    return str(min(years)) if min(years) == max(years) else f"{min(years)}–{max(years)}"


def _faults(rows: list[dict[str, Any]], home: set[str]) -> tuple[FaultGroup, ...]:
    rank = {"critical": 0, "warn": 1, "info": 2}

    def place(row: dict[str, Any]) -> tuple[Any, ...]:
        return (
            rank[row["severity"]],
            -(row["edition_year"] or 0),
            row["index_code"] or "",
            row["basis"] or "",
            row["rule_code"],
            row["remedy_vi"] or "",
        )

    # The home province's own figures are the first examples of a group.
    ordered = sorted(rows, key=lambda r: (place(r), r["territory_code"] not in home, r["subject_vi"], r["finding_id"]))
    return tuple(_fault_group(list(group)) for _, group in groupby(ordered, key=place))


def _fault_group(rows: list[dict[str, Any]]) -> FaultGroup:
    first = rows[0]
    return FaultGroup(
        title=edition_vi(first),
        rule=first["title_vi"],
        severity=SEVERITY_VI[first["severity"]],
        count=f"{number_vi(len(rows))} chỗ",
        examples=tuple(FaultExample(_short(r), r["expected"], r["observed"]) for r in rows[:SHOWN_PER_RULE]),
        more=max(0, len(rows) - SHOWN_PER_RULE),
        remedy=first["remedy_vi"] or "",
        links=links(*(r["source_url"] for r in rows[:SHOWN_PER_RULE]))[:3],
    )


def _short(row: dict[str, Any]) -> str:
    """The subject without the edition, which the group's title says already."""
    return str(row["subject_vi"]).removeprefix(edition_vi(row)).removeprefix(" · ") or edition_vi(row)


def _summary_vi(falls: int, reminders: int, faults: int, broken: int) -> str:
    if not (falls or reminders or faults or broken):
        return "Không có phát hiện mới: mọi phép kiểm tra đã chạy và đều đạt."
    said = _joined(
        [
            f"{falls} lượt suy giảm ở kỳ công bố mới nhất của tỉnh" if falls else "không có suy giảm ở kỳ mới nhất",
            f"{reminders} chỉ tiêu hoặc kỳ công bố cần nhắc" if reminders else "",
            f"{faults} chỗ số liệu công bố mâu thuẫn hoặc thiếu" if faults else "không có lỗi dữ liệu",
            f"{broken} phép kiểm tra không chạy được" if broken else "",
        ]
    )
    return f"{said[0].upper()}{said[1:]}."


def _summary_en(falls: int, reminders: int, faults: int, broken: int) -> str:
    if not (falls or reminders or faults or broken):
        return "No new findings: every check ran and passed."
    return (
        f"{falls} falls in the latest editions, {reminders} targets or publications to watch, {faults} data faults, "
        f"{broken} checks that could not run."
    )


def _joined(parts: Iterable[str]) -> str:
    return "; ".join(part for part in parts if part)
