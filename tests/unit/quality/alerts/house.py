"""A home that tends its alerts on made-up findings: judgements written as a run writes them, rounds at a given time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import duckdb

from ingest.settings import ZONE, Settings
from quality.alerts.composing import Desk
from quality.alerts.incidents import RunEnd
from quality.alerts.judgement import write_judgement
from quality.alerts.store import open_store
from quality.alerts.tending import load_desk, write_news
from quality.findings import Check, Finding, subject_id
from tests.unit.quality.alerts.findings import AS_OF, all_checks

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=ZONE)
THURSDAY = datetime(2026, 11, 26, 9, 0, tzinfo=ZONE)
FRIDAY = datetime(2026, 11, 27, 9, 0, tzinfo=ZONE)
MONDAYS_DIGEST = datetime(2026, 11, 30, 7, 30, tzinfo=ZONE)
# what alerts read from the warehouse; 1-2025 is the home province, 1 its predecessor
_MARTS = """
create schema marts;
create schema seeds;
create table marts.dim_index (index_code text);
insert into marts.dim_index values ('ALPHA'), ('BETA');
create table marts.dim_component (index_code text, component_code text, parent_component_code text, kind text);
insert into marts.dim_component values
    ('ALPHA', 'total', null, 'total'), ('BETA', 'total', null, 'total'), ('ALPHA', 'land', 'total', 'sub_index'),
    ('ALPHA', 'entry', 'total', 'sub_index'), ('ALPHA', 'land_title', 'land', 'indicator');
create table marts.dim_territory (territory_code text, name_vi text);
insert into marts.dim_territory values ('1-2025', 'Đông Sơn');
create table marts.territory_predecessor (territory_code text, predecessor_code text, relation text);
insert into marts.territory_predecessor values ('1-2025', '1', 'merged');
create table marts.dim_edition (
    index_code text, edition_year int, basis text, vintage int, is_current boolean, load_status text,
    published_on date, published_on_precision text, source_kind text
);
insert into marts.dim_edition values
    ('ALPHA', 2001, '63', 1, true, 'loaded', null, null, 'official'),
    ('ALPHA', 2002, '63', 1, true, 'loaded', '2003-04-15', 'day', 'official'),
    ('BETA', 2001, '63', 1, true, 'loaded', null, null, 'mirror'),
    ('BETA', 2002, '63', 1, true, 'loaded', null, null, 'mirror');
create table seeds.rule (rule_code text, index_code text, worse_share double);
insert into seeds.rule values ('score_fell', '*', 0.1), ('total_equals_components', '*', 0.1);
"""
_DEADLINES = """
create schema reporting;
create table reporting.rpt_reporting_deadline (
    deadline_code text, what_vi text, recurrence text, due_on date, responsible_vi text, responsible_agency_code text,
    recipient_agency_code text, recipient_vi text, section text, source text
);
"""


@dataclass(frozen=True)
class Mail:
    """One message as the store keeps it."""

    mail_id: str
    recipient: str
    subject: str
    told: str
    mime: bytes

    @property
    def parsed(self) -> EmailMessage:
        parsed = message_from_bytes(self.mime, policy=SMTP)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.text.splitlines()]

    def _part(self, kind: str) -> str:
        part = self.parsed.get_body((kind,))
        assert part is not None
        content = part.get_content()
        assert isinstance(content, str)
        return content


class House:
    """The home province Đông Sơn. `desk` may be exchanged; `marts` is what the next judgement reads."""

    def __init__(self, home: Path, alerts_yaml: str = "") -> None:
        self.settings = Settings(home=home, territory="1-2025", excluded_publishers=frozenset(), as_of=AS_OF)
        self.settings.quality.mkdir(parents=True)
        self.settings.alerts.mkdir()
        (self.settings.alerts / "alerts.yaml").write_text(alerts_yaml, encoding="utf-8")
        self.desk: Desk = load_desk(self.settings, {})
        self.marts = duckdb.connect()
        self.marts.execute(_MARTS)
        self._heard = 0
        self._known: tuple[Finding, ...] = ()

    def draws(self, draw: Callable[[str], Any]) -> None:
        self.desk = replace(self.desk, draw=lambda index, _: draw(index))

    def judge(self, *findings: Finding, checks: Sequence[Check] | None = None) -> None:
        """Write the judgement of a run in which every rule judged something, unless `checks` say otherwise."""
        said = all_checks() if checks is None else checks
        judged = {subject_id(one.rule_code, vars(one)) for one in (*self._known, *findings)}
        self._known += findings
        write_judgement(self.marts, self.settings.quality, findings, said, judged, AS_OF, self.settings.territory)

    def round(self, now: datetime = WEDNESDAY, runs: Sequence[RunEnd] = ()) -> dict[str, Mail]:
        """Tend once; the messages that came of it by recipient, of whom none gets two."""
        with open_store(self.settings.alerts) as con:
            _, composed = write_news(con, self.settings, self.desk, now, runs)
            assert composed.failures == ()
            rows = con.execute(
                "select * from message where message_id > ? order by message_id", [self._heard]
            ).fetchall()
        self._heard += len(rows)
        found = {
            row["recipient"]: Mail(row["mail_id"], row["recipient"], row["subject"], row["text"], row["mime"])
            for row in rows
        }
        assert len(found) == len(rows)
        return found

    def opened(self) -> "House":
        """After the first judgement, in which nothing was found: from now on all that is found is news."""
        self.judge()
        assert self.round() == {}
        return self

    def hears(self, *findings: Finding, on: datetime = WEDNESDAY, weekly: bool = False) -> dict[str, Mail]:
        """What the next digest tells of findings judged at that time, none of which was told at once."""
        self.judge(*findings)
        assert self.round(on) == {}
        hours = self.desk.config.hours
        return self.round(hours.next_weekly(on) if weekly else hours.next_daily(on))

    def plans(self, **columns: Any) -> None:
        """Publish one more deadline of the plan."""
        values = {
            "deadline_code": "yearly_report",
            "what_vi": "Báo cáo năm thử nghiệm",
            "recurrence": "once",
            "due_on": date(2026, 12, 2),
            "responsible_vi": "Các sở, ban, ngành",
            "responsible_agency_code": None,
            "recipient_agency_code": "so_tai_chinh",
            "recipient_vi": "Sở Tài chính",
            "section": "III.1",
            "source": None,
        } | columns
        self.settings.published.mkdir(exist_ok=True)
        path = self.settings.published / "chiso.duckdb"
        is_new = not path.exists()
        with duckdb.connect(str(path)) as con:
            if is_new:
                con.execute(_DEADLINES)
            marks = ", ".join("?" * len(values))
            con.execute(
                f"insert into reporting.rpt_reporting_deadline ({', '.join(values)}) values ({marks})",
                list(values.values()),
            )
