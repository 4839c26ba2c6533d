"""Judgements made by hand, a ledger of incidents and an office that is told of them; every name and figure is made up.

The home province is Đông Sơn (code 1). Index ALPHA has the editions 2024 and 2025, BETA has 2025.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import duckdb

from ingest.settings import ZONE, Settings
from quality.alerts.composing import Desk
from quality.alerts.config import load_config
from quality.alerts.holds import acknowledge, expire, mute
from quality.alerts.incidents import RunEnd, collect_news, record_judgement, record_runs, state_of
from quality.alerts.judgement import FILE, Edition, Judgement
from quality.alerts.overview import history
from quality.alerts.routing import load_routes
from quality.alerts.store import changing, open_store
from quality.alerts.tending import write_news
from quality.findings import Check, Finding, finding_id

HOME = "1"
_TERRITORIES = (HOME, "2", None)
_COMPONENTS = ("total", None, *(f"part_{number}" for number in range(1, 5)))
RULES = ("score_fell", "component_fell", "score_in_scale", "total_equals_components", "publication_late")
# of these rules ten percent more is worse, ten percent less is better
WORSE_SHARES = {"score_fell": 0.1, "component_fell": 0.1, "total_equals_components": 0.1}
EDITIONS = {("ALPHA", 2024): "loaded", ("ALPHA", 2025): "loaded", ("BETA", 2025): "loaded"}
WEDNESDAY = datetime(2026, 7, 1, 9, tzinfo=ZONE)
# people with an address have office hours; whoever has none gets a file at any hour
MAIL_TO_FINANCE = """
channels:
  mail: {kind: smtp, host: 127.0.0.1, port: 2525, security: none}
recipients:
  so_tai_chinh: {send: [{channel: mail, address: finance@example.org}]}
  so_noi_vu: {send: [{channel: mail, address: home-affairs@example.org}]}
  data_team: {at_any_hour: true, send: [{channel: mail, address: data@example.org}]}
"""


def at(text: str) -> datetime:
    """A moment in Việt Nam."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def fall(**columns: Any) -> dict[str, Any]:
    """The home province's total fell in ALPHA 2025; keywords replace columns. The id follows from the subject."""
    values: dict[str, Any] = dict.fromkeys(field.name for field in fields(Finding) if field.name != "evidence")
    values |= {
        "rule_code": "score_fell",
        "kind": "regression",
        "severity": "warn",
        "title_vi": "Tổng điểm giảm",
        "title_en": "Total score fell",
        "index_code": "ALPHA",
        "index_name_vi": "Chỉ số An-pha",
        "edition_year": 2025,
        "previous_edition_year": 2024,
        "basis": "34",
        "vintage": 1,
        "territory_code": HOME,
        "territory_name_vi": "Đông Sơn",
        "territory_label_vi": "Đông Sơn",
        "component_code": "total",
        "component_name_vi": "Tổng điểm",
        "measure": "score",
        "expected": "không kém kỳ 2024 (60,00)",
        "observed": "50,00",
        "change": -10.0,
        "magnitude": 10.0,
        "before_vi": "60,00",
        "after_vi": "50,00",
        "change_vi": "giảm 10,00 điểm",
        "is_latest_edition": True,
        "is_withheld": False,
        "lead_agency_code": "so_noi_vu",
        "lead_agency_vi": "Sở Nội vụ",
        "message_vi": "Tổng điểm giảm 10,00 điểm.",
        "message_en": "The total fell.",
        "remedy_vi": "Làm rõ nguyên nhân.",
        "as_of": "2026-07-01",
    }
    values |= columns
    subject = [str(values[name]) for name in ("index_code", "edition_year", "territory_label_vi", "component_code")]
    known = {"subject_vi": " · ".join(subject), "finding_id": finding_id(values["rule_code"], *subject)}
    return values | known | columns


def fault(**columns: Any) -> dict[str, Any]:
    """The total of another province contradicts its parts in ALPHA 2025."""
    return fall(
        **{
            "rule_code": "total_equals_components",
            "kind": "data_fault",
            "title_vi": "Tổng điểm không khớp các thành phần",
            "previous_edition_year": None,
            "territory_code": "2",
            "territory_label_vi": "Tây Hồ",
            "expected": "61,35",
            "observed": "61,29",
        }
        | columns
    )


