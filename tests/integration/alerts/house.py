"""A home with alerts and nothing else: judgements written by hand, a clock that the test moves, real delivery."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from ingest.settings import ZONE, Settings
from quality.alerts.composing import Desk
from quality.alerts.incidents import RunEnd
from quality.alerts.judgement import FILE, Edition, Judgement
from quality.alerts.tending import Round, load_desk, tend
from quality.findings import subject_id
from tests.integration.alerts.mail_server import PASSWORD, USER, MailServer

SECRETS = {"SYNTHETIC_SMTP_USER": USER, "SYNTHETIC_SMTP_PASSWORD": PASSWORD}
# a Wednesday, ten in the morning in Hà Nội
START = datetime(2026, 11, 25, 10, tzinfo=ZONE)


def fault(token: str, year: int, severity: str = "critical", magnitude: float | None = 1.0) -> dict[str, Any]:
    """A synthetic data fault of an edition of its own, so that a message names it alone."""
    return {
        "finding_id": f"{token}-{year}".lower(),
        "rule_code": "synthetic_rule",
        "kind": "data_fault",
        "severity": severity,
        "title_vi": "Lỗi thử nghiệm",
        "title_en": "Synthetic fault",
        "index_code": "ALPHA",
        "index_name_vi": "Chỉ số An-pha",
        "edition_year": year,
        "basis": "63",
        "vintage": 1,
        "territory_code": "1",
        "territory_label_vi": "Đông Sơn",
        "component_code": "total",
        "component_name_vi": "Tổng điểm",
        "measure": "score",
        "subject_vi": token,
        "expected": "61,35",
        "observed": "61,29",
        "previous_edition_year": None,
        "magnitude": magnitude,
        "before_vi": None,
        "after_vi": None,
        "change_vi": None,
        "change": None,
        "contribution": None,
        "rank": None,
        "is_rank_computed": None,
        "ranked_among": None,
        "rank_interval_low": None,
        "rank_interval_high": None,
        "certainty_vi": None,
        "is_latest_edition": True,
        "is_withheld": False,
        "lead_agency_code": "so_noi_vu",
        "lead_agency_vi": "Sở Nội vụ",
        "legal_basis": "Kế hoạch thử nghiệm",
        "message_vi": f"{token}: lệch",
        "message_en": f"{token}: differs",
        "remedy_vi": "Đối chiếu bản gốc.",
        "remedy_en": "Compare.",
        "source_url": f"https://example.org/{year}",
    }


class House:
    """One home. `now` is what its clock says."""

    def __init__(self, home: Path, own: Mapping[str, Any] | None = None) -> None:
        self.settings = Settings.from_env({"CHISO_HOME": str(home), "CHISO_AS_OF": "2026-11-25"})
        self.now = START
        self._judged = 0
        self.settings.alerts.mkdir(parents=True, exist_ok=True)
        self.settings.quality.mkdir(parents=True, exist_ok=True)
        if own is not None:
            (self.settings.alerts / "alerts.yaml").write_text(yaml.safe_dump(dict(own)), encoding="utf-8")
        self.environ: dict[str, str] = dict(SECRETS)

    @property
    def desk(self) -> Desk:
        return load_desk(self.settings, self.environ)

    @property
    def folder(self) -> Path:
        return self.settings.alerts

    def judge(self, findings: Iterable[dict[str, Any]], outcome: str = "failed") -> None:
        """Leave the judgement that a run would leave; each differs from the one before."""
        self._judged += 1
        found = tuple(findings)
        years = {*range(2001, 2031)}
        judgement = Judgement(
            territory="1-2025",
            home_name="Đông Sơn",
            as_of=date(2026, 11, 25) + timedelta(days=self._judged),
            findings=found,
            checks=(
                {
                    "rule_code": "synthetic_rule",
                    "outcome": outcome,
                    "title_vi": "Quy tắc thử",
                    "error_text": "hỏng" if outcome == "error" else None,
                    "data_docs_page": None,
                },
            ),
            # the rule judges every edition, whatever it finds
            judged=frozenset(subject_id("synthetic_rule", fault("", year)) for year in years),
            editions=tuple(Edition("ALPHA", year, "63", 1, "loaded", None, None, None) for year in years),
            indices=frozenset({"ALPHA"}),
            top_components=frozenset(),
            merged=frozenset(),
            worse_shares={"synthetic_rule": 0.1},
        )
        beside = self.settings.quality / "judgement.part"
        beside.write_text(json.dumps(judgement.as_json()), encoding="utf-8")
        beside.replace(self.settings.quality / FILE)

    def tend(
        self, desk: Desk | None = None, runs: Iterable[RunEnd] = (), patience: float = 0, all_waiting: bool = False
    ) -> Round:
        return tend(self.settings, desk or self.desk, lambda: self.now, tuple(runs), patience, all_waiting)


def mailing(server: MailServer, timeout: float = 5.0, **changes: Any) -> dict[str, Any]:
    """An alerts.yaml in which the data team and Finance are reached by mail at any hour."""
    smtp = {
        "kind": "smtp",
        "host": "127.0.0.1",
        "port": server.port,
        "security": "starttls",
        "ca_file": str(server.ca_file),
        "user_env": "SYNTHETIC_SMTP_USER",
        "password_env": "SYNTHETIC_SMTP_PASSWORD",
        "timeout_seconds": timeout,
    }
    return {
        "sender": "Chiso <chiso@example.org>",
        "remind_before_days": [],
        "channels": {"mail": smtp | changes},
        "recipients": {
            code: {"at_any_hour": True, "send": [{"channel": "mail", "address": f"{code}@example.org"}]}
            for code in ("data_team", "so_tai_chinh")
        },
    }
