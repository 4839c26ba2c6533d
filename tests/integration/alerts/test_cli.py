"""`chiso alerts` as a person uses it."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from orchestration import cli_alerts, cli_show_alerts
from orchestration.cli import main
from quality.alerts.delivery import only_sender
from tests.integration.alerts.house import SECRETS, House, fault, mailing
from tests.integration.alerts.mail_server import PASSWORD, MailServer


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_show_alerts, "console", Console(highlight=False, width=220))


class Person:
    """Somebody at a terminal."""

    def __init__(self, house: House) -> None:
        self.house = house

    def types(self, *words: str, fails: bool = False) -> str:
        env = {"CHISO_HOME": str(self.house.settings.home), **SECRETS}
        result: Result = CliRunner().invoke(main, ["alerts", *words], env=env)
        assert (result.exit_code != 0) == fails, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        return result.output


@pytest.fixture
def person(tmp_path: Path, mail: MailServer, monkeypatch: pytest.MonkeyPatch) -> Person:
    """Two faults are open, told on the mail server's good day. The clock on the wall is the house's."""
    house = House(tmp_path / "home", mailing(mail))
    monkeypatch.setattr(cli_alerts, "utc_now", lambda: house.now)
    house.judge([])
    house.tend()
    house.judge([fault("ALPHA-FAULT", 2010), fault("BETA-FAULT", 2011, "warn")])
    house.tend()
    return Person(house)


def test_an_empty_home_says_what_to_do(tmp_path: Path) -> None:
    nobody = Person(House(tmp_path / "home"))
    assert "chiso run" in nobody.types("list")
    assert "chiso run" in nobody.types("list", "--messages")
    assert "no such incident" in nobody.types("show", "abc", fails=True)
    assert "No channel is configured" in nobody.types("send")


def test_list_names_what_is_open_gravest_first(person: Person) -> None:
    listed = person.types("list")
    assert listed.index("ALPHA-FAULT") < listed.index("BETA-FAULT")
    assert "2 incidents" in listed
    assert "BETA" not in person.types("list", "--edition", "2010")
    assert "No incident fits" in person.types("list", "--state", "resolved")


def test_messages_are_listed_with_what_became_of_them(person: Person, mail: MailServer) -> None:
    listed = person.types("list", "--messages")
    assert listed.count("sent") == 2
    assert "so_tai_chinh@example.org" in listed
    shown = person.types("show", "1")
    assert "ALPHA-FAULT" in shown
    assert "taken" in shown


def test_an_incident_is_shown_with_its_history(person: Person) -> None:
    person.types("ack", "ALPHA", "--why", "Đã hỏi nơi công bố", "--by", "An")
    shown = person.types("show", "alpha-fault-2010")
    for said in ("ALPHA-FAULT: lệch", "Sở Nội vụ", "opened", "acknowledged", "An", "Đã hỏi nơi công bố"):
        assert said in shown


def test_acknowledging_and_muting_ask_for_a_reason_and_a_day(person: Person) -> None:
    assert "--why" in person.types("ack", "ALPHA", fails=True)
    assert "--until" in person.types("mute", "ALPHA", "--why", "x", fails=True)
    assert "past" in person.types("mute", "ALPHA", "--why", "x", "--until", "2020-01-01", fails=True)
    assert "several" in person.types("ack", "", "--why", "x", fails=True)
    assert "name incidents" in person.types("ack", "--why", "x", fails=True)


def test_many_are_muted_by_what_they_have_in_common(person: Person) -> None:
    said = person.types("mute", "--index", "alpha", "--rule", "synthetic_rule", "--until", "2099-12-31", "--why", "x")
    assert "2 incidents" in said
    assert "No incident fits" in person.types("list", "--state", "open")
    assert "ALPHA-FAULT" in person.types("list", "--state", "muted")


def test_a_mute_can_be_lifted(person: Person) -> None:
    person.types("mute", "--index", "ALPHA", "--until", "2099-12-31", "--why", "x")
    assert "1 incidents" in person.types("unmute", "alpha-fault", "--why", "sai", "--by", "An")
    assert "ALPHA-FAULT" in person.types("list", "--state", "open")
    assert "lifted" in person.types("show", "alpha-fault")
    assert "no open incident fits" in person.types("unmute", "--index", "OMEGA", "--why", "x", fails=True)


def test_what_was_given_up_is_listed_and_retried(person: Person, mail: MailServer) -> None:
    person.house.judge([])
    mail.plan("permanent_at_rcpt", "permanent_at_rcpt")
    said = person.types("send")
    assert "2 messages were given up" in said
    assert "550" in said
    listed = person.types("list", "--messages")
    assert "550 no such mailbox" in listed
    assert "name messages" in person.types("retry", fails=True)
    assert "1: not given up" in person.types("retry", "1")
    number = re.findall(r"^(\d+) +dead", listed, re.MULTILINE)[0]
    assert f"{number}: back in the queue" in person.types("retry", number)
    assert person.types("retry", "--all").count("back in the queue") == 1
    assert "2 sent" in person.types("send")


def test_send_all_does_not_wait_for_the_pauses(person: Person, mail: MailServer) -> None:
    person.house.judge([])
    mail.plan("temporary_at_rcpt", "temporary_at_rcpt")
    assert "2 messages wait for another try" in person.types("send")
    assert "0 sent" in person.types("send")
    assert "2 sent" in person.types("send", "--all")


def test_a_test_message_reaches_whom_it_names(person: Person, mail: MailServer) -> None:
    mail.plan()
    assert "1 sent" in person.types("test", "data_team")
    [taken] = mail.taken
    assert "Thư thử" in str(taken.mail["Subject"])
    assert "one of:" in person.types("test", "nobody", fails=True)


def test_a_mistake_in_the_configuration_is_one_line_with_file_and_remedy(person: Person) -> None:
    path = person.house.folder / "alerts.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("starttls", "ssl"), encoding="utf-8")
    said = person.types("send", fails=True)
    assert said.startswith(f"Error: {path}: channels.mail")
    assert PASSWORD not in said


def test_a_damaged_store_is_said_in_one_line(person: Person) -> None:
    (person.house.folder / "alerts.sqlite").write_bytes(b"no database at all" * 100)
    assert "cannot be read" in person.types("list", fails=True)


def test_while_somebody_else_delivers_it_says_so_and_does_nothing_twice(
    person: Person, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from quality.alerts import tending

    monkeypatch.setattr(tending, "only_sender", lambda folder, patience: only_sender(folder, min(patience, 0.2)))
    person.house.judge([])
    with only_sender(person.house.folder):
        assert "another process is delivering" in person.types("send")
    person.house.now += timedelta(minutes=1)
    assert "2 sent" in person.types("send")
