"""Mail against a real server: encryption, authentication, every way in which a server can fail."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from quality.alerts.composing import compose_test
from quality.alerts.config import ConfigError
from quality.alerts.delivery import retry
from quality.alerts.mail import addressed
from quality.alerts.overview import DeliveryLine, delivery_lines, tries
from quality.alerts.store import FILE, changing, open_store
from tests.integration.alerts.house import House, fault, mailing
from tests.integration.alerts.mail_server import FOR_GOOD, NOT_TAKEN, PASSWORD, TAKEN_UNKNOWN, MailServer

DATA_TEAM, FINANCE = "data_team@example.org", "so_tai_chinh@example.org"


def lines(house: House) -> list[DeliveryLine]:
    with open_store(house.folder) as con:
        return delivery_lines(con)


def later(house: House, **time: float) -> House:
    house.now += timedelta(**time)
    return house


@pytest.fixture
def house(tmp_path: Path, mail: MailServer) -> House:
    """A home in which one critical fault has just been found; its opening digest has been sent."""
    made = House(tmp_path / "home", mailing(mail, timeout=0.5))
    made.judge([])
    made.tend()
    made.judge([fault("ALPHA-FAULT", 2010)])
    return made


def test_a_fault_is_mailed_to_everybody_it_concerns_over_tls_signed_in(house: House, mail: MailServer) -> None:
    done = house.tend()
    assert (done.delivered.sent, done.delivered.errors) == (2, [])
    taken = mail.taken
    assert sorted(one.recipient for one in taken) == [DATA_TEAM, FINANCE]
    for one in taken:
        assert "ALPHA-FAULT" in one.text
        assert one.mail["To"] == one.recipient
        assert one.mail["From"] == "Chiso <chiso@example.org>"
        assert one.mail["Subject"].startswith("[Chiso] 2026-11-25 · Cảnh báo · 1 lỗi dữ liệu")
    assert len({one.mail_id for one in taken}) == 2


def test_told_once(house: House, mail: MailServer) -> None:
    for _ in range(3):
        house.tend()
        house.judge([fault("ALPHA-FAULT", 2010)])
        later(house, days=3)
    assert len(mail.taken) == 2


@pytest.mark.parametrize("behaviour", NOT_TAKEN)
def test_what_was_not_taken_is_tried_again_until_it_is(house: House, mail: MailServer, behaviour: str) -> None:
    mail.plan(behaviour)
    first = house.tend()
    assert len(first.delivered.errors) == 1
    assert len(mail.taken) < 2
    for _ in range(3):
        later(house, minutes=10).tend()
    assert sorted(one.recipient for one in mail.taken) == [DATA_TEAM, FINANCE]
    assert {line.state for line in lines(house)} == {"sent"}


@pytest.mark.parametrize("behaviour", TAKEN_UNKNOWN)
def test_a_lost_answer_repeats_the_message_under_the_same_id(house: House, mail: MailServer, behaviour: str) -> None:
    mail.plan(behaviour)
    house.tend()
    for _ in range(3):
        later(house, minutes=10).tend()
    taken = mail.taken
    first = [one for one in taken if one.recipient == taken[0].recipient]
    assert [one.is_answer_lost for one in first] == [True, False]
    assert len({one.mail_id for one in first}) == 1
    assert first[0].content == first[1].content
    assert len(taken) == 3


@pytest.mark.parametrize("behaviour", FOR_GOOD)
def test_what_is_refused_for_good_is_given_up_in_the_open_and_can_be_retried(
    house: House, mail: MailServer, behaviour: str
) -> None:
    mail.plan(behaviour)
    done = house.tend()
    assert (done.delivered.dead, done.delivered.sent) == (1, 1)
    [dead] = done.state.dead
    assert dead.last_error is not None
    assert dead.last_error.startswith("55")
    later(house, days=1).tend()
    assert len(mail.taken) == 1
    with open_store(house.folder) as con, changing(con):
        assert retry(con, house.desk.config, [dead.delivery_id], house.now) == [
            f"{dead.delivery_id}: back in the queue"
        ]
    assert house.tend().delivered.sent == 1
    assert sorted(one.recipient for one in mail.taken) == [DATA_TEAM, FINANCE]


def test_a_retry_goes_to_the_address_as_it_is_by_now(house: House, mail: MailServer) -> None:
    mail.plan("permanent_at_rcpt", "permanent_at_rcpt")
    dead = [line.delivery_id for line in house.tend().state.dead]
    own = mailing(mail)
    own["recipients"]["so_tai_chinh"]["send"][0]["address"] = "tai-chinh-moi@example.org"
    mended = House(house.settings.home, own)
    mail.plan()
    with open_store(house.folder) as con, changing(con):
        retry(con, mended.desk.config, dead, house.now)
    mended.now = house.now
    mended.tend()
    assert sorted(one.recipient for one in mail.taken) == [DATA_TEAM, "tai-chinh-moi@example.org"]
    assert {one.mail["To"] for one in mail.taken} == {one.recipient for one in mail.taken}


def test_what_waits_follows_its_recipient_to_another_channel(house: House, mail: MailServer) -> None:
    """The mail server was given up while two messages waited for it."""
    mail.plan("busy_at_connect")
    house.tend()
    without = House(house.settings.home, {"remind_before_days": []})
    without.now = house.now + timedelta(hours=1)
    done = without.tend()
    assert (done.delivered.filed, done.state.deliveries["waiting"]) == (2, 0)
    assert mail.taken == []


def test_what_waits_for_nobody_is_given_up_in_the_open(house: House, mail: MailServer) -> None:
    own = mailing(mail)
    own["recipients"]["an_office"] = {
        "name_vi": "Cơ quan thử",
        "name_en": "An office",
        "at_any_hour": True,
        "send": [{"channel": "mail", "address": "office@example.org"}],
    }
    more = House(house.settings.home, own)
    with open_store(house.folder) as con, changing(con):
        compose_test(con, more.desk, more.desk.config.recipients["an_office"], more.now)
    without = House(house.settings.home, mailing(mail))
    without.now = house.now + timedelta(hours=1)
    done = without.tend()
    assert [line.recipient for line in done.state.dead] == ["an_office"]
    assert "no longer in alerts.yaml" in str(done.state.dead[0].last_error)


def test_a_fault_of_ours_with_one_message_stops_no_other(
    house: House, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from quality.alerts import channels

    def broken(mime: bytes, sender: str, to: str) -> bytes:
        if to == DATA_TEAM:
            raise KeyError("a word that is missing")
        return addressed(mime, sender, to)

    monkeypatch.setattr(channels, "addressed", broken)
    done = house.tend()
    assert (done.delivered.sent, len(done.delivered.errors)) == (1, 1)
    for _ in range(40):
        done = later(house, hours=4).tend()
    assert [line.last_error for line in done.state.dead] == ["KeyError: 'a word that is missing'"]


def test_a_server_that_is_down_for_a_whole_run_gets_everything_when_it_is_back(house: House, mail: MailServer) -> None:
    mail.down()
    try:
        for _ in range(4):
            done = later(house, hours=1).tend()
            assert done.delivered.sent == 0
            assert done.state.deliveries["waiting"] == 2
    finally:
        mail.up()
    later(house, hours=5).tend()
    assert sorted(one.recipient for one in mail.taken) == [DATA_TEAM, FINANCE]


def test_tries_grow_rarer_and_end_in_a_message_given_up(house: House, mail: MailServer) -> None:
    mail.down()
    try:
        for _ in range(24 * 6):
            done = later(house, hours=1).tend()
    finally:
        mail.up()
    assert done.state.deliveries["dead"] == 2
    with open_store(house.folder) as con:
        for line in delivery_lines(con):
            # one, two, four … minutes, then every four hours for five days
            assert 25 < len(tries(con, line.delivery_id)) < 45
    assert later(house, days=1).tend().delivered.sent == 0


def test_a_slow_server_does_not_hold_up_the_round_for_each_message(house: House, mail: MailServer) -> None:
    mail.plan("slow_answer", "slow_answer")
    done = house.tend()
    assert len(done.delivered.errors) == 1
    assert done.state.deliveries["waiting"] == 2


def test_a_wrong_password_is_said_without_it_and_loses_nothing(house: House, mail: MailServer) -> None:
    house.environ["SYNTHETIC_SMTP_PASSWORD"] = "wrong-pass-word"
    done = house.tend()
    assert "535" in done.delivered.errors[0]
    assert all("wrong-pass-word" not in line for line in done.log)
    house.environ["SYNTHETIC_SMTP_PASSWORD"] = PASSWORD
    later(house, minutes=5).tend()
    assert len(mail.taken) == 2


def test_a_certificate_of_another_authority_ends_the_try_before_the_password_is_said(
    house: House, mail: MailServer
) -> None:
    mail.plan("wrong_certificate")
    done = house.tend()
    assert "certificate" in done.delivered.errors[0].lower()
    assert mail.taken == []


def test_no_secret_is_kept_or_logged(house: House, mail: MailServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    mail.plan("permanent_at_rcpt", "temporary_at_data", "wrong_certificate")
    done = house.tend()
    for _ in range(3):
        done = later(house, hours=1).tend()
    kept = (house.folder / FILE).read_bytes()
    for secret in (PASSWORD, "SYNTHETIC_SECRET"):
        assert secret.encode() not in kept
        assert secret not in caplog.text + repr(done) + repr(house.desk)


def test_plain_text_to_a_server_elsewhere_is_refused_when_loaded(tmp_path: Path, mail: MailServer) -> None:
    own = mailing(mail, security="none", host="mail.example.org")
    with pytest.raises(ConfigError, match="on this machine only"):
        House(tmp_path / "other", own).desk  # noqa: B018


def test_every_try_is_on_record(house: House, mail: MailServer) -> None:
    mail.plan("temporary_at_rcpt")
    house.tend()
    later(house, minutes=5).tend()
    with open_store(house.folder) as con:
        outcomes = [[row["outcome"] for row in tries(con, line.delivery_id)] for line in delivery_lines(con)]
    assert sorted(outcomes) == [["refused", "taken"], ["taken"]]


def test_the_store_is_whole_after_all_this(house: House) -> None:
    house.tend()
    with sqlite3.connect(house.folder / FILE) as con:
        assert con.execute("pragma integrity_check").fetchone() == ("ok",)
