"""The life of an incident: findings of successive runs matched by their id, and when that is news.

Belongs here: opening, matching, ending, and comparing what is with what was told. Does not belong here: who is told,
and how. All of it works inside the caller's transaction.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from quality.alerts.endings import CHECK_ERROR, EndReason, end_reason, is_of_another_home, subject_of
from quality.alerts.judgement import Judgement
from quality.alerts.store import fact, set_fact, stamp
from quality.findings import finding_id
from quality.text import one_line
from quality.thresholds import SEVERITIES

Transition = Literal["opened", "reopened", "returned", "worse", "better", "resolved"]
State = Literal["open", "worse", "better", "acknowledged", "muted", "resolved"]
STATES: tuple[State, ...] = ("open", "worse", "better", "acknowledged", "muted", "resolved")
RUN_FAILED = "run_failed"


@dataclass(frozen=True)
class RunEnd:
    """How a run ended. `ended_at` is in seconds since 1970; a success has no step and no error.

    `is_whole`: the run was of the whole pipeline, so that its success ends whatever failed before.
    """

    run_id: str
    job: str
    ended_at: float
    is_failure: bool
    step: str | None = None
    error: str | None = None
    is_whole: bool = False


@dataclass(frozen=True)
class News:
    """What happened to an incident."""

    incident_id: str
    transition: Transition
    details: dict[str, Any]


def record_judgement(con: sqlite3.Connection, judgement: Judgement, now: datetime) -> bool:
    """Match the findings of `judgement` with the incidents. Recording the same judgement twice changes nothing.

    Says whether it is the first of its home province: then all that is found is history, not news.
    """
    if fact(con, "judgement") == judgement.judgement_id:
        return False
    home = fact(con, "home")
    open_before = {row["incident_id"] for row in con.execute("select incident_id from incident where phase = 'open'")}
    present: set[str] = set()
    for finding in judgement.findings:
        if _is_tracked(finding):
            present.add(finding["finding_id"])
            _see(con, finding["finding_id"], finding["kind"], _details(finding, judgement), now)
    for check in judgement.checks:
        if check["outcome"] == "error":
            key = finding_id(CHECK_ERROR, check["rule_code"])
            present.add(key)
            _see(con, key, "pipeline", _check_error(check), now)
    still_found = {finding["finding_id"] for finding in judgement.findings}
    opening = {
        subject_of(finding)
        for finding in judgement.findings
        if _is_tracked(finding) and finding["kind"] == "regression" and finding["finding_id"] not in open_before
    } - {None}
    for row in con.execute("select * from incident where phase = 'open' and rule_code <> ?", [RUN_FAILED]).fetchall():
        if row["incident_id"] in present:
            continue
        reason = end_reason(row, judgement, still_found, opening)
        if row["kind"] == "regression":
            # another home has other regressions: those of the home before did not get better
            is_other_home = reason is not None and home not in (None, judgement.territory)
            if is_other_home or is_of_another_home(row, judgement):
                reason = "home_changed"
        if reason is not None:
            _end(con, row["incident_id"], reason, now)
    set_fact(con, "judgement", judgement.judgement_id)
    set_fact(con, "home", judgement.territory)
    set_fact(con, "home_name", judgement.home_name)
    return home != judgement.territory


def record_runs(con: sqlite3.Connection, runs: Iterable[RunEnd], now: datetime) -> None:
    """Open an incident for each job and step that failed; end those of a job that went well. Each run counts once."""
    for run in sorted(runs, key=lambda one: one.ended_at):
        new = con.execute(
            "insert into run_seen values (?, ?, ?, ?, ?) on conflict do nothing",
            [run.run_id, run.job, run.is_whole, run.ended_at, run.is_failure],
        )
        if new.rowcount == 0:
            continue
        if run.is_failure and not _went_well_since(con, run):
            _see(con, finding_id(RUN_FAILED, run.job, run.step), "pipeline", _run_failed(run), now)
        if run.is_failure:
            continue
        for row in con.execute(
            "select incident_id, details from incident where phase = 'open' and rule_code = ?", [RUN_FAILED]
        ).fetchall():
            failed = json.loads(row["details"])
            # a run may be heard of late: one that went well before the failure mends nothing
            if (run.is_whole or failed["job"] == run.job) and failed["ended_at"] < run.ended_at:
                _end(con, row["incident_id"], "mended", now)


def collect_news(con: sqlite3.Connection, now: datetime, worse_shares: Mapping[str, float]) -> list[News]:
    """Give what happened to incidents since their history was written last, and write it. The muted rest until then."""
    found = []
    for row in con.execute("select * from incident order by incident_id").fetchall():
        if is_muted(row, now):
            continue
        news = _difference(
            row["known_phase"], row["known_severity"], row["known_magnitude"], row, worse_shares.get(row["rule_code"])
        )
        if news is None:
            continue
        trend = news if news in ("worse", "better") else "open"
        # whoever took note of it took note of less
        taken_note = None if news in ("worse", "resolved", "reopened") else row["acknowledged_until"]
        con.execute(
            # nothing comes back when a home that was left is the home again
            "update incident set trend = ?, acknowledged_until = ?,"
            " known_phase = iif(end_reason = 'home_changed', null, phase), known_severity = severity,"
            " known_magnitude = magnitude, changed_at = ? where incident_id = ?",
            [trend, taken_note, stamp(now), row["incident_id"]],
        )
        log_event(con, row["incident_id"], news, now)
        if row["end_reason"] != "home_changed":
            found.append(News(row["incident_id"], news, json.loads(row["details"]) | {"end_reason": row["end_reason"]}))
    return found


def transition(reader: sqlite3.Row | None, incident: sqlite3.Row, worse_share: float | None) -> Transition | None:
    """What a reader does not know yet of an incident; `reader` is None for one who was never told anything."""
    if reader is None:
        return _difference(None, None, None, incident, worse_share)
    news = _difference(reader["told_phase"], reader["told_severity"], reader["told_magnitude"], incident, worse_share)
    # what was only out of sight is back, which is not to say that it happened again
    return "returned" if news == "reopened" and reader["told_end_reason"] != "mended" else news


def state_of(incident: sqlite3.Row, now: datetime) -> State:
    """The state that a person is shown. A graver incident than the one that was muted is not muted."""
    if incident["phase"] == "resolved":
        return "resolved"
    if is_muted(incident, now):
        return "muted"
    if incident["acknowledged_until"] is not None and stamp(now) < incident["acknowledged_until"]:
        return "acknowledged"
    state: State = incident["trend"]
    return state


def log_event(
    con: sqlite3.Connection,
    incident_id: str,
    event: str,
    now: datetime,
    who: str | None = None,
    why: str | None = None,
    until: str | None = None,
) -> None:
    """Add to the history of an incident, with its severity and size as they are now."""
    con.execute(
        "insert into incident_event (incident_id, at, event, severity, magnitude, who, why, until)"
        " select incident_id, ?, ?, severity, magnitude, ?, ?, ? from incident where incident_id = ?",
        [stamp(now), event, who, why, until, incident_id],
    )


def _is_tracked(finding: Mapping[str, Any]) -> bool:
    """A fault of the figures is one as long as they are shown; a regression is news while its edition is the latest."""
    return finding["kind"] == "data_fault" or bool(finding["is_latest_edition"])


def is_muted(incident: sqlite3.Row, now: datetime) -> bool:
    """Whether nothing is told of it now: it is muted, and no graver than what was muted."""
    if incident["muted_until"] is None or incident["muted_until"] <= stamp(now):
        return False
    return SEVERITIES.index(incident["severity"]) <= SEVERITIES.index(incident["muted_severity"])


def _see(con: sqlite3.Connection, incident_id: str, kind: str, details: dict[str, Any], now: datetime) -> None:
    """The incident is there: open it, open it again, or bring it up to date."""
    told = json.dumps(details, ensure_ascii=False, sort_keys=True)
    con.execute(
        """
        insert into incident
            (incident_id, kind, rule_code, severity, magnitude, phase, trend, opened_at, changed_at, details)
        values (?, ?, ?, ?, ?, 'open', 'open', ?, ?, ?)
        on conflict (incident_id) do update set
            severity = excluded.severity,
            magnitude = excluded.magnitude,
            opened_at = iif(phase = 'resolved', excluded.opened_at, opened_at),
            phase = 'open',
            end_reason = null,
            details = excluded.details
        """,
        [
            incident_id,
            kind,
            details["rule_code"],
            details["severity"],
            details["magnitude"],
            stamp(now),
            stamp(now),
            told,
        ],
    )


def _end(con: sqlite3.Connection, incident_id: str, reason: EndReason, now: datetime) -> None:
    con.execute(
        "update incident set phase = 'resolved', end_reason = ?, changed_at = ? where incident_id = ?",
        [reason, stamp(now), incident_id],
    )


def _difference(
    phase: str | None,
    severity: str | None,
    magnitude: float | None,
    incident: sqlite3.Row,
    worse_share: float | None,
) -> Transition | None:
    """What happened to an incident since it stood as given; without a phase it was not known."""
    if phase in (None, "resolved"):
        if incident["phase"] == "resolved":
            return None
        return "opened" if phase is None else "reopened"
    if incident["phase"] == "resolved":
        return "resolved"
    graver = SEVERITIES.index(incident["severity"]) - SEVERITIES.index(severity or incident["severity"])
    if graver:
        return "worse" if graver > 0 else "better"
    if worse_share is None or incident["magnitude"] is None or magnitude is None:
        return None
    if incident["magnitude"] > magnitude * (1 + worse_share):
        return "worse"
    return "better" if incident["magnitude"] < magnitude * (1 - worse_share) else None


def _went_well_since(con: sqlite3.Connection, failed: RunEnd) -> bool:
    """Whether the same work is known to have gone well after a failure that is heard of late."""
    later = con.execute(
        "select 1 from run_seen where not is_failure and ended_at > ? and (is_whole or job = ?)",
        [failed.ended_at, failed.job],
    ).fetchone()
    return later is not None


def _details(finding: dict[str, Any], judgement: Judgement) -> dict[str, Any]:
    """The finding, with the day its edition came out, and what a message needs to tell its place in the index."""
    vintages = judgement.edition(finding)
    pages = {check["rule_code"]: check["data_docs_page"] for check in judgement.checks}
    return finding | {
        "published_on": vintages[-1].published_on if vintages else None,
        "published_on_precision": vintages[-1].published_on_precision if vintages else None,
        "source_kind": vintages[-1].source_kind if vintages else None,
        "data_docs_page": pages.get(finding["rule_code"]),
        "is_top_component": (finding["index_code"], finding["component_code"]) in judgement.top_components,
        "is_of_predecessor": finding["territory_code"] in judgement.merged,
        "is_of_home": finding["territory_code"] in judgement.merged | {judgement.territory},
    }


def _run_failed(run: RunEnd) -> dict[str, Any]:
    step = run.step or run.job
    return {
        "rule_code": RUN_FAILED,
        "severity": "critical",
        "magnitude": None,
        "job": run.job,
        "run_id": run.run_id,
        "ended_at": run.ended_at,
        "title_vi": "Lượt chạy không hoàn thành",
        "title_en": "A run did not finish",
        "subject_vi": step,
        "message_vi": f"Lượt chạy {run.run_id[:8]} dừng ở bước {step}.",
        "message_en": f"Run {run.run_id[:8]} stopped at step {step}.",
        "observed": one_line(run.error or ""),
        "remedy_vi": "Mở lượt chạy trong Dagster để xem toàn bộ lỗi, sửa nguyên nhân rồi chạy lại.",
        "remedy_en": "Open the run in Dagster for the whole error, mend the cause, run again.",
    }


def _check_error(check: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "rule_code": CHECK_ERROR,
        "severity": "critical",
        "magnitude": None,
        "title_vi": "Phép kiểm tra không chạy được",
        "title_en": "A check could not run",
        "subject_vi": check["title_vi"] or check["rule_code"],
        "message_vi": f"Quy tắc {check['rule_code']} không chạy được: số liệu chưa được xét theo quy tắc này.",
        "message_en": f"Rule {check['rule_code']} could not run: nothing was judged by it.",
        "observed": check["error_text"] or "",
        "remedy_vi": "Đây là lỗi của hệ thống, không phải của số liệu: xem lỗi, sửa rồi chạy lại.",
        "remedy_en": "A fault of the pipeline, not of the figures: read the error, mend it, run again.",
        "data_docs_page": check["data_docs_page"],
    }
