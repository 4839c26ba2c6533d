"""Incidents: what opens, gets worse or better, ends or stays open, and that each is told once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.unit.quality.alerts.judgements import Ledger, failure, fall, fault, judgement, late, ledger_in, success


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with ledger_in(tmp_path) as ledger:
        yield ledger


# --- opening, and what is told once


def test_a_finding_opens_an_incident_once(ledger: Ledger) -> None:
    assert ledger.judge(fall(), fault()) == ["opened score_fell", "opened total_equals_components"]
    assert ledger.judge(fall(as_of="2026-07-02"), fault(as_of="2026-07-02")) == []
    assert ledger.state(fall()) == "open"


def test_the_same_judgement_twice_changes_nothing(ledger: Ledger) -> None:
    judged = judgement(fall())
    ledger.hear(judged)
    assert ledger.hear(judged) == []
    assert ledger.events(fall()) == ["opened"]


def test_a_fall_of_an_earlier_edition_is_history_but_a_fault_of_one_is_not(ledger: Ledger) -> None:
    old_fall, old_fault = fall(is_latest_edition=False), fault(is_latest_edition=False)
    assert ledger.judge(old_fall, old_fault) == ["opened total_equals_components"]


def test_what_opens_and_ends_before_anyone_looks_is_no_news(ledger: Ledger) -> None:
    runs = [failure("one", 100), success("two", 200)]
    assert ledger.hear(runs=runs) == []
    assert ledger.states() == ["resolved"]


# --- worse and better


def test_a_small_increase_is_no_news_and_a_large_one_is(ledger: Ledger) -> None:
    ledger.judge(fall(magnitude=10.0))
    assert ledger.judge(fall(magnitude=11.0)) == []
    assert ledger.judge(fall(magnitude=11.1)) == ["worse score_fell"]
    assert ledger.state(fall()) == "worse"


def test_slow_creep_adds_up_since_it_was_told_last(ledger: Ledger) -> None:
    ledger.judge(fall(magnitude=10.0))
    told = [ledger.judge(fall(magnitude=size)) for size in (10.4, 10.8, 11.2, 11.6, 12.0, 12.4)]
    assert told == [[], [], ["worse score_fell"], [], [], ["worse score_fell"]]


def test_less_is_better_and_only_by_as_much(ledger: Ledger) -> None:
    ledger.judge(fall(magnitude=10.0))
    assert ledger.judge(fall(magnitude=9.0)) == []
    assert ledger.judge(fall(magnitude=8.9)) == ["better score_fell"]
    assert ledger.state(fall()) == "better"


def test_after_better_the_old_size_is_worse_again(ledger: Ledger) -> None:
    ledger.judge(fall(magnitude=10.0))
    ledger.judge(fall(magnitude=8.0))
    assert ledger.judge(fall(magnitude=10.0)) == ["worse score_fell"]


def test_severity_goes_before_size(ledger: Ledger) -> None:
    ledger.judge(fall(severity="warn", magnitude=10.0))
    assert ledger.judge(fall(severity="critical", magnitude=5.0)) == ["worse score_fell"]
    assert ledger.judge(fall(severity="info", magnitude=50.0)) == ["better score_fell"]


def test_size_alone_is_no_news_where_the_rule_has_no_share(ledger: Ledger) -> None:
    ledger.judge(late(magnitude=10.0))
    assert ledger.judge(late(magnitude=300.0)) == []


def test_a_finding_without_a_size_can_only_change_its_severity(ledger: Ledger) -> None:
    ledger.judge(fault(magnitude=None))
    assert ledger.judge(fault(magnitude=5.0)) == []
    assert ledger.judge(fault(magnitude=None)) == []
    assert ledger.judge(fault(magnitude=None, severity="critical")) == ["worse total_equals_components"]


# --- ends: mended only where it was judged again


@pytest.mark.parametrize("found", [fall(), fault()], ids=["fall", "fault"])
def test_what_was_judged_again_and_not_found_is_mended(ledger: Ledger, found: dict[str, object]) -> None:
    ledger.judge(found)
    assert ledger.judge() == [f"resolved {found['rule_code']} (mended)"]
    assert ledger.state(found) == "resolved"
    assert ledger.wait(days=1) == []


def test_it_comes_back(ledger: Ledger) -> None:
    ledger.judge(fall())
    ledger.judge()
    assert ledger.judge(fall()) == ["reopened score_fell"]
    assert ledger.state(fall()) == "open"
    assert ledger.judge() == ["resolved score_fell (mended)"]
    assert ledger.events(fall()) == ["opened", "resolved", "reopened", "resolved"]


def test_a_rule_that_could_not_run_ends_nothing(ledger: Ledger) -> None:
    ledger.judge(fall())
    assert ledger.judge(outcomes={"score_fell": "error"}) == ["opened check_error"]
    assert ledger.state(fall()) == "open"
    assert ledger.judge() == ["resolved check_error (mended)", "resolved score_fell (mended)"]


@pytest.mark.parametrize("outcome", ["not_judged", None], ids=["nothing to judge", "rule gone"])
def test_a_rule_that_judges_no_more_ends_it_without_saying_mended(ledger: Ledger, outcome: str | None) -> None:
    ledger.judge(fault())
    assert ledger.judge(outcomes={"total_equals_components": outcome}) == [
        "resolved total_equals_components (withdrawn)"
    ]


def test_a_subject_that_is_judged_no_more_is_not_mended(ledger: Ledger) -> None:
    """Its row left a partial table, or what it was compared with is gone."""
    ledger.judge(fall())
    assert ledger.judge(judged=frozenset()) == ["resolved score_fell (withdrawn)"]


def test_a_fall_that_another_rule_begins_to_tell_is_not_mended(ledger: Ledger) -> None:
    """A fall within noise that is beyond it by now."""
    milder = fall(rule_code="component_fell", severity="info")
    ledger.judge(milder)
    assert sorted(ledger.judge(fall())) == ["opened score_fell", "resolved component_fell (replaced)"]
    assert ledger.judge() == ["resolved score_fell (mended)"]


def test_a_fall_that_another_rule_told_all_along_is(ledger: Ledger) -> None:
    other = fall(rule_code="component_fell")
    ledger.judge(fall(), other)
    assert ledger.judge(fall()) == ["resolved component_fell (mended)"]


@pytest.mark.parametrize("status", ["stopped", "withheld"])
@pytest.mark.parametrize("outcome", ["passed", "not_judged"])
def test_an_edition_that_is_not_shown_ends_nothing(ledger: Ledger, status: str, outcome: str) -> None:
    ledger.judge(fault())
    outcomes = {"total_equals_components": outcome}
    assert ledger.judge(editions={("ALPHA", 2025): status}, outcomes=outcomes) == []
    assert ledger.state(fault()) == "open"
    assert ledger.judge() == ["resolved total_equals_components (mended)"]


def test_figures_accepted_last_are_judged_too(ledger: Ledger) -> None:
    ledger.judge(fault())
    assert ledger.judge(editions={("ALPHA", 2025): "last_good_kept"}) == ["resolved total_equals_components (mended)"]


def test_figures_that_stand_in_say_nothing_about_those_withheld(ledger: Ledger) -> None:
    withheld = fault(is_withheld=True)
    ledger.judge(withheld, editions={("ALPHA", 2025): "last_good_kept"})
    assert ledger.judge(editions={("ALPHA", 2025): "last_good_kept"}) == []
    assert ledger.judge() == ["resolved total_equals_components (mended)"]


@pytest.mark.parametrize("status", ["excluded", None], ids=["excluded", "taken out of the catalog"])
def test_an_edition_that_is_no_longer_held_does_not_count_as_mended(ledger: Ledger, status: str | None) -> None:
    ledger.judge(fault())
    assert ledger.judge(editions={("ALPHA", 2025): status}) == ["resolved total_equals_components (withdrawn)"]


def test_an_index_that_is_gone_does_not_count_as_mended(ledger: Ledger) -> None:
    ledger.judge(late())
    assert ledger.judge(indices=frozenset({"ALPHA"})) == ["resolved publication_late (withdrawn)"]


def test_another_vintage_of_the_edition_may_be_left_out(ledger: Ledger) -> None:
    ledger.judge(fault())
    judged = judgement()
    left_out = judgement(editions={("ALPHA", 2025): "excluded"}).editions
    both_vintages = replace(judged, editions=(*left_out, *judged.editions))
    assert ledger.hear(both_vintages) == ["resolved total_equals_components (mended)"]


@pytest.mark.parametrize("status", ["stopped", "withheld"])
def test_a_fall_is_not_mended_because_the_edition_before_cannot_be_read(ledger: Ledger, status: str) -> None:
    ledger.judge(fall())
    assert ledger.judge(editions={("ALPHA", 2024): status}) == []
    assert ledger.judge() == ["resolved score_fell (mended)"]


@pytest.mark.parametrize("status", ["excluded", None])
def test_a_fall_is_not_mended_because_the_edition_before_is_gone(ledger: Ledger, status: str | None) -> None:
    ledger.judge(fall())
    assert ledger.judge(editions={("ALPHA", 2024): status}) == ["resolved score_fell (withdrawn)"]


def test_a_later_edition_supersedes_a_fall(ledger: Ledger) -> None:
    ledger.judge(fall())
    later = {("ALPHA", 2026): "loaded"}
    assert ledger.judge(fall(is_latest_edition=False), editions=later) == ["resolved score_fell (superseded)"]
    assert ledger.judge(fall(is_latest_edition=False, as_of="2026-07-02"), editions=later) == []


def test_a_later_edition_does_not_supersede_a_fault(ledger: Ledger) -> None:
    ledger.judge(fault())
    assert ledger.judge(fault(is_latest_edition=False), editions={("ALPHA", 2026): "loaded"}) == []


def test_a_publication_that_arrived_is_over(ledger: Ledger) -> None:
    ledger.judge(late())
    assert ledger.judge(editions={("BETA", 2026): "loaded"}) == ["resolved publication_late (mended)"]


def test_a_publication_that_nothing_judged_is_not(ledger: Ledger) -> None:
    ledger.judge(late())
    assert ledger.judge(outcomes={"publication_late": "error"}) == ["opened check_error"]
    assert ledger.judge(outcomes={"publication_late": "not_judged"}) == [
        "resolved check_error (mended)",
        "resolved publication_late (withdrawn)",
    ]


# --- another home province


def test_nobody_is_told_that_the_falls_of_the_home_before_are_mended(ledger: Ledger) -> None:
    ledger.judge(fall(), fault())
    assert ledger.judge(fault(), territory="3", home_name="Nam Hà") == []
    assert ledger.state(fall()) == "resolved"
    assert ledger.state(fault()) == "open"
    assert ledger.wait(days=1) == []


@pytest.mark.parametrize(
    "unchecked",
    [{"outcomes": {"score_fell": "error"}}, {"editions": {("ALPHA", 2025): "stopped"}}],
    ids=["rule in error", "edition stopped"],
)
def test_not_even_when_they_could_not_be_judged_at_the_change(ledger: Ledger, unchecked: dict[str, Any]) -> None:
    ledger.judge(fall())
    ledger.judge(territory="3", **unchecked)
    assert "resolved score_fell (mended)" not in ledger.judge(territory="3")


def test_a_home_that_became_part_of_a_larger_one_keeps_its_falls(ledger: Ledger) -> None:
    ledger.judge(fall())
    assert ledger.judge(fall(), territory="1-2025", merged=frozenset({"1"})) == []
    assert ledger.judge(territory="1-2025", merged=frozenset({"1"})) == ["resolved score_fell (mended)"]


def test_back_at_the_first_home_its_falls_did_not_come_back(ledger: Ledger) -> None:
    ledger.judge(fall())
    ledger.judge(territory="3")
    assert ledger.judge(fall()) == ["opened score_fell"]


# --- runs and checks that failed


def test_the_same_step_failing_again_is_not_told_twice(ledger: Ledger) -> None:
    assert ledger.hear(runs=[failure("one", 100)]) == ["opened run_failed"]
    assert ledger.hear(runs=[failure("one", 100)]) == []
    assert ledger.hear(runs=[failure("two", 200)]) == []
    assert ledger.states() == ["open"]


def test_another_step_is_another_incident(ledger: Ledger) -> None:
    ledger.hear(runs=[failure("one", 100, "load")])
    assert ledger.hear(runs=[failure("two", 200, "publish"), failure("three", 300, None)]) == ["opened run_failed"] * 2


def test_success_of_the_same_job_ends_all_its_failures(ledger: Ledger) -> None:
    ledger.hear(runs=[failure("one", 100, "load"), failure("two", 200, "publish")])
    assert ledger.hear(runs=[success("three", 300)]) == ["resolved run_failed (mended)"] * 2
    assert ledger.hear(runs=[failure("four", 400, "load")]) == ["reopened run_failed"]


def test_success_of_another_job_ends_nothing(ledger: Ledger) -> None:
    ledger.hear(runs=[failure("one", 100)])
    assert ledger.hear(runs=[success("two", 200, job="another")]) == []
    assert ledger.states() == ["open"]


def test_success_of_the_whole_pipeline_ends_what_failed_in_part_of_it(ledger: Ledger) -> None:
    ledger.hear(runs=[failure("one", 100, job="some assets")])
    assert ledger.hear(runs=[replace(success("two", 200), is_whole=True)]) == ["resolved run_failed (mended)"]


def test_an_error_that_is_no_text_is_told_all_the_same(ledger: Ledger) -> None:
    """A file name of unknown encoding."""
    assert ledger.hear(runs=[replace(failure("one", 100), error="caf\udce9.csv")]) == ["opened run_failed"]


def test_runs_count_in_the_order_in_which_they_ended(ledger: Ledger) -> None:
    assert ledger.hear(runs=[success("two", 200), failure("one", 100)]) == []
    assert ledger.hear(runs=[failure("four", 400), success("three", 300)]) == ["opened run_failed"]


def test_a_success_heard_of_late_does_not_end_a_later_failure(ledger: Ledger) -> None:
    ledger.hear(runs=[failure("two", 200)])
    assert ledger.hear(runs=[success("one", 100)]) == []
    assert ledger.states() == ["open"]


def test_findings_do_not_end_failed_runs(ledger: Ledger) -> None:
    ledger.hear(runs=[failure("one", 100)])
    assert ledger.judge() == []


def test_a_check_in_error_opens_once_and_ends(ledger: Ledger) -> None:
    assert ledger.judge(outcomes={"score_in_scale": "error"}) == ["opened check_error"]
    assert ledger.judge(fall(), outcomes={"score_in_scale": "error"}) == ["opened score_fell"]
    assert ledger.judge(fall()) == ["resolved check_error (mended)"]


def test_a_check_in_error_whose_rule_is_gone_was_not_mended(ledger: Ledger) -> None:
    ledger.judge(outcomes={"score_in_scale": "error"})
    assert ledger.judge(outcomes={"score_in_scale": None}) == ["resolved check_error (withdrawn)"]
