"""Muting and taking note: who, when, why and until when; what is told meanwhile, and what afterwards."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from quality.alerts.holds import HoldError, acknowledge, mute
from quality.alerts.overview import history
from quality.alerts.store import moment
from tests.unit.quality.alerts.judgements import Ledger, fall, fault, ledger_in


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A fall and a fault that were told."""
    with ledger_in(tmp_path) as ledger:
        ledger.judge(fall(), fault())
        yield ledger


# --- muted


def test_a_muted_incident_is_not_told_of_getting_worse(ledger: Ledger) -> None:
    ledger.mute(fall())
    assert ledger.state(fall()) == "muted"
    assert ledger.judge(fall(magnitude=30.0), fault()) == []
    assert ledger.state(fault()) == "open"


def test_others_are_still_told_of(ledger: Ledger) -> None:
    ledger.mute(fall())
    assert ledger.judge(fall(), fault(magnitude=30.0)) == ["worse total_equals_components"]


def test_when_the_mute_expires_what_changed_is_told(ledger: Ledger) -> None:
    ledger.mute(fall(), days=10)
    ledger.judge(fall(magnitude=30.0), fault())
    assert ledger.wait(days=9) == []
    assert ledger.wait(days=1) == ["worse score_fell"]
    assert ledger.wait(days=1) == []


def test_when_the_mute_expires_and_nothing_changed_nothing_is_told(ledger: Ledger) -> None:
    ledger.mute(fall(), days=10)
    assert ledger.wait(days=10) == []
    assert ledger.state(fall()) == "open"
    assert ledger.events(fall()) == ["opened", "muted", "mute_expired"]


def test_a_muted_incident_that_got_worse_and_better_again_is_no_news(ledger: Ledger) -> None:
    ledger.mute(fall(), days=10)
    ledger.judge(fall(magnitude=30.0), fault())
    ledger.judge(fall(magnitude=10.0), fault())
    assert ledger.wait(days=10) == []


def test_a_muted_incident_that_ends_is_told_as_over_when_the_mute_expires(ledger: Ledger) -> None:
    ledger.mute(fall(), days=10)
    assert ledger.judge(fault()) == []
    assert ledger.state(fall()) == "resolved"
    assert ledger.wait(days=10) == ["resolved score_fell (mended)"]


def test_a_muted_incident_that_flaps_is_not_told_of_at_all(ledger: Ledger) -> None:
    ledger.mute(fall(), days=10)
    told = [ledger.judge(*found) for found in ((fault(),), (fall(), fault()), (fault(),), (fall(), fault()))]
    assert told == [[], [], [], []]
    assert ledger.state(fall()) == "muted"
    assert ledger.wait(days=10) == []


def test_a_higher_severity_breaks_through_the_mute(ledger: Ledger) -> None:
    ledger.mute(fall(), days=10)
    assert ledger.judge(fall(severity="critical"), fault()) == ["worse score_fell"]
    assert ledger.state(fall()) == "worse"


def test_a_lower_severity_does_not(ledger: Ledger) -> None:
    ledger.mute(fall(), days=10)
    assert ledger.judge(fall(severity="info"), fault()) == []
    assert ledger.wait(days=10) == ["better score_fell"]


def test_muted_again_it_stays_silent_until_the_later_day(ledger: Ledger) -> None:
    ledger.mute(fall(), days=5)
    ledger.mute(fall(), days=20)
    ledger.judge(fall(magnitude=30.0), fault())
    assert ledger.wait(days=10) == []
    assert ledger.wait(days=10) == ["worse score_fell"]


# --- acknowledged


def test_an_acknowledged_incident_still_tells_that_it_got_worse_and_is_open_again(ledger: Ledger) -> None:
    ledger.acknowledge(fall())
    assert ledger.state(fall()) == "acknowledged"
    assert ledger.judge(fall(magnitude=10.5), fault()) == []
    assert ledger.state(fall()) == "acknowledged"
    assert ledger.judge(fall(magnitude=30.0), fault()) == ["worse score_fell"]
    assert ledger.state(fall()) == "worse"


def test_better_leaves_it_acknowledged(ledger: Ledger) -> None:
    ledger.acknowledge(fall())
    assert ledger.judge(fall(magnitude=5.0), fault()) == ["better score_fell"]
    assert ledger.state(fall()) == "acknowledged"


def test_an_acknowledgement_expires_without_news(ledger: Ledger) -> None:
    ledger.acknowledge(fall(), days=10)
    assert ledger.wait(days=9) == []
    assert ledger.state(fall()) == "acknowledged"
    assert ledger.wait(days=1) == []
    assert ledger.state(fall()) == "open"
    assert ledger.events(fall()) == ["opened", "acknowledged", "acknowledgement_expired"]


def test_an_acknowledged_incident_that_ended_and_came_back_is_open(ledger: Ledger) -> None:
    ledger.acknowledge(fall())
    assert ledger.judge(fault()) == ["resolved score_fell (mended)"]
    assert ledger.judge(fall(), fault()) == ["reopened score_fell"]
    assert ledger.state(fall()) == "open"


def test_mute_goes_before_acknowledgement(ledger: Ledger) -> None:
    ledger.acknowledge(fall(), days=30)
    ledger.mute(fall(), days=10)
    assert ledger.state(fall()) == "muted"
    ledger.wait(days=10)
    assert ledger.state(fall()) == "acknowledged"


# --- the record, and what is refused


def test_who_when_why_and_until_are_recorded_for_good(ledger: Ledger) -> None:
    ledger.mute(fall(), days=10, who="Lan", why="  chờ nơi công bố trả lời ")
    ledger.wait(days=10)
    [muted] = [row for row in history(ledger.con, fall()["finding_id"]) if row["event"] == "muted"]
    began = ledger.now - timedelta(days=10)
    assert (muted["who"], muted["why"]) == ("Lan", "chờ nơi công bố trả lời")
    assert (moment(muted["at"]), moment(muted["until"])) == (began, ledger.now)
    assert (muted["severity"], muted["magnitude"]) == ("warn", 10.0)


@pytest.mark.parametrize("hold", [acknowledge, mute])
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"why": " \t"}, "say why"),
        ({"who": " "}, "say who"),
        ({"until": timedelta(days=-1)}, "2026-06-30 lies in the past"),
        ({"until": timedelta(0)}, "lies in the past"),
        ({"incidents": ["0000000000000000"]}, "no incident 0000000000000000"),
    ],
)
def test_refused(ledger: Ledger, hold: object, changes: dict[str, object], words: str) -> None:
    asked = {"incidents": [fall()["finding_id"]], "until": timedelta(days=1), "who": "Hà", "why": "đã biết"} | changes
    with pytest.raises(HoldError, match=words):
        hold(ledger.con, asked["incidents"], ledger.now, ledger.now + asked["until"], asked["who"], asked["why"])  # type: ignore[operator]
    assert ledger.state(fall()) == "open"
    assert ledger.events(fall()) == ["opened"]


def test_what_is_over_can_be_neither_muted_nor_acknowledged(ledger: Ledger) -> None:
    ledger.judge(fault())
    for hold in (ledger.mute, ledger.acknowledge):
        with pytest.raises(HoldError, match="over already"):
            hold(fall())


def test_of_several_all_are_held_or_none(ledger: Ledger) -> None:
    unknown = fall(finding_id="0000000000000000")
    with pytest.raises(HoldError):
        ledger.mute(fall(), fault(), unknown)
    assert [ledger.state(fall()), ledger.state(fault())] == ["open", "open"]
    ledger.mute(fall(), fault())
    assert [ledger.state(fall()), ledger.state(fault())] == ["muted", "muted"]