def late(**columns: Any) -> dict[str, Any]:
    """The edition 2026 of BETA is late: it has no figures, list or territory yet."""
    return fall(
        **{
            "rule_code": "publication_late",
            "title_vi": "Kỳ công bố bị muộn",
            "index_code": "BETA",
            "edition_year": 2026,
            "previous_edition_year": None,
            "basis": None,
            "territory_code": None,
            "territory_label_vi": None,
            "component_code": None,
        }
        | columns
    )


def judgement(
    *findings: dict[str, Any],
    outcomes: Mapping[str, str | None] | None = None,
    editions: Mapping[tuple[str, int], str | None] | None = None,
    **changes: Any,
) -> Judgement:
    """A run that judged everything. `outcomes` and `editions` say what was otherwise, None that it is not there."""
    came_out: dict[str, str | None] = dict.fromkeys(RULES, "passed") | dict.fromkeys(
        (one["rule_code"] for one in findings), "failed"
    )
    came_out |= outcomes or {}
    held = EDITIONS | dict(editions or {})
    known = Judgement(
        territory=HOME,
        home_name="Đông Sơn",
        as_of=date(2026, 7, 1),
        findings=findings,
        checks=tuple(check(rule, outcome) for rule, outcome in came_out.items() if outcome is not None),
        judged=_judged(rule for rule, outcome in came_out.items() if outcome in ("passed", "failed")),
        editions=tuple(
            Edition(index, year, "34", 1, status, "2026-04-15", "day", "official")
            for (index, year), status in held.items()
            if status is not None
        ),
        indices=frozenset({"ALPHA", "BETA"}),
        top_components=frozenset(),
        merged=frozenset(),
        worse_shares=WORSE_SHARES,
    )
    return replace(known, **changes)


def _judged(rules: Iterable[str]) -> frozenset[str]:
    """Ids of every subject that a finding here may be about."""
    places = product(rules, ("ALPHA", "BETA"), (2024, 2025, 2026), ("34", None), _TERRITORIES, _COMPONENTS)
    return frozenset(finding_id(rule, *place, "score") for rule, *place in places)


def check(rule_code: str, outcome: str) -> dict[str, Any]:
    values: dict[str, Any] = dict.fromkeys(field.name for field in fields(Check))
    return values | {
        "rule_code": rule_code,
        "title_vi": f"Quy tắc {rule_code}",
        "outcome": outcome,
        "error_text": "column not found" if outcome == "error" else None,
        "as_of": "2026-07-01",
    }


def failure(run_id: str, ended_at: float, step: str | None = "load", job: str = "everything") -> RunEnd:
    return RunEnd(run_id, job, ended_at, True, step, "disk full")


def success(run_id: str, ended_at: float, job: str = "everything") -> RunEnd:
    return RunEnd(run_id, job, ended_at, False)


class Ledger:
    """A store of incidents with a clock that only the test moves; no routes and no messages."""

    def __init__(self, con: sqlite3.Connection) -> None:
        self.con = con
        self.now = WEDNESDAY

    def judge(self, *findings: dict[str, Any], runs: Sequence[RunEnd] = (), **changes: Any) -> list[str]:
        """What is news after a run that found these: 'opened score_fell', 'resolved score_fell (mended)'."""
        return self.hear(judgement(*findings, **changes), runs)

    def hear(self, judged: Judgement | None = None, runs: Sequence[RunEnd] = ()) -> list[str]:
        with changing(self.con):
            expire(self.con, self.now)
            record_runs(self.con, runs, self.now)
            if judged is not None:
                record_judgement(self.con, judged, self.now)
            news = collect_news(self.con, self.now, WORSE_SHARES)
        return sorted(
            f"{one.transition} {one.details['rule_code']}"
            + (f" ({one.details['end_reason']})" if one.transition == "resolved" else "")
            for one in news
        )

    def wait(self, **time: float) -> list[str]:
        """What is news when only time has passed."""
        self.now += timedelta(**time)
        return self.hear()

    def mute(self, *found: dict[str, Any], days: float = 10, who: str = "Hà", why: str = "đã biết") -> None:
        with changing(self.con):
            mute(self.con, [one["finding_id"] for one in found], self.now, self.now + timedelta(days), who, why)

    def acknowledge(self, *found: dict[str, Any], days: float = 10, who: str = "Hà", why: str = "đang xử lý") -> None:
        with changing(self.con):
            acknowledge(self.con, [one["finding_id"] for one in found], self.now, self.now + timedelta(days), who, why)

    def state(self, found: dict[str, Any]) -> str:
        row = self.con.execute("select * from incident where incident_id = ?", [found["finding_id"]]).fetchone()
        return state_of(row, self.now)

    def states(self) -> list[str]:
        rows = self.con.execute("select * from incident order by opened_at, rule_code").fetchall()
        return [state_of(row, self.now) for row in rows]

    def events(self, found: dict[str, Any]) -> list[str]:
        return [row["event"] for row in history(self.con, found["finding_id"])]


