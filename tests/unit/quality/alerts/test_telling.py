"""Whole rounds with a moving clock: who is told what, when, in how many messages, and what never is."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from quality.alerts.message_model import build_message
from tests.unit.quality.alerts.judgements import (
    MAIL_TO_FINANCE,
    WEDNESDAY,
    Office,
    Told,
    at,
    failure,
    fall,
    fault,
    late,
    success,
)

THURSDAY, FRIDAY, MONDAY = at("2026-07-02T07:30"), at("2026-07-03T07:30"), at("2026-07-06T07:30")
FINANCE, HOME_AFFAIRS, DATA_TEAM = "so_tai_chinh", "so_noi_vu", "data_team"
A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """After a first judgement that found nothing; it is Wednesday, 1 July 2026."""
    return Office(tmp_path / "home")


def recipients(told: list[Told]) -> list[str]:
    return [one.recipient for one in told]


def part(number: int, **columns: object) -> dict[str, object]:
    """A component fell, which is information."""
    return fall(rule_code="component_fell", severity="info", component_code=f"part_{number}", **columns)


# --- the first load


def test_the_first_load_sends_one_opening_digest_to_each_and_no_flood(tmp_path: Path) -> None:
    office = Office(tmp_path / "home", opened=False)
    office.judge(
        *(part(number) for number in range(40)), fall(), *(fault(territory_label_vi=f"Xã {n}") for n in range(60))
    )
    told = office.round(WEDNESDAY)
    assert recipients(told) == [DATA_TEAM, HOME_AFFAIRS, FINANCE]
    assert all("Bản tin mở đầu" in one.subject for one in told)
    assert office.waiting() == 0
    assert office.round(THURSDAY) == []
    assert office.round(MONDAY) == []


def test_a_first_load_at_night_waits_for_the_office_to_open(tmp_path: Path) -> None:
    office = Office(tmp_path / "home", opened=False)
    office.judge(fall(), fault())
    assert recipients(office.round(at("2026-07-03T23:00"))) == [DATA_TEAM]
    assert office.round(at("2026-07-04T12:00")) == []
    assert recipients(office.round(at("2026-07-06T07:00"))) == [HOME_AFFAIRS, FINANCE]


def test_what_is_found_after_the_first_load_is_news(office: Office) -> None:
    office.judge(fall())
    office.round(WEDNESDAY)
    told = office.tell(FINANCE, THURSDAY)
    assert told is not None
    assert "BẢN TIN NGÀY" in told
    assert "[Mới]" in told


def test_a_failed_run_is_news_even_on_the_first_load(tmp_path: Path) -> None:
    office = Office(tmp_path / "home", opened=False)
    told = office.tell(DATA_TEAM, WEDNESDAY, [failure("one", 100)])
    assert told is not None
    assert "SỰ CỐ HỆ THỐNG" in told


def test_another_home_gets_an_opening_digest_and_hears_nothing_of_the_old_falls(office: Office) -> None:
    office.judge(fall())
    office.round(WEDNESDAY)
    office.round(THURSDAY)
    others = fall(territory_code="3", territory_label_vi="Nam Hà")
    office.judge(others, territory="3", home_name="Nam Hà")
    told = office.round(THURSDAY + A_MINUTE)
    assert recipients(told) == [HOME_AFFAIRS, FINANCE]
    for one in told:
        assert "BẢN TIN MỞ ĐẦU · NAM HÀ" in one.text
        assert "Đông Sơn" not in one.text
    assert office.round(MONDAY) == []


# --- severity says when


def test_critical_is_told_at_once_in_office_hours(office: Office) -> None:
    office.judge(fault(severity="critical"))
    assert recipients(office.round(WEDNESDAY)) == [DATA_TEAM, FINANCE]


def test_critical_at_night_waits_for_the_morning_but_not_for_who_is_reached_at_any_hour(office: Office) -> None:
    office.judge(fault(severity="critical"))
    assert recipients(office.round(at("2026-07-01T22:00"))) == [DATA_TEAM]
    assert office.round(at("2026-07-02T06:59")) == []
    assert recipients(office.round(at("2026-07-02T07:00"))) == [FINANCE]


def test_a_warning_waits_for_the_next_working_day(office: Office) -> None:
    office.judge(fall())
    assert office.round(FRIDAY + A_MINUTE) == []
    assert office.round(at("2026-07-05T12:00")) == []
    assert office.round(MONDAY - A_MINUTE) == []
    assert recipients(office.round(MONDAY)) == [HOME_AFFAIRS, FINANCE]


def test_information_waits_for_monday(office: Office) -> None:
    office.judge(part(1))
    for now in (WEDNESDAY, THURSDAY, FRIDAY, MONDAY - A_MINUTE):
        assert office.round(now) == []
    assert recipients(office.round(MONDAY)) == [HOME_AFFAIRS, FINANCE]


def test_information_about_a_fall_that_is_told_goes_with_it(office: Office) -> None:
    office.judge(fall(), part(1), part(2, edition_year=2024))
    office.round(WEDNESDAY)
    assert office.tell(FINANCE, THURSDAY) is not None
    # what is about another edition waits
    assert office.waiting() == 2
    assert office.tell(FINANCE, MONDAY) is not None


def test_a_restart_after_a_holiday_tells_each_digest_once(office: Office) -> None:
    office.judge(fall(), part(1), fault())
    office.round(WEDNESDAY)
    told = office.round(at("2026-07-20T11:00"))
    assert recipients(told) == [DATA_TEAM, HOME_AFFAIRS, FINANCE]
    assert office.round(at("2026-07-20T11:01")) == []


# --- one message for each recipient and round


def test_many_findings_are_one_message_for_each_recipient(office: Office) -> None:
    office.judge(
        *(fall(severity="critical", component_code=f"c{n}") for n in range(30)),
        *(fault(severity="critical", territory_label_vi=f"Xã {n}") for n in range(30)),
    )
    assert recipients(office.round(WEDNESDAY)) == [DATA_TEAM, HOME_AFFAIRS, FINANCE]


def test_nobody_hears_of_what_is_not_theirs(office: Office) -> None:
    office.judge(fall(severity="critical", lead_agency_code="so_cong_thuong", lead_agency_vi="Sở Công Thương"))
    assert recipients(office.round(WEDNESDAY)) == ["so_cong_thuong", FINANCE]


# --- told once


def test_the_same_finding_day_after_day_is_told_once(office: Office) -> None:
    told = []
    for day in range(1, 15):
        stamp = f"2026-07-{day:02}"
        office.judge(fall(as_of=stamp), part(1, as_of=stamp), fault(as_of=stamp))
        told += [one.recipient for hour in ("T09:00", "T16:00") for one in office.round(at(stamp + hour))]
    assert sorted(told) == [DATA_TEAM, HOME_AFFAIRS, FINANCE]


def test_opened_and_worse_before_the_digest_is_told_once_as_new(office: Office) -> None:
    office.judge(fall(observed="50,00"))
    office.round(WEDNESDAY)
    office.judge(fall(magnitude=20.0, observed="40,00", after_vi="40,00"))
    office.round(WEDNESDAY + A_MINUTE)
    told = office.tell(FINANCE, THURSDAY)
    assert told is not None
    assert "[Mới]" in told
    assert "Nặng hơn" not in told
    assert "60,00 → 40,00" in told
    assert "50,00" not in told
    assert office.round(FRIDAY) == []


def test_what_opened_and_was_over_before_anybody_was_told_is_not_told(office: Office) -> None:
    office.judge(fall())
    office.round(WEDNESDAY)
    office.judge()
    office.round(WEDNESDAY + A_MINUTE)
    assert office.round(THURSDAY) == []
    assert office.round(MONDAY) == []
    assert office.events(fall()) == ["opened", "resolved"]


def test_each_reader_hears_what_changed_since_they_were_told(office: Office) -> None:
    """Ten, then twenty, then seventeen before the digest: worse than what was told, though it eased overnight."""
    office.judge(fall(magnitude=10.0))
    office.round(WEDNESDAY)
    assert "[Mới]" in (office.tell(FINANCE, THURSDAY) or "")
    office.judge(fall(magnitude=20.0, observed="40,00"))
    office.round(THURSDAY + A_MINUTE)
    office.judge(fall(magnitude=17.0, observed="43,00", after_vi="43,00"))
    office.round(THURSDAY + 2 * A_MINUTE)
    told = office.tell(FINANCE, FRIDAY)
    assert told is not None
    assert "[Nặng hơn]" in told
    assert "60,00 → 43,00" in told


def test_figures_are_those_of_the_hour_at_which_they_are_told(office: Office) -> None:
    office.judge(fault(observed="61,29"))
    office.round(WEDNESDAY)
    office.judge(fault(observed="61,30"))
    office.round(WEDNESDAY + A_MINUTE)
    told = office.tell(FINANCE, THURSDAY)
    assert told is not None
    assert "61,30" in told
    assert "61,29" not in told


def test_a_lead_agency_hears_the_end_of_what_it_was_told_and_the_new_one_what_is_open(office: Office) -> None:
    office.judge(fall(severity="critical"))
    assert recipients(office.round(WEDNESDAY)) == [HOME_AFFAIRS, FINANCE]
    office.judge(fall(severity="critical", lead_agency_code="so_cong_thuong"))
    [told] = office.round(WEDNESDAY + A_MINUTE)
    assert told.recipient == "so_cong_thuong"
    assert "[Mới]" in told.text
    office.judge()
    assert recipients(office.round(WEDNESDAY + 2 * A_MINUTE)) == ["so_cong_thuong", FINANCE]
    assert "ĐÃ KẾT THÚC" in (office.tell(HOME_AFFAIRS, THURSDAY) or "")


def test_what_was_only_out_of_sight_has_not_happened_again(office: Office) -> None:
    """The newest edition was taken out: that of before is the latest again."""
    office.judge(fall(severity="critical"))
    office.round(WEDNESDAY)
    office.judge(fall(severity="critical", is_latest_edition=False))
    assert "đã có kỳ công bố mới hơn" in (office.tell(FINANCE, WEDNESDAY + A_MINUTE) or "")
    office.judge(fall(severity="critical"))
    assert "[Trở lại]" in (office.tell(FINANCE, WEDNESDAY + 2 * A_MINUTE) or "")


def test_worse_and_over_are_each_told_once(office: Office) -> None:
    office.judge(fall(severity="critical"))
    assert "[Mới]" in (office.tell(FINANCE, WEDNESDAY) or "")
    office.judge(fall(severity="critical", magnitude=20.0))
    assert "[Nặng hơn]" in (office.tell(FINANCE, WEDNESDAY + A_MINUTE) or "")
    office.judge()
    assert "đã được khắc phục" in (office.tell(FINANCE, WEDNESDAY + 2 * A_MINUTE) or "")
    assert office.round(MONDAY) == []


def test_it_comes_back_and_is_said_to(office: Office) -> None:
    for found, words in (([fall(severity="critical")], "[Mới]"), ([], "ĐÃ KẾT THÚC")):
        office.judge(*found)
        assert words in (office.tell(FINANCE, WEDNESDAY) or "")
    office.judge(fall(severity="critical"))
    assert "[Tái diễn]" in (office.tell(FINANCE, THURSDAY) or "")


def test_better_waits_for_monday(office: Office) -> None:
    office.judge(fall(severity="critical"))
    office.round(WEDNESDAY)
    office.judge(fall(severity="critical", magnitude=5.0, observed="55,00"))
    assert office.round(WEDNESDAY + A_MINUTE) == []
    assert office.round(THURSDAY) == []
    told = office.tell(FINANCE, MONDAY)
    assert told is not None
    assert "nay 55,00" in told


def test_what_could_not_be_checked_is_never_told_as_mended(office: Office) -> None:
    office.judge(fall(severity="critical"), fault(severity="critical"))
    office.round(WEDNESDAY)
    office.judge(outcomes={"score_fell": "error"}, editions={("ALPHA", 2025): "stopped"})
    told = office.round(WEDNESDAY + A_MINUTE)
    assert recipients(told) == [DATA_TEAM]
    assert "Phép kiểm tra không chạy được" in told[0].text
    assert "khắc phục" not in told[0].text
    assert office.round(MONDAY) == []


def test_what_was_withdrawn_is_told_as_not_mended(office: Office) -> None:
    office.judge(fault(severity="critical"))
    office.round(WEDNESDAY)
    office.judge(editions={("ALPHA", 2025): "excluded"})
    told = office.tell(FINANCE, WEDNESDAY + A_MINUTE)
    assert told is not None
    assert "chưa phải là đã khắc phục" in told


def test_a_publication_that_arrived_is_told(office: Office) -> None:
    office.judge(late())
    office.round(WEDNESDAY)
    assert "Kỳ công bố bị muộn" in (office.tell(FINANCE, THURSDAY) or "")
    office.judge(editions={("BETA", 2026): "loaded"})
    office.round(THURSDAY + A_MINUTE)
    assert "ĐÃ KẾT THÚC" in (office.tell(FINANCE, FRIDAY) or "")


def test_a_fault_that_waits_for_monday_and_gets_graver_is_told_once(office: Office) -> None:
    office.judge(fault(severity="info"))
    office.round(WEDNESDAY)
    office.judge(fault(severity="critical"))
    assert "nghiêm trọng" in (office.tell(FINANCE, WEDNESDAY + A_MINUTE) or "")
    assert office.tell(FINANCE, MONDAY) is None


def test_a_fault_that_is_over_is_not_told_as_new_on_monday(office: Office) -> None:
    office.judge(fault(severity="info"))
    office.round(WEDNESDAY)
    office.judge(fault(severity="critical"))
    office.round(WEDNESDAY + A_MINUTE)
    office.judge()
    assert "ĐÃ KẾT THÚC" in (office.tell(FINANCE, WEDNESDAY + 2 * A_MINUTE) or "")
    assert "[Mới]" not in (office.tell(FINANCE, MONDAY) or "")


# --- runs that failed


def test_a_failed_run_is_told_to_the_data_team_at_once_and_once(office: Office) -> None:
    night = at("2026-07-04T02:00")
    told = office.round(night, [failure("one", 100)])
    assert recipients(told) == [DATA_TEAM]
    assert "disk full" in told[0].text
    assert office.round(night + A_MINUTE, [failure("one", 100), failure("two", 200)]) == []
    assert "ĐÃ KẾT THÚC" in (office.tell(DATA_TEAM, night + 2 * A_MINUTE, [success("three", 300)]) or "")


def test_a_run_that_failed_and_then_went_well_in_one_round_is_no_news(office: Office) -> None:
    assert office.round(WEDNESDAY, [failure("one", 100), success("two", 200)]) == []


# --- muted


def test_a_muted_incident_is_told_when_the_mute_is_over(office: Office) -> None:
    office.judge(fall(severity="critical"))
    office.round(WEDNESDAY)
    office.mute(fall(), now=WEDNESDAY, until=FRIDAY)
    office.judge(fall(severity="critical", magnitude=30.0))
    assert office.round(THURSDAY) == []
    assert recipients(office.round(FRIDAY)) == [HOME_AFFAIRS, FINANCE]
    assert office.events(fall()) == ["opened", "muted", "mute_expired", "worse"]


def test_what_is_muted_while_it_waits_for_the_digest_is_not_told(office: Office) -> None:
    office.judge(fall())
    office.round(WEDNESDAY)
    office.mute(fall(), now=WEDNESDAY, until=FRIDAY)
    assert office.round(THURSDAY) == []


# --- the weekly digest


def test_a_weekly_digest_with_nothing_new_is_not_sent_and_the_log_says_so(office: Office) -> None:
    assert office.round(MONDAY) == []
    [line] = office.log
    assert line.startswith("weekly digest: nothing new for ")
    assert FINANCE in line
    assert "not sent" in line
    assert office.round(MONDAY + A_MINUTE) == []
    assert office.log == []


def test_the_log_names_only_who_gets_none(office: Office) -> None:
    office.judge(part(1))
    assert office.round(WEDNESDAY) == []
    assert office.log == []
    assert recipients(office.round(MONDAY)) == [HOME_AFFAIRS, FINANCE]
    [line] = office.log
    assert FINANCE not in line
    assert DATA_TEAM in line


# --- who is missing, and what breaks


LEADER = "\n  lanh_dao: {name_vi: Lãnh đạo, name_en: Leader, send: [{channel: mail, address: leader@example.org}]}\n"


def test_a_recipient_taken_out_while_news_waits_is_told_nothing_more_and_the_log_says_so(tmp_path: Path) -> None:
    office = Office(tmp_path / "home", MAIL_TO_FINANCE + LEADER)
    office.judge(fall(lead_agency_code="lanh_dao"))
    office.round(WEDNESDAY)
    office.configure(MAIL_TO_FINANCE)
    assert recipients(office.round(THURSDAY)) == [FINANCE]
    assert office.log == ["no longer in alerts.yaml, so told nothing more: lanh_dao"]


def test_an_agency_that_was_dissolved_does_not_stop_the_round(tmp_path: Path) -> None:
    office = Office(tmp_path / "home", MAIL_TO_FINANCE + LEADER)
    gone = fall(severity="critical", lead_agency_code="lanh_dao")
    office.judge(gone)
    assert recipients(office.round(WEDNESDAY)) == ["lanh_dao", FINANCE]
    office.configure(MAIL_TO_FINANCE)
    office.judge()
    assert recipients(office.round(WEDNESDAY + A_MINUTE)) == [FINANCE]


def test_a_message_that_cannot_be_made_stops_no_other_and_is_tried_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(notices: Any, recipient: Any, *rest: Any) -> Any:
        if recipient.code == FINANCE:
            raise KeyError("a word that is missing")
        return build_message(notices, recipient, *rest)

    office.judge(fall(severity="critical"))
    with monkeypatch.context() as patch:
        patch.setattr("quality.alerts.composing.build_message", broken)
        assert recipients(office.round(WEDNESDAY, [failure("one", 100)])) == [DATA_TEAM, HOME_AFFAIRS]
    assert office.log == ["so_tai_chinh: KeyError: 'a word that is missing'"]
    [told] = office.round(WEDNESDAY + A_MINUTE, [failure("one", 100)])
    assert told.recipient == FINANCE
    assert "[Mới]" in told.text


def test_a_round_that_breaks_before_leaves_nothing_and_the_next_one_tells_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("no space left")

    office.judge(fall(severity="critical"))
    with monkeypatch.context() as patch:
        patch.setattr("quality.alerts.tending.quiet_weeks", broken)
        with pytest.raises(OSError, match="no space left"):
            office.round(WEDNESDAY)
    assert office.waiting() == 0
    assert recipients(office.round(WEDNESDAY + A_MINUTE)) == [HOME_AFFAIRS, FINANCE]


def test_a_damaged_judgement_or_published_file_stops_nothing_else(office: Office) -> None:
    office.judge(fall())
    office.round(WEDNESDAY)
    (office.settings.quality / "judgement.json").write_text("", encoding="utf-8")
    office.settings.published.mkdir()
    (office.settings.published / "chiso.duckdb").write_bytes(b"no database")
    assert recipients(office.round(THURSDAY, [failure("one", 100)])) == [DATA_TEAM, HOME_AFFAIRS, FINANCE]
    assert any("run --force" in line for line in office.log)
    assert any("no reminders" in line for line in office.log)


def test_looking_back_tells_nothing(office: Office) -> None:
    """CHISO_AS_OF of last year: what was late today is not late then, and not over either."""
    office.judge(fall(severity="critical"))
    office.round(WEDNESDAY)
    office.judge(as_of=date(2025, 7, 1))
    assert office.round(WEDNESDAY + A_MINUTE) == []
    assert office.log == ["judged as of 2025-07-01, before 2026-07-01: findings are not told"]
    office.judge()
    assert "ĐÃ KẾT THÚC" in (office.tell(FINANCE, WEDNESDAY + 2 * A_MINUTE) or "")


def test_a_day_to_come_that_was_tried_once_stands_in_nobodys_way(office: Office) -> None:
    office.judge(as_of=date(2030, 1, 1))
    office.round(WEDNESDAY)
    office.judge(fall(severity="critical"))
    assert "[Mới]" in (office.tell(FINANCE, WEDNESDAY + A_MINUTE) or "")


def test_the_judgement_is_read_when_it_is_this_rounds_turn(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A round that waited while another recorded a newer judgement must not come with the older one."""
    from quality.alerts import tending

    office.judge(fall(severity="critical"))
    begin = tending.changing

    @contextmanager
    def overtaken(con: sqlite3.Connection) -> Iterator[None]:
        office.judge(fall(severity="critical"), fault())
        with begin(con):
            yield

    monkeypatch.setattr(tending, "changing", overtaken)
    office.round(WEDNESDAY)
    assert office.events(fault()) == ["opened"]


def test_a_round_before_the_first_run_tells_nothing(tmp_path: Path) -> None:
    office = Office(tmp_path / "home", opened=False)
    assert office.round(WEDNESDAY) == []