@contextmanager
def ledger_in(folder: Path) -> Iterator[Ledger]:
    with open_store(folder) as con:
        yield Ledger(con)


@dataclass(frozen=True)
class Told:
    recipient: str
    subject: str
    text: str


class Office:
    """A home whose judgement the test writes, and rounds of telling at a given moment. Nothing is delivered."""

    def __init__(self, home: Path, alerts_yaml: str = MAIL_TO_FINANCE, opened: bool = True) -> None:
        self.settings = Settings(home=home, territory=HOME, excluded_publishers=frozenset(), as_of=date(2026, 7, 1))
        self.settings.quality.mkdir(parents=True)
        self.settings.alerts.mkdir()
        self._read = 0
        self.log: list[str] = []
        self.configure(alerts_yaml)
        if opened:
            self.judge()
            assert self.round(WEDNESDAY - timedelta(days=1)) == []

    def configure(self, alerts_yaml: str) -> None:
        (self.settings.alerts / "alerts.yaml").write_text(alerts_yaml, encoding="utf-8")
        config = load_config(self.settings.alerts, {})
        self.desk = Desk(config, load_routes(config, {"ALPHA", "BETA"}), lambda *_: None)

    def judge(self, *findings: dict[str, Any], **changes: Any) -> None:
        said = judgement(*findings, **changes).as_json()
        (self.settings.quality / FILE).write_text(json.dumps(said), encoding="utf-8")

    def round(self, now: datetime, runs: Sequence[RunEnd] = ()) -> list[Told]:
        """The messages that one round writes, by recipient."""
        with open_store(self.settings.alerts) as con:
            _, composed = write_news(con, self.settings, self.desk, now, runs)
            self.log = [*self.desk.problems, *composed.failures]
            self.desk.problems.clear()
            rows = con.execute("select * from message where message_id > ? order by recipient", [self._read]).fetchall()
            self._read += len(rows)
        return [Told(row["recipient"], row["subject"], row["text"]) for row in rows]

    def tell(self, recipient: str, now: datetime, runs: Sequence[RunEnd] = ()) -> str | None:
        """What one round tells one recipient, None for nothing; in one message at most."""
        texts = [told.text for told in self.round(now, runs) if told.recipient == recipient]
        assert len(texts) <= 1
        return texts[0] if texts else None

    def mute(self, *found: dict[str, Any], now: datetime, until: datetime) -> None:
        with open_store(self.settings.alerts) as con, changing(con):
            mute(con, [one["finding_id"] for one in found], now, until, "Hà", "đã biết")

    def events(self, found: dict[str, Any]) -> list[str]:
        with open_store(self.settings.alerts) as con:
            return [row["event"] for row in history(con, found["finding_id"])]

    def waiting(self) -> int:
        with open_store(self.settings.alerts) as con:
            return int(con.execute("select count(*) from reader where pending is not null").fetchone()[0])

    def plan(self, *deadlines: dict[str, Any]) -> None:
        """Publish the deadlines of the plan."""
        self.settings.published.mkdir()
        with duckdb.connect(str(self.settings.published / "chiso.duckdb")) as con:
            con.execute("create schema reporting")
            con.execute(
                "create table reporting.rpt_reporting_deadline (deadline_code text, what_vi text, recurrence text,"
                " due_on date, responsible_vi text, responsible_agency_code text, recipient_agency_code text,"
                " recipient_vi text, section text, source text)"
            )
            for one in deadlines:
                con.execute(
                    f"insert into reporting.rpt_reporting_deadline ({', '.join(one)})"
                    f" values ({', '.join('?' * len(one))})",
                    list(one.values()),
                )


def deadline(**columns: Any) -> dict[str, Any]:
    """All departments and communes report to Finance by Wednesday, 15 July 2026."""
    return {
        "deadline_code": "half_year",
        "what_vi": "Báo cáo thử nghiệm",
        "recurrence": "once",
        "due_on": date(2026, 7, 15),
        "responsible_vi": "Các sở, UBND các xã, phường",
        "responsible_agency_code": None,
        "recipient_agency_code": "so_tai_chinh",
        "recipient_vi": "Sở Tài chính",
        "section": "III.1",
        "source": "plan.txt",
    } | columns
